"""``practicegraph publish``: the current release into a remote store."""

from pathlib import Path

import click

from pipeline.build import spark_package
from pipeline.cli import credentials, options
from pipeline.cli.console import progress
from pipeline.exchange.access import Access, is_open_to_listeners
from pipeline.exchange.endpoint import Endpoint
from pipeline.exchange.graph_loading import ByGraphStore, ByUpdate
from pipeline.exchange.remote_publication import StoreTarget
from pipeline.exchange.remote_publication import publish as publish_release
from pipeline.model.errors import EnvironmentFault
from pipeline.release.folder.folders import current_release
from pipeline.release.folder.manifest import read_manifest
from pipeline.release.inspection import verify
from pipeline.system.cluster_addresses import address_of, is_address


@click.command()
@options.release_folder
@click.option("--to", "query_url", metavar="URL", required=True, help="Query address of the store.")
@click.option("--update-url", metavar="URL", help="Update address. The default is the address of --to.")
@click.option(
    "--graph-store",
    "graph_store_url",
    metavar="URL",
    help="Address of the Graph Store Protocol. Without it, SPARQL Update is used, which is slower.",
)
@options.setting(
    "--timeout",
    type=click.FloatRange(1),
    default=300,
    help="Time limit for one request to the store, in seconds.",
)
@options.spark_master
@credentials.options
def publish(
    folder: Path,
    query_url: str,
    update_url: str | None,
    graph_store_url: str | None,
    timeout: float,
    spark_master: str,
    user: str,
    password_file: Path | None,
) -> None:
    """Put the current release of DIR into a SPARQL 1.1 store, in one switch for its readers.

    DIR may be an address to which “build --engine spark” has written.

    \b
    Exit codes: 0 the store contains the release, 2 usage, 3 the store failed.

    \b
    Example:
      practicegraph publish published --to http://localhost:7878/query --update-url http://localhost:7878/update
      practicegraph publish published --to http://localhost:8890/sparql --user dba \\
        --update-url http://localhost:8890/sparql-auth --graph-store http://localhost:8890/sparql-graph-crud-auth
    """
    who = credentials.find(user, password_file)
    query = Endpoint(Access(query_url, who))
    update = Endpoint(Access(update_url or query_url, who))
    loader = ByGraphStore(Access(graph_store_url, who)) if graph_store_url else ByUpdate(update)
    if who and is_open_to_listeners(update.url):
        click.echo(
            f"The way to {update.url} is not encrypted: others on it may read what you send.", err=True
        )
    target = StoreTarget(query, update, loader, timeout)
    if not is_address(folder):
        _publish(_sound_release(folder), target)
        return
    with spark_package().fetch_parts(spark_master, address_of(folder)) as current:
        _publish(current, target)


def _sound_release(folder: Path) -> Path:
    current = current_release(folder)
    problems = verify(current)
    if problems:
        raise EnvironmentFault(f"The release is damaged and is not published: {problems[0]}")
    return current


def _publish(release: Path, target: StoreTarget) -> None:
    manifest, url = read_manifest(release), target.query.url
    if publish_release(release, manifest, target, progress()):
        graphs = manifest.counts["graphs"]
        click.echo(f"Published release {manifest.release} to {url}: {sum(graphs.values())} triples.")
    else:
        click.echo(f"Nothing has changed: {url} holds release {manifest.release} already.")
