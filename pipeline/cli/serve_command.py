"""``practicegraph serve``: the site and the SPARQL endpoint over the current release."""

import sys
from pathlib import Path

import click

from pipeline.cli import credentials, options
from pipeline.exchange.access import NOBODY


@click.command()
@click.option(
    "--release",
    type=click.Path(file_okay=False, path_type=Path),
    default=options.DEFAULT_OUTPUT,
    show_default=True,
    help="Folder of the releases, as build's --output.",
)
@click.option(
    "--store",
    metavar="URL",
    help="Let this SPARQL endpoint answer queries, instead of the release on this machine; see “publish”.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on."
)
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option(
    "--threads", type=click.IntRange(2, 256), default=16, show_default=True, help="Threads of each."
)
@click.option(
    "--query-timeout",
    type=click.FloatRange(0.1),
    default=30,
    show_default=True,
    help="Seconds a query may take.",
)
@click.option(
    "--query-memory",
    "query_memory_mb",
    type=click.IntRange(256),
    default=1024,
    show_default=True,
    help="Megabytes a query may use.",
)
@click.option(
    "--query-size",
    "query_size_mb",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="Megabytes of a query.",
)
@click.option(
    "--query-children",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes that wait for queries; more are started while these are busy.",
)
@click.option(
    "--query-children-most",
    type=click.IntRange(1, 256),
    default=8,
    show_default=True,
    help="Most processes for queries, the spare ones included.",
)
@click.option(
    "--in-memory",
    metavar="TRIPLES",
    type=click.IntRange(0),
    default=100_000,
    show_default=True,
    help="Largest release whose store is kept in memory, where queries take a third of the time; 0 for none. "
    "100,000 triples, of 2,400 practices, take 35 MB and each process for queries up to 20 MB more.",
)
@click.option(
    "--queries-in-flight",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Queries each web process takes at a time; to more it answers 503 at once.",
)
@click.option(
    "--cache",
    "cache_mb",
    type=click.IntRange(0),
    default=32,
    show_default=True,
    help="Megabytes that answers to queries may take, in all web processes together.",
)
@click.option(
    "--access-log",
    type=click.Path(dir_okay=False),
    help="File for a line of JSON a request, - for the standard output, none for no log.  "
    "[default: none at a terminal, else -]",
)
@click.option(
    "--contact",
    metavar="ADDRESS",
    help="E-mail or web address to which people send their data.  [default: the dataset's contact]",
)
@click.option(
    "--check-timeout",
    type=click.FloatRange(0.1),
    default=60,
    show_default=True,
    help="Seconds a check of data may take.",
)
@click.option(
    "--check-memory",
    "check_memory_mb",
    type=click.IntRange(64),
    default=1024,
    show_default=True,
    help="Megabytes a check may use.",
)
@click.option(
    "--check-size",
    "check_size_mb",
    type=click.IntRange(1, 63),
    default=32,
    show_default=True,
    help="Megabytes of data that a check takes.",
)
@click.option(
    "--checks",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Checks that run at a time, in all web processes together.",
)
@click.option(
    "--checks-waiting",
    type=click.IntRange(0, 256),
    default=4,
    show_default=True,
    help="Checks that may wait for their turn; to more the answer is 503 at once.",
)
@click.option(
    "--report-minutes",
    type=click.FloatRange(0.1, 7 * 24 * 60),
    default=60,
    show_default=True,
    help="Minutes that the report of a check lives, with the data it is about.",
)
@click.option(
    "--report-space",
    "report_mb",
    type=click.IntRange(1),
    default=512,
    show_default=True,
    help="Megabytes that these reports may take; the oldest go first.",
)
@click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for these reports, to find them again after a restart.  [default: one that goes with the server]",
)
@credentials.options
def serve(access_log: str | None, user: str, password_file: Path | None, **settings: object) -> None:
    """Serve the current release: pages, linked data, /sparql. A new release is picked up as it is built.

    \b
    Example:
      practicegraph serve --release published --port 8000
    """
    from endpoint.server.serve import ServerSettings  # the web side is loaded only to serve
    from endpoint.server.serve import serve as serve_release

    if access_log is None and not sys.stdout.isatty():
        access_log = "-"
    log = None if access_log == "none" else access_log
    who = credentials.find(user, password_file) if settings["store"] else NOBODY
    serve_release(ServerSettings(**settings, access_log=log, credentials=who))  # type: ignore[arg-type]  # click gives each option its field's type
