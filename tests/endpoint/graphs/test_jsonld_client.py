import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import locations
import pytest
from node_packages import installed
from pyoxigraph import RdfFormat
from running import Running
from samples import PRACTICES, build_release

from tests.endpoint.documents.test_documents import canonical

CLIENT = locations.TESTS / "clients" / "read.mjs"


@pytest.fixture(scope="module")
def modules() -> Path:
    """Return the folder in which Node finds the client."""
    return installed("jsonld@9.0.0")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a server whose data is named by the address at which it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    output = tmp_path_factory.mktemp("client")
    build_release(output, base=f"http://127.0.0.1:{port}")
    with Running(output, port=port) as running:
        yield running


@pytest.fixture(scope="module")
def read(modules: Path, server: Running) -> dict[str, Any]:
    base = f"http://127.0.0.1:{server.port}"
    addresses = [f"{base}/practice/{practice.slug}" for practice in PRACTICES]
    frame = f"{base}/frames/v1/practice.jsonld"
    # Whatever is set for this machine's way out, a client that needed it would fail.
    environment = {"PATH": os.environ["PATH"], "HTTP_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run(
        ["node", CLIENT, modules, frame, *addresses],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_javascript_client_reads_every_practice_by_its_context(
    read: dict[str, Any], server: Running
) -> None:
    assert len(read["told"]) == len(PRACTICES)
    for address, told in read["told"].items():
        path = address.partition(f":{server.port}")[2].replace("/practice/", "/doc/practice/")
        ours = server.send("GET", f"{path}.nt").body
        theirs = canonical(told["nquads"].encode(), RdfFormat.N_QUADS)
        assert theirs == canonical(ours, RdfFormat.N_TRIPLES)


def test_the_published_frame_gives_that_client_the_tree_that_we_send(
    read: dict[str, Any], server: Running
) -> None:
    for address, told in read["told"].items():
        framed = told["framed"]
        path = address.partition(f":{server.port}")[2].replace("/practice/", "/doc/practice/")
        sent = server.send("GET", f"{path}.jsonld").json()
        assert framed["id"] == sent["id"] == address
        assert [city["id"] for city in framed.get("city", [])] == [
            city["id"] for city in sent.get("city", [])
        ]
        assert framed.keys() == sent.keys()


def test_nothing_was_fetched_but_documents_context_and_frame(read: dict[str, Any], server: Running) -> None:
    base = f"http://127.0.0.1:{server.port}"
    expected = {f"{base}/context/v1.jsonld", f"{base}/frames/v1/practice.jsonld", *read["told"]}
    assert set(read["fetched"]) <= expected
