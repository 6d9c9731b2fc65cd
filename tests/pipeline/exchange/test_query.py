import http.server
import io
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import RdfFormat, parse
from rich.console import Console
from running import Running, eventually

from endpoint.sparql.examples import ExampleQuery, examples
from pipeline.cli import main
from pipeline.cli.query_command import usage_errors
from pipeline.exchange.answer_formats import FORMATS, GRAPHS, RESULTS, WrongFormat, choose_format
from pipeline.exchange.answer_table import short, show
from pipeline.exchange.query_text import QueryText, RefusedQuery
from pipeline.model.errors import UsageError
from pipeline.rdf.vocabulary import ICGP

SYNTAXES = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
}
TITLES = "SELECT ?title WHERE { ?practice a icgp:GoodPractice ; rdfs:label ?title } ORDER BY ?title"


def run(*arguments: object, **settings: Any) -> Result:
    return CliRunner().invoke(main, ["query", *map(str, arguments)], **settings)


def test_a_query_of_a_release_is_answered_as_csv_in_a_pipe(output: Path) -> None:
    result = run(TITLES, "--release", output)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "title"
    assert "Meeting neighbours" in result.stdout
    assert result.stderr == ""


def test_a_query_comes_from_a_file_or_from_the_standard_input_alike(output: Path, tmp_path: Path) -> None:
    file = tmp_path / "titles.rq"
    file.write_text(f"\ufeff{TITLES}", encoding="utf-8")

    from_file = run("--file", file, "--release", output)
    from_input = run("-", "--release", output, input=TITLES)

    assert from_file.exit_code == from_input.exit_code == 0
    assert from_file.stdout == from_input.stdout == run(TITLES, "--release", output).stdout


def test_one_release_can_be_named_by_its_own_folder(output: Path) -> None:
    folder = (output / "current").resolve()

    assert run(TITLES, "--release", folder).stdout == run(TITLES, "--release", output).stdout


@pytest.mark.parametrize("place", ["release", "endpoint"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_from_a_release_and_from_an_endpoint(
    output: Path, server: Running, name: str, place: str
) -> None:
    if (
        name == "jsonld"
        and place == "endpoint"
        and server.ask("DESCRIBE <x:y>", "application/ld+json").status == 406
    ):
        pytest.skip("the endpoint does not speak JSON-LD")
    text = TITLES if name in RESULTS else "DESCRIBE ?p WHERE { ?p a icgp:GoodPractice ; icgp:startYear 2018 }"
    where = (
        ("--release", output)
        if place == "release"
        else ("--endpoint", f"http://127.0.0.1:{server.port}/sparql")
    )

    result = run(text, "--format", name, *where)

    assert result.exit_code == 0, result.stderr
    assert "Meeting neighbours" in result.stdout
    if name in GRAPHS:
        if name == "jsonld":
            assert json.loads(result.stdout)
        else:
            assert len(list(parse(result.stdout.encode(), SYNTAXES[name]))) > 10


def test_ask_is_answered_by_one_line(output: Path, server: Running) -> None:
    text = "ASK { ?practice icgp:topic topic:education }"

    assert run(text, "--release", output).stdout == "true\n"
    assert run(text, "--endpoint", f"http://127.0.0.1:{server.port}/sparql").stdout == "true\n"
    assert run(text, "--release", output, "--format", "table").stdout == "Yes.\n"
    assert json.loads(run(text, "--release", output, "--format", "json").stdout)["boolean"] is True


def test_a_table_shortens_iris_and_says_how_many_rows_there_are(output: Path) -> None:
    text = "SELECT ?topic (COUNT(*) AS ?n) { ?p icgp:topic ?topic } GROUP BY ?topic ORDER BY ?topic"

    result = run(text, "--release", output, "--format", "table")

    assert "topic:education" in result.stdout
    assert result.stderr == "4 rows.\n"
    nothing = run("SELECT * { ?a icgp:none ?b }", "--release", output, "--format", "table").stderr
    assert nothing.startswith("No rows.\nHint: icgp:none is no term of the vocabulary")


def test_the_table_shows_no_character_that_would_act_on_a_terminal() -> None:

    evil = {"type": "literal", "value": "\x1b[2Jred\nline\u202e"}
    content = json.dumps({"head": {"vars": ["[bold]x"]}, "results": {"bindings": [{"[bold]x": evil}]}})
    console = Console(record=True, width=80, file=io.StringIO())

    show(content.encode(), console)

    shown = console.export_text()
    assert "\x1b" not in shown
    assert "\\u001b[2Jred line\\u202e" in shown
    assert "[bold]x" in shown


def test_of_very_many_rows_the_table_shows_the_first_and_says_so() -> None:

    rows = [{"x": {"type": "uri", "value": f"{ICGP}n{number}"}} for number in range(1200)]
    content = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}})

    remark = show(content.encode(), Console(file=io.StringIO()))

    assert remark == "1200 rows, of which the first 1000 are shown; --format csv gives all."


def test_iris_are_shortened_only_where_the_short_form_is_readable() -> None:
    assert short(f"{ICGP}topic") == "icgp:topic"
    assert short(f"{ICGP}a/b") == f"<{ICGP}a/b>"
    assert short("https://example.org/x") == "<https://example.org/x>"


@pytest.mark.parametrize(
    ("form", "named", "on_terminal", "wanted"),
    [
        ("SELECT", None, True, "table"),
        ("SELECT", None, False, "csv"),
        ("CONSTRUCT", None, True, "ttl"),
        ("ASK", "json", True, "json"),
        ("DESCRIBE", "nt", False, "nt"),
    ],
)
def test_the_format_is_the_one_named_or_what_its_reader_can_use(
    form: str, named: str | None, on_terminal: bool, wanted: str
) -> None:
    assert choose_format(form, named, on_terminal=on_terminal) == wanted


def test_a_format_that_a_form_has_no_answers_in_is_refused() -> None:
    with pytest.raises(WrongFormat, match="SELECT has no answer as ttl; there are table, csv"):
        choose_format("SELECT", "ttl", on_terminal=False)


@pytest.mark.parametrize(
    ("text", "form", "undeclared"),
    [
        ("select * { ?a icgp:topic ?b }", "SELECT", ("icgp",)),
        ("PREFIX a: <http://x/> # b:c\nASK { a:b a:c 'd:e' }", "ASK", ()),
        ("PREFIX select: <http://x/>\nDESCRIBE select:x", "DESCRIBE", ()),
        ('CONSTRUCT { ?s ex:p """x:y""" } WHERE { ?s ?p "SELECT" , <http://a:b> }', "CONSTRUCT", ("ex",)),
        ("SELECT ?select { _:b ?ask ?x }", "SELECT", ()),
    ],
)
def test_form_and_missing_prefixes_are_read_from_the_grammar_alone(
    text: str, form: str, undeclared: tuple[str, ...]
) -> None:
    found = QueryText.read(text)

    assert (found.form, found.undeclared) == (form, undeclared)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_examples_need_no_prefix_added(example: ExampleQuery) -> None:
    assert QueryText.read(example.query).with_prefixes() == example.query


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give one query"),
        (("ASK {}", "--file", __file__), "Give one query"),
        (("",), "There is no query"),
        (("# nothing",), "There is no query"),
        (("INSERT DATA { <a:b> <a:b> <a:b> }",), "only SELECT, ASK, CONSTRUCT and DESCRIBE"),
        (("SELECT * {\n ?a ?b }",), "Line 2, column 8:\n   ?a ?b }\n         ^"),
        (("SELECT * { ?a icgp:topic ?b }}",), "Line 1, column 30"),
        (("SELECT * { ?a foo:b ?c }",), "The prefix foo: is not declared"),
        (("SELECT * { ?a foo:b ?c }",), "\n  SELECT * { ?a foo:b ?c }\n                ^"),
        (("DESCRIBE <a:b>", "--format", "csv"), "DESCRIBE has no answer as csv"),
        (("ASK {}", "--endpoint", "example.org/sparql"), "no address of a server"),
        (("ASK {}", "--endpoint", "http://me:secret@127.0.0.1/"), "holds a user or a password"),
        (("ASK {}", "--endpoint", "http://127.0.0.1/", "--user", "me"), "No password for me"),
    ],
)
def test_a_wrong_command_is_told_in_a_sentence(
    output: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run(*arguments, "--release", output)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "secret" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("query", "sentence", "pointed"),
    [
        ("SELECT (<http://e/f>(1) AS ?y) {}", "Unknown function <http://e/f>", "<http://e/f>(1)"),
        ("SELECT (icgp:f(1) AS ?y) {}", f"Unknown function <{ICGP}f>", "icgp:f(1)"),
        ("SELECT (xsd:date() AS ?y) {}", "takes 1 argument, not 0", "xsd:date()"),
        ("SELECT (NOSUCH(1) AS ?y) {}", "SPARQL has no function NOSUCH", "NOSUCH(1)"),
        (
            "SELECT (<http://e/a>(DISTINCT ?s) AS ?y) {?s ?p 1}",
            "Unknown aggregate <http://e/a>",
            "<http://e/a>",
        ),
    ],
)
def test_a_wrong_call_of_a_function_is_told_with_its_place(
    output: Path, query: str, sentence: str, pointed: str
) -> None:
    result = run(query, "--release", output)

    assert result.exit_code == 2
    assert sentence in result.stderr
    *_, line, caret = result.stderr.splitlines()
    assert line[caret.index("^") :].startswith(pointed)


@pytest.mark.parametrize("format_name", ["table", "csv", "json"])
def test_a_query_that_finds_nothing_is_explained(output: Path, format_name: str) -> None:
    options = [] if format_name == "table" else ["--format", format_name]
    result = run("--release", output, *options, "SELECT ?n { ?p a icgp:City ; schema:name ?n }")

    assert (
        "Hint: schema:name does not occur in this data. Names are in rdfs:label and skos:prefLabel."
        in result.stderr
    )


def test_an_endpoint_explains_a_query_that_finds_nothing(server: Running) -> None:
    address = f"http://127.0.0.1:{server.port}/sparql"
    result = run("--endpoint", address, "ASK { ?t rdfs:label 'Education' }")

    assert "Hint: rdfs:label has no value 'Education' here, but \"Education\"@en" in result.stderr


def test_a_query_that_is_not_utf_8_is_told(output: Path, tmp_path: Path) -> None:
    file = tmp_path / "latin.rq"
    file.write_bytes(b"ASK { ?a ?b '\xe9' }")

    result = run("--file", file, "--release", output)

    assert result.exit_code == 2
    assert "not UTF-8" in result.stderr


def test_a_missing_or_damaged_release_is_told(tmp_path: Path) -> None:
    missing = run("ASK {}", "--release", tmp_path)
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    damaged = run("ASK {}", "--release", tmp_path)

    assert (missing.exit_code, damaged.exit_code) == (2, 3)
    assert "holds no current release" in missing.stderr
    assert "cannot be read" in damaged.stderr


def test_what_an_endpoint_refuses_is_told(server: Running) -> None:
    url = f"http://127.0.0.1:{server.port}/sparql"

    refused = run("SELECT * { SERVICE <http://127.0.0.1/> { ?a ?b ?c } }", "--endpoint", url)
    page = run("ASK {}", "--endpoint", f"http://127.0.0.1:{server.port}/practices")

    assert refused.exit_code == 2
    assert "refuses the query (HTTP 400): SERVICE is refused" in refused.stderr
    assert page.exit_code == 3
    assert "HTTP 405" in page.stderr


def test_an_endpoint_that_is_not_there_or_not_in_time_is_told() -> None:

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        late = run("ASK {}", "--endpoint", f"http://127.0.0.1:{port}/", "--timeout", "0.2")
    gone = run("ASK {}", "--endpoint", f"http://127.0.0.1:{port}/")

    assert late.exit_code == gone.exit_code == 3
    assert "did not answer within 0.2 s" in late.stderr
    assert "cannot be reached" in gone.stderr


def catches_interrupts(pid: int) -> bool:
    """Return whether a process handles SIGINT itself, as Python does until the query begins."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught & (1 << (signal.SIGINT - 1)))


def ticks(pid: int) -> int:
    """Return the CPU time of a process in clock ticks."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


def test_control_c_ends_a_query_that_computes(output: Path) -> None:
    bomb = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    # A job in the background ignores SIGINT; this one is to behave as in the foreground.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from pipeline.cli.query_command import query; query(sys.argv[1:])"
    )
    with subprocess.Popen([sys.executable, "-c", code, bomb, "--release", str(output)]) as process:
        try:
            assert eventually(lambda: catches_interrupts(process.pid))
            assert eventually(lambda: not catches_interrupts(process.pid))
            begun = ticks(process.pid)
            assert eventually(lambda: ticks(process.pid) > begun + 20)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == -signal.SIGINT
        finally:
            process.kill()


def test_an_error_of_an_engine_without_a_place_is_told_as_it_is() -> None:
    with pytest.raises(UsageError, match="The query cannot be read: something else"), usage_errors():
        raise RefusedQuery(QueryText.read("ASK {}"), "something else")


class _Faulty(http.server.BaseHTTPRequestHandler):
    """An endpoint that does what the query says."""

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        word = query.rpartition(":")[2].strip("> }")
        status = int(word) if word.isdigit() else 200
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if word == "500" else "text/csv")
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "100" if word == "cut" else "5")
        self.end_headers()
        self.wfile.write(b"n\r\n1\r")

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Faulty) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        ("cut", 3, "broke off"),
        ("302", 2, "has moved"),
        ("401", 3, "asks who you are (HTTP 401)"),
        ("500", 3, "failed (HTTP 500): Internal Server Error"),
        ("414", 2, "refuses the query (HTTP 414)"),
        ("405", 3, "is no SPARQL endpoint (HTTP 405). Give the whole address"),
    ],
)
def test_a_fault_of_an_endpoint_is_told_in_a_sentence(
    faulty: str, fault: str, code: int, sentence: str
) -> None:
    result = run(f"SELECT ?n {{ ?n ?m <fault:{fault}> }}", "--endpoint", faulty)

    assert result.exit_code == code
    assert sentence in result.stderr


def test_what_is_no_endpoint_is_told_by_the_type_of_its_answer(faulty: str) -> None:
    result = run("SELECT ?n { ?n ?m <fault:none> }", "--endpoint", faulty, "--format", "json")

    assert result.exit_code == 3
    assert "answers as text/csv, not as application/sparql-results+json" in result.stderr


def test_an_answer_that_a_format_cannot_hold_is_told(output: Path) -> None:
    result = run('CONSTRUCT { <a:s> <a:p/> "x" } WHERE { }', "--release", output, "--format", "rdf")

    assert result.exit_code == 2
    assert "RDF/XML has no form for the predicate <a:p/>" in result.stderr


def test_every_sort_of_term_has_its_place_in_the_table() -> None:
    integer = "http://www.w3.org/2001/XMLSchema#gYear"
    row = {
        "node": {"type": "bnode", "value": "b1"},
        "year": {"type": "literal", "value": "2018", "datatype": integer},
        "text": {"type": "literal", "value": "Olá", "xml:lang": "pt"},
        "star": {"type": "triple", "value": {"subject": {"type": "uri", "value": "a:b"}}},
    }
    content = json.dumps({"head": {"vars": [*row, "none"]}, "results": {"bindings": [row]}})
    console = Console(record=True, width=200, file=io.StringIO())

    assert show(content.encode(), console) == "1 row."

    shown = console.export_text()
    for text in ("_:b1", "2018 xsd:gYear", "Olá @pt", '{"subject": {"type": "uri", "value": "a:b"}}'):
        assert text in shown
