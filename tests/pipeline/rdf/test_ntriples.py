import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from pipeline.rdf.ntriples import TermError, iri, is_iri, string, tagged_literal, typed_literal, write

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
IRI = iri("http://example.org/x")


def parsed(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text.encode(), format=RdfFormat.N_TRIPLES)]


@given(TEXTS)
def test_any_text_comes_back_from_an_independent_parser(text: str) -> None:
    triple = parsed(write([(IRI, IRI, string(text))]))[0]

    assert triple.object == Literal(text)


@given(TEXTS, st.sampled_from(["en", "fr", "pt-BR", "sr-Latn"]))
def test_any_tagged_text_comes_back(text: str, language: str) -> None:
    triple = parsed(write([(IRI, IRI, tagged_literal(text, language))]))[0]

    assert triple.object == Literal(text, language=language.lower())


@given(st.text(min_size=1))
def test_an_iri_is_accepted_only_when_the_parser_accepts_it(text: str) -> None:
    candidate = f"http://example.org/{text}"
    if is_iri(candidate):
        assert parsed(write([(iri(candidate), IRI, IRI)]))[0].subject == NamedNode(candidate)
    else:
        with pytest.raises(TermError, match="not an absolute IRI"):
            iri(candidate)


@pytest.mark.parametrize("text", ["x", "//x", "http://a b", "http://a/<b>", "http://a\n", "http://a/\ud800"])
def test_what_is_no_iri_is_refused(text: str) -> None:
    with pytest.raises(TermError, match="not an absolute IRI"):
        iri(text)


def test_a_lone_surrogate_is_refused_with_advice() -> None:
    with pytest.raises(TermError, match="lone surrogate"):
        string("half \ud83d")


@pytest.mark.parametrize("tag", ["", "e n", "en_GB", 'en" .', "-", "abcdefghi"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(TermError, match="not a language tag"):
        tagged_literal("x", tag)


def test_a_typed_literal_keeps_its_lexical_form() -> None:
    line = write([(IRI, IRI, typed_literal("018", iri("http://example.org/year")))])

    assert line == '<http://example.org/x> <http://example.org/x> "018"^^<http://example.org/year> .\n'
