"""A Spark session: started for a build, watched while it runs, stopped after it, and explained where there is none."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException, PythonException
from pyspark.sql import SparkSession

from pipeline.model.errors import EnvironmentFault, UsageError

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.worker.reuse": "true",  # each worker loads the rules of the gate once
    "spark.python.daemon.module": "pipeline.spark.worker_daemon",
    "spark.task.maxFailures": "4",
    "spark.scheduler.mode": "FAIR",  # what the driver waits for is not behind all batches: see Stage
    "spark.driver.defaultJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",  # leaves the cores to the work
}
SPARK_ERRORS = (Py4JError, PySparkException)
"""What Spark raises; a Java that has ended also raises ConnectionError."""

_STANDALONE = "spark://"
_LOOPBACK = ("local", "spark://127.0.0.1", "spark://localhost")
_LOOK_EVERY = 2.0


@contextmanager
def spark_session(master: str) -> Iterator[SparkSession]:
    """Start a session on a Spark master, such as ``local[2]`` or ``spark://host:7077``, and stop it at the end.

    A session that this process already has on the master is used, and goes on: its executors need not start again.
    Raises UsageError where Java is missing, EnvironmentFault where the master does not answer. While a build runs,
    a cluster that has no worker for Spark's network timeout (two minutes) counts as gone: see ``fault_of``.
    """
    active = SparkSession.getActiveSession()
    if active is not None and (active.sparkContext.master != master or is_gone(active.sparkContext)):
        active = None
    session = active or _start_session(master)
    ended = Event()
    watch = Thread(target=_watch, args=(session.sparkContext, ended), daemon=True)
    if not master.startswith("local"):
        watch.start()
    try:
        yield session
    finally:
        ended.set()
        if active is None:
            with suppress(Py4JError, OSError):  # its Java may have ended before
                session.stop()


def _start_session(master: str) -> SparkSession:
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError("The Spark engine needs Java 17 or newer. Install it, or set JAVA_HOME.")
    if master.startswith(_STANDALONE):
        _demand_answer(master)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("practicegraph build")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    if master.startswith(_LOOPBACK):
        builder = builder.config("spark.driver.host", "127.0.0.1").config(
            "spark.driver.bindAddress", "127.0.0.1"
        )
    try:
        session: SparkSession = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")  # what goes wrong is said in our own words
        return session
    except SPARK_ERRORS as error:
        raise EnvironmentFault(f"Spark could not be started on {master}: {first_line(error)}") from error


def _demand_answer(master: str) -> None:
    """Raise EnvironmentFault if no host of a standalone master takes connections: Spark would try for a minute."""
    for host in master.removeprefix(_STANDALONE).split(","):
        name, _, port = host.rpartition(":")
        with (
            suppress(OSError, ValueError, OverflowError),
            socket.create_connection((name.strip("[]"), int(port)), timeout=10),
        ):
            return
    raise EnvironmentFault(f"No Spark master answers at {master}. Start it, or correct the address.")


def _watch(spark: SparkContext, ended: Event) -> None:
    """Stop what runs on a cluster that has had no executor for too long: Spark itself would wait for ever."""
    with suppress(Py4JError, OSError, AttributeError):  # stopped meanwhile
        context: Any = spark._jsc.sc()
        patience = context.conf().getTimeAsSeconds("spark.network.timeout", "120s")
        last = time.monotonic()
        while not ended.wait(_LOOK_EVERY):
            if context.getExecutorMemoryStatus().size() > 1:  # the driver is one of them
                last = time.monotonic()
            elif time.monotonic() - last > patience:
                context.stop()
                return


def fault_of(spark: SparkContext, sentence: str, error: BaseException) -> EnvironmentFault:
    """Return what ends a build when Spark reports an error: a sentence with its cause, or that the cluster is gone."""
    if is_gone(spark):
        return EnvironmentFault(
            f"The Spark cluster {spark.master} went away during the build: it has no worker any more, or the driver’s "
            "Java has ended. Nothing was published. Build again when the cluster is back."
        )
    return EnvironmentFault(f"{sentence}: {first_line(error)}")


def is_gone(spark: SparkContext) -> bool:
    """Return whether nothing can run on a cluster any more."""
    try:
        context: Any = spark._jsc.sc()
        return bool(context.isStopped())
    except (Py4JError, OSError):
        return True


def first_line(error: BaseException) -> str:
    """Return the line of an error that says most: Java's have their cause in the second, Python's in the last."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" :.")]
    if isinstance(error, PythonException) and lines:
        return lines[-1][:300]
    causes = (line for line in lines if line.startswith((": ", "Caused by")))
    return next(causes, lines[0] if lines else repr(error)).removeprefix(": ")[:300]
