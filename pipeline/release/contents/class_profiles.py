"""Profiles of classes: which properties their members have, how often, with which kinds of values, and an example."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from pipeline.rdf.vocabulary import DCAT, ICGP, XSD
from pipeline.release.contents.nodes import RDF_TYPE, Pair

PROFILE = "profile.json"

_PREFERRED = {f"<{ICGP[:-1]}": 0, f"<{DCAT[:-1]}": 1}
"""Namespaces whose classes say more of a node than others."""

_STRING = f"^^<{XSD}string>"
_MOST_SAMPLES = 20
_LONGEST_EXAMPLE = 200


Value = tuple[str, int, str]
"""A value with its subject, and its place there: the first in this order are shown."""


@dataclass(slots=True)
class _Property:
    """A property of the nodes that have the same types."""

    subjects: int = 0
    triples: int = 0
    least: int = 0
    most: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    graphs: set[str] = field(default_factory=set)
    example: Value | None = None
    samples: dict[str, Value] = field(default_factory=dict)

    def add(self, values: Sequence[str], graph: str, subject: str) -> None:
        """Count the values that one node has."""
        count, kinds, samples = len(values), self.kinds, self.samples
        self.least = count if not self.subjects or count < self.least else self.least
        self.most = max(self.most, count)
        self.subjects += 1
        self.triples += count
        self.graphs.add(graph)
        for number, value in enumerate(values):
            kind = "iri" if value[0] == "<" else _kind(value)
            kinds[kind] += 1
            # Values of different namespaces are kept to find out of which classes they are.
            if kind == "iri" and len(samples) < _MOST_SAMPLES and (space := _space(value)) not in samples:
                samples[space] = subject, number, value
            if self.example is None or (kind == "@en" and not self.example[2].endswith("@en")):
                self.example = subject, number, value

    def merge(self, other: "_Property") -> None:
        """Add what was counted elsewhere."""
        self.least = min(self.least, other.least) if self.subjects else other.least
        self.subjects += other.subjects
        self.triples += other.triples
        self.most = max(self.most, other.most)
        self.kinds.update(other.kinds)
        self.graphs |= other.graphs
        examples = [each for each in (self.example, other.example) if each is not None]
        self.example = min(examples, key=_rank, default=None)
        values = sorted((*self.samples.values(), *other.samples.values()), reverse=True)
        first = {_space(value[2]): value for value in values}
        self.samples = dict(sorted(first.items(), key=itemgetter(1))[:_MOST_SAMPLES])

    def replace(self, pending: str, value: str) -> None:
        """Write the value that was not known yet for the one that stood in its place."""
        if self.example is not None and self.example[2] == pending:
            self.example = (*self.example[:2], value)
        if known := self.samples.pop(_space(pending), None):
            self.samples[_space(value)] = min(
                (*known[:2], value), self.samples.get(_space(value), ("~", 0, ""))
            )


@dataclass(slots=True)
class _Sort:
    """All nodes that have the same types; the first is their example."""

    count: int = 0
    example: str = ""
    graphs: set[str] = field(default_factory=set)
    properties: dict[str, _Property] = field(default_factory=dict)

    def of(self, predicate: str) -> _Property:
        """Return what is known of a property, from now on if it is new."""
        known = self.properties.get(predicate)
        if known is None:
            known = self.properties[predicate] = _Property()
        return known


class Profiles:
    """Takes nodes as they pass. A node counts for all its types, and its properties for the most special of them."""

    def __init__(self) -> None:
        self._sorts: dict[tuple[str, ...], _Sort] = {}
        self._untyped: set[str] = set()

    def add(self, subject: str, pairs_of: Mapping[str, Sequence[Pair]], *, last: bool = False) -> None:
        """Count a node, in the order of subjects: graph → what it says of the subject.

        The ``last`` are examples only where there are no others.
        """
        types = {value: name for name, pairs in pairs_of.items() for p, value in pairs if p == RDF_TYPE}
        if not types:
            self._untyped.update(predicate for pairs in pairs_of.values() for predicate, _ in pairs)
            return
        sort = self._sorts.setdefault(tuple(sorted(types)), _Sort())
        sort.count += 1
        sort.example = sort.example or (subject if subject[0] == "<" else "")
        sort.graphs.update(types.values())
        for name, pairs in pairs_of.items():
            by_property: dict[str, list[str]] = {}
            for predicate, value in pairs:
                by_property.setdefault(predicate, []).append(value)
            for predicate, values in by_property.items():
                sort.of(predicate).add(values, name, f"~{subject}" if last else subject)

    def merge(self, other: "Profiles") -> None:
        """Add what was counted elsewhere, of other nodes."""
        self._untyped |= other._untyped
        for types, theirs in other._sorts.items():
            sort = self._sorts.setdefault(types, _Sort())
            sort.count += theirs.count
            sort.example = min(filter(None, (sort.example, theirs.example)), default="")
            sort.graphs |= theirs.graphs
            for predicate, values in theirs.properties.items():
                sort.of(predicate).merge(values)
        self._sorts = dict(sorted(self._sorts.items(), key=lambda each: each[1].example or "~"))

    def replace(self, pending: str, value: str) -> None:
        """Write the IRI that was not known yet for the one that stood in its place."""
        for sort in self._sorts.values():
            for known in sort.properties.values():
                known.replace(pending, value)

    def as_json(self, types_of: Callable[[str], Collection[str]]) -> dict[str, Any]:
        """Return the profiles as plain data; ``types_of`` tells the types of a node, all as N-Triples has them."""
        members: Counter[str] = Counter()
        for types, sort in self._sorts.items():
            members.update(dict.fromkeys(types, sort.count))

        def special(types: Collection[str]) -> str:
            return min(
                types, key=lambda each: (_PREFERRED.get(each.rpartition("#")[0], 2), members[each], each)
            )

        owned: dict[str, list[_Sort]] = {}
        includes: dict[str, Counter[str]] = {}
        for types, sort in self._sorts.items():
            owner = special(types)
            owned.setdefault(owner, []).append(sort)
            for other in types:
                if other != owner:
                    includes.setdefault(other, Counter())[owner] += sort.count

        def classes_of(samples: Mapping[str, str]) -> list[str]:
            all_types = (types_of(sample) for sample in samples.values())
            return sorted({special(types)[1:-1] for types in all_types if types})

        return {
            "untyped": sorted(predicate[1:-1] for predicate in self._untyped),
            "classes": [
                {
                    "class": each[1:-1],
                    "count": count,
                    "includes": {name[1:-1]: n for name, n in sorted(includes.get(each, Counter()).items())},
                    **_own_profile(owned.get(each, []), classes_of),
                }
                for each, count in sorted(members.items())
            ],
        }


def _own_profile(
    sorts: Sequence[_Sort], classes_of: Callable[[Mapping[str, str]], list[str]]
) -> dict[str, Any]:
    """Return what is known of nodes that belong to a class and to none more special."""
    predicates = sorted({name for sort in sorts for name in sort.properties} - {RDF_TYPE})
    return {
        "own": sum(sort.count for sort in sorts),
        "example": next((sort.example[1:-1] for sort in sorts if sort.example), ""),
        "graphs": sorted({name for sort in sorts for name in sort.graphs}),
        "properties": [_property(predicate, sorts, classes_of) for predicate in predicates],
    }


def _property(
    predicate: str, sorts: Sequence[_Sort], classes_of: Callable[[Mapping[str, str]], list[str]]
) -> dict[str, Any]:
    counts = [sort.properties[predicate] for sort in sorts if predicate in sort.properties]
    subjects = sum(each.subjects for each in counts)
    is_everywhere = subjects == sum(sort.count for sort in sorts)
    kinds: Counter[str] = sum((each.kinds for each in counts), Counter())
    samples = {space: value for each in counts for space, (_, _, value) in each.samples.items()}
    return {
        "property": predicate[1:-1],
        "graphs": sorted({name for each in counts for name in each.graphs}),
        "subjects": subjects,
        "triples": sum(each.triples for each in counts),
        "least": min(each.least for each in counts) if is_everywhere else 0,
        "most": max(each.most for each in counts),
        "kinds": dict(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
        "classes": classes_of(samples),
        "example": _short(_best([each.example[2] for each in counts if each.example is not None])),
    }


def _best(examples: Sequence[str]) -> str:
    return min(examples, key=lambda each: not each.endswith("@en"))


def _rank(value: Value) -> tuple[bool, Value]:
    return not value[2].endswith("@en"), value


def _space(value: str) -> str:
    """Return the namespace of an IRI."""
    return value[: max(value.rfind("/"), value.rfind("#"))]


def _kind(value: str) -> str:
    """Return what sort of term a value that is no IRI is: blank, a language with @, or the IRI of a datatype."""
    if value[0] != '"':
        return "blank"
    end = value[value.rindex('"') + 1 :] or _STRING
    return end if end[0] == "@" else end[3:-1]


def _short(literal: str) -> str:
    """Return an example that is not too long to be shown."""
    end = literal.rfind('"')
    if end <= _LONGEST_EXAMPLE or literal[0] != '"':
        return literal
    text = literal[1:_LONGEST_EXAMPLE].rpartition(" ")[0] or literal[1:_LONGEST_EXAMPLE]
    return f'"{text.rstrip(chr(92))}…{literal[end:]}'
