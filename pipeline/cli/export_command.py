"""``practicegraph export``: the whole site as files, for hosts that only serve files."""

import os
from pathlib import Path

import click

from pipeline.cli import options


@click.command()
@options.releases
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the site into: a new one, an empty one or one with an earlier export.",
)
@click.option(
    "--base-iri",
    metavar="IRI",
    help="Address at which you publish. It must be the one that the release was built for.",
)
@click.option(
    "--contact", metavar="ADDRESS", help="E-mail or web address to which people send their practices."
)
@options.setting(
    "--jobs",
    type=click.IntRange(1, 64),
    default=min(4, os.cpu_count() or 1),
    help="Number of processes that write pages.",
)
def export(release: Path, target: Path, base_iri: str | None, contact: str | None, jobs: int) -> None:
    """Write the website as files: pages, data, search and SPARQL in the browser.

    Any web host can serve the folder, for example GitHub Pages. See docs/static-site.md.

    \b
    Example:
      practicegraph build practices.csv --base-iri https://example.github.io/practices
      practicegraph export --to site
    """
    from endpoint.static_site.export import export as write_site  # loads Flask and the engine

    exported = write_site(release, target, base=base_iri, contact=contact, jobs=jobs)
    click.echo(
        f"Exported release {exported.version} to {target}: {exported.files} files, {exported.megabytes} MB."
    )
    click.echo(f"Publish the folder at {exported.base}/", err=True)
