"""``practicegraph query``: a question to a release or to an endpoint, answered for people or programs."""

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from endpoint.http.problems import Problem
from endpoint.syntax.explanations import explain_failure, explain_refusal, explain_syntax
from endpoint.syntax.query_checks import Reading, read
from endpoint.syntax.query_places import spot
from endpoint.syntax.sparql_tokens import tokens
from endpoint.syntax.variable_mistakes import refuse_aggregates_in_conditions, refuse_names_in_having
from pipeline.cli import credentials, options
from pipeline.exchange.answer_formats import FORMATS, TABLE, WrongFormat, choose_format
from pipeline.exchange.query_text import QueryText, RefusedQuery
from pipeline.exchange.release_query import ReleaseToAsk
from pipeline.exchange.remote_query import EndpointToAsk
from pipeline.model.errors import UsageError
from pipeline.release.contents.class_profiles import PROFILE
from pipeline.system.termination import ended_at_once

_MOST_FIRST = 64 * 1024
_OF_THE_ENDPOINT = ("query-too-deep", "query-too-wide")
"""Limits that there are for queries of strangers, and none on the command line."""


@click.command()
@click.argument("query", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the query.",
)
@options.setting(
    "--release",
    type=click.Path(file_okay=False, path_type=Path),
    default=options.DEFAULT_OUTPUT,
    help="Folder of the releases, as build's --output, or one release.",
)
@click.option("--endpoint", metavar="URL", help="Query this SPARQL endpoint instead of a release.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    help="Result format. The default is a table on a terminal, CSV in a pipe, and Turtle for graphs.",
)
@options.setting(
    "--timeout", type=click.FloatRange(0.1), default=60, help="Time limit for an endpoint, in seconds."
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
    with usage_errors():
        asked = QueryText.read(_text(query, file))
        refuse_silent_mistakes(asked)
        try:
            wanted = choose_format(asked.form, format_name, on_terminal=sys.stdout.isatty())
        except WrongFormat as error:
            raise UsageError(str(error)) from error
        if endpoint is not None:
            who = credentials.find(user, password_file)
            askable: ReleaseToAsk | EndpointToAsk = EndpointToAsk(endpoint, seconds=timeout, credentials=who)
        else:
            askable = ReleaseToAsk(release)
        with ended_at_once():
            beginning = _answer(askable, asked, wanted)
            for sentence in _hints(askable, asked, beginning, wanted):
                click.echo(f"Hint: {sentence}", err=True)


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


def _answer(askable: ReleaseToAsk | EndpointToAsk, query: QueryText, format_name: str) -> bytes:
    """Write the answer; return its first bytes, which show whether anything was found."""
    if format_name != TABLE:
        out = _Beginning(sys.stdout.buffer)
        askable.answer(query, format_name, cast(BinaryIO, out))
        if query.form == "ASK" or format_name in ("json", "jsonld"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
        return out.first
    from rich.console import Console  # slow to load, and of use only where there is a table

    from pipeline.exchange.answer_table import show

    content = io.BytesIO()
    askable.answer(query, "json", content)
    remark = show(content.getvalue(), Console())
    if remark:
        click.echo(remark, err=True)
    return content.getvalue()


def _hints(
    askable: ReleaseToAsk | EndpointToAsk, query: QueryText, answer: bytes, format_name: str
) -> tuple[str, ...]:
    """Return why nothing was found, where the query shows it."""
    if isinstance(askable, EndpointToAsk):
        return askable.hints
    from endpoint.hints.empty_answers import is_empty  # the web side is loaded only where nothing was found
    from endpoint.hints.empty_hints import empty_hints

    if not is_empty(answer, "json" if format_name == TABLE else format_name):
        return ()
    hints = empty_hints(query.with_prefixes(), askable.store, askable.folder / PROFILE)
    return tuple(hint.text for hint in hints)


class _Beginning(io.RawIOBase):
    """Passes on what is written to it, and keeps the first bytes."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.first = b""

    def write(self, content: Any) -> int:
        """Write some bytes."""
        if len(self.first) <= _MOST_FIRST:
            self.first += bytes(content[: _MOST_FIRST + 1])
        return self._out.write(content)

    def flush(self) -> None:
        """Write what waits."""
        self._out.flush()


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Raise UsageError in place of a RefusedQuery, with the same message."""
    try:
        yield
    except RefusedQuery as refusal:
        raise _usage_error(_problem(refusal.query, refusal), refusal.query) from refusal


def refuse_silent_mistakes(query: QueryText) -> None:
    """Raise UsageError for a mistake that the engine answers with no results."""
    try:
        parts = tuple(tokens(query.with_prefixes()))
        refuse_aggregates_in_conditions(parts)
        refuse_names_in_having(parts)
    except Problem as problem:
        raise _usage_error(problem, query) from problem


def _usage_error(problem: Problem, query: QueryText) -> UsageError:
    if problem.at is None:
        return UsageError(problem.sentence)
    at = max(problem.at - (len(query.with_prefixes()) - len(query.text)), 0)
    place = spot(query.text, at)
    pointed = place.with_caret().replace("\n", "\n  ")
    return UsageError(f"{problem.sentence}\nLine {place.line}, column {place.column}:\n  {pointed}")


def _problem(query: QueryText, refusal: RefusedQuery) -> Problem:
    text = query.with_prefixes()
    if refusal.is_understood:
        return explain_failure(str(refusal), text)
    try:
        reading = read(text)
    except Problem as problem:
        if problem.name not in _OF_THE_ENDPOINT:
            return explain_refusal(problem, text)
        reading = Reading(query.form, undeclared=query.undeclared)
    return explain_syntax(str(refusal), text, reading)
