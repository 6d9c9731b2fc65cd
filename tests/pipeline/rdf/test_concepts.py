from pipeline.rdf.concepts import read_concepts
from pipeline.rdf.vocabulary import COUNTRY, COUNTRY_FACET, TOPIC


def test_topics_are_read_with_labels_in_six_languages_english_first():
    topics = read_concepts("topics.ttl")
    assert len(topics) == 22
    for topic in topics:
        assert topic.iri.startswith(TOPIC)
        assert topic.preferred[0] == ("en", topic.label)
        assert {language for language, _ in topic.preferred} == {"en", "fr", "es", "it", "de", "pt"}
        assert topic.keywords


def test_countries_are_read_with_their_codes_and_their_place_in_the_facet():
    countries = {concept.iri.removeprefix(COUNTRY): concept for concept in read_concepts("countries.ttl")}
    assert len(countries) == 30
    greece = countries["GRC"]
    assert greece.notations == ("GR", "GRC")
    assert greece.collections == (COUNTRY_FACET,)
    assert ("el", "Ελλάδα") in greece.other
