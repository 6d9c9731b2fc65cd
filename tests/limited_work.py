"""Work for the limited children of test_limited_child.py, which import it by name."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from pipeline.model.errors import SourceError


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


def parse_triple_terms(depth: str) -> Iterator[int]:
    n = int(depth)
    subject, term = b"<http://a> <http://b> ", b"<<( <http://a> <http://b> "
    text = subject + term * n + b"<http://c>" + b" )>>" * n + b" ."
    yield sum(1 for _ in pyoxigraph.parse(text, pyoxigraph.RdfFormat.TURTLE))


def parse_json_ld(depth: str) -> Iterator[int]:
    n = int(depth)
    text = b'{"@graph":[' * n + b'{"@id":"http://a"}' + b"]}" * n
    yield sum(1 for _ in pyoxigraph.parse(text, pyoxigraph.RdfFormat.JSON_LD))


def parse_entities(levels: str) -> Iterator[int]:
    n = int(levels)
    entities = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, n + 1))
    text = (
        f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "ha">{entities}]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        f'<rdf:Description rdf:about="http://a"><e:p>&l{n};</e:p></rdf:Description></rdf:RDF>'
    )
    yield sum(1 for _ in pyoxigraph.parse(text, pyoxigraph.RdfFormat.RDF_XML))
