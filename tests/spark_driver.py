"""Runs commands of practicegraph for the tests, one after the other, in one session of Spark on the master given.

Each line of the input is a list of arguments, each line of the output is the exit code with what the command wrote.
Two commands are the tests' own: ``rows`` reads Parquet files, ``parquet`` makes one of JSON Lines.
"""

import json
import os
import sys

from click.testing import CliRunner
from pyspark.sql import SparkSession

from pipeline.cli import main
from pipeline.spark.session import spark_session


def answer(session: SparkSession, *arguments: str) -> tuple[int, str, str]:
    if arguments[0] not in ("rows", "parquet"):
        done = CliRunner().invoke(main, arguments)
        return done.exit_code, done.stdout, done.stderr + (repr(done.exception) if done.exc_info else "")
    if arguments[0] == "parquet":
        session.read.json(arguments[1]).coalesce(1).write.parquet(arguments[2])
        tables = []
    else:
        tables = [session.read.parquet(name).coalesce(1).toJSON().collect() for name in arguments[1:]]
    return 0, "[" + ",".join("[" + ",".join(rows) + "]" for rows in tables) + "]", ""


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what Java writes goes elsewhere
    with spark_session(sys.argv[1]) as session:
        for line in sys.stdin:
            answers.write(json.dumps(answer(session, *json.loads(line))) + "\n")
            answers.flush()
