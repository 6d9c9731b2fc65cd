"""Switching: which release is current, changed by one atomic step; and which releases stay."""

import os
from pathlib import Path

from pipeline.model.errors import UsageError
from pipeline.release.folder.folders import (
    CURRENT,
    PINNED,
    RELEASES,
    current,
    named_release,
    release_names,
    releases,
    remove_release,
    sync,
)
from pipeline.release.inspection import verify


def switch_to(output: Path, release: Path) -> None:
    """Make a release the current one; readers of ``current`` see either the old one or the new one, complete."""
    link = output / f".{CURRENT}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES) / release.name)
    link.replace(output / CURRENT)
    sync(output)


def pinned_name(output: Path) -> str | None:
    """Return the name of the release that is pinned, None if none is."""
    try:
        return (output / PINNED).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def rollback(output: Path, to: str | None = None) -> Path:
    """Switch to an older release and pin it, so that later builds do not switch until ``unpin``; return it.

    Without a name it is the newest sound release older than the current one.
    """
    target = _sound_release(output, to) if to is not None else _previous(output)
    pin = output / f".{PINNED}"
    pin.write_text(target.name + "\n", encoding="utf-8")
    sync(pin)
    pin.replace(output / PINNED)
    switch_to(output, target)
    return target


def _sound_release(output: Path, name: str) -> Path:
    release = named_release(output, name)
    if release is None:
        raise UsageError(f"{output} holds no release {name!r}; it holds {release_names(output)}.")
    if problems := verify(release):
        raise UsageError(f"The release {name} is damaged: {problems[0]}")
    return release


def _previous(output: Path) -> Path:
    known, here = releases(output), current(output)
    older = known[known.index(here) + 1 :] if here in known else known
    for release in older:
        if not verify(release):
            return release
    raise UsageError(f"{output} holds no sound release older than the current one to go back to.")


def unpin(output: Path) -> Path | None:
    """Let builds switch again and switch to the newest sound release; return it, None if none was pinned."""
    if pinned_name(output) is None:
        return None
    for release in releases(output):
        if not verify(release):
            switch_to(output, release)
            break
    (output / PINNED).unlink(missing_ok=True)
    sync(output)
    return current(output)


def prune(output: Path, keep: int) -> None:
    """Remove the oldest releases beyond the number to keep, never the current or the pinned one."""
    here = current(output)
    spared = {pinned_name(output), here.name if here else None}
    for release in releases(output)[max(keep, 1) :]:
        if release.name not in spared:
            remove_release(release)
