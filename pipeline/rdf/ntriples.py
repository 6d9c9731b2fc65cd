"""N-Triples: RDF terms as their canonical text, and the one writer through which all triples of a build pass.

A term is the text that stands for it in canonical N-Triples (RDF 1.1 N-Triples §4), so that writing a line is
one join and comparing terms is comparing strings. Tests hold it against an independent parser.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NewType

from pyoxigraph import NamedNode

from pipeline.model.errors import PracticegraphError
from pipeline.rdf.vocabulary import expand

Term = NewType("Term", str)
Triple = tuple[Term, Term, Term]

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_NEEDS_ESCAPE = re.compile(r'[\\"\n\r]')


class TermError(PracticegraphError):
    """A text cannot be an RDF term of the wanted kind."""


def iri(text: str) -> Term:
    """Return an absolute IRI as a term; raise TermError if the text is none (RFC 3987)."""
    if not is_iri(text):
        raise TermError(
            f"{text!r} is not an absolute IRI: write it in full, spaces and brackets percent-encoded."
        )
    return Term(f"<{text}>")


class _TermsByName(dict[str, Term]):
    def __missing__(self, name: str) -> Term:
        made = self[name] = iri(expand(name))
        return made


NAMED: Mapping[str, Term] = _TermsByName()
"""Prefixed name → its term: ``NAMED["dct:title"]``."""


def is_iri(text: str) -> bool:
    """Return whether a text can stand as an absolute IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _quoted(text: str) -> str:
    if _NEEDS_ESCAPE.search(text):
        text = text.translate(_ESCAPES)
    if not text.isascii() and _SURROGATE.search(text):
        raise TermError(
            f"{text[:40]!r} holds half of a character pair (a lone surrogate): save the file as UTF-8."
        )
    return f'"{text}"'


def string(text: str) -> Term:
    """Return a plain xsd:string literal."""
    return Term(_quoted(text))


def tagged_literal(text: str, language: str) -> Term:
    """Return a language-tagged literal; tags are lower-cased, as stores compare them without case."""
    if not _LANGUAGE_TAG.fullmatch(language):
        raise TermError(f"{language!r} is not a language tag: write one such as en, fr or pt-BR.")
    return Term(f"{_quoted(text)}@{language.lower()}")


def typed_literal(lexical: str, datatype: Term) -> Term:
    """Return a literal of a datatype; the caller answers for its canonical lexical form."""
    return Term(f"{_quoted(lexical)}^^{datatype}")


def write(triples: Iterable[Triple]) -> str:
    """Return the triples as N-Triples lines, in their order."""
    return "".join([f"{subject} {predicate} {obj} .\n" for subject, predicate, obj in triples])
