import csv
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote

import pytest
import stores
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse
from running import Reply, Running, eventually
from stores import Store

from endpoint.engine.client import Answer, Busy, QueryAbandoned, QueryRefused, QuestionFailed
from endpoint.engine.question import QueryLimits, Question
from endpoint.engine.remote import RemoteStore
from endpoint.engine.remote.bodies import ResponseReader, triples
from endpoint.sparql.examples import examples
from endpoint.syntax.explanations import explain
from endpoint.syntax.query_checks import Reading, read
from pipeline.exchange.access import Access, RemoteFault
from pipeline.exchange.store_state import names
from pipeline.rdf.iris import Deployment
from tests.pipeline.exchange.test_publish import change
from tests.pipeline.exchange.test_publish import run as publish

pytestmark = pytest.mark.thorough

BASE = "http://localhost:8000"
STATE = names(Deployment(BASE))
STORES = [
    pytest.param(
        "oxigraph",
        marks=pytest.mark.skipif(
            not stores.OXIGRAPH.exists(), reason="the package oxigraph is not installed"
        ),
    ),
    pytest.param(
        "virtuoso",
        marks=[
            pytest.mark.skipif(stores.VIRTUOSO is None, reason="virtuoso-opensource-7 is not installed"),
            pytest.mark.slow,
        ],
    ),
]
TITLES = "SELECT ?title WHERE { ?p <http://purl.org/dc/terms/title> ?title }"


@pytest.fixture(scope="module", params=STORES)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, real_output: Path
) -> Iterator[Store]:
    with getattr(stores, request.param)(tmp_path_factory.mktemp(request.param)) as running:
        published = publish(real_output, running, "--graph-store", running.graphs)
        assert published.exit_code == 0, published.output
        yield running


@pytest.fixture(scope="module")
def front(store: Store, real_output: Path) -> Iterator[Running]:
    with Running(real_output, store=store.query, query_timeout=20) as running:
        yield running


@pytest.fixture(scope="module")
def local(real_output: Path) -> Iterator[Running]:
    with Running(real_output, query_timeout=20) as running:
        yield running


def csv_rows(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return sorted(reply.text.splitlines()[1:])


def csv_values(reply: Reply) -> list[list[list[str]]]:
    """Return the rows of a reply, each cell as the values that it joins, whose order GROUP_CONCAT leaves open."""
    rows = csv.reader(csv_rows(reply))
    return sorted([sorted(cell.split(" / ")) for cell in row] for row in rows)


def graph(reply: Reply, syntax: RdfFormat) -> Dataset:
    assert reply.status == 200, reply.text
    found = Dataset(Quad(quad.subject, quad.predicate, quad.object) for quad in parse(reply.body, syntax))
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


@pytest.mark.parametrize(
    "example",
    [pytest.param(example, id=example.name) for example in examples()],
)
def test_the_examples_have_the_same_answers_as_on_this_machine(
    front: Running, local: Running, example: Any
) -> None:
    if "CONSTRUCT" in example.query or "DESCRIBE" in example.query:
        ours = graph(local.ask(example.query, "application/n-triples"), RdfFormat.N_TRIPLES)
        theirs = graph(front.ask(example.query, "application/n-triples"), RdfFormat.N_TRIPLES)
        # What else a description holds, such as who points at the resource, is each engine's own matter.
        more = [quad for quad in theirs if quad not in ours]
        described = {quad.subject for quad in ours} if "DESCRIBE" in example.query else set()
        assert [quad for quad in ours if quad not in theirs] == []
        assert [quad for quad in more if quad.object not in described] == []
    elif "ASK" in example.query:
        assert front.ask(example.query, "text/csv").text == local.ask(example.query, "text/csv").text
    elif "LIMIT" in example.query:
        # Where letters with accents stand in an order is each engine's own matter, so others may come first.
        assert len(csv_rows(front.ask(example.query, "text/csv"))) == len(
            csv_rows(local.ask(example.query, "text/csv"))
        )
    else:
        assert csv_values(front.ask(example.query, "text/csv")) == csv_values(
            local.ask(example.query, "text/csv")
        )


@pytest.mark.parametrize(
    ("media_type", "begins"),
    [
        ("application/sparql-results+json", b"{"),
        ("application/sparql-results+xml", b"<?xml"),
        ("text/csv", b"title\r\n"),
        ("text/tab-separated-values", b"?title\n"),
    ],
)
def test_results_come_in_every_format(front: Running, media_type: str, begins: bytes) -> None:
    reply = front.ask(TITLES, media_type)

    assert reply.status == 200
    assert reply.type.partition(";")[0] == media_type
    assert reply.body.startswith(begins)
    assert "À la découverte".encode() in reply.body or "é".encode() in reply.body


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
    ],
)
def test_graphs_come_in_every_format_and_turtle_with_our_prefixes(
    front: Running, local: Running, media_type: str, syntax: RdfFormat
) -> None:
    query = f"CONSTRUCT WHERE {{ <{BASE}/city/it-turin> ?p ?o }}"

    reply = front.ask(query, media_type)

    assert graph(reply, syntax) == graph(local.ask(query, media_type), syntax)
    if syntax == RdfFormat.TURTLE:
        assert "@prefix icgp:" in reply.text


def test_the_same_checks_stand_before_the_store(front: Running) -> None:
    federated = front.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    update = front.ask("DROP ALL")
    deep = front.ask("SELECT * " + "{" * 5000 + "}" * 5000)

    assert [reply.status for reply in (federated, update, deep)] == [400, 400, 400]
    assert "SERVICE is refused" in federated.text
    assert int(csv_rows(front.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv"))[0]) > 10000


def test_a_syntax_error_is_400_and_names_a_problem(front: Running) -> None:
    reply = front.ask("SELECT * WHERE { ?a ?b ?c } ORDER BUY ?a")

    assert reply.status == 400
    assert reply.json()["type"] == f"{BASE}/sparql/errors#query-not-understood"


def test_readers_see_only_the_graphs_of_the_release(front: Running) -> None:
    found = csv_rows(front.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "text/csv"))

    assert found == sorted(
        f"{BASE}/graph/{name}" for name in ("description", "practices", "provenance", "vocabulary")
    )


def test_relative_iris_are_those_of_this_endpoint(front: Running, local: Running) -> None:
    query = "SELECT ?name { <city/it-turin> <http://www.w3.org/2000/01/rdf-schema#label> ?name }"

    assert csv_rows(front.ask(query, "text/csv")) == csv_rows(local.ask(query, "text/csv")) == ["Turin"]


def test_named_datasets_are_handed_on(front: Running) -> None:
    graphs = quote(f"{BASE}/graph/vocabulary")
    query = quote(
        "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }"
    )

    inside = front.send(
        "GET", f"/sparql?query={query}&default-graph-uri={graphs}", headers={"Accept": "text/csv"}
    )
    outside = front.send("GET", f"/sparql?query={query}", headers={"Accept": "text/csv"})

    assert csv_rows(inside) == ["0"]
    assert csv_rows(outside) == ["222"]


def test_answers_are_kept_and_have_a_tag(front: Running) -> None:
    query = "SELECT (COUNT(*) AS ?kept) { ?s ?p ?o }"
    first = front.ask(query, "text/csv")
    again = front.ask(query, "text/csv")
    tag = first.headers["ETag"]
    known = front.send(
        "GET", f"/sparql?query={quote(query)}", headers={"Accept": "text/csv", "If-None-Match": tag}
    )

    assert 'desc="hit"' in again.headers["Server-Timing"] or 'desc="miss"' in again.headers["Server-Timing"]
    assert known.status == 304


def test_pages_still_come_from_the_release_and_children_keep_no_copy_of_it(front: Running) -> None:
    assert front.send("GET", "/practices", headers={"Accept": "text/html"}).status == 200
    assert front.processes("pg-query")
    assert front.processes("pg-keeper") == set()


@pytest.mark.skipif(not stores.OXIGRAPH.exists(), reason="the package oxigraph is not installed")
def test_a_release_that_is_published_is_asked_within_seconds_and_its_old_answers_are_not_given(
    tmp_path: Path, made_releases: Callable[[int], Path]
) -> None:
    first, second = made_releases(2), made_releases(4)
    with stores.oxigraph(tmp_path) as store:
        publish(first.parents[1], store, "--graph-store", store.graphs)
        with Running(first.parents[1], store=store.query) as front:
            before = front.ask(TITLES, "text/csv")
            publish(second.parents[1], store, "--graph-store", store.graphs)
            assert eventually(lambda: len(csv_rows(front.ask(TITLES, "text/csv"))) > len(csv_rows(before)))
            # The web processes learn of it one after the other.
            assert eventually(lambda: front.ask(TITLES, "text/csv").headers["ETag"] != before.headers["ETag"])


@pytest.mark.skipif(not stores.OXIGRAPH.exists(), reason="the package oxigraph is not installed")
def test_while_a_release_is_put_in_place_queries_wait_and_then_are_told_to_come_again(
    tmp_path: Path, made_releases: Callable[[int], Path]
) -> None:
    output = made_releases(2).parents[1]
    with stores.oxigraph(tmp_path) as store:
        publish(output, store, "--graph-store", store.graphs)
        change(
            store,
            f"DROP GRAPH <{STATE['state']}> ; INSERT DATA {{ GRAPH <{STATE['state']}> {{ "
            f"<{STATE['dataset']}> <http://purl.org/dc/terms/isReplacedBy> <{BASE}/dataset/next> }} }}",
        )
        with Running(output, store=store.query, query_timeout=2) as front:
            waited = front.ask(TITLES)
            publish(output, store, "--graph-store", store.graphs)
            settled = front.ask(TITLES)

    assert waited.status == 503
    assert waited.headers["Retry-After"]
    assert settled.status == 200


class _Strange(http.server.BaseHTTPRequestHandler):
    """A store with faults: which one, the query says."""

    server: "_StrangeStore"

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        if "isReplacedBy" in query:
            self._send(
                200, "application/sparql-results+json", b'{"head":{"vars":[]},"results":{"bindings":[]}}'
            )
        elif "slow" in query:
            self.server.slow_ones.release()
            self.server.over.wait()
        elif "cut" in query:
            rows = b'{"a":{"type":"literal","value":"x"}},' * 10
            self._send(
                200,
                "application/sparql-results+json",
                b'{"head":{"vars":["a"]},"results":{"bindings":[' + rows,
            )
        elif "short" in query:
            self._send(
                200, "application/sparql-results+json", b'{"head":{"vars":["a"]},"results":', longer=20
            )
        elif "page" in query:
            self._send(200, "text/html", b"<p>Welcome</p>")
        elif "busy" in query:
            self._send(503, "text/plain", b"later")
        elif "forbidden" in query:
            self._send(403, "text/plain", b"no")
        elif "broken" in query:
            self._send(500, "text/plain", b"some trace of mine")

    def _send(self, status: int, content_type: str, body: bytes, longer: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) + longer))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        return


class _StrangeStore(http.server.ThreadingHTTPServer):
    """Counts the slow queries that have come; their answers come when it is over."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Strange)
        self.slow_ones = threading.Semaphore(0)
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def forget(self) -> None:
        while self.slow_ones.acquire(blocking=False):
            pass


@pytest.fixture(scope="module")
def strange_store() -> Iterator[_StrangeStore]:
    with _StrangeStore() as store:
        thread = threading.Thread(target=store.serve_forever, daemon=True)
        thread.start()
        yield store
        store.over.set()
        store.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def strange(output: Path, strange_store: _StrangeStore) -> Iterator[Running]:
    with Running(output, store=strange_store.url, query_timeout=1.5) as running:
        yield running


@pytest.mark.parametrize(
    ("fault", "status", "problem"),
    [
        ("slow", 503, "query-deadline"),
        ("cut", 500, "query-failed"),
        ("short", 503, "store-unavailable"),
        ("page", 500, "query-failed"),
        ("busy", 503, "endpoint-busy"),
        ("forbidden", 503, "store-unavailable"),
        ("broken", 500, "query-failed"),
    ],
)
def test_a_fault_of_the_store_is_never_taken_for_an_answer(
    strange: Running, fault: str, status: int, problem: str
) -> None:
    reply = strange.ask(f"SELECT ?a {{ ?a ?b '{fault}' }}")

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (status, problem)


def test_a_store_that_is_not_there_is_told_and_pages_go_on(output: Path) -> None:
    with Running(output, store=f"http://127.0.0.1:{stores.free_port()}/sparql") as front:
        reply = front.ask(TITLES)
        page = front.send("GET", "/", headers={"Accept": "text/html"})

    assert (reply.status, page.status) == (503, 200)
    assert reply.json()["type"].endswith("#store-unavailable")
    assert "does not answer" in front.log


def test_a_client_that_goes_away_gives_its_place_back(strange: Running, strange_store: _StrangeStore) -> None:
    strange_store.forget()
    for _ in range(3):
        connection = strange.connect()
        connection.request("GET", f"/sparql?query={quote('SELECT ?a { ?a ?b <a:slow> }')}")
        assert strange_store.slow_ones.acquire(timeout=60)
        connection.close()

    assert eventually(lambda: strange.ask("SELECT ?a { ?a ?b 'busy' }").json()["type"].endswith("busy"))
    assert strange.ask("SELECT ?a { ?a ?b 'slow' }").status == 503  # the deadline of the others is over, too
    assert json.loads(strange.ask("SELECT ?a { ?a ?b 'broken' }").body)["status"] == 500


class _Restless(http.server.BaseHTTPRequestHandler):
    """A store in which releases come and go: ``releases`` are the releases that it reports, one after another."""

    releases: ClassVar[list[str]] = []
    asked: ClassVar[list[str]] = []
    rows: ClassVar[int] = 1

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        if "isReplacedBy" in query:
            held = self.releases.pop(0) if len(self.releases) > 1 else self.releases[0]
            row = {"version": {"type": "literal", "value": held}}
        else:
            self.asked.append(query)
            row = {"version": {"type": "literal", "value": f"answer {len(self.asked)}"}}
        rows = [row] * (1 if "isReplacedBy" in query else self.rows)
        body = json.dumps({"head": {"vars": ["version"]}, "results": {"bindings": rows}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


class Here:
    """Reads queries in this process."""

    def read(self, question: Question, _: Callable[[], bool]) -> Reading:
        return read(question.query)

    def explain(self, question: Question, message: str, _: Callable[[], bool]) -> QuestionFailed:
        return QueryRefused(explain(message, question.query, read(question.query)))


@pytest.fixture
def restless() -> Iterator[RemoteStore]:
    _Restless.asked.clear()
    _Restless.rows = 1
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Restless) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield RemoteStore(Access(f"http://127.0.0.1:{server.server_port}/"), QueryLimits(seconds=5), Here())
        server.shutdown()
        thread.join()


def question(seconds: float = 5) -> Question:
    return Question("SELECT ?version {}", "csv", "", seconds, base_iri=f"{BASE}/sparql")


def text_of(answer: Answer) -> str:
    try:
        return (answer.first + b"".join(answer.rest())).decode()
    finally:
        answer.close()


def test_a_query_during_which_the_release_changed_is_asked_again(restless: RemoteStore) -> None:
    _Restless.releases[:] = ["one", "two", "two"]

    answer = text_of(restless.ask(question(), lambda: False))

    assert answer == "version\r\nanswer 2\r\n"
    assert len(_Restless.asked) == 2


def test_where_releases_change_without_end_clients_are_told_to_come_again(restless: RemoteStore) -> None:
    _Restless.releases[:] = [str(number) for number in range(20)]

    with pytest.raises(Busy):
        restless.ask(question(), lambda: False)


def test_a_long_answer_during_which_the_release_changed_does_not_come_to_its_end(
    restless: RemoteStore,
) -> None:
    _Restless.releases[:] = ["one", "two"]
    _Restless.rows = 450_000

    answer = restless.ask(question(20), lambda: False)

    assert len(answer.first) == 64 * 1024
    with pytest.raises(Busy):
        text_of(answer)


def test_a_long_answer_of_one_release_is_passed_on_whole(restless: RemoteStore) -> None:
    _Restless.releases[:] = ["one"]
    _Restless.rows = 450_000

    text = text_of(restless.ask(question(20), lambda: False))

    assert text.count("answer 1") == 450_000


def test_only_so_many_questions_go_to_the_store_at_a_time(strange_store: _StrangeStore) -> None:
    store = RemoteStore(Access(strange_store.url), QueryLimits(seconds=60, most=1), Here())
    slow = Question("SELECT * { ?a ?b <a:slow> }", "csv", "", 60, base_iri=f"{BASE}/sparql")
    gone = threading.Event()
    strange_store.forget()

    def ask() -> None:
        with pytest.raises(QueryAbandoned):
            store.ask(slow, gone.is_set)

    first = threading.Thread(target=ask)
    first.start()
    assert strange_store.slow_ones.acquire(timeout=60)
    with pytest.raises(Busy):
        store.ask(question(), lambda: False)
    gone.set()
    first.join()


def test_the_name_of_what_is_asked_follows_the_store(restless: RemoteStore) -> None:
    _Restless.releases[:] = ["one"]
    first = restless.version("local", BASE)
    _Restless.releases[:] = ["two"]

    assert eventually(lambda: restless.version("local", BASE) != first)
    assert first.startswith("local one")


def test_a_store_that_gives_turtle_for_triples_is_understood() -> None:
    source = ResponseReader(_Body("text/turtle", b"<a:s> <a:p> 1, 2 ."), lambda: None)  # type: ignore[arg-type]

    assert len(list(triples(source))) == 2


@pytest.mark.parametrize("content_type", ["text/html", "application/ld+json"])
def test_what_is_no_graph_is_not_taken_for_one(content_type: str) -> None:
    source = ResponseReader(_Body(content_type, b"<p>"), lambda: None)  # type: ignore[arg-type]

    with pytest.raises(RemoteFault, match="not with a graph"):
        triples(source)


class _Body:
    """A response as far as its body is read."""

    def __init__(self, content_type: str, content: bytes) -> None:
        self.headers = Message()
        self.headers["Content-Type"] = content_type
        self.read1 = BytesIO(content).read1
        self.length = 0
