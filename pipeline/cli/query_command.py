"""``practicegraph query``: a question to a release or to an endpoint, answered for people or programs."""

import contextlib
import io
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import click

from pipeline.cli import credentials, options
from pipeline.cli.query_explained import explained, refuse_silent_mistakes
from pipeline.exchange.answer_formats import FORMATS, TABLE, WrongFormat, chosen
from pipeline.exchange.query_text import Query
from pipeline.exchange.release_query import ReleaseToAsk
from pipeline.exchange.remote_query import EndpointToAsk
from pipeline.model.errors import UsageError


class _Askable(Protocol):
    def answer(self, query: Query, format_name: str, out: BinaryIO) -> None: ...


@click.command()
@click.argument("query", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the query.",
)
@click.option(
    "--release",
    type=click.Path(file_okay=False, path_type=Path),
    default=options.DEFAULT_OUTPUT,
    show_default=True,
    help="Folder of the releases, as build's --output, or one release.",
)
@click.option("--endpoint", metavar="URL", help="Query this SPARQL endpoint instead of a release.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    help="Result format. The default is a table on a terminal, CSV in a pipe, and Turtle for graphs.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=60,
    show_default=True,
    help="Time limit for an endpoint, in seconds.",
)
@credentials.options
def query(
    query: str | None,
    file: Path | None,
    release: Path,
    endpoint: str | None,
    format_name: str | None,
    timeout: float,
    user: str,
    password_file: Path | None,
) -> None:
    """Answer the SPARQL QUERY; “-” reads it from the standard input. The usual prefixes need no declaration.

    \b
    Exit codes: 0 answered, 2 the query or the command is wrong, 3 the release or the endpoint is.

    \b
    Example:
      practicegraph query "SELECT ?title WHERE { ?practice icgp:topic topic:education ; dct:title ?title }"
      practicegraph query --file counts.rq --format csv > counts.csv
      practicegraph query --endpoint https://data.example.org/sparql "ASK { ?p a icgp:GoodPractice }"
    """
    with explained():
        asked = Query.read(_text(query, file))
        refuse_silent_mistakes(asked)
        try:
            wanted = chosen(asked.form, format_name, on_terminal=sys.stdout.isatty())
        except WrongFormat as error:
            raise UsageError(str(error)) from error
        if endpoint is not None:
            who = credentials.find(user, password_file)
            askable: _Askable = EndpointToAsk(endpoint, seconds=timeout, credentials=who)
        else:
            askable = ReleaseToAsk(release)
        with _interruptible():
            _answer(askable, asked, wanted)


def _text(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise UsageError("Give one query: as an argument, by --file, or “-” for the standard input.")
    try:
        if file is not None:
            return file.read_text(encoding="utf-8-sig")
        if query == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"The query is not UTF-8: {error.reason} at byte {error.start}.") from error
    assert query is not None
    return query.removeprefix("\ufeff")


def _answer(askable: _Askable, query: Query, format_name: str) -> None:
    if format_name != TABLE:
        askable.answer(query, format_name, sys.stdout.buffer)
        if query.form == "ASK" or format_name in ("json", "jsonld"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
        return
    from rich.console import Console  # slow to load, and of use only where there is a table

    from pipeline.exchange.answer_table import show

    content = io.BytesIO()
    askable.answer(query, "json", content)
    remark = show(content.getvalue(), Console())
    if remark:
        click.echo(remark, err=True)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end this process at once, also while the engine computes, which hears of no exception."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
