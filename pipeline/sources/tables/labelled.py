"""Labelled lines: texts that say "Country: Norway" line by line instead of in a table."""

import re

from pipeline.findings.messages import say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.sources.headings.heading_meanings import field_of

_LINE = re.compile(
    r"\s*(?:[-*\u2022]\s*)?\**(?P<label>[^:\uff1a=,;\t|*]{2,60}?)\**\s*[:\uff1a=]\**\s*\S", re.DOTALL
)
_LINES = 200
_FEWEST = 3


def labels_of(text: str) -> tuple[str, ...]:
    """Return the labels of labelled lines that name the title and other fields; nothing for other texts."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    labels = [match["label"].strip() for line in lines if (match := _LINE.match(line))]
    fields = {label: field for label in dict.fromkeys(labels) if (field := field_of(label)) is not None}
    known = sum(1 for label in labels if label in fields)
    if "title" not in fields.values() or len(set(fields.values())) < _FEWEST or known * 3 < len(lines):
        return ()
    return tuple(fields)


def labelled_finding(place: Place, labels: tuple[str, ...]) -> Finding:
    """Return the finding on labelled lines."""
    message = say(
        "{place}: the file has lines such as “{label}: …” instead of a table. Give a table with a column for each of "
        "{labels}, and a row for each practice.",
        place=place,
        label=labels[0][:40],
        labels=", ".join(f'"{label[:40]}"' for label in labels[:6]),
    )
    return Finding(Severity.VIOLATION, "header-unknown", message, place)
