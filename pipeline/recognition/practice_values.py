"""Values of a practice that its kind of field alone explains: a short text, a number, a web address."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from pipeline.findings.finding_messages import message
from pipeline.findings.messages import mark_for_translation, say
from pipeline.language.text_matching import says_nothing
from pipeline.model.fields import FIELDS, LISTED, VALUES
from pipeline.model.finding import Severity
from pipeline.model.practice import Values
from pipeline.model.rows import Row
from pipeline.rdf.ntriples import is_iri
from pipeline.recognition.notes import Notes

CONFLICT = "value-conflict"
UNREADABLE = "value-unreadable"
"""Codes of findings on fields that have none of their own in the table."""

_SHOWN = 80
_MOST = 100  # values in a cell, the rest of which counts as one
_BETWEEN = re.compile(r"[|;\n]")
_WITH_A_HOST = re.compile("https?://[^/?#]", re.IGNORECASE)
_LONGEST_NUMBER = 40
_PLAIN = re.compile(r"(?P<whole>[-+]?\d{1,15})(?:[.,](?P<part>\d{1,18}))?")
_GROUPED = re.compile(
    r"(?P<whole>[-+]?\d{1,3}(?:(?P<between>[ '.,])\d{3})(?:(?P=between)\d{3}){0,3})"
    r"(?:(?!(?P=between))[.,](?P<part>\d{1,18}))?"
)
_ALIKE = str.maketrans({"’": "'", "−": "-", "\u2009": " "})


def read_values(rows: Sequence[Row], notes: Notes) -> Values:
    """Return the values of each such field that a row has, none twice."""
    written = (name for name in VALUES if any(name in row.texts for row in rows))
    fields = ((name, _values_of(rows, name, notes)) for name in written)
    return tuple((name, values) for name, values in fields if values)


def _values_of(rows: Sequence[Row], name: str, notes: Notes) -> tuple[str, ...]:
    read = list(_read(rows, name, FIELDS[name].kind, notes))
    if FIELDS[name].several:
        return tuple(dict.fromkeys(value for _, value in read))
    for (before, one), (row, other) in pairwise(read):
        if one != other:
            two = message("value-conflict/value", field=name)
            sentence = message(CONFLICT, two=two, place=before.place_of(name))
            notes.add(Severity.WARNING, FIELDS[name].conflict or CONFLICT, sentence, row, name)
    return tuple(value for _, value in read[-1:])


def _read(rows: Sequence[Row], name: str, kind: str, notes: Notes) -> Iterator[tuple[Row, str]]:
    """Yield each value with its row, and note each text that is none."""
    reader, complaint = _READERS[kind]
    for row in rows:
        text = row.texts.get(name, "")
        for part in map(str.strip, _BETWEEN.split(text, _MOST) if name in LISTED else (text,)):
            if says_nothing(part):
                continue
            value = reader(part)
            if value is not None:
                yield row, value
            else:
                code = FIELDS[name].unreadable or UNREADABLE
                notes.add(Severity.WARNING, code, say(complaint, text=part[:_SHOWN]), row, name, part=part)


def read_number(text: str) -> str | None:
    """Return a number as the lexical form of xsd:decimal that Oxigraph keeps; None for what is not a number.

    ``1,250`` may be either of two numbers, so it is read as neither.
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).strip()
    match = _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if match is None or _is_ambiguous(plain):
        return None
    whole = re.sub("[ '.,]", "", match["whole"])
    return _canonical(Decimal(f"{whole}.{match['part'] or '0'}"))


def _is_ambiguous(text: str) -> bool:
    """Return whether the one point or comma of a number may come before decimals or before thousands."""
    return re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", text) is not None


def _canonical(number: Decimal) -> str:
    text = f"{number:f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0", "-") else text.removeprefix("+")


def _read_link(text: str) -> str | None:
    return text if is_web_address(text) else None


def is_web_address(text: str) -> bool:
    """Return whether a text is a web address in full."""
    return _WITH_A_HOST.match(text) is not None and is_iri(text)


NO_LINK = mark_for_translation("“{text}” is not a web address; write it in full, with http:// or https://.")

_READERS: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "string": (str, ""),
    "number": (
        read_number,
        mark_for_translation(
            "“{text}” is not a plain number. Write it in digits, such as 120000 or 1250.50."
        ),
    ),
    "link": (_read_link, NO_LINK),
}
"""Kind of field → what reads a text of it, and the sentence on a text that is not read."""
