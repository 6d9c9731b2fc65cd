"""Date texts as tokens: numbers, words and marks, each of a kind that the grammar knows."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.recognition.dates.date_words import LEXICON, LONGEST_PHRASE, fold, look_up
from pipeline.recognition.dates.moments import Moment


class Token(NamedTuple):
    """A stretch of the text: its kind, what it is worth, and where it stands.

    Kinds are single characters. Those of words stand in words.py: ``M`` month, ``f`` since, ``o`` ongoing ….
    The others: ``Y`` year of four digits, ``N`` number of one or two, ``n`` any other number, ``O`` ordinal,
    ``h`` Q1 or H1, ``P`` a whole date in digits, ``-`` a tight hyphen, ``_`` any other dash, ``/`` a tight
    slash, ``|`` a separator, ``,`` a list mark, ``e`` an ellipsis, ``(`` and ``)``, ``W`` an unknown word,
    ``X`` one with digits in it, ``z`` a question mark.
    """

    kind: str
    value: int
    start: int
    end: int
    moment: Moment | None = None
    mark: str = ""


# The first two are the commonest and stand first only for speed: the others would find the same.
_TOKEN = re.compile(
    r"""
      (?P<plain_word>[^\W\d_]+(?=[ ,;)]|\Z))
    | (?P<plain_year>(?<!\d)[1-9]\d{3}(?=[ ,;)]|\Z)(?!\s*[€$£%]))
    | (?P<link>https?://\S+ | www\.\S+ | [^\s@]+@[^\s@]+)
    | (?P<phone>(?<!\d)(?:\+|00)\d[\d ()./-]{6,}\d)
    | (?P<clock>(?<!\d)\d{1,2}[:h]\d\d(?!\d))
    | (?P<iso>(?<!\d)\d{4}-\d\d-\d\d
        (?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)? (?![\d:-]))
    | (?P<dmy>(?<!\d)\d{1,2}(?P<s>[./-])\d{1,2}(?P=s)\d{4}(?!\d))
    | (?P<ymd>(?<!\d)\d{4}(?P<t>[./])\d{1,2}(?P=t)\d{1,2}(?!\d))
    | (?P<my>(?<!\d)(?:(?<!\d[./-])|(?<=[./]\d{4}-))(?:0?[1-9]|1[0-2])[./-]\d{4}(?!\d))
    | (?P<dm>(?<!\d)\d{1,2}\.(?:0?[1-9]|1[0-2])\.(?!\d))
    | (?P<ym>(?<!\d)\d{4}\.(?:0[1-9]|1[0-2])(?!\d))
    | (?P<decade>(?<!\d)(?:\d{3}0(?:['’]?s|er)|\d{3}X)(?!\w))
    | (?P<year>
        (?:(?<![\d\s])~|(?<!\d)(?<!\d\s)~)?(?<!\d)\d{4}(?:\.0+)?(?![\d])(?![^\W\d_])(?P<mark>(?:[?~%](?!\d))?))
    | (?P<ordinal>(?<!\d)\d{1,2}(?:st|nd|rd|th|er|[eè]re|[eè]me|e|n?de|nd|º|ª|°|o|a)(?!\w))
    | (?P<part>(?<!\w)[qhts][1-4](?!\w))
    | (?P<amount>[€$£]\s*\d[\d.,]* | \d[\d.,]*\s*[€$£%]
        | (?<!\d)\d{1,3}(?:[.,'’]\d{3})+(?!\d) | (?<!\d)\d{1,3}\.\d+(?![\d.]))
    | (?P<mixed>\d+[^\W\d_][\w?]* | [^\W\d_]+\d[\w?]* | \d{1,3}[?]+)
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*(?:-\d{1,3}(?!\d))?)
    | (?P<ellipsis>\.{2,}|…)
    | (?P<dash>[-‐‑‒–—―−~〜→]+)
    | (?P<slash>/)
    | (?P<bar>[;|\n\r]+)
    | (?P<list>[,&])
    | (?P<plus>\+)
    | (?P<query>[?]+)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_PIECES = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|-")
_FIXED = {
    "ellipsis": "e",
    "bar": "|",
    "list": ",",
    "plus": "w",
    "open": "(",
    "close": ")",
    "link": "W",
    "phone": "n",
    "clock": "p",
    "query": "z",
    "amount": "n",
}


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text in order; words that belong together are one token."""
    raw = [token for match in _TOKEN.finditer(text) for token in _tokens_of(match)]
    return _without_counts(list(_join_phrases(raw, text)), text)


def _tokens_of(match: re.Match[str]) -> Iterator[Token]:
    name, text, start, end = match.lastgroup or "", match.group(), match.start(), match.end()
    if name == "plain_year":
        yield Token("Y", int(text), start, end)
    elif name in _FIXED:
        yield Token(_FIXED[name], 0, start, end)
    elif name in ("iso", "dmy", "ymd", "my", "ym", "decade"):
        yield Token("P", 0, start, end, _moment(name, text))
    elif name == "dm":
        day, month = (int(digits) for digits in _DIGITS.findall(text))
        yield Token("N", day, start, start + text.index("."))
        yield Token("M", month, start + text.index(".") + 1, end)
    elif name == "year":
        yield _year_token(match)
    elif name in ("ordinal", "part"):
        yield Token("O" if name == "ordinal" else "h", _number(text), start, end, mark=text[0].upper())
    elif name == "number":
        kind = {1: "N", 2: "N"}.get(len(text), "n")
        yield Token(kind, int(text), start, end)
    elif name in ("dash", "slash"):
        yield _separator(match)
    else:
        yield from _words(text, start, mixed=name == "mixed")


def _number(text: str) -> int:
    found = _DIGITS.search(text)
    return int(found.group()) if found else 0


def _moment(name: str, text: str) -> Moment:
    numbers = [int(digits) for digits in _DIGITS.findall(text)[:3]]
    if name == "decade":
        return Moment(numbers[0] * 10 if text[-1] in "Xx" else numbers[0], decade=True)
    if name in ("dmy", "my"):
        numbers.reverse()
    year, month, day = (*numbers, 0, 0)[:3]
    return Moment(year, month, day)


def _year_token(match: re.Match[str]) -> Token:
    text = match.group()
    value = _number(text)
    mark = "~" if text.startswith("~") else match.group("mark")
    return Token("Y" if value >= 1000 else "n", value, match.start(), match.end(), mark=mark)


def _separator(match: re.Match[str]) -> Token:
    """Return a dash or slash; only a hyphen or slash with no space beside it can stand inside a date."""
    text, start, end = match.group(), match.start(), match.end()
    around = match.string[start - 1 : start] + match.string[end : end + 1]
    tight = not any(c.isspace() for c in around)
    if text == "/":
        return Token("/" if tight else "|", 0, start, end)
    return Token("-" if tight and text == "-" else "_", 0, start, end)


def _words(text: str, start: int, *, mixed: bool) -> Iterator[Token]:
    """Yield the tokens of a word; a compound is taken apart where every part of it is known."""
    whole = look_up(text.replace("-", " "))
    if whole:
        yield Token(whole[0], whole[1], start, start + len(text))
        return
    pieces = list(_PIECES.finditer(text))
    parts = [Token(*_lookup(p.group()), start + p.start(), start + p.end()) for p in pieces]
    known = all(part.kind not in "Wn" for part in parts) and sum(len(p.group()) for p in pieces) == len(text)
    if mixed:
        known = known and not any(p.group().isalpha() and len(p.group()) < 3 for p in pieces)
    if len(parts) > 1 and (known or not (mixed or text[-1].isdigit())):
        yield from parts
        return
    if len(parts) == 1 and not mixed:
        yield parts[0]._replace(end=start + len(text))
        return
    yield Token("X" if mixed else "W", 0, start, start + len(text))


def _lookup(piece: str) -> tuple[str, int]:
    if piece == "-":
        return "-", 0
    if piece.isdecimal():
        value = int(piece)
        return ("Y" if len(piece) == 4 and value >= 1000 else "N" if len(piece) < 3 else "n"), value
    known = look_up(piece)
    if known is None and ("'" in piece or "’" in piece):
        known = look_up(re.split("['’]", piece, maxsplit=1)[1])
    return known or ("W", 0)


def _join_phrases(tokens: list[Token], text: str) -> Iterator[Token]:
    """Yield the tokens with phrases such as "en cours" joined into one; the longest phrase wins."""
    position = 0
    while position < len(tokens):
        token, width = tokens[position], 1
        if text[token.start].isalpha():
            token, width = _longest_phrase(tokens[position : position + LONGEST_PHRASE], text)
        yield token
        position += width


def _longest_phrase(tokens: list[Token], text: str) -> tuple[Token, int]:
    first = tokens[0]
    words = [fold(text[first.start : first.end])]
    best, width = first, 1
    for count, token in enumerate(tokens[1:], start=2):
        if not text[token.start].isalpha() or text[tokens[count - 2].end : token.start].strip():
            break
        words.append(fold(text[token.start : token.end]))
        found = LEXICON.get(" ".join(words))
        if found:
            best, width = Token(*found, first.start, token.end), count
    return best, width


def _without_counts(tokens: list[Token], text: str) -> list[Token]:
    """Return the tokens with numbers that count or call something turned into ``n``, which is no year."""
    kinds = "".join(token.kind for token in tokens)
    if not re.search("[nCT]", kinds) and not re.search("YW", kinds):
        return tokens
    counts = set[int]()
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind in "nT":
            counts.update(_run(tokens, index, text))
        elif following and token.kind in "YN" and following.kind == "C":
            counts.add(index)
        elif following and token.kind == "Y" and following.kind == "W" and token.value % 100 == 0:
            lower = text[following.start].islower() and not text[token.end : following.start].strip()
            counts.update({index} if lower else ())
    return [t._replace(kind="n") if i in counts and t.kind in "YNO" else t for i, t in enumerate(tokens)]


def _run(tokens: list[Token], start: int, text: str) -> Iterator[int]:
    """Yield the indexes of the numbers in one run with the number (or the word "tel") at ``start``."""
    for step in (1, -1):
        index = start + step
        while 0 <= index < len(tokens) and tokens[index].kind in "YNnO-/w":
            left, right = sorted((index, index - step))
            if text[tokens[left].end : tokens[right].start].strip(" .:°#"):
                break
            yield index
            index += step
        if tokens[start].kind == "T":
            return
