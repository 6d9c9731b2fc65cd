"""A real server for the tests: `endpoint.server.serve` in its own process, used over HTTP."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from served import run_forked

from pipeline.system.fork_server import fork_elsewhere

_PROGRAM = (
    "import json, sys; sys.path.append(sys.argv[1]); import served; "
    "served.run(sys.argv[2], json.loads(sys.argv[3]))"
)
_SERVING = "Serving release .* at http://127.0.0.1:([0-9]+)"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def type(self) -> str:
        return self.headers.get("Content-Type", "")

    def json(self) -> Any:
        return json.loads(self.body)


class _Forked:
    """A server that was forked: to start a program and load all its modules takes a second of computing."""

    def __init__(self, output: Path, settings: Mapping[str, Any], log: int) -> None:
        self._child = fork_elsewhere("pg-server", run_forked, (str(output), settings), log, needs="prepared")
        self._code: int | None = None
        self.pid = 0

    def send_signal(self, number: signal.Signals) -> None:
        if self._code is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        if self._code is None:
            self._child.status.settimeout(timeout)
            self._code = self._child.wait()
            self._child.end()
        assert self._code is not None
        return self._code


class Running:
    """A server over a folder of releases, with its settings, or as another command starts it.

    ``prefix`` are the words before that command, such as those that make another user run it.
    """

    def __init__(
        self,
        output: Path,
        command: Sequence[str | Path] = (),
        *,
        prefix: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        settings = {"port": 0, "query_timeout": 2, "query_memory_mb": 400, **settings}
        reader, writer = os.pipe()
        self._lines = os.fdopen(reader, errors="replace")
        self._process: _Forked | subprocess.Popen[bytes]
        with os.fdopen(writer, "wb") as log:
            if prefix or command or env:
                program = (
                    sys.executable,
                    "-c",
                    _PROGRAM,
                    Path(__file__).parent,
                    output,
                    json.dumps(settings),
                )
                self._process = subprocess.Popen(
                    [*prefix, *(command or program)],
                    env={**os.environ, **(env or {})},
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            else:
                self._process = _Forked(output, settings, log.fileno())
                self._process.pid = int(self._lines.readline())
        self.log = ""
        self.port = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self._lines:
            for line in self._lines:
                self.log += line

    def __enter__(self) -> Self:
        self.wait_for_log(_SERVING)
        found = re.search(_SERVING, self.log)
        assert found
        self.port = int(found[1])
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> int:
        """Wait for the end, and for the rest of the log; return the exit code."""
        code = self._process.wait(timeout=60)
        self._reader.join(timeout=60)
        return code

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self._process.send_signal(number)

    def wait_for_log(self, pattern: str) -> None:
        """Wait for a line of the log; fail when there is none, at once where the server has ended."""
        eventually(lambda: bool(re.search(pattern, self.log)) or not self._reader.is_alive())
        assert re.search(pattern, self.log), self.log

    def connect(self, timeout: float = 60) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(self, query: str, accept: str = "*/*") -> Reply:
        return self.send("GET", f"/sparql?query={quote(query)}", headers={"Accept": accept})

    def processes(self, name: str) -> set[int]:
        """Return the processes of a name; not those just forked, which still go by the name of their parent."""
        return {pid for pid, parent in below(self.pid).items() if name_of(pid) == name != name_of(parent)}


def below(pid: int) -> dict[int, int]:
    """Return the descendants of a process, each with its parent."""
    found: dict[int, int] = {}
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    grown = True
    while grown:
        grown = False
        for child, parent in parents.items():
            if child not in found and (parent == pid or parent in found):
                found[child] = parent
                grown = True
    return found


def started_with(name: str, value: str) -> dict[int, str]:
    """Return the processes in whose environment a variable has a value, each with its command line.

    The helpers of Python's own multiprocessing do not count: they end with the process that needs them.
    """
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{name}={value}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return {pid: command for pid, command in found.items() if "from multiprocessing." not in command}


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def eventually(claim: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Return whether a claim comes true, within a time that is long enough on a crowded machine."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(0.02)
    return claim()
