"""The grammar of date texts: which rows of tokens state a moment, a span, a beginning or an end."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.recognition.dates.date_tokens import DateToken
from pipeline.recognition.dates.extents import SHARED, Doubt, doubt, read_moment, start_left_open
from pipeline.recognition.dates.moments import Extent


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a date text says about time.

    ``shape``: ``moment``, ``span``, ``open`` (ongoing from here), ``start`` (end unknown) or ``end``.
    """

    shape: str
    extent: Extent
    depth: int = 0
    doubts: tuple[Doubt, ...] = ()


@dataclass(slots=True)
class Utterance:
    """All that a date text says: its statements, its marks, and the tokens that belong to neither.

    Marks are ``o`` ongoing, ``G`` active, ``V`` ongoing since the end of a span, ``r`` recurring, ``L`` a
    length of time (``LL`` of years), ``x`` an end that has come, ``B`` a date before which it was. The tokens
    that are left over have their depth in parentheses beside them.
    """

    statements: list[Statement] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    rest: list[tuple[DateToken, int]] = field(default_factory=list)


_LINK = "[-_/ta]"
_WEEK = "(?:K[NO](?:[-_/ta,]K?[NO])*[,/_-]?Y|Y[-_/,]?K[NO](?:[-_/ta,]K?[NO])*|K(?:[NO][-_ta])?P|OK[,/-]?Y)"
_WITH_MONTH = "(?:P|[NO]M[,a]?Y|M[NO],?Y|Y,?M[NO](?![,a]?Y|[-_/ta,]?M)|M[,a_/-]?Y)"
_PART_OF_YEAR = "(?:O[HQ],?Y|Y,?O[HQ]|h,?Y|Y,?h|h/Y)"
_YEAR_MONTH = "Y,?M(?![,a]?Y|[-_/ta,]M)"
_YEAR = rf"(?:S,?Y(?![-_/t]N)|YS(?!Y)|DY(?!{_LINK}|,)|Y-D|Y[-_/t]N(?!,?M)|{_YEAR_MONTH}|Y)"
_MOMENT = f"q?(?:{_WEEK}|{_WITH_MONTH}|{_PART_OF_YEAR}|{_YEAR})"
_DATE_FOLLOWS = "(?!q?(?:[YPMNOSKh]))"
_STOP = "(?=$|[()|;,])"
_ONWARDS = "(?:w|f(?=$|[()|,_]))"
_GRAMMAR = re.compile(
    rf"""
      (?P<lasting>fq?[N\#Oa]-?(?:U|D(?!Y))(?!t))
    | (?P<length>(?:[N\#O][-_ta,])?[N\#Oa]-?(?:U|K(?![NO])|D(?!Y)))
    | (?P<count>nC|Tn+)
    | (?P<label>[Ok\#]k|k(?:[NO\#](?!,?M))?|OK(?=[NO]?M))
    | (?P<recurring>rS(?!,?Y)|r(?:q?(?:[NO]M|M[NO]?)(?![,a]?Y|[-_/ta,]M))?|(?:[NO]M|M[NO]?)r)
    | (?P<between>b{_MOMENT},{_MOMENT})
    | (?P<before>B{_MOMENT}|{_MOMENT}B)
    | (?P<shared>f?(?:(?:[NO]M?|M[NO]?)(?:w?[-_/ta,]|w))+{_WITH_MONTH})
    | (?P<parts>f?(?:(?:h|O[HQ]?)[-_/ta,])+(?:O[HQ],?Y|h,?Y)|f?Y,?(?:h|O[HQ])(?:[-_/ta,](?:h|O[HQ]?))+)
    | (?P<seasons>f?(?:S[-_/ta,])+S,?Y)
    | (?P<days>f?M[NO](?:(?:w?[-_/ta,]|w)[NO]j?)+,?Y)
    | (?P<months>f?Y,?M[NO]?(?:(?:w?[-_/ta,]|w)(?:M[NO]?|[NO])j?)+)
    | (?P<span>f?S?{_MOMENT}(?:w*{_LINK}q?{_MOMENT}j*|w+{_MOMENT}j+))
    | (?P<open>fS?{_MOMENT}(?:w+|i)?|{_MOMENT}(?:{_ONWARDS}+(?:,?[-_/ta]?oj?)?|i|,?[-_/ta]?oj?|{_LINK}?e|[-_ta]{_STOP}))
    | (?P<start>[vA]{_MOMENT}(?:[-_/ta]?o)?|{_MOMENT}(?:/$|{_LINK}[zZ]|A|,?v{_DATE_FOLLOWS}))
    | (?P<end>I?[tu]{_MOMENT}j*|(?<![^(|])[-_/]{_MOMENT}|[ez]{_LINK}?{_MOMENT}|Z{_LINK}{_MOMENT}
        |{_MOMENT}(?:j+|,?u{_DATE_FOLLOWS}))
    | (?P<moment>S?{_MOMENT})
    | (?P<denied>xo|xG)
    | (?P<unfinished>xg?u|gxu)
    | (?P<undecided>xgW?|gxW?)
    | (?P<then>V(?![xut])W?W?W?(?![xut])[oG]?|J,?[oG])
    | (?P<still>Ir|W?g[oG]|gG|Wg)
    | (?P<active>G)
    | (?P<ended>u)
    | (?P<ongoing>oj?)
    | (?P<other>.)
    """,
    re.VERBOSE,
)
_SILENT = frozenset("gJzZi,-_|/()auvbqekUKDrxE")
"""Kinds that may be left over without a doubt: joining words and marks that add nothing by themselves."""

HANGING = frozenset("ftwjAB")
"""Kinds that qualify a date; left over without one, they are not understood, unless it is ongoing anyway."""


def utter(tokens: Sequence[DateToken]) -> Utterance:
    """Return what the tokens say, read from left to right."""
    spoken = list(_without_fillers(_without_conditions(tokens)))
    kinds = "".join(token.kind for token in spoken)
    utterance, depth = Utterance(), 0
    for match in _GRAMMAR.finditer(kinds):
        part = spoken[match.start() : match.end()]
        depth = max(0, depth + (part[0].kind == "(") - (part[0].kind == ")"))
        _take(utterance, match.lastgroup or "other", part, depth)
    if "G" in utterance.marks and [statement.shape for statement in utterance.statements] == ["moment"]:
        utterance.marks.add("o")
    return utterance


def _without_conditions(tokens: Sequence[DateToken]) -> Iterator[DateToken]:
    """Yield the tokens outside clauses that only say what may happen ("with the possibility of …")."""
    conditional = False
    for token in tokens:
        if token.kind in "()|":
            conditional = False
        conditional = conditional or token.kind == "c"
        if not conditional:
            yield token


def _without_fillers(tokens: Iterable[DateToken]) -> Iterator[DateToken]:
    """Yield the tokens that matter; not the hyphen that ties a filler or a preposition to the date ("mid-2019")."""
    before = ""
    for token in tokens:
        is_tie = token.kind == "-" and before in tuple("pyft")
        if token.kind not in "py" and not is_tie:
            yield token
        before = token.kind


def _take(utterance: Utterance, name: str, part: list[DateToken], depth: int) -> None:
    if name == "other":
        utterance.rest.extend((token, depth) for token in part if token.kind not in _SILENT)
    elif name == "active" and not utterance.statements:
        return
    elif name == "undecided":
        utterance.rest.extend((token, depth) for token in part)
    elif name == "before":
        utterance.marks.add("B")
        utterance.statements.append(_statement("end", part, depth))
    elif name in _MARKS:
        utterance.marks.add(_MARKS[name])
        if name == "length" and part[0].value * part[-1].value > 12:
            utterance.marks.add("LL")
    elif name not in ("count", "label"):
        if part[-1].kind == "o":
            utterance.marks.add("o")
        utterance.statements.append(_statement(name, part, depth))


_MARKS = {
    "lasting": "o",
    "then": "V",
    "still": "o",
    "unfinished": "o",
    "active": "G",
    "length": "L",
    "recurring": "r",
    "ongoing": "o",
    "denied": "x",
    "ended": "x",
}


def _statement(name: str, part: list[DateToken], depth: int) -> Statement:
    doubts: list[Doubt] = []
    if name in SHARED:
        extent = SHARED[name](part, doubts)
    else:
        extents = [read_moment(tokens, doubts) for tokens in _moments_of(part)]
        extent = Extent(extents[0].first, extents[-1].last)
    if name in SHARED and extent.is_backward:
        doubts.append(start_left_open(extent))
        return Statement("end", Extent(extent.last, extent.last), depth, tuple(doubts))
    if extent.is_backward:
        doubts.append(doubt("end-before-start", end=extent.last.end, start=extent.first.start))
    is_moment = extent.is_moment or (name == "moment" and _is_school_year(extent, part))
    shape = name if name in ("open", "start", "end") else "moment" if is_moment else "span"
    return Statement(shape, extent, depth, tuple(doubts))


def _is_school_year(extent: Extent, part: list[DateToken]) -> bool:
    """Return whether an extent is one school year, "2018/19", which is like one year and not like a span."""
    first, last = extent
    return last == first._replace(year=first.year + 1) and any(token.kind == "/" for token in part)


_ONE_MOMENT = re.compile(_MOMENT)


def _moments_of(part: list[DateToken]) -> Iterator[list[DateToken]]:
    kinds = "".join(token.kind for token in part)
    for match in _ONE_MOMENT.finditer(kinds):
        yield part[match.start() : match.end()]
