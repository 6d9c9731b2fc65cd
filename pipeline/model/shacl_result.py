"""What SHACL says of a node: one validation result."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ShaclResult:
    """One validation result (https://www.w3.org/TR/shacl/#results-validation-result).

    ``focus``, ``value`` and a simple ``path`` are terms in N-Triples; any other path is written as in SPARQL.
    ``component`` and ``shape`` are plain IRIs; ``shape`` is empty if it is a blank node. ``severity`` is
    ``Violation``, ``Warning`` or ``Info``, or the IRI of a severity of one's own. ``messages`` are
    (language, text) pairs, sorted; the language is empty if none is given. ``details`` are what a nested shape found
    (sh:detail), of many the first; they do not tell results apart.
    """

    focus: str
    path: str | None
    value: str | None
    component: str
    shape: str
    severity: str
    messages: tuple[tuple[str, str], ...] = ()
    details: tuple["ShaclResult", ...] = field(default=(), compare=False)

    @property
    def is_absence(self) -> bool:
        """Return whether it says that too few values are there."""
        return self.component.strip("<>").endswith("MinCountConstraintComponent")

    def sort_key(self) -> tuple[str, ...]:
        """Return what puts results into the order in which they are reported."""
        return (self.focus, self.shape, self.component, self.path or "", self.value or "", self.severity)
