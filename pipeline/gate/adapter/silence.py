"""Silence around rdflib and pySHACL, which log and warn about data that the gate reports on its own."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_TALKATIVE = ("rdflib", "pyshacl", "pyshacl-validate")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings and log lines about single literals and shapes from the terminal."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
