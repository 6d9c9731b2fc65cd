"""Where an RDF file describes each subject: lines found by its tokens; nesting that does harm is refused."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.parsers import expat

from pipeline.errors import SourceError
from pipeline.vocabulary import RDF

DEEPEST = 100
_DEEPEST_TERM = 10
_TOKEN = re.compile(
    rb'#[^\n\r]*|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    rb'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\''
    rb"|<<|>>|<[^<>\s]*>|[\[\](){};,]|(?:[^\s<>\"'()\[\]{};,#\\]|\\.)+|\S",
    re.DOTALL,
)
_XML = "http://www.w3.org/XML/1998/namespace"


class TokenScan:
    """One pass over Turtle and its kin; ``lines`` is subject IRI → line where it is first described."""

    def __init__(self, content: bytes, name: str, base: str) -> None:
        self.lines: dict[str, int] = {}
        self._name = name
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._depth = self._term_depth = 0
        self._line = 1
        self._scan(content)

    def _scan(self, content: bytes) -> None:
        at_subject = True
        tokens = self._tokens(content)
        for token in tokens:
            match token:
                case b"[" | b"(":
                    self._nest(1)
                    at_subject = False
                case b"]" | b")":
                    self._nest(-1)
                case b"<<" | b">>":
                    self._nest_term(1 if token == b"<<" else -1)
                    at_subject = False
                case b"." | b"{" | b"}":
                    at_subject = True
                case _ if at_subject:
                    at_subject = self._directive(token, tokens) or self._subject(token)

    def _tokens(self, content: bytes) -> Iterator[bytes]:
        """Yield the tokens, comments left out, the line kept up with; a full stop after a name is its own."""
        last = 0
        for found in _TOKEN.finditer(content):
            self._line += content.count(b"\n", last, found.start())
            last = found.start()
            token = found[0]
            if token[:1] == b"#":
                continue
            if len(token) > 1 and token[-1:] == b"." and token[:1] not in b"\"'<":
                yield token[:-1]
                token = b"."
            yield token

    def _directive(self, token: bytes, tokens: Iterator[bytes]) -> bool:
        word = token.lower().removeprefix(b"@")
        if word == b"prefix":
            prefix = next(tokens, b"").decode("utf-8", "replace")
            self._prefixes[prefix] = self._iri(next(tokens, b""))
        elif word == b"base":
            self._base = self._iri(next(tokens, b""))
        return word in (b"prefix", b"base", b"graph")

    def _subject(self, token: bytes) -> bool:
        self.lines.setdefault(self._iri(token), self._line)
        return False

    def _iri(self, token: bytes) -> str:
        text = token.decode("utf-8", "replace")
        if text.startswith("<"):
            return urljoin(self._base, text[1:-1]) if text[1:-1] else self._base
        prefix, colon, local = text.partition(":")
        return self._prefixes.get(prefix + colon, "") + local.replace("\\", "")

    def _nest(self, step: int) -> None:
        self._depth += step
        if self._depth > DEEPEST:
            raise SourceError(
                f"{self._name}, line {self._line}: brackets are nested deeper than {DEEPEST} levels. "
                "Give the inner things IRIs of their own."
            )

    def _nest_term(self, step: int) -> None:
        self._term_depth += step
        if self._term_depth > _DEEPEST_TERM:
            raise SourceError(
                f"{self._name}, line {self._line}: triple terms are nested deeper than {_DEEPEST_TERM} "
                "levels. Practices need none at all."
            )


def scan_xml(content: bytes, name: str, base: str) -> dict[str, int]:
    """Return subject IRI → line for RDF/XML; raise SourceError for a DOCTYPE, deep nesting, broken XML."""
    lines: dict[str, int] = {}
    bases = [base]
    parser = expat.ParserCreate(namespace_separator="")

    def start(_: str, attributes: dict[str, str]) -> None:
        if len(bases) > DEEPEST:
            raise SourceError(
                f"{name}, line {parser.CurrentLineNumber}: elements are nested deeper than {DEEPEST} levels. "
                "Give the inner things IRIs of their own."
            )
        bases.append(urljoin(bases[-1], attributes.get(_XML + "base", "")))
        about, local = attributes.get(RDF + "about"), attributes.get(RDF + "ID")
        if about is not None or local is not None:
            iri = urljoin(bases[-1], about if about is not None else f"#{local}")
            lines.setdefault(iri, parser.CurrentLineNumber)

    def refuse(*_: object) -> None:
        raise SourceError(
            f"{name}, line {parser.CurrentLineNumber}: a DOCTYPE is refused, since what it declares can fill "
            "any memory. Delete it and write the IRIs in full."
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: bases.pop()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset + 1}"
        reason = expat.ErrorString(error.code)
        raise SourceError(f"{name}, {where}: this is no XML ({reason}). Correct it there.") from error
    return lines
