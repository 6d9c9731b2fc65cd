"""Headings that a steward has explained: what a corrections file says a heading means, while sources are read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_NONE: Mapping[str, str] = {}
_own: ContextVar[Mapping[str, str]] = ContextVar("own_headings", default=_NONE)


@contextmanager
def with_headings(headings: Mapping[str, str]) -> Iterator[None]:
    """Read headings as they are explained: folded heading → field, empty where the column is to be left out."""
    token = _own.set(headings)
    try:
        yield
    finally:
        _own.reset(token)


def own_headings() -> Mapping[str, str]:
    """Return the headings that are explained for the sources now being read."""
    return _own.get()
