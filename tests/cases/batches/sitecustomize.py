"""Faults for builds in processes of their own: a title that names one brings it about wherever it is read.

Python imports this file at its start where its folder is in PYTHONPATH. FAULTS_ONCE names a folder in which each fault
leaves a mark and then happens no more.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

from pipeline.recognition import practice_reader
from pipeline.steps import local_engine


def _fail() -> None:
    raise LookupError("no such\nthing")


FAULTS: dict[str, Callable[[], object]] = {
    "raises": _fail,
    "recurses": lambda: FAULTS["recurses"](),
    "crashes": lambda: ctypes.string_at(0),
    "aborts": os.abort,
    "leaves": lambda: os._exit(0),
    "is-killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "is-terminated": lambda: os.kill(os.getpid(), signal.SIGTERM),
}
_read_titles = practice_reader.read_titles
_once = os.environ.get("FAULTS_ONCE")


def _faulty(rows: object, notes: object) -> object:
    titles = _read_titles(rows, notes)
    for name, fault in FAULTS.items():
        mark = Path(_once or "/nowhere", name)
        if any(name in text for _, text in titles) and not mark.exists():
            if _once:
                mark.touch()
            fault()
    return titles


practice_reader.read_titles = _faulty
local_engine.BATCH_SIZE = 5
