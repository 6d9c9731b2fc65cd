"""The form of a query, by one pass of a regular expression: all that is read of a query before it is admitted."""

import re

from endpoint.http.problems import Problem

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

_LONGEST_PROLOGUE = 256 * 1024
_LOOKED_AT = 2000
"""Characters after an unreadable beginning in which the form of the query is searched."""

_GAP = r"[ \t\r\n]*+(?:\#[^\r\n]*+[ \t\r\n]*+)*+"
# Possessive repeats keep the time linear in the query, however it is made.
_PROLOGUE = re.compile(
    rf"""
    {_GAP}(?:(?: BASE{_GAP}<[^<>]*+>
             | PREFIX{_GAP}[^\s:<>]*+{_GAP}:{_GAP}<[^<>]*+>
             | VERSION{_GAP}(?:'[^'\r\n]*+'|"[^"\r\n]*+") ){_GAP})*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FIRST_WORD = re.compile("|".join(FORMS), re.IGNORECASE)
_UPDATE = re.compile(
    r"(?P<word>INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH"
    r"(?!\s++\S++\s++(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b))\b\s*+"
    r"(?:DATA|WHERE|SILENT|GRAPH|DEFAULT|NAMED|ALL|INTO|TO|\{|<|[^\s:]*+:)",
    re.IGNORECASE,
)
_ANY_FORM = re.compile(rf"\b(?:{'|'.join(FORMS)})\b", re.IGNORECASE)


def form_of(query: str) -> str:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE; raise Problem for an update.

    Of a query whose beginning no engine will understand, it is the first of these words, or else SELECT.
    """
    prologue = _PROLOGUE.match(query, 0, _LONGEST_PROLOGUE)
    start = prologue.end() if prologue else 0
    update = _UPDATE.match(query, start)
    if update is not None:
        sentence = f"{update['word'].upper()} would change data; only SELECT, ASK, CONSTRUCT and DESCRIBE are answered."
        raise Problem("update-refused", sentence, at=update.start())
    first = _FIRST_WORD.match(query, start)
    if first is None and start > _LONGEST_PROLOGUE - _LOOKED_AT:
        raise Problem(
            "query-not-understood", "More than 250 kB of comments and prefixes come before the query."
        )
    if first is None:
        later = _ANY_FORM.search(query, start, start + _LOOKED_AT)
        return later[0].upper() if later else "SELECT"
    return first[0].upper()
