"""Queries in shapes: those that reach out are never run; unreadable ones and unknown functions are faults."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise, product

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, Store

from pipeline.findings.messages import Value
from pipeline.gate.adapter.query_words import forbidden_words, solid_tokens, words
from pipeline.gate.adapter.rdflib_graphs import prepared_query
from pipeline.gate.adapter.silence import quiet
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.rdf.vocabulary import SH
from pipeline.shapes_check.faults import Fault, fault_of

_REACHES_OUT = frozenset(("SERVICE", "LOAD", "FROM"))
_FUNCTION = re.compile(r"custom function <([^>]*)> is not supported")
_PATH = re.compile(r"[$?]PATH\b")
_DEEPEST = 100
_THIS = frozenset(("$this", "?this"))


@dataclass(frozen=True, slots=True)
class ShapeQuery:
    """A query of shapes: the node that has it, and its text."""

    node: Subject
    predicate: str
    value: Node
    text: str

    def fault(self, name: str, /, **values: Value) -> Fault:
        """Return a fault of the query by its name in the table."""
        return fault_of(self.node, self.predicate, self.value, name, **values)


class Queries:
    """Checks the queries of shapes; ``prefixes`` are those they may use, declared or not."""

    def __init__(self, index: ShapesIndex, prefixes: Mapping[str, str]) -> None:
        self._index = index
        self._prefixes = prefixes
        self._store = Store()
        self._constraints = set(index.values(SH + "sparql"))
        users = ("sparql", "target", "validator", "nodeValidator", "propertyValidator")
        self._on_nodes = set(index.values(*(SH + name for name in users)))
        self._functions = {one.value for one in sparql_functions(index) if has_one_query(index, one)}

    def faults(self) -> Iterator[tuple[ShapeQuery, Fault]]:
        """Yield each query that is not run, and why."""
        self._leave_out_functions()
        for query in self._queries():
            fault = self._fault(query)
            if fault is not None:
                yield query, fault

    def _leave_out_functions(self) -> None:
        """Take functions whose queries have faults for unknown, and in turn those that call them."""
        waiting = [query for query in self._queries() if getattr(query.node, "value", "") in self._functions]
        while faulty := [query for query in waiting if self._fault(query) is not None]:
            self._functions -= {str(query.node.value) for query in faulty}
            waiting = [query for query in waiting if query not in faulty]

    @cached_property
    def _known_prefixes(self) -> Mapping[str, str]:
        """The prefixes that pySHACL gives each query: those of the shapes, and some that everybody knows."""
        from rdflib import Graph

        return {name: str(iri) for name, iri in Graph().namespaces()} | dict(self._prefixes)

    @cached_property
    def _ambiguous(self) -> set[str]:
        """The prefixes to which one owner of sh:declare gives two namespaces."""
        return {
            name
            for owner in self._index.subjects(SH + "declare")
            for name, spaces in _declared_by(self._index, owner).items()
            if len(spaces) > 1
        }

    @cached_property
    def _prologue(self) -> str:
        return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in self._known_prefixes.items())

    def _queries(self) -> Iterator[ShapeQuery]:
        for name in ("select", "ask", "construct", "update"):
            for node in self._index.subjects(SH + name):
                for value in self._index.objects(node, SH + name):
                    if isinstance(value, Literal):
                        yield ShapeQuery(node, SH + name, value, value.value)

    def _fault(self, query: ShapeQuery) -> Fault | None:
        word = next((word for word in words(query.text) if word in _REACHES_OUT), None)
        if word is not None:
            return query.fault("query-reaches-out", word=word)
        if query.predicate in (SH + "construct", SH + "update"):
            return None
        if _depth(query.text) > _DEEPEST:
            return query.fault("query-too-deep", number=_DEEPEST)
        forbidden = next(forbidden_words(query.text), None) if query.node in self._constraints else None
        if forbidden is not None:
            return query.fault("word-forbidden", word=forbidden)
        twice = sorted(_prefixes_in(query.text) & self._ambiguous)
        if twice:
            return query.fault("prefix-ambiguous", prefix=f"{twice[0]}:")
        wrong = _of_this(query.text) if query.node in self._on_nodes else None
        return query.fault(wrong) if wrong is not None else self._as_parsed(query)

    def _as_parsed(self, query: ShapeQuery) -> Fault | None:
        text = self._prologue + _PATH.sub("<urn:path>", query.text)
        try:
            known = {NamedNode(iri): lambda *_: None for iri in self._functions}
            answer = self._store.query(text, custom_functions=known)  # type: ignore[arg-type]
        except RuntimeError as error:
            match = _FUNCTION.search(str(error))
            return query.fault("function-unknown", function=match[1]) if match is not None else None
        except SyntaxError as error:
            return self._as_rdflib_has_it(query, error)
        return self._of_form(query, answer)

    def _of_form(self, query: ShapeQuery, answer: object) -> Fault | None:
        """Return the fault of a query that answers in another form than its use needs."""
        if query.predicate == SH + "ask":
            return None if isinstance(answer, QueryBoolean) else query.fault("no-ask")
        if not isinstance(answer, QuerySolutions):
            return query.fault("no-select")
        if query.node in self._on_nodes and "this" not in {variable.value for variable in answer.variables}:
            return query.fault("this-missing")
        return None

    def _as_rdflib_has_it(self, query: ShapeQuery, error: SyntaxError) -> Fault | None:
        """Return the fault of a query that the store cannot read; rdflib, which runs it, may read it all the same."""
        try:
            with quiet():
                prepared_query(_PATH.sub("<urn:path>", query.text), self._known_prefixes)
        except Exception:  # the parser raises errors of several kinds
            missing = sorted(_prefixes_in(query.text) - self._known_prefixes.keys())
            if missing:
                return query.fault("prefixes-missing", prefixes=", ".join(f"{name}:" for name in missing))
            return query.fault("query-unreadable", reason=str(error.msg).splitlines()[0][:200])
        return None


def _of_this(query: str) -> str | None:
    """Return the fault of a query that gives $this another value, or loses it in a subquery.

    https://www.w3.org/TR/shacl/#pre-binding; a subquery that never speaks of $this is let pass where pySHACL does.
    """
    tokens = solid_tokens(query)
    if any(word.upper() == "AS" and after in _THIS for word, after in pairwise(tokens)):
        return "this-given"
    return "this-lost" if any(_loses_this(subquery) for subquery in _subqueries(tokens)) else None


@dataclass(slots=True)
class _Subquery:
    """A SELECT within braces of some depth, whether it begins with a variable, and where it speaks of $this."""

    depth: int
    is_plain: bool = False
    selects_this: bool = False
    mentions_this: bool = False


def _loses_this(subquery: _Subquery) -> bool:
    return not subquery.selects_this and (subquery.mentions_this or subquery.is_plain)


def _subqueries(tokens: list[str]) -> Iterator[_Subquery]:
    """Yield the subqueries of a query, in one pass."""
    waiting: list[_Subquery] = []
    depth = 0
    for sign, after in pairwise([*tokens, ""]):
        depth += (sign == "{") - (sign == "}")
        if sign.upper() == "SELECT":
            waiting.append(_Subquery(depth, after[:1] in ("$", "?", "*")))
        elif sign in _THIS and waiting:
            waiting[-1].selects_this |= depth == waiting[-1].depth
            waiting[-1].mentions_this = True
        elif sign == "}" and len(waiting) > 1 and depth == waiting[-1].depth:
            ended = waiting.pop()
            waiting[-1].mentions_this |= ended.mentions_this
            yield ended


def _depth(query: str) -> int:
    """Return how deep brackets are nested; the parser of the store would run out of stack."""
    steps = ((word in "([{") - (word in ")]}") for word in words(query) if len(word) == 1)
    return max(accumulate(steps), default=0)


def prefixes_used(index: ShapesIndex) -> set[str]:
    """Return the prefixes of names in all queries of shapes that do not declare them themselves."""
    queries = index.values(SH + "select", SH + "ask")
    return set[str]().union(*(_prefixes_in(query.value) for query in queries if isinstance(query, Literal)))


def _prefixes_in(query: str) -> set[str]:
    tokens = solid_tokens(query)
    names = {token.partition(":")[0] for token in tokens if ":" in token and token[:1] not in "<\"'"}
    return names - {after.partition(":")[0] for word, after in pairwise(tokens) if word.upper() == "PREFIX"}


def sparql_functions(index: ShapesIndex) -> set[NamedNode]:
    """Return the functions that shapes declare."""
    return {one for one in index.instances(SH + "SPARQLFunction") if isinstance(one, NamedNode)}


def uses_path(query: str) -> bool:
    """Return whether a query uses the path of its shape."""
    return any(token in ("$PATH", "?PATH") for token in solid_tokens(query))


def has_one_query(index: ShapesIndex, node: Subject) -> bool:
    """Return whether a node has one query in sh:select or sh:ask."""
    queries = [query for name in ("select", "ask") for query in index.objects(node, SH + name)]
    return len(queries) == 1 and isinstance(queries[0], Literal)


def stated_prefixes(index: ShapesIndex) -> dict[str, str]:
    """Return the prefixes that shapes declare; of several meanings of one, any."""
    return {
        name: space
        for owner in index.subjects(SH + "declare")
        for name, spaces in _declared_by(index, owner).items()
        for space in spaces
    }


def _declared_by(index: ShapesIndex, owner: Subject) -> dict[str, dict[str, None]]:
    """Return the prefixes that one owner of sh:declare declares, each with its namespaces."""
    prefixes: dict[str, dict[str, None]] = {}
    for node in index.objects(owner, SH + "declare"):
        for name, space in product(index.objects(node, SH + "prefix"), index.objects(node, SH + "namespace")):
            if isinstance(name, Literal) and isinstance(space, Literal):
                prefixes.setdefault(name.value, {})[space.value] = None
    return prefixes
