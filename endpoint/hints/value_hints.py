"""Value hints: texts, numbers and languages that a query compares with values of another kind."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from endpoint.hints.hint import Hint, cut, enumerate_names
from endpoint.hints.known_data import Kinds, KnownData, show_iri, types_of
from endpoint.hints.related_terms import related_terms
from endpoint.syntax.query_patterns import RDF_TYPE, Pattern, Sketch, Term, term_of
from endpoint.syntax.sparql_tokens import Kind, Token
from pipeline.rdf.vocabulary import TOPIC, XSD

_MOST_PATTERNS = 200
_MOST_SHOWN = 6
_MOST_LISTED = 20
_NUMBERS = tuple(
    XSD + name for name in ("integer", "decimal", "double", "float", "int", "gYear", "nonNegativeInteger")
)
_TEXTS = (XSD + "string",)
_DATES = (XSD + "dateTime", XSD + "date")
_OF_TEXTS = (
    "CONTAINS",
    "REGEX",
    "STRSTARTS",
    "STRENDS",
    "LCASE",
    "UCASE",
    "STRLEN",
    "SUBSTR",
    "REPLACE",
    "STRBEFORE",
    "CONCAT",
    "GROUP_CONCAT",
)
_OF_DATES = ("YEAR", "MONTH", "DAY")
_COMPARISONS = ("=", "<", ">", "<=", ">=")
_NOT_NEEDED = ("||", "!", "!=")
_NOT_NEEDED_WORDS = ("IF", "COALESCE", "NOT", "BOUND")


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a variable gets its values: a property, of the members of a class or of all."""

    verb: Term
    of: str | None
    kinds: Kinds


def value_hints(sketch: Sketch, data: KnownData) -> Iterator[Hint]:
    """Yield a hint for each comparison that cannot be true for the kind of the values, or for how they are written."""
    patterns = [each for each in sketch.patterns[:_MOST_PATTERNS] if len(each.verbs) == 1]
    types = types_of(patterns, data)
    sources: dict[str, _Source] = {}
    for pattern in patterns:
        verb = pattern.verbs[0]
        of = next(iter(types.get(pattern.subject.value, ())), None)
        if verb.value == RDF_TYPE or not data.is_property(verb.value):
            continue
        kinds = data.kinds(verb.value, of)
        if pattern.object.sort == "literal":
            yield from _of_literal(verb, pattern.object, kinds, data)
        elif pattern.object.sort == "variable" and kinds:
            sources.setdefault(pattern.object.value, _Source(verb, of, kinds))
    subjects = {each.subject.value for each in patterns if each.subject.sort == "variable"} - sources.keys()
    for condition in filter(_is_needed, sketch.filters[:_MOST_PATTERNS]):
        yield from _of_condition(condition, sources, sketch, data)
        yield from _of_subjects(condition, subjects)
    yield from _of_data(patterns, sketch, sources, data)


def _is_needed(condition: Sequence[Token]) -> bool:
    """Return whether each comparison in a condition must be true for the condition to be true."""
    return not any(token.text in _NOT_NEEDED or token.is_word(*_NOT_NEEDED_WORDS) for token in condition)


# Literals in patterns


def _of_literal(verb: Term, term: Term, kinds: Kinds, data: KnownData) -> Iterator[Hint]:
    literal = _literal(term)
    if literal is None or data.has_value(verb.value, literal):
        return
    hint = _like_it(verb, term, data) or _other_kind(verb, term, kinds, data)
    if hint is not None:
        yield hint


def _literal(term: Term) -> Literal | None:
    try:
        if term.language:
            return Literal(term.value, language=term.language)
        return Literal(term.value, datatype=NamedNode(term.datatype))
    except ValueError:
        return None


def _like_it(verb: Term, term: Term, data: KnownData) -> Hint | None:
    """Return the hint for a text that the property has in another form: another tag, datatype or case."""
    same: list[Literal] = []
    similar: list[Literal] = []
    folded = _fold_text(term.value)
    for value in data.values(verb.value):
        if value.value == term.value:
            same.append(value)
        elif _fold_text(value.value) == folded:
            similar.append(value)
    values = sorted({_literal_text(value) for value in same or similar})[:_MOST_SHOWN]
    if not values:
        return None
    start = f"{verb.written} has no value {cut(term.written)} here, but {enumerate_names(values)}."
    if not same:
        return Hint("value", start, term.written, term.at, tuple(values))
    kind = "language" if any(value.language for value in same) or term.language else "datatype"
    end = (
        " Write it so, or compare without tag and datatype: FILTER (STR(?text) = …)."
        if kind == "language"
        else ""
    )
    return Hint(kind, start + end, term.written, term.at, tuple(values))


def _other_kind(verb: Term, term: Term, kinds: Kinds, data: KnownData) -> Hint | None:
    """Return the hint for a literal of a kind that the property has no values of."""
    if kinds and not any(":" in kind or kind[0] == "@" for kind in kinds):
        return _resources(verb, term, data)
    if term.language:
        return _language(verb, term.language, term, kinds, data)
    are_numbers = term.datatype in _NUMBERS and any(kind in _NUMBERS for kind in kinds)
    if kinds and term.datatype not in kinds and not are_numbers:
        return _datatypes(verb, term, kinds, data)
    return None


def _resources(verb: Term, term: Term, data: KnownData) -> Hint:
    start = f"The values of {verb.written} are resources, not texts or numbers."
    labelled = data.find_by_label(term.value, verb.value)
    if labelled is not None:
        text = f"{start} {cut(term.written)} is the label of {show_iri(labelled)}."
        return Hint("value", text, term.written, term.at, (show_iri(labelled),))
    topic = data.with_word(term.value, TOPIC)
    if topic is not None and data.holds(None, verb.value, TOPIC + topic):
        name = show_iri(TOPIC + topic)
        return Hint("value", f"{start} Did you mean {name}?", term.written, term.at, (name,))
    example = _example(verb.value, data)
    text = f"{start} Use one, such as {example}, or compare its label: {verb.written}/rdfs:label ?label."
    return Hint("value", text, term.written, term.at, (example,))


def _datatypes(verb: Term, term: Term, kinds: Kinds, data: KnownData) -> Hint:
    names = [f"in {show_iri(kind)}" for kind in kinds if ":" in kind]
    tags = [kind[1:] for kind in kinds if kind[0] == "@"]
    if tags:
        names.append(f"texts with a language tag ({_tags(tags)})")
    example = _example(verb.value, data)
    kinds_of = f"The values of {verb.written} are {enumerate_names(names)}, such as {example}."
    text = f"{cut(term.written)} is in {show_iri(term.datatype)}. {kinds_of}"
    return Hint("datatype", text, term.written, term.at, (example,))


def _language(verb: Term, tag: str, term: Term, kinds: Kinds, data: KnownData) -> Hint | None:
    """Return the hint for a language in which the property has no texts."""
    tags = [kind[1:] for kind in kinds if kind[0] == "@"]
    if not kinds or tag in tags:
        return None
    if not tags:
        text = f"The values of {verb.written} have no language tag. Leave the language out."
        return Hint("language", text, term.written, term.at)
    lower = next((each for each in tags if each.lower() == tag.lower()), None)
    if lower is not None:
        text = f"Language tags are in lower case here: “{lower}”, not “{tag}”."
        return Hint("language", text, term.written, term.at, (lower,))
    text = f"{verb.written} has no texts in “{tag}” here. Its languages are {_tags(tags)}."
    group = related_terms(verb.value, "properties", lambda iri: f"@{tag}" in data.kinds(iri))
    if group is not None:
        text += f" Texts in “{tag}” are in {enumerate_names([show_iri(iri) for iri in group[1]])}."
    return Hint("language", text, term.written, term.at, tuple(tags[:_MOST_SHOWN]))


# Conditions


def _of_condition(
    condition: Sequence[Token], sources: dict[str, _Source], sketch: Sketch, data: KnownData
) -> Iterator[Hint]:
    """Yield the hints for the comparisons in a condition that are written in one of the usual ways."""
    for place, token in enumerate(condition):
        rest = condition[place:]
        source = sources.get(token.text[1:]) if token.kind == Kind.VARIABLE else None
        if source is not None:
            before = condition[place - 2] if place > 1 and condition[place - 1].text == "(" else None
            yield from _of_variable(source, before, rest, sketch, data)
        elif token.kind != Kind.VARIABLE and len(rest) > 2 and rest[1].text == "=":
            # A constant on the left: the same as on the right.
            constant = term_of(rest, sketch.prefixes, sketch.base)
            other = sources.get(rest[2].text[1:]) if rest[2].kind == Kind.VARIABLE else None
            if other is not None and constant is not None and constant[1] == 1:
                yield from _comparison_hints(other, constant[0], "=", data)


def _of_variable(
    source: _Source, before: Token | None, rest: Sequence[Token], sketch: Sketch, data: KnownData
) -> Iterator[Hint]:
    """Yield the hints for a variable: what comes before it is the function that takes it, then comes the rest."""
    if before is not None and before.is_word("LANG"):
        yield from _of_language(source, rest, sketch, data)
    elif before is not None and before.is_word(*_OF_DATES):
        if not any(kind in _DATES for kind in source.kinds):
            example = _example(source.verb.value, data)
            kinds_of = f"The values of {source.verb.written} are such as {example}."
            text = f"{before.text} needs xsd:dateTime or xsd:date. {kinds_of}"
            yield Hint("datatype", text, before.text, before.start)
    elif before is not None and before.is_word(*_OF_TEXTS):
        yield from _of_text(source, before, rest, sketch, data)
    elif before is not None and before.is_word("STR"):
        yield from _of_any_text(source, rest, sketch, data)
    elif len(rest) > 2 and rest[1].text in _COMPARISONS:
        parsed = term_of(rest[2:], sketch.prefixes, sketch.base)
        if parsed is not None:
            yield from _comparison_hints(source, parsed[0], rest[1].text, data)
    elif len(rest) > 4 and rest[1].is_word("IN"):
        hints = [tuple(_comparison_hints(source, term, "=", data)) for term in _listed(rest[3:], sketch)]
        yield from hints[0] if hints and all(hints) else ()


def _listed(rest: Sequence[Token], sketch: Sketch) -> Iterator[Term]:
    """Yield the terms of a list that has nothing else in it, up to its bracket; none of another list."""
    terms: list[Term] = []
    while parsed := term_of(rest[:3], sketch.prefixes, sketch.base):
        terms.append(parsed[0])
        rest = rest[parsed[1] :]
        if rest and rest[0].text == ")":
            yield from terms
            return
        if not rest or rest[0].text != "," or len(terms) == _MOST_LISTED:
            return
        rest = rest[1:]


def _of_subjects(condition: Sequence[Token], subjects: Set[str]) -> Iterator[Hint]:
    """Yield the hint for a function of texts on a variable that is the subject of triples."""
    for function, bracket, variable in zip(condition, condition[1:], condition[2:], strict=False):
        if bracket.text == "(" and function.is_word(*_OF_TEXTS) and variable.text[1:] in subjects:
            remedy = f"STR({variable.text})"
            text = f"{variable.text} is a resource, and {function.text.upper()} needs a text. Write {remedy}."
            yield Hint("value", text, variable.text, variable.start, (remedy,))


def _of_language(source: _Source, rest: Sequence[Token], sketch: Sketch, data: KnownData) -> Iterator[Hint]:
    """Yield the hint for LANG(?x) = "…" and LANGMATCHES(LANG(?x), "…")."""
    if len(rest) < 4 or rest[1].text != ")" or rest[2].text not in ("=", ","):
        return
    parsed = term_of(rest[3:], sketch.prefixes, sketch.base)
    if parsed is None or parsed[0].sort != "literal" or not parsed[0].value or parsed[0].value == "*":
        return
    term, tag = parsed[0], parsed[0].value
    if rest[2].text == ",":
        tags = [kind[1:].lower() for kind in source.kinds if kind[0] == "@"]
        if any(each == tag.lower() or each.startswith(tag.lower() + "-") for each in tags):
            return
    hint = _language(source.verb, tag, term, source.kinds, data)
    if hint is not None:
        yield hint


def _of_text(
    source: _Source, function: Token, rest: Sequence[Token], sketch: Sketch, data: KnownData
) -> Iterator[Hint]:
    """Yield the hint for a function of texts: on resources it fails, and it tells upper case from lower case."""
    name = function.text.upper()
    if all(kind in ("iri", "blank") for kind in source.kinds):
        label = f"{source.verb.written}/rdfs:label {rest[0].text}"
        start = f"The values of {source.verb.written} are resources; {name} needs a text."
        text = f"{start} Ask for their labels: {label}."
        yield Hint("value", text, rest[0].text, rest[0].start, (label,))
        return
    if not any(kind in _TEXTS or kind[0] == "@" for kind in source.kinds):
        example = _example(source.verb.value, data)
        remedy = f"STR({rest[0].text})"
        text = (
            f"{name} needs a text. The values of {source.verb.written} are such as {example}: use {remedy}."
        )
        yield Hint("datatype", text, rest[0].text, rest[0].start, (remedy,))
        return
    if name in ("CONTAINS", "STRSTARTS", "STRENDS", "REGEX") and len(rest) > 3 and rest[1].text == ",":
        parsed = term_of(rest[2:], sketch.prefixes, sketch.base)
        if parsed is not None and rest[2 + parsed[1]].text == ")":
            yield from _in_other_case(source, parsed[0], data)


def _of_any_text(source: _Source, rest: Sequence[Token], sketch: Sketch, data: KnownData) -> Iterator[Hint]:
    """Yield the hint for STR(?x) = "…" and CONTAINS(STR(?x), "…") with another case."""
    if len(rest) > 3 and rest[1].text == ")" and rest[2].text in ("=", ","):
        parsed = term_of(rest[3:], sketch.prefixes, sketch.base)
        if parsed is not None and parsed[0].sort == "literal":
            yield from _in_other_case(source, parsed[0], data, whole=rest[2].text == "=")


def _in_other_case(source: _Source, term: Term, data: KnownData, *, whole: bool = False) -> Iterator[Hint]:
    """Yield the hint for a text that is there only in upper or lower case."""
    wanted = term.value.lower()
    if not wanted.strip():
        return
    spelling = ""
    for value in data.values(source.verb.value):
        if term.value == value.value if whole else term.value in value.value:
            return
        if not spelling and (wanted == value.value.lower() if whole else wanted in value.value.lower()):
            place = value.value.lower().find(wanted)
            spelling = value.value[place : place + len(wanted)]
    if spelling:
        start = f"{source.verb.written} has {cut(_quoted(spelling))}, not {cut(term.written)}."
        text = f"{start} Compare in lower case: LCASE(STR(?text))."
        yield Hint("value", text, term.written, term.at, (_quoted(spelling),))


def _comparison_hints(source: _Source, term: Term, operator: str, data: KnownData) -> Iterator[Hint]:
    """Yield the hint for a comparison of a value with a constant."""
    verb = source.verb
    if term.sort == "iri" and source.kinds and not any(kind in ("iri", "blank") for kind in source.kinds):
        text = f"The values of {verb.written} are no resources, but such as {_example(verb.value, data)}."
        yield Hint("value", text, term.written, term.at)
    elif term.sort == "iri" and not data.occurs(term.value):
        yield Hint("term", f"{cut(term.written)} does not occur in this data.", term.written, term.at)
    elif term.sort == "literal" and operator == "=":
        yield from _of_literal(verb, term, source.kinds, data)
    elif term.sort == "literal":
        hint = _other_kind(verb, term, source.kinds, data)
        if hint is not None:
            yield hint


def _of_data(
    patterns: Iterable[Pattern], sketch: Sketch, sources: dict[str, _Source], data: KnownData
) -> Iterator[Hint]:
    """Yield the hint for literals in VALUES, where there is one property that they can belong to and it has none."""
    texts = [term for term in sketch.values[:_MOST_PATTERNS] if term.sort == "literal"]
    names = [name for name in sources if name in sketch.bound and name in sketch.data]
    if not texts or len(texts) != len(sketch.values) or len(names) != 1:
        return
    source = sources[names[0]]
    literals = filter(None, map(_literal, texts))
    if not any(data.has_value(source.verb.value, each) for each in literals):
        yield from _of_literal(source.verb, texts[0], source.kinds, data)


# Words


def _fold_text(text: str) -> str:
    return " ".join(text.split()).casefold()


def _literal_text(value: Literal) -> str:
    """Return a literal as a query has it."""
    if value.language:
        return f"{cut(_quoted(value.value))}@{value.language}"
    if value.datatype.value in (XSD + "integer", XSD + "decimal", XSD + "boolean"):
        return value.value
    if value.datatype.value == XSD + "string":
        return cut(_quoted(value.value))
    return f"{cut(_quoted(value.value))}^^{show_iri(value.datatype.value)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _example(predicate: str, data: KnownData) -> str:
    """Return a value of a property as a query has it."""
    term = data.example(predicate)
    if term.startswith("<"):
        return show_iri(term[1:-1])
    text, sign, datatype = term.rpartition("^^")
    if sign and datatype.endswith(">"):
        return _literal_text(Literal(text[1:-1], datatype=NamedNode(datatype[1:-1])))
    return cut(term)


def _tags(tags: Sequence[str]) -> str:
    more = " …" if len(tags) > _MOST_SHOWN else ""
    return ", ".join(tags[:_MOST_SHOWN]) + more
