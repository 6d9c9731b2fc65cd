"""The Spark engine: the same batches as the local engine, read and processed by a cluster."""

from pipeline.spark.spark_engine import spark_engine

__all__ = ["spark_engine"]
