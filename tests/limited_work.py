"""Work for the limited children of test_limited.py, which import it by name."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import SourceError


def count(number: str) -> Iterator[int]:
    yield from range(int(number))


def echo(text: str) -> Iterator[str]:
    print("what a library prints must not come between the items")
    sys.stderr.write("nor this\n")
    yield text


def refuse(_: str) -> Iterator[str]:
    yield "one"
    raise SourceError("x.csv, row 3: nothing to be done. Mend it.")


def fill_memory(megabytes: str) -> Iterator[int]:
    kept = [bytearray(1 << 20) for _ in range(int(megabytes))]
    yield len(kept)


def compute(_: str) -> Iterator[int]:
    yield 1
    while True:
        pass


def die_of(number: str) -> Iterator[int]:
    yield 1
    os.kill(os.getpid(), signal.Signals(int(number)))
    yield 2


def leave(_: str) -> Iterator[int]:
    yield 1
    os._exit(7)


def recurse(_: str) -> Iterator[int]:
    yield from recurse(_)


def fail(_: str) -> Iterator[int]:
    raise KeyError("xl/workbook.xml")
    yield 1


def connect(port: str) -> Iterator[str]:
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=2).close()
    except OSError as error:
        yield f"socket: {type(error).__name__}"
    else:
        yield "connected"


def start_program(_: str) -> Iterator[str]:
    try:
        subprocess.run(["true"], check=True)
    except OSError as error:
        yield f"program: {type(error).__name__}"
    else:
        yield "started"


def tell_path(_: str) -> Iterator[str]:
    yield str(Path.cwd())
    yield from sys.path
