"""Connected rows: the rows of a table that have a relation in common, or are tied together by others that have.

They are found by large stars and small stars in turn (Kiveris and others, "Connected components in MapReduce and
beyond"): rounds grow with the logarithm of the longest chain. Where all that belong together share one relation, which
is the usual case, the first edges are the result.
"""

from collections.abc import Callable
from hashlib import blake2b
from uuid import uuid4

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from pipeline.system.data_files import text_of

_COMMON, _LARGE, _SMALL, _STARS = (
    text_of(__package__, f"{name}.sql") for name in ("common_relations", "large_star", "small_star", "stars")
)
Save = Callable[[DataFrame, str], DataFrame]
"""Writes a table to a new folder of a name, and returns it as it is read from there."""


def relation_number(text: str) -> int:
    """Return the number of a relation: 64 bits of a hash. Those that share a number by chance do no harm."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def apart(session: SparkSession, table: DataFrame, node: str, partitions: int, save: Save) -> DataFrame:
    """Return a table so divided that rows of different partitions have nothing to do with each other.

    ``node`` is the column of numbers whose rows belong together anyway, and ``relations`` what each has in common with
    others.
    """
    edges = _edges(session, table.select(sql.col(node).alias("node"), "relations"), save)
    component = sql.coalesce(edges["least"], table[node])
    return table.join(edges, table[node] == edges["greater"], "left").repartition(partitions, component)


def _edges(session: SparkSession, nodes: DataFrame, save: Save) -> DataFrame:
    """Return each node that has a lesser one in its component beside the least one there."""
    edges = save(session.sql(_COMMON, nodes=nodes), f"edges-{uuid4().hex}")
    while not session.sql(_STARS, edges=edges).collect()[0].done:
        for star in (_LARGE, _SMALL):
            edges = save(session.sql(star, edges=edges), f"edges-{uuid4().hex}")
    return edges
