"""Shape hints: properties that the members of a class do not have, and properties read in the wrong direction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from endpoint.hints.hint import Hint, enumerate_names
from endpoint.hints.known_data import KnownData, Types, name_of, show_iri, types_of
from endpoint.hints.related_terms import related_terms
from endpoint.syntax.query_patterns import RDF_TYPE, Pattern, Sketch, Term
from pipeline.rdf.vocabulary import ICGP

_MOST_SHOWN = 6
_MOST_PATTERNS = 200


def shape_hints(sketch: Sketch, data: KnownData) -> Iterator[Hint]:
    """Yield a hint for each pattern that no triple can match, though its terms occur."""
    known = (each for each in sketch.patterns[:_MOST_PATTERNS] if each.verbs)
    patterns = [each for each in known if data.is_property(each.verbs[0].value)]
    types = types_of(patterns, data)
    explained = set[str]()
    for pattern in patterns:
        verb = pattern.verbs[0]
        if verb.value == RDF_TYPE or len(pattern.verbs) != 1:
            continue
        hint = _of_resource(pattern, data) or _of_class(pattern, types, data)
        if hint is not None:
            explained.add(name_of(pattern.subject))
            yield hint
    yield from _never_together(patterns, types, explained, data)


def _of_resource(pattern: Pattern, data: KnownData) -> Hint | None:
    """Return the hint for a property that leads to a resource and not from it, or the other way round."""
    verb = pattern.verbs[0]
    for term, is_subject in ((pattern.subject, True), (pattern.object, False)):
        if term.sort != "iri" or not data.occurs(term.value):
            continue
        if is_subject:
            there, other = data.holds(term.value, verb.value, None), data.holds(None, verb.value, term.value)
        else:
            there, other = data.holds(None, verb.value, term.value), data.holds(term.value, verb.value, None)
        if there:
            continue
        if other:
            direction = "to" if is_subject else "from"
            opposite = "from" if is_subject else "to"
            text = f"{verb.written} leads {direction} {term.written}, not {opposite} it. Swap subject and object."
            return Hint("class", text, verb.written, verb.at, (f"^{verb.written}",))
        if not is_subject:
            return _wrong_value(verb, term, data)
    return None


def _wrong_value(verb: Term, term: Term, data: KnownData) -> Hint | None:
    """Return the hint for a value that is of another class than the values of a property."""
    kinds, classes, types = data.kinds(verb.value), data.value_classes(verb.value), data.types(term.value)
    if kinds and "iri" not in kinds and "blank" not in kinds:
        example = data.example(verb.value)
        text = f"The values of {verb.written} are no resources but texts or numbers, such as {example}."
        return Hint("value", text, term.written, term.at)
    if not types or not classes or any(data.overlap(one, other) for one in types for other in classes):
        return None
    names, own = _list_iris(classes), _list_iris(types)
    text = f"The values of {verb.written} are of class {names}; {term.written} is of class {own}."
    return Hint("class", text, term.written, term.at)


def _of_class(pattern: Pattern, types: Types, data: KnownData) -> Hint | None:
    verb = pattern.verbs[0]
    for each in types.get(name_of(pattern.subject), ()):
        if verb.value not in data.properties_of(each):
            return _no_such_property(verb, each, data)
    classes = data.value_classes(verb.value)
    for each in types.get(name_of(pattern.object), ()):
        if classes and not any(data.overlap(each, other) for other in classes):
            text = f"The values of {verb.written} are of class {_list_iris(classes)}, not {show_iri(each)}."
            return Hint("class", text, verb.written, verb.at)
    return None


def _no_such_property(verb: Term, of: str, data: KnownData) -> Hint:
    """Return the hint for a property that no member of a class has: what they have instead, or who has it."""
    has = data.properties_of(of)
    start = f"Nothing of class {show_iri(of)} has {verb.written}."
    owners = data.classes_with(verb.value)
    if any(data.overlap(of, each) for each in data.value_classes(verb.value)):
        text = f"{start} It leads from {_list_iris(owners[:2])} to {show_iri(of)}: swap subject and object."
        return Hint("class", text, verb.written, verb.at, (f"^{verb.written}",))
    for iri, profiles in sorted(has.items(), key=lambda pair: not pair[0].startswith(ICGP)):
        if owners and any(
            data.overlap(owners[0], each) for profile in profiles for each in profile["classes"]
        ):
            link = f"{show_iri(iri)}/{verb.written}"
            text = (
                f"{start} It is a property of {show_iri(owners[0])}, to which {show_iri(iri)} leads: {link}."
            )
            return Hint("class", text, verb.written, verb.at, (link,))
    group = related_terms(verb.value, "properties", lambda iri: iri in has)
    if group is not None:
        names = tuple(show_iri(iri) for iri in group[1][:_MOST_SHOWN])
        return Hint("class", f"{start} {group[0]} {_list_iris(group[1])}.", verb.written, verb.at, names)
    names = tuple(show_iri(iri) for iri in has)
    text = f"{start} It is a property of {_list_iris(owners[:_MOST_SHOWN])}." if owners else start
    return Hint("class", text, verb.written, verb.at, names)


def _never_together(
    patterns: Iterable[Pattern], types: Types, explained: set[str], data: KnownData
) -> Iterator[Hint]:
    """Yield a hint for two properties of one thing that nothing has both of, where its class is left open."""
    verbs: dict[str, dict[str, Term]] = defaultdict(dict)
    for pattern in patterns:
        name = name_of(pattern.subject)
        if name and name not in types and name not in explained and len(pattern.verbs) == 1:
            verbs[name].setdefault(pattern.verbs[0].value, pattern.verbs[0])
    for by_value in verbs.values():
        known = [
            verb for verb in by_value.values() if verb.value in data.properties - data.untyped_properties
        ]
        for one, other in combinations(known, 2):
            first, second = data.classes_with(one.value), data.classes_with(other.value)
            if not set(first) & set(second):
                text = (
                    f"Nothing has both {one.written} and {other.written}: {one.written} is a property of "
                    f"{_list_iris(first[:2])}, {other.written} of {_list_iris(second[:2])}."
                )
                yield Hint("class", text, other.written, other.at)
                break


def _list_iris(iris: Iterable[str]) -> str:
    names = [show_iri(iri) for iri in (sorted(iris) if isinstance(iris, set) else iris)]
    return enumerate_names(names[:_MOST_SHOWN])
