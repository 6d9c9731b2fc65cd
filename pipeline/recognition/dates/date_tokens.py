"""Date texts as tokens: numbers, words and marks, each of a kind that the grammar knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.recognition.dates.date_words import Lexicon, Meaning
from pipeline.recognition.dates.moments import Moment


class DateToken(NamedTuple):
    """A stretch of the text: its kind, what it is worth, and where it is.

    Kinds are single characters. Those of words are in words.py: ``M`` month, ``f`` since, ``o`` ongoing ….
    The others: ``Y`` year of four digits, ``N`` number of one or two, ``n`` any other number, ``O`` ordinal,
    ``h`` Q1 or H1, ``P`` a whole date in digits, ``R`` a Roman numeral, ``-`` a tight hyphen, ``_`` any other
    dash, ``/`` a tight slash, ``|`` a separator, ``,`` a list mark, ``e`` an ellipsis, ``(`` and ``)``, ``W`` an
    unknown word, ``X`` one with digits in it, ``z`` a question mark. The mark of a month is the kind of its case
    ending.
    """

    kind: str
    value: int
    start: int
    end: int
    moment: Moment | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the reading of a text depends on: its words, the latest year, whether the month comes first."""

    lexicon: Lexicon
    latest_year: int
    month_first: bool = False


# The first two are the commonest and stand first only for speed: the others would find the same.
_TOKEN = re.compile(
    r"""
      (?P<plain_word>[^\W\d_]+(?=[ ,;)]|\Z))
    | (?P<plain_year>(?<!\d)(?<!['’])[1-9]\d{3}(?=[ ,;)]|\Z)(?!\s*[€$£%]))
    | (?P<link>https?://\S+ | www\.\S+ | [^\s@]+@[^\s@]+)
    | (?P<phone>(?<!\d)(?:\+|00)\d[\d ()./-]{6,}\d)
    | (?P<clock>(?<!\d)\d{1,2}[:h]\d\d(?!\d)(?::\d\d(?!\d))?
        (?:\s?[ap]\.?m\b\.?)?(?:\s?(?:UTC|GMT)?[+-]\d\d:\d\d(?!\d))?)
    | (?P<edtf>(?<!\d)\d{4}-(?:0[1-9]|1[0-2])(?:-\d\d)?[?~%](?=[\s/,;)]|\Z))
    | (?P<iso>(?<!\d)\d{4}-\d\d-\d\d
        (?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)? (?![\d:-]))
    | (?P<dmy>(?<!\d)\d{1,2}(?:(?P<s>[./-])\d{1,2}(?P=s)|\.\s\d{1,2}\.\s)\d{4}(?!\d))
    | (?P<ymd>(?<!\d)\d{4}(?:(?P<t>[./])\d{1,2}(?P=t)\d{1,2}|\.\s\d{1,2}\.\s\d{1,2})(?!\d))
    | (?P<my>(?<!\d)(?:(?<!\d[./-])|(?<=[./]\d{4}-))
        (?:(?:0?[1-9]|1[0-2])(?:[./-]|\.\s)|(?:0[1-9]|1[0-2])\s/\s)\d{4}(?!\d))
    | (?P<dm>(?<!\d)\d{1,2}\.\s?(?:0?[1-9]|1[0-2])\.(?!\d))
    | (?P<ym>(?<!\d)\d{4}\.(?:(?:0?[1-9]|1[0-2])(?![\d.]\d)|\s(?:0?[1-9]|1[0-2])\.)(?!\d))
    | (?P<decade>(?<!\d)(?:\d{3}0(?:['’]?s|er)|\d{3}X|['’]?\d0(?:['’]?s|er))(?!\w))
    | (?P<short_year>(?<![\w'’])['’‘´`]\d\d(?![\d'’]|[^\W\d_]))
    | (?P<week>(?<!\w)(?:kw\s?|w)\d{1,2}(?!\w))
    | (?P<inflected>(?<!\d)(?:\d{4}|\d{1,2})[-'’:.]{0,2}[^\W\d_]{1,9}(?![\w'’-]))
    | (?P<year>
        (?:(?<![\d\s.])~|(?<![\d.])(?<!\d\s)~)?(?<!\d)\d{4}(?:\.0+)?(?![\d])(?![^\W\d_])(?P<mark>(?:[?~%](?!\d))?))
    | (?P<ordinal>(?<!\d)\d{1,2}(?:(?:st|nd|rd|th|er|[eè]re|[eè]me|e|n?de|nd|º|ª|°|o|a)(?!\w)|\.(?=\s*[^\W\d_])))
    | (?P<part>(?<!\w)[qhts][1-4](?!\w))
    | (?P<amount>[€$£]\s*\d[\d.,]* | \d[\d.,]*\s*[€$£%]
        | (?<!\d)\d{1,3}(?:[.,'’]\d{3})+(?!\d) | (?<!\d)\d{1,3}\.\d+(?![\d.]))
    | (?P<mixed>\d+[^\W\d_][\w?]* | [^\W\d_]+\d[\w?]* | \d{1,3}[?]+)
    | (?P<number>\d+)
    | (?P<through>t/m(?!\w))
    | (?P<word>[^\W\d_]+(?:['’ʼ׳-][^\W\d_]+)*(?:(?<=[^\W\d_]{2})-\d{1,3}(?![\d.]))?)
    | (?P<ellipsis>\.{2,}|…)
    | (?P<dash>[-‐‑‒–—―−~〜～→]+)
    | (?P<slash>/)
    | (?P<bar>[;|\n\r]+)
    | (?P<list>[,&、])
    | (?P<plus>\+)
    | (?P<less>[<≤])
    | (?P<greater>[>≥])
    | (?P<query>[?]+)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_PIECES = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|-")
_ROMAN = re.compile(r"X{0,2}(?:IX|IV|V?I{0,3})")
_SHORTEST_BESIDE_DIGITS = 3
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
_FIXED = {
    "ellipsis": "e",
    "bar": "|",
    "list": ",",
    "plus": "w",
    "less": "B",
    "greater": "A",
    "through": "t",
    "open": "(",
    "close": ")",
    "link": "W",
    "phone": "n",
    "clock": "p",
    "query": "z",
    "amount": "n",
}


def raw_tokens(text: str, context: Context) -> Iterator[DateToken]:
    """Yield the tokens of a text in order, each word by itself."""
    for match in _TOKEN.finditer(text):
        yield from _tokens_of(match, context)


def _tokens_of(match: re.Match[str], context: Context) -> Iterator[DateToken]:
    name, text, start, end = match.lastgroup or "", match.group(), match.start(), match.end()
    if name == "plain_year":
        yield DateToken("Y", int(text), start, end)
    elif name in _FIXED:
        yield DateToken(_FIXED[name], 0, start, end)
    elif name == "edtf":
        yield DateToken("P", 0, start, end, _moment(name, text, context)._replace(mark=text[-1]))
    elif name in ("iso", "dmy", "ymd", "my", "ym", "decade"):
        yield DateToken("P", 0, start, end, _moment(name, text, context))
    elif name == "dm":
        day, month = (int(digits) for digits in _DIGITS.findall(text))
        yield DateToken("N", day, start, start + text.index("."))
        yield DateToken("M", month, start + text.index(".") + 1, end)
    elif name == "short_year":
        yield DateToken("Y", full_year(_number(text), context), end - 2, end)
    elif name == "week":
        yield DateToken("K", 0, start, start + 1)
        yield DateToken("N", _number(text), start + 1, end)
    elif name == "year":
        yield _year_token(match)
    elif name in ("ordinal", "part"):
        yield DateToken("O" if name == "ordinal" else "h", _number(text), start, end, mark=text[0].upper())
    elif name == "number":
        yield DateToken({1: "N", 2: "N"}.get(len(text), "n"), int(text), start, end)
    elif name in ("dash", "slash"):
        yield _separator(match)
    elif name == "inflected":
        yield from _inflected_number(text, start, context)
    else:
        yield from _words(text, start, context, mixed=name == "mixed")


def _number(text: str) -> int:
    digits = _DIGITS.search(text)
    return int(digits.group()) if digits else 0


def full_year(two_digits: int, context: Context) -> int:
    """Return the year that two digits stand for: of this century unless it is later than the latest year."""
    return two_digits + (2000 if two_digits + 2000 <= context.latest_year else 1900)


def _moment(name: str, text: str, context: Context) -> Moment:
    numbers = [int(digits) for digits in _DIGITS.findall(text)[:3]]
    if name == "decade":
        first = numbers[0] * 10 if text[-1] in "Xx" else numbers[0]
        return Moment(first if first > 99 else full_year(first, context), decade=True)
    if name in ("dmy", "my"):
        numbers.reverse()
    year, month, day = (*numbers, 0, 0)[:3]
    return Moment(year, day, month) if name == "dmy" and context.month_first else Moment(year, month, day)


def _year_token(match: re.Match[str]) -> DateToken:
    text = match.group()
    value = _number(text)
    mark = "~" if text.startswith("~") else match.group("mark")
    return DateToken("Y" if value >= 1000 else "n", value, match.start(), match.end(), mark=mark)


def _separator(match: re.Match[str]) -> DateToken:
    """Return a dash or slash; only a hyphen or slash with no space beside it can be inside a date."""
    text, start, end = match.group(), match.start(), match.end()
    around = match.string[start - 1 : start] + match.string[end : end + 1]
    tight = not any(c.isspace() for c in around)
    if text == "/":
        return DateToken("/" if tight else "|", 0, start, end)
    return DateToken("-" if tight and text == "-" else "_", 0, start, end)


def _inflected_number(text: str, start: int, context: Context) -> Iterator[DateToken]:
    """Yield the tokens of "2018-tól" or "2017tik": the number, and what its case ending says."""
    length = len(text) - len(text.lstrip("0123456789"))
    ending = text[length:].lstrip("-'’:.")
    kind = None if text[length] == "." else context.lexicon.number_ending(ending, is_year=length == 4)
    if kind:
        yield DateToken("Y" if length == 4 else "N", int(text[:length]), start, start + length)
        yield DateToken(kind, 0, start + length, start + len(text))
        return
    for match in _TOKEN_AFTER_NUMBER.finditer(text):
        for token in _tokens_of(match, context):
            yield token._replace(start=token.start + start, end=token.end + start)


_TOKEN_AFTER_NUMBER = re.compile(
    re.sub(r"\n    \| \(\?P<inflected>.*", "", _TOKEN.pattern), re.VERBOSE | re.IGNORECASE
)


def _words(text: str, start: int, context: Context, *, mixed: bool) -> Iterator[DateToken]:
    """Yield the tokens of a word; a compound is taken apart where every part of it is known."""
    whole = context.lexicon.look_up(text.replace("-", " "))
    if whole:
        yield word_token(whole, start, start + len(text))
        return
    pieces = list(_PIECES.finditer(text))
    parts = [_piece(p.group(), start + p.start(), context) for p in pieces]
    known = all(part.kind not in "Wn" for part in parts) and sum(len(p.group()) for p in pieces) == len(text)
    if mixed:
        known = known and not any(
            _is_short_word(p.group(), part) for p, part in zip(pieces, parts, strict=True)
        )
    if len(parts) > 1 and (known or not (mixed or text[-1].isdigit())):
        yield from parts
        return
    if len(parts) == 1 and not mixed:
        yield parts[0]._replace(end=start + len(text))
        return
    yield DateToken("X" if mixed else "W", 0, start, start + len(text))


def _is_short_word(piece: str, part: DateToken) -> bool:
    """Return whether a piece is too short to be a word beside digits, unless it says what year is meant: "FY2017"."""
    return (
        piece.isalpha()
        and len(piece) < _SHORTEST_BESIDE_DIGITS
        and not (part.kind in "yS" and piece.isupper())
    )


def _roman(text: str) -> int:
    digits = [_ROMAN_DIGITS[letter] for letter in text]
    return sum(-d if d < max(digits[i + 1 :], default=0) else d for i, d in enumerate(digits))


def _piece(piece: str, start: int, context: Context) -> DateToken:
    end = start + len(piece)
    if piece == "-":
        return DateToken("-", 0, start, end)
    if piece.isdecimal():
        value = int(piece)
        kind = "Y" if len(piece) == 4 and value >= 1000 else "N" if len(piece) < 3 else "n"
        return DateToken(kind, value, start, end)
    lexicon = context.lexicon
    meaning = lexicon.look_up(piece)
    if meaning is None and piece.isupper() and _ROMAN.fullmatch(piece):
        return DateToken("R", _roman(piece), start, end)
    if meaning is None and ("'" in piece or "’" in piece):
        meaning = lexicon.look_up(re.split("['’]", piece, maxsplit=1)[1])
    inflected = None if meaning else lexicon.inflection(piece)
    if inflected:
        return DateToken(*inflected.meaning, start, end, mark=inflected.affix)
    return word_token(meaning or ("W", 0), start, end)


def word_token(meaning: Meaning, start: int, end: int) -> DateToken:
    """Return the token of a word; one that is a part of the year by itself is a half."""
    return DateToken(*meaning, start, end, mark="H" if meaning[0] == "h" else "")
