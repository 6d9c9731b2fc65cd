"""Real SPARQL 1.1 stores for the tests, each in its own folder and stopped by its id."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

CASES = Path(__file__).parent / "cases" / "stores"
OXIGRAPH = Path(sys.executable).parent / "oxigraph"
VIRTUOSO = shutil.which("virtuoso-t")


@dataclass(frozen=True, slots=True)
class Store:
    """The addresses of a store; ``graphs`` is that of its Graph Store Protocol."""

    query: str
    update: str
    graphs: str
    user: str = ""
    password: str = ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], folder: Path, ready: str, seconds: float = 60) -> Iterator[None]:
    with (folder / "store.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        until = time.monotonic() + seconds
        while not _answers(ready):
            said = (folder / "store.log").read_text(encoding="utf-8", errors="replace")
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except HTTPError as error:
        error.close()
        return error.code < 500
    except (URLError, OSError):
        return False
    return True


@contextmanager
def oxigraph(folder: Path) -> Iterator[Store]:
    base = f"http://127.0.0.1:{free_port()}"
    command = [str(OXIGRAPH), "serve", "--location", "store", "--bind", base.removeprefix("http://")]
    with running(command, folder, f"{base}/query?query=ASK%7B%7D"):
        yield Store(f"{base}/query", f"{base}/update", f"{base}/store")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Store]:
    assert VIRTUOSO
    http, sql = free_port(), free_port()
    ini = (CASES / "virtuoso.ini").read_text(encoding="utf-8").format(http=http, sql=sql)
    (folder / "virtuoso.ini").write_text(ini, encoding="utf-8")
    base = f"http://127.0.0.1:{http}"
    command = [VIRTUOSO, "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, folder, f"{base}/sparql?query=ASK%7B%7D"):
        yield Store(f"{base}/sparql", f"{base}/sparql-auth", f"{base}/sparql-graph-crud-auth", "dba", "dba")
