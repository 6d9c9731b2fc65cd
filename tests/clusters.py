"""Spark for the tests: a cluster on the loopback interface, started by PySpark's scripts, and what builds on it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from running import eventually

_ROOT = Path(__file__).parents[1]
_SHORT_LIVED = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
"""Options of Java for processes of a minute: to compile and check code for hours would take half of their time."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Its address, its processes, the master's last, and the folder of their logs."""

    master: str
    processes: tuple[subprocess.Popen[bytes], ...]
    folder: Path


class Done(NamedTuple):
    """What became of a command."""

    code: int
    stdout: str
    stderr: str


class Driver:
    """A process that runs commands of practicegraph, one after the other: see ``spark_driver``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, *arguments: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        self._process.stdin.flush()

    def done(self) -> Done:
        assert self._process.stdout is not None
        return Done(*json.loads(self._process.stdout.readline()))

    def run(self, *arguments: object) -> Done:
        self.start(*arguments)
        return self.done()


@contextmanager
def driver(folder: Path, master: str, settings: str = "") -> Iterator[Driver]:
    """Start a driver on a master with some settings of Spark; its log is in a folder. Stop it at the end."""
    home = demand_spark()
    (folder / "spark-defaults.conf").write_text(settings, encoding="utf-8")
    command = [sys.executable, Path(__file__).with_name("spark_driver.py"), master]
    environment = {**_environment(home), "SPARK_CONF_DIR": str(folder)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (folder / "driver.log").open("wb") as log:
        process = subprocess.Popen(command, **pipes, stderr=log, env=environment, cwd=_ROOT, text=True)
        with process:
            yield Driver(process)
            process.kill()


def demand_spark() -> Path:
    """Return the folder of PySpark; skip the test where it or Java is missing."""
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        pytest.skip("PySpark is missing: it is installed where there is Java (see the Makefile)")
    if shutil.which("java") is None:
        pytest.skip("Java is missing")
    return Path(spec.origin).parent


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a cluster whose logs and working files are in a folder, and stop it at the end."""
    home = demand_spark()
    with ExitStack() as stack:

        def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            command = [
                home / "bin" / "spark-class",
                f"org.apache.spark.deploy.{arguments[0]}",
                *arguments[1:],
            ]
            process = subprocess.Popen(command, stdout=log, stderr=log, env=_environment(home), cwd=folder)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        def said(name: str, pattern: str) -> re.Match[str]:
            log = folder / f"{name}.log"
            assert eventually(lambda: re.search(pattern, log.read_text(errors="replace")), 120), (
                log.read_text()
            )
            match = re.search(pattern, log.read_text(errors="replace"))
            assert match is not None
            return match

        first = start("master", "master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = said("master", r"spark://127\.0\.0\.1:\d+")[0]
        limits = ("--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g")
        processes = []
        for number in range(workers):
            processes.append(start(f"worker-{number}", "worker.Worker", *limits, master))
            said(f"worker-{number}", "Successfully registered with master")
        yield Cluster(master, (*processes, first), folder)


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_TOOL_OPTIONS": _SHORT_LIVED,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
