"""Groups and codes of headings: what forms write before them ("practice/title", "q1. Title")."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile

from pipeline.sources.headings.heading_table import fold_header
from pipeline.sources.headings.table_words import table_words

_FEWEST = 2
_LONGEST = 100
_BETWEEN_WORDS = re.compile(r"[.:/_-]+")
_ARROW = re.compile(r"\s?(?:>>|»|→|::)\s?")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}(?:\[[A-Za-z0-9_]{1,10}\])?\.\s+(?=\S)")


def without_codes(headers: Sequence[str]) -> list[str]:
    """Return headings without the codes of their questions, where most have one."""
    coded = sum(1 for header in headers if _CODE.match(header))
    if coded < _FEWEST or coded * 2 < len(headers):
        return list(headers)
    return [_CODE.sub("", header, count=1) for header in headers]


def without_groups(headers: Sequence[str]) -> list[str]:
    """Return headings without the group that several of them begin with, each followed by another word."""
    members: dict[str, set[str]] = defaultdict(set)
    headers = [_ARROW.sub("/", header) for header in headers]
    for header in headers:
        group, _, own = header.rpartition("/")
        members[group].add(own.strip())
    groups = {group for group, own in members.items() if group and len(own) >= _FEWEST}
    return [_own(header, groups) for header in headers]


def without_group(header: str) -> str:
    """Return a name without words for a group or a vocabulary at its beginning: "city" of "addr:city"."""
    parts = _BETWEEN_WORDS.split(header) if " " not in header and len(header) <= _LONGEST else []
    groups = sum(1 for _ in takewhile(lambda part: fold_header(part) in table_words("group"), parts))
    return " ".join(parts[groups:]) if groups else ""


def _own(header: str, groups: set[str]) -> str:
    group, _, own = header.rpartition("/")
    return own.strip() if group in groups else header
