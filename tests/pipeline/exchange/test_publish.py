import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stores
from click.testing import CliRunner, Result
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse
from samples import PRACTICES, build_release
from stores import Store

from pipeline.cli import main
from pipeline.exchange.access import NOBODY, Access, Credentials, RemoteFault, is_open_to_listeners
from pipeline.exchange.endpoint import Endpoint
from pipeline.exchange.graph_loading import parts
from pipeline.exchange.store_state import State, names, read_state
from pipeline.rdf.iris import Deployment
from pipeline.release.folder.manifest import read_manifest
from pipeline.release.inspection import graph_iris

pytestmark = pytest.mark.thorough

BASE = "http://localhost:8000"
DEPLOYMENT = Deployment(BASE)
GRAPHS = graph_iris(DEPLOYMENT)

needs_oxigraph = pytest.mark.skipif(
    not stores.OXIGRAPH.exists(), reason="the package oxigraph is not installed"
)
needs_virtuoso = pytest.mark.skipif(stores.VIRTUOSO is None, reason="virtuoso-opensource-7 is not installed")
STORES = [
    pytest.param("oxigraph", marks=needs_oxigraph),
    pytest.param("virtuoso", marks=[needs_virtuoso, pytest.mark.slow]),
]


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with getattr(stores, request.param)(tmp_path_factory.mktemp(request.param)) as running:
        yield running


def run(output: Path, store: Store, *arguments: str, **environment: str) -> Result:
    who = ["--user", store.user] if store.user else []
    environment = {"PRACTICEGRAPH_STORE_PASSWORD": store.password, **environment}
    words = ["publish", str(output), "--to", store.query, "--update-url", store.update, *who, *arguments]
    return CliRunner(env=environment).invoke(main, words)


def endpoint(store: Store) -> Endpoint:
    return Endpoint(Access(store.query))


def change(store: Store, update: str) -> None:
    who = Credentials(store.user, store.password) if store.user else NOBODY
    Endpoint(Access(store.update, who)).update(update, seconds=60)


def rows(store: Store, query: str) -> list[str]:
    with endpoint(store).ask(query, "csv", seconds=60) as response:
        text: str = response.read().decode().replace('"', "")
    return text.splitlines()[1:]


def counted(store: Store) -> dict[str, int]:
    found = rows(store, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    counts = dict(line.rsplit(",", 1) for line in found)
    return {graph: int(count) for graph, count in counts.items() if graph.startswith(f"{BASE}/")}


def wanted(release: Path) -> dict[str, int]:
    counts = read_manifest(release).counts["graphs"]
    return {GRAPHS[name]: count for name, count in counts.items()} | {names(DEPLOYMENT)["state"]: 1}


@pytest.mark.parametrize("way", ["graph store", "update"])
def test_a_release_is_published_graph_by_graph_and_only_once(
    store: Store, way: str, made_releases: Callable[[int], Path], tmp_path: Path
) -> None:
    release = made_releases(2 if way == "update" else 3)
    arguments = ("--graph-store", store.graphs) if way == "graph store" else ()

    first = run(release.parents[1], store, *arguments)
    again = run(release.parents[1], store, *arguments)

    assert first.exit_code == again.exit_code == 0, first.output + again.output
    assert first.stdout.startswith(f"Published release {release.name} to {store.query}: ")
    assert again.stdout.startswith("Nothing has changed")
    assert counted(store) == wanted(release)
    assert read_state(endpoint(store), DEPLOYMENT, seconds=10) == State(release.name)


def test_a_published_release_answers_as_the_release_does(
    store: Store, made_releases: Callable[[int], Path]
) -> None:
    release = made_releases(4)
    run(release.parents[1], store, "--graph-store", store.graphs)
    titles = "SELECT ?title { GRAPH ?g { ?p <http://purl.org/dc/terms/title> ?title } } ORDER BY ?title"

    found = set(rows(store, titles))

    shown = {title for one in PRACTICES for _, title in one.titles if "," not in title and '"' not in title}
    assert shown <= found
    assert "À la rencontre des voisins" in found
    assert "لقاء الجيران" in found


def test_readers_of_the_state_never_take_half_a_release_for_a_whole_one(
    store: Store, made_releases: Callable[[int], Path]
) -> None:
    releases = [made_releases(2), made_releases(4)]
    totals = {release.name: sum(wanted(release).values()) - 1 for release in releases}
    asked = " ".join(f"<{iri}>" for iri in GRAPHS.values())
    count = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?g {{ {asked} }} GRAPH ?g {{ ?s ?p ?o }} }}"
    seen: set[tuple[str, int]] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            before = read_state(endpoint(store), DEPLOYMENT, seconds=60)
            if before.coming:
                time.sleep(0.02)
                continue
            found = int(rows(store, count)[0])
            if read_state(endpoint(store), DEPLOYMENT, seconds=60) == before:
                seen.add((before.version, found))

    run(releases[1].parents[1], store, "--graph-store", store.graphs)
    reader = threading.Thread(target=read)
    reader.start()
    results = [
        run(releases[number % 2].parents[1], store, "--graph-store", store.graphs) for number in range(4)
    ]
    stop.set()
    reader.join()

    assert all(result.exit_code == 0 for result in results), results
    assert seen == set(totals.items())


def test_what_a_publisher_left_that_was_killed_is_replaced(
    store: Store, made_releases: Callable[[int], Path]
) -> None:
    release = made_releases(3)
    beside = f"{GRAPHS['practices']}/loading"
    state = names(DEPLOYMENT)
    change(store, f"INSERT DATA {{ GRAPH <{beside}> {{ <a:b> <a:b> <a:b> }} }}")
    change(store, f"DROP SILENT GRAPH <{state['state']}>")

    result = run(release.parents[1], store, "--graph-store", store.graphs)

    assert result.exit_code == 0, result.output
    assert counted(store) == wanted(release)


def test_other_graphs_of_the_store_are_left_alone(store: Store, made_releases: Callable[[int], Path]) -> None:
    change(store, "INSERT DATA { GRAPH <http://example.org/other> { <a:b> <a:b> <a:b> } }")

    run(made_releases(2).parents[1], store)

    assert rows(store, "SELECT ?s { GRAPH <http://example.org/other> { ?s ?p ?o } }") == ["a:b"]


@needs_virtuoso
@pytest.mark.slow
def test_a_store_that_asks_who_we_are_is_told_or_says_so(
    tmp_path: Path, made_releases: Callable[[int], Path]
) -> None:
    output = made_releases(2).parents[1]
    with stores.virtuoso(tmp_path) as store:
        nobody = CliRunner().invoke(
            main, ["publish", str(output), "--to", store.query, "--update-url", store.update]
        )
        wrong = run(output, store, PRACTICEGRAPH_STORE_PASSWORD="not it")
        file = tmp_path / "password"
        file.write_text("dba\nnot this line\n", encoding="utf-8")
        right = run(output, store, "--password-file", str(file), PRACTICEGRAPH_STORE_PASSWORD="not it")

    assert (nobody.exit_code, wrong.exit_code, right.exit_code) == (3, 3, 0)
    assert "does not allow the change (HTTP 401)" in nobody.stderr
    assert "does not allow the change (HTTP 401)" in wrong.stderr
    assert "not it" not in wrong.output


@needs_oxigraph
def test_a_store_that_takes_no_updates_is_told_and_nothing_is_changed(
    tmp_path: Path, made_releases: Callable[[int], Path]
) -> None:
    with stores.oxigraph(tmp_path) as store:
        result = CliRunner().invoke(main, ["publish", str(made_releases(2).parents[1]), "--to", store.query])

        assert result.exit_code == 3
        assert "takes no updates" in result.stderr or "failed (HTTP 400)" in result.stderr
        assert "--update-url" in result.stderr or "HTTP 400" in result.stderr
        assert counted(store) == {}


def test_a_store_that_is_not_there_is_told(made_releases: Callable[[int], Path]) -> None:
    url = f"http://127.0.0.1:{stores.free_port()}/sparql"

    result = CliRunner().invoke(main, ["publish", str(made_releases(2).parents[1]), "--to", url])

    assert result.exit_code == 3
    assert "cannot be reached" in result.stderr


def test_a_damaged_release_is_not_published(tmp_path: Path) -> None:
    release = build_release(tmp_path, PRACTICES[:1])
    (release / "catalogue.csv").write_text("damaged", encoding="utf-8")

    result = CliRunner().invoke(main, ["publish", str(tmp_path), "--to", "http://127.0.0.1:9/"])

    assert result.exit_code == 3
    assert "damaged and is not published" in result.stderr


def test_a_folder_without_a_release_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["publish", str(tmp_path), "--to", "http://127.0.0.1:9/"])

    assert result.exit_code == 2
    assert "holds no current release" in result.stderr


@pytest.mark.parametrize("url", ["localhost:7878", "ftp://example.org/", "http:///sparql"])
def test_what_is_no_address_is_refused(url: str, made_releases: Callable[[int], Path]) -> None:
    result = CliRunner().invoke(main, ["publish", str(made_releases(2).parents[1]), "--to", url])

    assert result.exit_code == 2
    assert "no address of a server" in result.stderr


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<p>Welcome</p>", "no results in JSON"),
        (b'{"head":{"vars":[]},"results":{"bindings":[]}}', "no count in CSV"),
    ],
)
def test_what_does_not_answer_as_a_store_is_told(
    body: bytes, sentence: str, made_releases: Callable[[int], Path]
) -> None:
    class Anything(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Anything) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        result = CliRunner().invoke(main, ["publish", str(made_releases(2).parents[1]), "--to", url])
        server.shutdown()
        thread.join()

    assert result.exit_code == 3
    assert sentence in result.stderr


@pytest.mark.parametrize("secret", ["password", "token"])
def test_credentials_do_not_show(secret: str) -> None:
    shown = repr(Credentials("me", "password", "token"))

    assert secret not in shown
    assert "me" in shown


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("http://store.example.org/", True),
        ("https://store.example.org/", False),
        ("http://localhost:7878/", False),
        ("http://[::1]:7878/", False),
    ],
)
def test_an_address_that_others_can_listen_to_is_known(url: str, is_open: bool) -> None:
    assert is_open_to_listeners(url) is is_open


def test_no_redirect_is_followed() -> None:
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        access = Access(f"http://127.0.0.1:{server.server_port}/")
        with pytest.raises(RemoteFault) as caught:
            Endpoint(access).ask("ASK {}", "json", seconds=5)
        server.shutdown()
        thread.join()

    assert caught.value.status == 302


def test_the_parts_hold_all_triples_once_and_blank_nodes_together() -> None:
    def quad(number: int, subject: NamedNode | BlankNode) -> Quad:
        return Quad(subject, NamedNode("a:p"), Literal(str(number)), NamedNode("a:g"))

    quads = [quad(n, BlankNode("b") if n % 5 == 0 else NamedNode(f"a:{n}")) for n in range(23)]

    found = [[line.triple for line in parse(part, RdfFormat.N_TRIPLES)] for part in parts(quads, 4)]

    assert [len(part) for part in found] == [4, 4, 4, 4, 2, 5]
    assert all(isinstance(triple.subject, BlankNode) for triple in found[-1])
    assert sorted(triple.object.value for part in found for triple in part) == sorted(
        str(n) for n in range(23)
    )
