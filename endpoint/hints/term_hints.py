"""Term hints: properties, classes, resources and graphs that a query names and that do not occur in the data."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from endpoint.hints.hint import Hint, cut, enumerate_names
from endpoint.hints.known_data import KnownData, show_iri, types_of
from endpoint.hints.related_terms import Sort, related_terms
from endpoint.syntax.known_names import extension, namespace_of, nearest
from endpoint.syntax.query_patterns import RDF_TYPE, Sketch, Term
from pipeline.rdf.vocabulary import COUNTRY, ICGP, TOPIC, prefixes

_SPACES = {"icgp": ICGP, "topic": TOPIC, "country": COUNTRY}
_MOST_SHOWN = 4
_MOST_TERMS = 200
_LOCAL = re.compile(r"[^/#]*$")


def term_hints(sketch: Sketch, data: KnownData, base: str) -> Iterator[Hint]:
    """Yield a hint for each term that does not occur where the query looks for it."""
    yield from _graph_hints(sketch.graphs, data)
    yield from _in_brackets(sketch)
    types = types_of(sketch.patterns[:_MOST_TERMS], data)
    for pattern in sketch.patterns[:_MOST_TERMS]:
        if pattern.verbs and not any(data.is_property(verb.value) for verb in pattern.verbs):
            yield _property(pattern.verbs[0], types.get(pattern.subject.value, ()), data)
        elif pattern.verbs and pattern.graph is not None and pattern.graph.sort == "iri":
            yield from _elsewhere(pattern.verbs[0], pattern.object, pattern.graph, data)
        is_type = len(pattern.verbs) == 1 and pattern.verbs[0].value == RDF_TYPE
        for term in (pattern.subject, pattern.object):
            if term.sort != "iri":
                continue
            if is_type and term is pattern.object:
                if not data.is_class(term.value):
                    yield _class(term, data)
            elif not data.occurs(term.value):
                verb = pattern.verbs[0] if term is pattern.object and len(pattern.verbs) == 1 else None
                yield (verb and _by_label(term, verb, data)) or _resource(term, data, base)
    values = [term for term in sketch.values if term.sort == "iri"][:_MOST_TERMS]
    if values and not any(data.occurs(term.value) for term in values):
        yield _resource(values[0], data, base)


def _in_brackets(sketch: Sketch) -> Iterator[Hint]:
    """Yield a hint for each prefixed name in angle brackets, which make it an IRI of its own."""
    known = {**prefixes(), **sketch.prefixes}
    for pattern in sketch.patterns[:_MOST_TERMS]:
        for term in (*pattern.verbs, pattern.subject, pattern.object):
            prefix, colon, name = term.value.partition(":")
            if term.written == f"<{term.value}>" and colon and prefix in known and "/" not in name:
                text = f"{cut(term.written)} is no prefixed name, but an IRI of its own. Remove the angle brackets."
                yield Hint("term", text, term.written, term.at, (term.value,))


def _graph_hints(graphs: Iterable[Term], data: KnownData) -> Iterator[Hint]:
    names = sorted(data.graphs())
    for term in graphs:
        if term.sort == "iri" and term.value not in names:
            end = _LOCAL.search(term.value)
            near = [name for name in names if end and end[0] and name.endswith(f"/{end[0]}")]
            listed = tuple(f"<{name}>" for name in near or names)
            yield Hint(
                "graph",
                f"There is no graph {cut(term.written)} here. The graphs are {', '.join(listed)}."
                if not near
                else f"There is no graph {cut(term.written)} here. Did you mean {listed[0]}?",
                term.written,
                term.at,
                listed,
            )


def _elsewhere(verb: Term, value: Term, graph: Term, data: KnownData) -> Iterator[Hint]:
    """Yield a hint where a graph lacks a property, or a class, that another graph has."""
    term, wanted = verb, None
    if verb.value == RDF_TYPE and value.sort == "iri":
        term, wanted = value, value.value
    having = data.graphs_with(verb.value, wanted)
    if having and graph.value not in having and graph.value in data.graphs():
        listed = tuple(f"<{name}>" for name in having)
        text = f"The graph {cut(graph.written)} has no {term.written}. It is in {' and '.join(listed)}."
        yield Hint("graph", text, graph.written, graph.at, listed)


def _property(term: Term, classes: Sequence[str], data: KnownData) -> Hint:
    """Return the hint for a property, with those in its place that members of the classes have."""
    own = _own(term, data)
    if own is not None:
        return own
    has = data.properties_of(classes[0]) if classes else {}
    candidates = (term.value, *_variants(term))
    if any(related_terms(iri, "properties", has.__contains__) for iri in candidates):
        return _unused_hint(term, "properties", data.properties, has.__contains__)
    return _unused_hint(term, "properties", data.properties, data.is_property)


def _class(term: Term, data: KnownData) -> Hint:
    return _own(term, data) or _unused_hint(term, "classes", data.profile, data.is_class)


def _own(term: Term, data: KnownData) -> Hint | None:
    """Return the hint for a name in our namespaces that stands for nothing."""
    for prefix, space in _SPACES.items():
        if not term.value.startswith(space):
            continue
        known = {iri.removeprefix(space) for iri in data.own_terms(space)}
        local = term.value.removeprefix(space)
        near = nearest(local, known) or data.with_word(local, space)
        if local in known or (related_terms(term.value, "properties", data.is_property) and not near):
            return None
        if related_terms(term.value, "classes", data.is_class) and not near:
            return None
        remedy = (
            f"did you mean {prefix}:{near}?" if near else f"its terms are listed at {space.rstrip('#/')} ."
        )
        text = f"{cut(term.written)} is no term of the vocabulary; {remedy}"
        return Hint("term", text, term.written, term.at, (f"{prefix}:{near}",) if near else ())
    return None


def _unused_hint(term: Term, sort: Sort, used: Iterable[str], is_used: Callable[[str], bool]) -> Hint:
    """Return the hint for a property or class that does not occur: what has its name or its meaning."""
    product = extension(term.value)
    if product is not None:
        return Hint("term", product, term.written, term.at)
    start = f"{cut(term.written)} does not occur in this data."
    variants = tuple(_variants(term))
    for iri in variants:
        if is_used(iri):
            return _other_namespace(term, iri)
    group = next(filter(None, (related_terms(iri, sort, is_used) for iri in (term.value, *variants))), None)
    if group is not None:
        names = tuple(show_iri(iri) for iri in group[1][:_MOST_SHOWN])
        return Hint("term", f"{start} {group[0]} {enumerate_names(names)}.", term.written, term.at, names)
    local = _local(term.value)
    by_local: dict[str, str] = {}
    for iri in sorted(used, reverse=True):
        by_local[_local(iri)] = iri
    near = local if local in by_local else nearest(local, by_local) if local else None
    if near:
        name = show_iri(by_local[near])
        return Hint("term", f"{start} Did you mean {name}?", term.written, term.at, (name,))
    return Hint("term", start, term.written, term.at)


def _variants(term: Term) -> Iterator[str]:
    """Yield the IRIs that may have been meant: the namespace that the prefix usually has, or one sign otherwise."""
    local = _local(term.value)
    space = term.value[: len(term.value) - len(local)]
    prefix, sign, name = term.written.partition(":")
    if sign and not term.written.startswith("<"):
        usual = namespace_of(prefix)
        if usual:
            yield usual + name
        space, local = term.value[: len(term.value) - len(name)], name
    other = "http:" if space.startswith("https:") else "https:"
    swapped = other + space.partition(":")[2]
    for start in (space, swapped):
        yield start + local
        yield f"{start}#{local}"
        yield f"{start}/{local}"
        yield start[:-1] + local
        yield f"{start.rstrip('#/')}#{local}"
        yield f"{start.rstrip('#/')}/{local}"
        yield f"{start.rstrip('/')}core#{local}"


def _other_namespace(term: Term, iri: str) -> Hint:
    prefix, sign, name = term.written.partition(":")
    is_name = sign and not term.written.startswith("<") and iri.endswith(name)
    if is_name:
        right, wrong = iri[: len(iri) - len(name)], term.value[: len(term.value) - len(name)]
        space = f"the namespace of {prefix}: is <{right}>, not <{cut(wrong)}>"
        text = f"{cut(term.written)} does not occur in this data: {space}."
        return Hint("namespace", text, term.written, term.at, (f"PREFIX {prefix}: <{right}>",))
    text = f"{cut(term.written)} does not occur in this data. Did you mean <{iri}>?"
    return Hint("namespace", text, term.written, term.at, (f"<{iri}>",))


def _resource(term: Term, data: KnownData, base: str) -> Hint:
    """Return the hint for a resource that does not occur: the same one at another address, or a similar one."""
    addresses = tuple(_addresses(term.value, base))
    for iri in (term.value, *addresses, *_variants(term)):
        if data.occurs(iri):
            name = show_iri(iri)
            text = f"{cut(term.written)} does not occur in this data. Did you mean {name}?"
            return Hint("term", text, term.written, term.at, (name,))
    for iri in (term.value, *addresses):
        own = _own(replace(term, value=iri), data)
        if own is not None:
            return own
    return Hint("term", f"{cut(term.written)} does not occur in this data.", term.written, term.at)


def _by_label(term: Term, verb: Term, data: KnownData) -> Hint | None:
    """Return the hint for a resource whose name was made of its label, such as icgp:Italy."""
    label = unquote(_local(term.value.rstrip("/"))).replace("_", " ")
    labelled = data.find_by_label(label, verb.value) if label else None
    if labelled is None:
        return None
    name = show_iri(labelled)
    text = f"{cut(term.written)} does not occur in this data. “{label}” is the label of {name}."
    return Hint("term", text, term.written, term.at, (name,))


def _addresses(iri: str, base: str) -> Iterator[str]:
    """Yield the names that a resource can have here whose address is known from elsewhere or from the browser."""
    yield iri.rstrip("/")
    try:
        path = urlsplit(iri).path
    except ValueError:
        return
    path = re.sub(r"\.(?:html|ttl|jsonld|nt|rdf)$", "", path.rstrip("/"))
    for prefix in ("", "/doc"):
        if not prefix or path.startswith(prefix):
            rest = path.removeprefix(prefix)
            yield base + rest
            kind, _, name = rest.strip("/").partition("/")
            if kind in ("topic", "country", "year"):
                yield TOPIC.removesuffix("topic/") + f"{kind}/{name}"


def _local(iri: str) -> str:
    match = _LOCAL.search(iri)
    return match[0] if match else ""
