"""Groups of headings: what several columns have before a slash, as forms write it ("practice/title")."""

from collections import defaultdict
from collections.abc import Sequence

_FEWEST = 2


def without_groups(headers: Sequence[str]) -> list[str]:
    """Return headings without the group that several of them begin with, each followed by another word."""
    members: dict[str, set[str]] = defaultdict(set)
    for header in headers:
        group, _, own = header.rpartition("/")
        members[group].add(own.strip())
    groups = {group for group, own in members.items() if group and len(own) >= _FEWEST}
    return [_own(header, groups) for header in headers]


def _own(header: str, groups: set[str]) -> str:
    group, _, own = header.rpartition("/")
    return own.strip() if group in groups else header
