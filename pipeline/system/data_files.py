"""Files of data beside the modules that use them: texts, tables, templates, each read once."""

import csv
import io
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any


@cache
def text_of(package: str, name: str) -> str:
    """Return the text of a file in the folder of a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def filled_text(package: str, name: str, /, **values: object) -> str:
    """Return the text of a file with its blanks filled in, which ``$name`` marks."""
    return Template(text_of(package, name)).substitute(values)


def rows_of(package: str, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in CSV, each by its headings."""
    yield from csv.DictReader(io.StringIO(text_of(package, name), newline=""))


def tables_of(package: str, name: str) -> dict[str, Any]:
    """Return the tables of a file in TOML."""
    return tomllib.loads(text_of(package, name))
