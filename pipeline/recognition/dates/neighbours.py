"""Tokens whose kind depends on those beside them: phrases, counted things, Roman months, short school years."""

import re
from collections.abc import Iterator, Sequence

from pipeline.recognition.dates.date_tokens import Context, DateToken, full_year, raw_tokens, word_token
from pipeline.recognition.dates.date_words import Lexicon, longest_phrase

_MONTH_FIRST = re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2])([/-])(?:1[3-9]|2\d|3[01])\1\d{4}(?!\d)")
_BETWEEN_WORDS = re.compile(r"[\s.]*")
_SCHOOL_YEAR = re.compile(
    "yp*(?P<a>[NY][-_/][NY])(?![MN])|(?<![MNOn/-])(?P<b>[NY][-_/][NY])(?=p*y)|(?P<c>Y/Y)"
)


def tokenise(text: str, context: Context) -> list[DateToken]:
    """Return the tokens of a text in order; words that belong together are one token."""
    if _MONTH_FIRST.search(text):
        context = Context(context.lexicon, context.latest_year, month_first=True)
    tokens = list(_join_phrases(list(raw_tokens(text, context)), text, context.lexicon))
    kinds = "".join(token.kind for token in tokens)
    if "Q" in kinds or "H" in kinds:
        tokens = [_first_part(tokens, index, text) for index in range(len(tokens))]
    if "R" in kinds:
        tokens = [_not_roman(tokens, index) for index in range(len(tokens))]
    if "y" in kinds or "Y/Y" in kinds:
        tokens = _with_school_years(tokens, context)
    if "DN" in kinds:
        tokens = [_of_decade(tokens, index, context) for index in range(len(tokens))]
    return _without_counts(list(_with_affixes(tokens)), text)


def _join_phrases(tokens: list[DateToken], text: str, lexicon: Lexicon) -> Iterator[DateToken]:
    """Yield the tokens with phrases such as "en cours" joined into one; the longest phrase wins."""
    position = 0
    while position < len(tokens):
        token, width = tokens[position], 1
        if text[token.start].isalpha():
            token, width = _longest_phrase(tokens[position : position + longest_phrase()], text, lexicon)
        yield token
        position += width


def _longest_phrase(tokens: list[DateToken], text: str, lexicon: Lexicon) -> tuple[DateToken, int]:
    first = tokens[0]
    words = [text[first.start : first.end]]
    best, width = first, 1
    for count, token in enumerate(tokens[1:], start=2):
        gap = text[tokens[count - 2].end : token.start]
        if not text[token.start].isalpha() or not gap or not _BETWEEN_WORDS.fullmatch(gap):
            break
        words.append(text[token.start : token.end])
        meaning = lexicon.look_up(" ".join(words))
        if meaning:
            best, width = word_token(meaning, first.start, token.end), count
    return best, width


def _not_roman(tokens: Sequence[DateToken], index: int) -> DateToken:
    """Return what a Roman numeral is: a month beside a year, the number of a part or a phase, else a word."""
    token = tokens[index]
    if token.kind != "R":
        return token
    before = "".join(t.kind for t in tokens[max(0, index - 2) : index])
    after = "".join(t.kind for t in tokens[index + 1 : index + 4])
    if re.match("[HQUk]|[-_/,ta]R[HQUk]", after) or re.search("[HQk]$", before):
        return token._replace(kind="O")
    if token.value <= 12 and (
        re.match(r"[,/-]?Y|[-_/ta][NO]?R", after) or re.search("[YNO][-_/,]?$", before)
    ):
        return token._replace(kind="M")
    return token._replace(kind="W")


def _first_part(tokens: Sequence[DateToken], index: int, text: str) -> DateToken:
    """Return the Roman numeral of "I kw. 2019", which is a word in some languages; any other token as it is."""
    token = tokens[index]
    follows = tokens[index + 1].kind if index + 1 < len(tokens) else ""
    return (
        token._replace(kind="O", value=1)
        if follows in tuple("QH") and text[token.start : token.end] == "I"
        else token
    )


def _of_decade(tokens: Sequence[DateToken], index: int, context: Context) -> DateToken:
    """Return the year that "90" stands for in "années 90"; any other token as it is."""
    token = tokens[index]
    if index == 0 or token.kind != "N" or token.value % 10 or tokens[index - 1].kind != "D":
        return token
    return token._replace(kind="Y", value=full_year(token.value, context))


def _with_school_years(tokens: list[DateToken], context: Context) -> list[DateToken]:
    """Return the tokens with "18/19" or "2018-2019" beside a word for school years, and "2018/2019", as 2018/19."""
    kinds = "".join(token.kind for token in tokens)
    changed = list(tokens)
    for match in _SCHOOL_YEAR.finditer(kinds):
        at = match.start(match.lastgroup or 0)
        first, dash, last = tokens[at : at + 3]
        year = first.value if first.kind == "Y" else full_year(first.value, context)
        if last.value in (year + 1, (year + 1) % 100) and not last.mark:
            short = DateToken("N", last.value % 100, last.end - 2, last.end)
            changed[at : at + 3] = first._replace(kind="Y", value=year), dash._replace(kind="/"), short
    return changed


def _with_affixes(tokens: Sequence[DateToken]) -> Iterator[DateToken]:
    """Yield the tokens with what a case ending says as a token of its own, before "September 2018" or after it."""
    kinds = "".join(token.kind for token in tokens if token.kind not in "py")
    year_comes_first = re.match("[^MSQH]*Y[,O]?[MSQH]", kinds) is not None
    for index, token in enumerate(tokens):
        if token.kind not in "MSQHyKD" or token.mark not in tuple("wjft"):
            yield token
            continue
        year_follows = not year_comes_first and index + 1 < len(tokens) and tokens[index + 1].kind == "Y"
        leads = token.mark in "ft" or year_follows
        kind = {"w": "f", "j": "t"}.get(token.mark, token.mark) if leads else token.mark
        affix = DateToken(kind, 0, token.start, token.end)
        yield from (affix, token._replace(mark="")) if leads else (token._replace(mark=""), affix)


def _without_counts(tokens: list[DateToken], text: str) -> list[DateToken]:
    """Return the tokens with numbers that count or call something turned into ``n``, which is not a year."""
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


def _run(tokens: list[DateToken], start: int, text: str) -> Iterator[int]:
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
