"""The Spark engine: the same batches as the local engine, read and processed by a cluster."""

from pipeline.spark.parts_release import fetch_parts
from pipeline.spark.spark_engine import parts_engine, spark_engine

__all__ = ["fetch_parts", "parts_engine", "spark_engine"]
