"""Groups and codes of headings: what forms write before them ("practice/title", "q1. Title")."""

import re
from collections import defaultdict
from collections.abc import Sequence

from pipeline.sources.headings.heading_table import fold_header
from pipeline.sources.headings.table_words import table_words

_FEWEST = 2
_LONGEST = 100
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}(?:\[[A-Za-z0-9_]{1,10}\])?\.\s+(?=\S)")


def without_codes(headers: Sequence[str]) -> list[str]:
    """Return headings without the codes of their questions, where most have one."""
    coded = sum(1 for header in headers if _CODE.match(header))
    if coded < _FEWEST or coded * 2 < len(headers):
        return list(headers)
    return [_CODE.sub("", header, count=1) for header in headers]


def without_groups(headers: Sequence[str], separator: str = "/") -> list[str]:
    """Return headings without the group that several of them begin with, each followed by another word."""
    parts = [
        header.rpartition(separator) if _may_have_group(header, separator) else ("", "", header)
        for header in headers
    ]
    members: dict[str, set[str]] = defaultdict(set)
    for group, _, own in parts:
        members[group].add(own.strip())
    groups = {group for group, own in members.items() if group and len(own) >= _FEWEST}
    return [
        own.strip() if group in groups else header
        for header, (group, _, own) in zip(headers, parts, strict=True)
    ]


def _may_have_group(header: str, separator: str) -> bool:
    """Return whether the separator may stand behind a group: other signs than the slash only behind words for one."""
    if separator == "/":
        return True
    words = fold_header(header.rpartition(separator)[0][:_LONGEST]).split()
    return " " not in header and all(word in table_words("group") or len(word) == 1 for word in words)
