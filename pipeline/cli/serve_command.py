"""``practicegraph serve``: the site and the SPARQL endpoint over the current release."""

import sys
from pathlib import Path

import click

from pipeline.cli import credentials, options
from pipeline.exchange.access import NOBODY


@click.command()
@options.releases
@click.option(
    "--store",
    metavar="URL",
    help="Send queries to this SPARQL endpoint instead of the local release. See “publish”.",
)
@options.setting("--host", default="127.0.0.1", help="Address to listen on.")
@options.setting("--port", type=click.IntRange(0, 65535), default=8000, help="Port to listen on.")
@options.setting("--processes", type=click.IntRange(1, 64), default=2, help="Number of web processes.")
@options.setting("--threads", type=click.IntRange(2, 256), default=16, help="Threads of each web process.")
@options.setting(
    "--query-timeout", type=click.FloatRange(0.1), default=30, help="Time limit for a query, in seconds."
)
@options.setting(
    "--query-memory",
    "query_memory_mb",
    type=click.IntRange(256),
    default=1024,
    help="Memory limit for a query, in megabytes.",
)
@options.setting(
    "--query-size",
    "query_size_mb",
    type=click.IntRange(1, 16),
    default=1,
    help="Longest query, in megabytes.",
)
@options.setting(
    "--query-children",
    type=click.IntRange(1, 64),
    default=2,
    help="Query processes to keep ready. More are started while these are busy.",
)
@options.setting(
    "--query-children-most", type=click.IntRange(1, 256), default=8, help="Most query processes at a time."
)
@options.setting(
    "--in-memory",
    metavar="TRIPLES",
    type=click.IntRange(0),
    default=100_000,
    help="Largest release whose store is kept in memory, where queries take a third of the time; 0 for none. "
    "100,000 triples, of 2,400 practices, take 35 MB and each process for queries up to 20 MB more.",
)
@options.setting(
    "--queries-in-flight",
    type=click.IntRange(1),
    default=8,
    help="Queries that each web process accepts at a time. Further ones get a 503 at once.",
)
@options.setting(
    "--cache",
    "cache_mb",
    type=click.IntRange(0),
    default=32,
    help="Size of the result cache of all web processes, in megabytes.",
)
@click.option(
    "--access-log",
    type=click.Path(dir_okay=False),
    help="File for one line of JSON per request, - for standard output, none for no log.  "
    "[default: none at a terminal, else -]",
)
@click.option(
    "--contact",
    metavar="ADDRESS",
    help="E-mail or web address for submissions.  [default: the dataset's contact]",
)
@options.setting(
    "--check-timeout",
    type=click.FloatRange(0.1),
    default=60,
    help="Time limit for a check of data, in seconds.",
)
@options.setting(
    "--check-memory",
    "check_memory_mb",
    type=click.IntRange(64),
    default=1024,
    help="Memory limit for a check, in megabytes.",
)
@options.setting(
    "--check-size",
    "check_size_mb",
    type=click.IntRange(1, 63),
    default=32,
    help="Most data for a check, in megabytes.",
)
@options.setting("--checks", type=click.IntRange(1, 64), default=2, help="Checks that run at a time.")
@options.setting(
    "--checks-waiting",
    type=click.IntRange(0, 256),
    default=4,
    help="Checks that may wait. Further ones get a 503 at once.",
)
@options.setting(
    "--shapes-memory",
    "shapes_memory_mb",
    type=click.IntRange(0),
    default=256,
    help="Memory for shapes that were sent, in megabytes: the next check by them begins at once. 0 for none.",
)
@options.profiles
@click.option(
    "--allow-from",
    metavar="HOST",
    multiple=True,
    help="Let /validate fetch data from this host, as data.example.org or 192.0.2.1:8080. May be given for several.",
)
@options.setting(
    "--fetch-timeout",
    type=click.FloatRange(0.1, 300),
    default=20,
    help="Time limit for fetching data, in seconds.",
)
@options.setting(
    "--report-minutes",
    type=click.FloatRange(0.1, 7 * 24 * 60),
    default=60,
    help="Time to keep the report and data of a check, in minutes.",
)
@options.setting(
    "--report-space",
    "report_mb",
    type=click.IntRange(1),
    default=512,
    help="Space for these reports, in megabytes. The oldest are deleted first.",
)
@click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for these reports, so that they survive a restart.  [default: a temporary folder]",
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
