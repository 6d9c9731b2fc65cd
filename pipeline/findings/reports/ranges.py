"""Ranges: the rows or lines of one finding, in as few words as possible."""

from dataclasses import dataclass, field

_MOST = 8


@dataclass(slots=True)
class Ranges:
    """Row or line numbers, given in their order; ``count`` is how often one was given, or none if there is none."""

    count: int = 0
    _known: list[tuple[int, int]] = field(default_factory=list)

    def add(self, number: int | None) -> None:
        """Count one more row or line."""
        self.count += 1
        if number is None or (self._known and self._known[-1][1] == number):
            return
        if self._known and self._known[-1][1] == number - 1:
            self._known[-1] = (self._known[-1][0], number)
        elif len(self._known) <= _MOST:
            self._known.append((number, number))

    def __str__(self) -> str:
        """Return the first ranges, as “2-5, 9, …”; empty if no number was given."""
        ranges = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in self._known[:_MOST])
        return ranges + (", …" if len(self._known) > _MOST else "")
