"""Addresses: places on the storage of a cluster, such as ``hdfs://host/folder``, that are given as paths."""

import re
from pathlib import Path

_ONE_SLASH = re.compile(r"^([a-z][a-z0-9+.-]+):/(?!/)")


def is_address(path: Path) -> bool:
    """Return whether a path is an address; a path keeps only one of the slashes after the scheme."""
    return _ONE_SLASH.match(str(path)) is not None


def address_of(path: Path) -> str:
    """Return an address with all its slashes."""
    scheme, rest = str(path).split(":/", 1)
    return f"{scheme}:{'///' if scheme == 'file' else '//'}{rest}"
