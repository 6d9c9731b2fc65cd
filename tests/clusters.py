"""A Spark cluster for the tests: a master and workers on the loopback interface, started by PySpark's scripts."""

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

import pytest
from running import eventually


@dataclass(frozen=True, slots=True)
class Cluster:
    """Its address, the processes of its workers, and the folder of their logs."""

    master: str
    workers: tuple[subprocess.Popen[bytes], ...]
    folder: Path


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

        start("master", "master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = said("master", r"spark://127\.0\.0\.1:\d+")[0]
        limits = ("--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g")
        processes = []
        for number in range(workers):
            processes.append(start(f"worker-{number}", "worker.Worker", *limits, master))
            said(f"worker-{number}", "Successfully registered with master")
        yield Cluster(master, tuple(processes), folder)


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
