"""What forks the Python workers of an executor: Spark's own daemon, with the batches' modules already imported."""

import gc

from pyspark.daemon import manager

import pipeline.steps.batch  # noqa: F401 — each worker has it then, without the second that importing takes
from pipeline.system.garbage import rarely_collecting

if __name__ == "__main__":
    with rarely_collecting():
        gc.freeze()
        manager()
