"""Watching: a check that is made again whenever one of its files changes."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import click
from click.exceptions import Exit

from pipeline.findings.messages import Sentence, say
from pipeline.findings.translation import in_language
from pipeline.model.errors import PracticegraphError

_PAUSE = 0.5
_MOST_FILES = 10_000

State = Mapping[Path, tuple[int, int, int]]


def watch(paths: Iterable[Path], run: Callable[[], int], language: str) -> int:
    """Run a check now and after each change of the files, until Control-C; return its last exit code.

    Folders are watched with all files in them. What is said about the watching goes to stderr, so that the reports
    on stdout stay what they are.
    """
    watched = tuple(paths)
    code = 0
    try:
        while True:
            seen = _state(watched)
            code = _once(run)
            _print(say("Waiting for changes. Press Control-C to stop."), language)
            changed = _wait(watched, seen)
            _separate()
            _print(say("{files} changed at {time}.", files=changed, time=time.strftime("%H:%M:%S")), language)
    except KeyboardInterrupt:
        return code


def _once(run: Callable[[], int]) -> int:
    """Return the exit code of one check; an error is shown, and the files may be corrected."""
    try:
        return run()
    except Exit as ended:
        return ended.exit_code
    except PracticegraphError as error:
        click.echo(f"practicegraph: {error}", err=True)
        return error.exit_code


def _wait(paths: tuple[Path, ...], seen: State) -> str:
    """Wait until files have changed and then stay as they are; return which."""
    while (now := _state(paths)) == seen:
        time.sleep(_PAUSE)
    while True:
        time.sleep(_PAUSE)
        later = _state(paths)
        if later == now:
            break
        now = later
    names = sorted({path.name for path in seen.keys() | now.keys() if seen.get(path) != now.get(path)})
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _state(paths: tuple[Path, ...]) -> State:
    """Return what says whether files have changed."""
    state = {}
    for path in _files(paths):
        try:
            stat = path.stat()
        except OSError:
            continue
        state[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return state


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    count = 0
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if count >= _MOST_FILES:
                return
            count += 1
            yield file


def _separate() -> None:
    """Begin a new run: on a cleared terminal, or after an empty line in a pipe."""
    click.clear()
    if not sys.stdout.isatty():
        click.echo(err=True)


def _print(sentence: Sentence, language: str) -> None:
    click.echo(in_language(sentence, language), err=True)
