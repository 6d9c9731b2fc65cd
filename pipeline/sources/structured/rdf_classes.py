"""Classes: which ones the data have, for people who expected others."""

from collections import Counter
from collections.abc import Sequence

from pipeline.findings.messages import Sentence, say

_MOST_NAMED = 10


def describe_classes(instances: Counter[str]) -> Sentence:
    """Return which classes were found, the commonest first, each with the number of its instances."""
    if not instances:
        return say("The data state no class.")
    named = [f"{iri} ({number:,})" for iri, number in instances.most_common()]
    return say("These classes were found: {classes}.", classes=listed(named))


def listed(names: Sequence[str]) -> Sentence | str:
    """Return the first of some names, and how many more there are."""
    joined = ", ".join(names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return joined
    return say("{names} and {number} more", names=joined, number=len(names) - _MOST_NAMED)
