"""Terms in the messages of pySHACL: read again, and shown as people write them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.rdf.vocabulary import expand

_KNOWN = {
    "http://datashapes.org/dash#": "dash",
    **{
        expand(f"{name}:"): name
        for name in ["icgp", "dct", "dcat", "foaf", "rdf", "rdfs", "skos", "xsd", "sh"]
    },
}
_LONGEST_PREFIX = 20
_LITERAL = (
    r'Literal\("(?P<text>.*?)"(?: = .*?)?(?:, lang=(?P<lang>[\w-]+))?(?:, datatype=(?P<type>[^)\s]+))?\)'
)
_TOKEN = re.compile(
    rf"\s*(?:{_LITERAL}(?=[\s,\])]|\Z)|(?P<iri><[^<>]*>)|(?P<mark>[][();,])|(?P<name>[^\s,;()[\]]+))",
    re.DOTALL,
)
_BETWEEN = re.compile(r"""['"], ['"]""")
_IRI = re.compile(r"<([^<>]*[/#:])([\w-]+)>")
_MOST_ITEMS = 30
_DEEPEST = 50


@dataclass(frozen=True, slots=True, eq=False)
class Prefixes:
    """Prefixes by their namespaces, those that everybody knows first."""

    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stated: Mapping[str, str]) -> "Prefixes":
        """Return the prefixes that files state, and the well-known ones."""
        own = {space: name for name, space in stated.items() if 0 < len(name) <= _LONGEST_PREFIX}
        return cls(own | _KNOWN)

    def short(self, text: str) -> str:
        """Return a text with short names in place of the IRIs in it whose namespaces have a prefix."""
        return _IRI.sub(self._short, text)

    def _short(self, match: re.Match[str]) -> str:
        name = self.names.get(match[1]) or _KNOWN.get(match[1])
        return f"{name}:{match[2]}" if name else match[0]


@dataclass(frozen=True, slots=True)
class Term:
    """A term as people read it; ``language`` and ``is_text`` are those of a literal."""

    text: str
    language: str = ""
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class NestedNode:
    """A blank node: its statements by their predicates."""

    statements: Mapping[str, tuple["Node", ...]]


Node = Term | NestedNode | tuple["Node", ...]
"""A term, a blank node, or a list."""


class UnreadableText(ValueError):
    """A text that is not what pySHACL writes for nodes."""


def read_nodes(text: str, prefixes: Prefixes) -> tuple[Node, ...]:
    """Return the nodes that a text lists, with or without commas; raise UnreadableText for any other text."""
    reader = _Reader(text, prefixes)
    return tuple(reader.nodes(""))


class _Reader:
    def __init__(self, text: str, prefixes: Prefixes) -> None:
        self._tokens = _tokens(text.strip())
        self._prefixes = prefixes
        self._depth = 0

    def nodes(self, end: str) -> Iterator[Node]:
        """Yield nodes up to a closing mark, or to the end of the text."""
        for token in self._tokens:
            if token["mark"] == end and end:
                return
            if token["mark"] != ",":
                yield self._node(token)
        if end:
            raise UnreadableText

    def _node(self, token: re.Match[str]) -> Node:
        if token["mark"] is None:
            return self._term(token)
        if token["mark"] not in ("[", "(") or self._depth == _DEEPEST:
            raise UnreadableText
        self._depth += 1
        node = self._nested_node() if token["mark"] == "[" else tuple(self.nodes(")"))
        self._depth -= 1
        return node

    def _nested_node(self) -> NestedNode:
        statements: dict[str, list[Node]] = {}
        predicate: list[Node] | None = None
        for token in self._tokens:
            if token["mark"] == "]":
                return NestedNode({name: tuple(values) for name, values in statements.items()})
            if token["mark"] == ";":
                predicate = None
            elif predicate is None:
                predicate = statements.setdefault(self._term(token).text, [])
            elif token["mark"] != ",":
                predicate.append(self._node(token))
        raise UnreadableText

    def _term(self, token: re.Match[str]) -> Term:
        if token["text"] is not None:
            is_text = token["type"] is None
            return Term(token["text"], token["lang"] or "", is_text)
        return Term(self._prefixes.short(token["iri"] or token["name"] or ""))


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnreadableText
        yield match
        at = match.end()


@lru_cache(maxsize=256)
def listed_terms(text: str, prefixes: Prefixes) -> str:
    """Return the terms that pySHACL lists, in a fixed order, texts in quotation marks where some have a language."""
    terms = [term for part in _parts(text) for term in _terms_in(part, prefixes)]
    is_quoted = any(term.language for term in terms)
    names = sorted(show(term, is_quoted=is_quoted) for term in terms)
    return ", ".join(names[:_MOST_ITEMS]) + (", …" if len(names) > _MOST_ITEMS else "")


def _parts(text: str) -> list[str]:
    """Return the texts of a list of Python, or the text itself where it is none."""
    if text[:1] + text[-1:] not in ("[]", "()") or text[1:2] not in ("'", '"'):
        return [] if text == "[]" else [text]
    return [part.replace("\\'", "'").replace("\\\\", "\\") for part in _BETWEEN.split(text[2:-2])]


def _terms_in(text: str, prefixes: Prefixes) -> Iterator[Term]:
    try:
        nodes = read_nodes(text, prefixes)
    except UnreadableText:
        yield Term(prefixes.short(text))
        return
    for node in nodes:
        members = node if isinstance(node, tuple) else (node,)
        yield from (one for one in members if isinstance(one, Term) and one.text != "rdf:nil")


def show(term: Term, *, is_quoted: bool = False) -> str:
    """Return a term as it is in a sentence; the quotation marks of a text may be left out."""
    if term.language:
        return f'"{term.text}"@{term.language}'
    return f'"{term.text}"' if term.is_text and is_quoted else term.text


def show_bare(text: str, prefixes: Prefixes) -> str:
    """Return one term that is in a message, an IRI with or without its brackets."""
    return prefixes.short(f"<{text}>" if "://" in text and not text.startswith("<") else text)
