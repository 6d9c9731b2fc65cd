"""A Spark session: started for a build, stopped after it, and explained where there can be none."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException, PythonException
from pyspark.sql import SparkSession

from pipeline.model.errors import EnvironmentFault, UsageError

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.worker.reuse": "true",  # each worker loads the rules of the gate once
    "spark.task.maxFailures": "4",
}
_LOOPBACK = ("local", "spark://127.0.0.1", "spark://localhost")


@contextmanager
def spark_session(master: str) -> Iterator[SparkSession]:
    """Start a session on a Spark master, such as ``local[2]`` or ``spark://host:7077``, and stop it at the end.

    Raises UsageError where Java is missing, EnvironmentFault where the master does not answer.
    """
    session = _started(master)
    try:
        yield session
    finally:
        session.stop()


def _started(master: str) -> SparkSession:
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError("The Spark engine needs Java 17 or newer. Install it, or set JAVA_HOME.")
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
    except (PySparkException, Py4JError) as error:
        raise EnvironmentFault(f"Spark could not be started on {master}: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Return the line of an error that says most: Java's have their cause in the second, Python's in the last."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" :.")]
    if isinstance(error, PythonException) and lines:
        return lines[-1][:300]
    causes = (line for line in lines if line.startswith((": ", "Caused by")))
    return next(causes, lines[0] if lines else repr(error)).removeprefix(": ")[:300]
