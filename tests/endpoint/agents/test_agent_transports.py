"""The command ``practicegraph mcp`` over real standard input and output and real HTTP, and how its processes end."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from agents import COMMAND, Agent, over_stdio, text_of
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner
from running import Running, below, eventually, name_of, state_of

from endpoint.agents.agent_server import agent_server
from endpoint.agents.site_client import SiteClient, site_address
from pipeline.cli import main

pytestmark = pytest.mark.thorough

NEVER_ENDING = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
COUNT = "SELECT (COUNT(?p) AS ?n) { ?p a icgp:GoodPractice }"
INITIALIZE = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


class Pipes:
    """The command with its pipes. Lines on standard output are collected."""

    def __init__(self, *options: str | Path, code: str = "") -> None:
        command = (sys.executable, "-c", code) if code else COMMAND
        self.process = subprocess.Popen(
            [*command, *map(str, options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def send(self, method: str, number: int | None = 1, **parameters: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": parameters}
        self.write(json.dumps(message if number is None else {**message, "id": number}))

    def write(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def connect(self) -> None:
        self.send("initialize", **INITIALIZE)
        assert self.receive()["result"]["serverInfo"]["name"] == "practicegraph"
        self.send("notifications/initialized", None)

    def query(self, text: str, number: int = 2) -> None:
        self.send("tools/call", number, name="run_query", arguments={"query": text})

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.stdin = None

    def end(self) -> tuple[int, str, str]:
        """Return the exit code and the rest of both outputs."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def assistant(output: Path) -> Iterator[Agent]:
    """Return an agent that has started the command for a release, as assistants do."""
    with Agent(over_stdio("--release", output, "--query-timeout", "3")) as agent:
        yield agent


def test_a_release_is_served_on_standard_input_and_output(assistant: Agent) -> None:
    assert assistant.data("search_practices", country="Italy")["total"] > 0
    assert assistant.data("validate_data", data="title,country\nA kitchen,Spain\n")["verdict"] == "accepted"


def test_a_hundred_calls_at_a_time_are_answered(assistant: Agent) -> None:
    queries = [f"SELECT ?x {{ BIND ({number} AS ?x) }}" for number in range(50)]
    calls = [("run_query", {"query": query}) for query in queries] + [("list_terms", {"kind": "topic"})] * 50
    results = assistant.calls(calls)

    assert [text_of(result) for result in results if result.is_error] == []
    rows = [result.structured_content["rows"] for result in results[:50] if result.structured_content]
    assert rows == [[[number]] for number in range(50)]


def test_a_query_of_a_megabyte_is_run_and_a_longer_one_refused(assistant: Agent) -> None:
    assert not assistant.call("run_query", query="ASK { } #" + "x" * 1_000_000).is_error
    assert "1048576" in assistant.error("run_query", query="ASK { } #" + "x" * 1_100_000)


def test_a_query_that_never_ends_is_stopped_and_others_are_answered_meanwhile(assistant: Agent) -> None:
    calls = [("run_query", {"query": NEVER_ENDING})] * 4
    *queries, topics = assistant.calls([*calls, ("list_terms", {"kind": "topic"})])

    assert all("stopped after 3 s" in text_of(query) for query in queries)
    assert not topics.is_error


def test_another_release_is_picked_up(new_release: Callable[[int], Path], tmp_path: Path) -> None:
    new_release(2)
    with Agent(over_stdio("--release", tmp_path)) as agent:
        assert agent.data("search_practices")["total"] == 2
        new_release(4)
        assert eventually(lambda: agent.data("search_practices")["total"] == 4)
        assert eventually(lambda: agent.data("run_query", query=COUNT)["rows"] == [[4]])


def test_garbage_gets_an_error_and_nothing_but_protocol_comes_out(output: Path) -> None:
    pipes = Pipes("--release", output)
    pipes.connect()
    for line in (
        "garbage",
        "[1]",
        '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"\\ud83d"}}',
    ):
        pipes.write(line)
    pipes.send("tools/call", 8, name="list_terms", arguments={"kind": "topic"})
    messages = []
    while not messages or messages[-1].get("id") != 8:
        messages.append(pipes.receive())
    pipes.query(NEVER_ENDING)
    wait_for_query(pipes)
    started = below(pipes.process.pid)
    pipes.close()
    code, rest, log = pipes.end()

    assert not messages[-1]["result"].get("isError")
    assert code == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert "Traceback" not in log
    assert eventually(lambda: ended(started))


def test_a_killed_server_leaves_no_process_behind(output: Path) -> None:
    pipes = Pipes("--release", output)
    pipes.connect()
    pipes.query(NEVER_ENDING)
    wait_for_query(pipes)
    started = below(pipes.process.pid)
    pipes.process.terminate()
    pipes.end()

    assert len(started) > 4
    assert eventually(lambda: ended(started))


def wait_for_query(pipes: Pipes) -> None:
    """Wait until a child has computed for a while."""
    assert eventually(
        lambda: any(busy(pid) for pid in below(pipes.process.pid) if name_of(pid) == "pg-query")
    )


def ended(processes: Iterable[int]) -> bool:
    """Return whether none of the processes runs; one that only waits to be reaped has ended."""
    return not any(state_of(pid) not in ("", "Z") for pid in processes)


def busy(pid: int) -> bool:
    """Return whether a process has computed for a while."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[11]) > 50


def test_a_folder_without_a_release_is_an_error_of_the_command(tmp_path: Path) -> None:
    code, out, err = Pipes("--release", tmp_path).end()

    assert (code, out) == (3, "")
    assert str(tmp_path) in err
    assert "Traceback" not in err


def test_without_the_sdk_one_sentence_says_what_to_install(output: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from pipeline.cli import main; main(['mcp', '--release', '.'])"
    status, out, err = Pipes(code=code).end()

    assert (status, out) == (2, "")
    assert (
        err == "practicegraph: “practicegraph mcp” needs one more package: pip install 'practicegraph[mcp]'\n"
    )


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org", "example.org", "http://user:secret@example.org/", "http://", "http://[", ""],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    result = CliRunner().invoke(main, ["mcp", "--endpoint", address])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("practicegraph: ")
    assert "secret" not in result.stderr


# An address instead of a release


@pytest.mark.parametrize("suffix", ["", "/", "/sparql", "/sparql/", "/sparql?query=x#y"])
def test_the_address_of_a_site_or_its_endpoint_will_do(suffix: str) -> None:
    assert site_address(f" https://data.example.org/base{suffix} ") == "https://data.example.org/base"


def test_a_site_that_is_not_there_is_an_error_of_each_call() -> None:
    with Agent(agent_server(SiteClient("http://127.0.0.1:9", is_local=True))) as agent:
        assert "http://127.0.0.1:9 cannot be reached" in agent.error("list_terms", kind="topic")


class _Busy(BaseHTTPRequestHandler):
    """Answers every third request; the others may come again at once."""

    requests = count(1)

    def do_GET(self) -> None:
        is_free = next(self.requests) % 3 == 0
        self.send_response(200 if is_free else 503)
        self.send_header("Retry-After", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_busy_site_is_asked_again_when_it_says_so() -> None:
    async def status() -> int:
        async with SiteClient(f"http://127.0.0.1:{busy.server_port}", is_local=True) as site:
            return (await site.get("/")).status

    with ThreadingHTTPServer(("127.0.0.1", 0), _Busy) as busy:
        threading.Thread(target=busy.serve_forever, daemon=True).start()
        with start_blocking_portal() as portal:
            assert [portal.call(status), portal.call(status)] == [200, 200]
        busy.shutdown()


# Streamable HTTP


@pytest.fixture(scope="module")
def address(server: Running) -> Iterator[str]:
    process = subprocess.Popen(
        [*COMMAND, "--endpoint", f"http://127.0.0.1:{server.port}", "--http", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found
    yield found[0]
    process.terminate()
    out, log = process.communicate(timeout=60)
    assert out == ""
    assert "Traceback" not in log


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_streamable_http_serves_the_same_tools(address: str, mode: str) -> None:
    with Agent(address, mode=mode) as agent:
        assert agent.data("search_practices", country="Italy")["total"] > 0
        assert "# Meeting neighbours" in agent.read("practicegraph://practice/meeting-neighbours-turin")
        results = agent.calls([("list_terms", {"kind": "topic"})] * 30)
        assert not any(result.is_error for result in results)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:6274"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_only_this_machine_may_call(address: str, headers: dict[str, str], status: int) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
    accepted = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    response = httpx2.post(
        address, headers={**accepted, **headers}, content=json.dumps(message), trust_env=False
    )

    assert response.status_code == status


def test_a_body_that_is_too_large_or_no_json_is_refused(address: str) -> None:
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}

    assert httpx2.post(address, headers=headers, content=b"x" * 5_000_000, trust_env=False).status_code == 413
    assert httpx2.post(address, headers=headers, content=b"{", trust_env=False).status_code == 400
