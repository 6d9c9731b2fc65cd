"""Turtle, node by node: prefixes and a base once, then one statement for each subject."""

import re
from collections.abc import Mapping

from pipeline.release.contents.nodes import RDF_TYPE, Node

_XSD = "http://www.w3.org/2001/XMLSchema#"
_LOCAL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[0-9]+")
_RELATIVE = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(#[A-Za-z0-9_-]+)?")
_BARE = {
    f"<{_XSD}integer>": re.compile(r"-?[0-9]+"),
    f"<{_XSD}decimal>": re.compile(r"-?[0-9]+\.[0-9]+"),
    f"<{_XSD}boolean>": re.compile(r"true|false"),
}
_CACHED = 20_000


class TurtleWriter:
    """Writes nodes as Turtle; literals need no new escaping, since N-Triples writes them in the same way."""

    def __init__(self, prefixes: Mapping[str, str], base_iri: str) -> None:
        self._prefixes = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._base = base_iri.rstrip("/") + "/"
        self._cache: dict[str, str] = {}

    def head(self) -> str:
        """Return what is at the head of the document."""
        lines = [f"@prefix {prefix}: <{iri}> .\n" for iri, prefix in self._prefixes.items()]
        return f"@base <{self._base}> .\n{''.join(lines)}"

    def node(self, node: Node) -> str:
        """Return the statement of a node."""
        subject, pairs = node
        known = self._cache.get
        parts = ["\n", self._resource(subject)]
        before, joint = "", "\n  "
        for predicate, value in pairs:
            if predicate == before:
                parts.append(" , ")
            else:
                verb = "a" if predicate == RDF_TYPE else known(predicate) or self._resource(predicate)
                parts += (joint, verb, " ")
                before, joint = predicate, " ;\n  "
            parts.append(self._literal(value) if value[0] == '"' else known(value) or self._resource(value))
        parts.append(" .\n")
        return "".join(parts)

    def _resource(self, term: str) -> str:
        known = self._cache.get(term)
        if known is None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            known = self._iri(term) if term[0] == "<" else term
            self._cache[term] = known
        return known

    def _iri(self, term: str) -> str:
        iri = term[1:-1]
        if iri.startswith(self._base) and _RELATIVE.fullmatch(iri, len(self._base)):
            return f"<{iri[len(self._base) :]}>"
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefixes.get(iri[:cut])
        if prefix is not None and _LOCAL_NAME.fullmatch(iri, cut):
            return f"{prefix}:{iri[cut:]}"
        return term

    def _literal(self, term: str) -> str:
        end = term.rindex('"')
        if not term.startswith("^^", end + 1):
            return term
        datatype = term[end + 3 :]
        bare = _BARE.get(datatype)
        if bare is not None and bare.fullmatch(term, 1, end):
            return term[1:end]
        return f"{term[: end + 1]}^^{self._resource(datatype)}"
