"""``practicegraph verify`` and ``rollback``: is a release sound, and the way back to an older one."""

from pathlib import Path

import click

from pipeline.cli import options
from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.release import inspection, switch
from pipeline.release.folder.folders import current_release, releases


@click.command()
@options.release_folder
def verify(folder: Path) -> None:
    """Check every release in DIR: its files against the hashes of its manifest, its store, its index.

    \b
    Exit codes: 0 the current release is sound, 3 it is not.

    \b
    Example:
      practicegraph verify published
    """
    current = current_release(folder)
    sound = True
    for release in releases(folder):
        problems = inspection.verify(release)
        name = f"{release.name} (current)" if release == current else release.name
        click.echo(f"{name}: {'damaged' if problems else 'sound'}")
        for problem in problems:
            click.echo(f"  {problem}")
        sound &= not problems or release != current
    if not sound:
        raise EnvironmentFault(
            "The current release is damaged. Go back with “practicegraph rollback”, or build."
        )


@click.command()
@options.release_folder
@click.option("--to", metavar="VERSION", help="Release to go back to. The default is the previous one.")
@click.option(
    "--release", "unpin", is_flag=True, help="Switch to the newest release, and let builds switch again."
)
def rollback(folder: Path, to: str | None, unpin: bool) -> None:
    """Make an older release of DIR the current one, and pin it: later builds do not switch until --release.

    \b
    Example:
      practicegraph rollback published
      practicegraph rollback published --release
    """
    if unpin and to is not None:
        raise UsageError("--to and --release exclude each other: the one pins, the other unpins.")
    if unpin:
        newest = switch.unpin(folder)
        click.echo(f"Release {newest.name} is current." if newest else "No release was pinned.")
        return
    click.echo(f"Release {switch.rollback(folder, to).name} is current and pinned.")
