"""The dumps: every format has the same triples, and the same data gives the same bytes."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from pipeline.rdf import vocabulary
from pipeline.rdf.ntriples import string, tagged_literal, typed_literal
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.jsonld_writer import JsonLdWriter
from pipeline.release.contents.nodes import read_nodes
from pipeline.release.contents.rendered_nodes import renderer_of
from pipeline.release.contents.turtle_writer import TurtleWriter
from pipeline.release.release_writer import write_dumps
from tests.cases.release import builds

pytestmark = pytest.mark.thorough

_CONTEXT = vocabulary.context()
_WRITER = JsonLdWriter(_CONTEXT["@context"])
_TURTLE = TurtleWriter(vocabulary.prefixes(), builds.BASE)
_XSD = vocabulary.XSD


def _dataset(text, form, **options):
    graph = Dataset(parse(text, format=form, **options))
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad.triple) for quad in graph}


def _from_jsonld(*nodes):
    document = {"@context": _CONTEXT["@context"], "@graph": [json.loads(node) for node in nodes]}
    return _dataset(json.dumps(document), RdfFormat.JSON_LD)


def _all_forms(lines):
    nodes = list(read_nodes(sorted(lines)))
    return (
        _dataset("".join(lines), RdfFormat.N_TRIPLES),
        _dataset(_TURTLE.head() + "".join(map(_TURTLE.node, nodes)), RdfFormat.TURTLE),
        _from_jsonld(*map(_WRITER.node, nodes)),
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    practices = [builds.practice(number) for number in range(6)]
    return builds.build(tmp_path_factory.mktemp("output"), practices).path


def _read(release, name):
    return gzip.decompress((release / name).read_bytes()).decode()


def test_the_ntriples_dump_is_sorted_and_holds_nothing_twice(release):
    lines = _read(release, "dataset.nt.gz").encode().split(b"\n")[:-1]
    assert lines == sorted(set(lines))


def test_all_dumps_hold_the_same_triples(release):
    wanted = _dataset(_read(release, "dataset.nt.gz"), RdfFormat.N_TRIPLES)
    assert _dataset(_read(release, "dataset.ttl.gz"), RdfFormat.TURTLE) == wanted
    document = json.loads(_read(release, "dataset.jsonld.gz"))
    assert document["@context"] == f"{builds.BASE}/context/v1.jsonld"
    assert _dataset(json.dumps(document | _CONTEXT), RdfFormat.JSON_LD) == wanted


def test_a_json_ld_processor_reads_the_dump_as_the_same_triples(release):
    document = json.loads(_read(release, "dataset.jsonld.gz"))
    loader = FrozenDocumentLoader({document["@context"]: _CONTEXT})
    found = jsonld.to_rdf(document, {"documentLoader": loader, "format": "application/n-quads"})
    assert _dataset(found, RdfFormat.N_QUADS) == _dataset(
        _read(release, "dataset.nt.gz"), RdfFormat.N_TRIPLES
    )


def test_each_node_of_the_jsonld_dump_is_one_line(release):
    first, *nodes, last, end = _read(release, "dataset.jsonld.gz").split("\n")
    assert (first[-2:], last, end) == (":[", "]}", "")
    assert all(json.loads(node.removesuffix(","))["id"] for node in nodes)


def test_the_dumps_hold_practices_and_vocabulary_and_no_provenance(release):
    text = _read(release, "dataset.nt.gz")
    assert f"<{builds.BASE}/practice/practice-5> " in text
    assert f"<{vocabulary.TOPIC}anti-rumour> " in text
    assert f"<{builds.BASE}/run/" not in text


def test_no_time_and_no_name_stand_in_the_compressed_files(release):
    for name in ("dataset.nt.gz", "dataset.ttl.gz", "dataset.jsonld.gz", "rows.jsonl.gz"):
        head = (release / name).read_bytes()[:10]
        assert head[3] == 0, name
        assert head[4:8] == b"\0\0\0\0", name


_TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
_LITERALS = st.one_of(
    st.builds(string, _TEXTS),
    st.builds(tagged_literal, _TEXTS, st.sampled_from(["en", "fr", "pt-br", "zh-hant"])),
    st.builds(
        typed_literal,
        st.sampled_from(
            ["0", "7", "-12", "007", "1.50", "true", "1", "2017", "2017-03", "x", "123456789012345678"]
        ),
        st.sampled_from(
            [f"<{_XSD}{name}>" for name in ("integer", "decimal", "boolean", "gYear", "dateTime", "date")]
        ),
    ),
)
_RESOURCES = st.sampled_from(
    [
        f"<{vocabulary.TOPIC}anti-rumour>",
        f"<{vocabulary.ICGP}city>",
        f"<{builds.BASE}/practice/one#period>",
        f"<{builds.BASE}/a/../b>",
        f"<{builds.BASE}//x>",
        "<https://www.coe.int/-/a,b;c(d)'?q=1&r=%20>",
        "<mailto:contact@example.org>",
        "<urn:x:y>",
    ]
)
_PREDICATES = st.sampled_from(
    [
        f"<{vocabulary.RDFS}label>",
        f"<{vocabulary.DCT}title>",
        f"<{vocabulary.DCT}issued>",
        f"<{vocabulary.DCT}identifier>",
        f"<{vocabulary.ICGP}topic>",
        f"<{vocabulary.ICGP}startYear>",
        f"<{vocabulary.ICGP}inferredProperty>",
        f"<{vocabulary.WGS}lat>",
        f"<{vocabulary.SKOS}notation>",
        "<https://unknown.example/property>",
    ]
)


@given(pairs=st.lists(st.tuples(_PREDICATES, _LITERALS | _RESOURCES), min_size=1, max_size=8))
@settings(max_examples=300)
def test_any_node_says_the_same_in_every_form(pairs):
    lines = sorted({f"<{builds.BASE}/practice/one> {predicate} {value} .\n" for predicate, value in pairs})
    ntriples, turtle, objects = _all_forms(lines)
    assert turtle == ntriples
    assert objects == ntriples


@given(kind=_RESOURCES)
@settings(max_examples=20)
def test_any_type_says_the_same_in_every_form(kind):
    ntriples, turtle, objects = _all_forms([f"<{builds.BASE}/x> <{vocabulary.RDF}type> {kind} .\n"])
    assert turtle == objects == ntriples


def test_blank_nodes_keep_their_connections_in_every_form():
    ntriples, turtle, objects = _all_forms(
        [
            f"<http://x/a> <{vocabulary.OWL}members> _:c14n0 .\n",
            f"_:c14n0 <{vocabulary.RDF}first> <http://x/b> .\n",
            f"_:c14n0 <{vocabulary.RDF}rest> _:c14n1 .\n",
            f'_:c14n1 <{vocabulary.RDFS}label> "one"@en .\n',
        ]
    )
    assert turtle == objects == ntriples


def test_native_values_are_written_where_they_lose_nothing():
    start = f'<http://x/a> <{vocabulary.ICGP}startYear> "2017"^^<{_XSD}integer> .\n'
    ongoing = f'<http://x/a> <{vocabulary.ICGP}ongoing> "true"^^<{_XSD}boolean> .\n'
    odd = f'<http://x/a> <{vocabulary.ICGP}endYear> "02017"^^<{_XSD}integer> .\n'
    node = json.loads(_WRITER.node(next(read_nodes(sorted([start, ongoing, odd])))))
    assert node["startYear"] == 2017
    assert node["ongoing"] is True
    assert node["endYear"] == {"@type": "xsd:integer", "@value": "02017"}


def test_a_term_without_coercion_takes_whatever_value_there_is():
    writer = JsonLdWriter({"p": {"@id": "http://x/p"}, "x": "http://x/"})
    lines = ['<http://x/a> <http://x/p> "1" .\n', "<http://x/a> <http://x/p> <http://x/b> .\n"]
    assert json.loads(writer.node(next(read_nodes(lines)))) == {"@id": "x:a", "p": ["1", {"@id": "x:b"}]}


@pytest.mark.parametrize(
    "definition",
    [
        {"@id": "http://x/p", "@container": "@list"},
        {"@reverse": "http://x/p"},
        {"@id": "http://x/p", "@nest": "n"},
    ],
)
def test_a_context_beyond_the_writer_is_refused(definition):
    with pytest.raises(ValueError, match="defines 'term'"):
        JsonLdWriter({"term": definition})


def test_the_same_nodes_give_the_same_bytes_and_counts(tmp_path):
    lines = sorted(builds.lines(builds.practice(1)).splitlines(keepends=True))
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        counts = Statistics()
        renderer = renderer_of(builds.BASE)
        for node in read_nodes(lines):
            counts.add(node)
        write_dumps(map(renderer.render, read_nodes(lines)), folder, renderer, 3)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]
    assert counts.triples == len(lines)
    assert counts.classes[f"<{vocabulary.ICGP}GoodPractice>"] == 1
    assert counts.properties[f"<{vocabulary.DCT}title>"] == 2
    assert counts.subjects == 5
