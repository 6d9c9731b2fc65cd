"""The W3C SHACL test suite through ``POST /validate`` with shapes of one's own."""

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from pipeline.gate.shapes_index import ShapesIndex
from pipeline.rdf.vocabulary import SH
from tests.pipeline.gate.test_gate_suite import (
    FAILURE,
    SUITE,
    Outcome,
    _expected,
    _graphs,
    _row,
    _tests,
)
from tests.running import Reply, Running

BOUNDARY = "4f0c1a"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C suite is not beside the working copy"),
]


def check(server: Running, data: Path, shapes: Path) -> Reply:
    parts = (("data", data), ("shapes", shapes))
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{path.name}"\r\n'
        f"Content-Type: text/turtle\r\n\r\n".encode()
        + path.read_bytes()
        + b"\r\n"
        for field, path in parts
    )
    head = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/n-triples"}
    return server.send("POST", "/validate", body + f"--{BOUNDARY}--\r\n".encode(), head)


def outcome(reply: Reply) -> Outcome:
    if reply.status == 400:
        assert reply.json()["type"].endswith(("#shapes-malformed", "#shapes-refused"))
        return FAILURE
    assert reply.status == 200, reply.text
    index = ShapesIndex(parse(reply.body, format=RdfFormat.N_TRIPLES))
    [report] = index.subjects(SH + "conforms")
    return Counter(_row(index, one) for one in index.objects(report, SH + "result"))


@pytest.mark.parametrize("kind", ["core", "sparql"])
def test_the_service_passes_every_test_of_the_suite(server: Running, kind: str) -> None:
    missed = set()
    for file in _tests(kind):
        name = str(file.relative_to(SUITE).with_suffix(""))
        expected = _expected(file)
        ours = outcome(check(server, *_graphs(file)))
        missed |= {name} if ours != expected else set()

    assert missed == set()
