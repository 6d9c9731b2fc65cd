"""Questions: which field a form asks for, as in "What is the title of your practice?"."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz.distance import Prefix

from pipeline.model.fields import LISTED
from pipeline.recognition.dates.date_words import vocabulary
from pipeline.sources.headings.heading_table import WEAK, Meaning, fold_header, known_headings, table_words
from pipeline.system.data_files import rows_of

_LONGEST_OPENING = 4
_LONGEST_NAME = 6
_LONGEST_NAMED = 12
_LONGEST_PRONOUN = 3
_LONGEST_PREPOSITION = 4
_JOINTS = ("s", "n", "の")
_SHORTEST_OF_COMPOUND = 5
_SHORTEST_STEM, _LONGEST_ENDING = 4, 3
_LONGEST_CHANGE, _LONGEST_CASE = 2, 4
_ASKED = WEAK - 1
"""A question names its field less surely than its proper name does, and more surely than a loose one."""

_SUMMARY, _DATE, _CITY, _TITLE = (Meaning(field) for field in ("summary", "date", "city", "title"))
_BESIDE_FILLERS = ("city", "country", "topics")
"""Fields that their looser names also name with a word that adds nothing: "local authority responsible"."""

_OF_RECORD = ("id", "lang", "issued", "modified")
"""Fields that a heading with a word for a practice does not name: several practices may share a "Project ID"."""

_BY_KIND = {"describe": _SUMMARY, "when": _DATE, "where": _CITY, "called": _TITLE}

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Language:
    """The words of questions in one language: kind → folded words."""

    code: str
    words: Mapping[str, frozenset[Words]]

    def openings(self, tokens: Words) -> Iterator[tuple[str, int]]:
        """Yield the kind of each opening of a question, and how many words it has, the longest first."""
        for length in range(min(_LONGEST_OPENING, len(tokens)), 0, -1):
            for kind in ("called", "describe", "when", "where", "opening"):
                if tokens[:length] in self.words[kind]:
                    yield kind, length
                    break

    def without_fillers(self, tokens: Words) -> Words:
        """Return words without those that add nothing: articles, "your", "is"."""
        return tuple(token for token in tokens if (token,) not in self.words["filler"])


def meanings_of_question(header: str) -> tuple[Meaning, ...]:
    """Return the field that a question asks for; nothing unless the question begins and continues clearly."""
    folded = fold_header(header)
    shorter = _without_end(folded, _ends("request", " "))  # "adı nedir"
    if shorter == folded:
        shorter = _without_end(folded, _ends("joined request", ""))  # "を入力してください"
    if shorter != folded:
        return _request_meanings(shorter) or meanings_of_question(shorter)
    whole = tokens = tuple(folded.split())
    tokens = tokens[1:] if len(tokens) > 1 and tokens[0] in table_words("and") else tokens
    if (named := _of_practice(tokens)) is not None:
        return (replace(named, rank=max(named.rank, _ASKED)),)
    if (end := _names_end(tokens)) is not None:
        return (replace(end, rank=_ASKED),)
    adds_nothing = bool(tokens) and (len(tokens[0]) <= _LONGEST_PREPOSITION or tokens[0] in _practices())
    return (
        _opening_meanings(whole)
        or _opening_meanings(tokens)
        or (_opening_meanings(tokens[1:]) if adds_nothing else ())
    )  # "di quali temi", "proje hangi yıl"


def _opening_meanings(tokens: Words) -> tuple[Meaning, ...]:
    """Return the field that a question with one of the known openings asks for."""
    if not tokens or tokens[0] not in _first_words():
        return ()
    for language in _languages():
        for kind, length in language.openings(tokens):
            asked = _without_second_request(tokens, length, language) if kind == "describe" else tokens
            rest = language.without_fillers(asked[length:])
            meaning = _meaning_after(kind, rest, language)
            if meaning is not None:
                return (replace(meaning, rank=_ASKED, also=_also(meaning, rest)),)
    return ()


def without_condition(text: str) -> str:
    """Return a question without "if so" or "if not" at its beginning; the text itself where it has none."""
    words = fold_header(text)
    conditions = (each for each in table_words("condition") if words.startswith(f"{each} "))
    condition = max(conditions, key=len, default="")
    return words.removeprefix(condition).strip() if condition else text


def is_about_time(text: str) -> bool:
    """Return whether a question says that something starts, runs or has ended: "Is it still active?"."""
    tokens = tuple(fold_header(text).split())
    return any(
        tokens[at : at + length] in _words_of_time() for at in range(len(tokens)) for length in (1, 2, 3)
    )


@cache
def _words_of_time() -> frozenset[Words]:
    """Return the words for what is ongoing or ended, those of dates and those of questions, in all languages."""
    known = vocabulary().items()
    of_dates = frozenset(tuple(fold_header(word).split()) for word, (kind, _) in known if kind in "oGgu")
    return of_dates.union(*(language.words[kind] for language in _languages() for kind in ("began", "ended")))


def _request_meanings(text: str) -> tuple[Meaning, ...]:
    """Return what the words before a request name, with or without a particle: "사업명을"."""
    for form in dict.fromkeys((_without_end(text, _ends("particle", "")), text)):
        if meanings := known_headings().get(form):
            return (replace(min((each for _, each in meanings), key=lambda each: each.rank), rank=_ASKED),)
    return ()


def _without_end(text: str, ends: Sequence[str]) -> str:
    return next(
        (text.removesuffix(end).strip() for end in ends if text.endswith(end) and text != end.strip()), text
    )


@cache
def _ends(kind: str, before: str) -> tuple[str, ...]:
    """Return the ends of headings of one kind, the longest first, each with what is before it."""
    ends = {before + " ".join(words) for language in _languages() for words in language.words[kind]}
    return tuple(sorted(ends, key=len, reverse=True))


def _of_practice(tokens: Words) -> Meaning | None:
    """Return the field of headings such as "name of the activity", "Short description" and "Projektbeginn"."""
    if len(tokens) > _LONGEST_NAMED:
        return None
    for language in (_languages()[place] for place in sorted(_languages_of(tokens))):
        rest = language.without_fillers(tokens)
        own = tuple(_without_practice(rest, language))
        meaning = _names().get(own) if own and own != tokens and len(own) <= _LONGEST_NAME else None
        if meaning is None or meaning.field in _OF_RECORD:
            continue
        if meaning.rank < WEAK or meaning.field in _BESIDE_FILLERS:
            return meaning
        dropped = [word for word in rest if word not in own]
        if own == rest or all(len(word) <= _LONGEST_PRONOUN and word.isascii() for word in dropped):
            continue  # "your name", "name of it": nothing says that a practice is meant
        return _TITLE if meaning.field == "title" else meaning
    return None


def _without_practice(tokens: Words, language: _Language) -> Iterator[str]:
    """Yield the words without those that only say that the practice is meant, alone, in pairs or in a compound."""
    practice = language.words["practice"]
    at = 0
    while at < len(tokens):
        if _is_practice(tokens[at : at + 2], practice):
            at += 2
            continue
        token = tokens[at]
        own = token if (token,) in practice else _without_compound(token, practice)
        if own != token or not _is_practice((token,), practice):
            yield own
        at += 1


def _is_practice(tokens: Words, practice: frozenset[Words]) -> bool:
    """Return whether words stand for a practice, as they are or with endings: "praksen", "добрата практика"."""
    return tokens in practice or (
        bool(tokens)
        and any(
            len(words) == len(tokens) and all(map(_is_form_of, tokens, words))
            for words in _by_beginning(practice).get(tokens[0][:_SHORTEST_STEM], ())
        )
    )


@cache
def _by_beginning(practice: frozenset[Words]) -> dict[str, list[Words]]:
    """Return the beginnings of first words, as long as the shortest that takes endings → the words."""
    words: dict[str, list[Words]] = {}
    for each in practice:
        words.setdefault(each[0][:_SHORTEST_STEM], []).append(each)
    return words


def _is_form_of(token: str, word: str) -> bool:
    is_longer = len(word) < len(token) <= len(word) + _LONGEST_ENDING
    return token == word or (is_longer and len(word) >= _SHORTEST_STEM and token.startswith(word))


def _without_compound(word: str, practice: Collection[Words]) -> str:
    """Return the part of a compound that names a field: "beginn" of "Projektbeginn"; other words as they are."""
    for end in range(len(word) - 1, _shortest(word) - 1, -1):
        if (word[:end],) in practice:
            rest = word[end:]
            for own in (rest, *(rest.removeprefix(joint) for joint in _JOINTS)):
                if (own,) in _names():
                    return own
    return word


def _shortest(word: str) -> int:
    return _SHORTEST_OF_COMPOUND if word.isascii() else 1


def _languages_of(tokens: Words) -> set[int]:
    """Return the languages in which one of some words is a filler, a word for a practice, or a compound with one."""
    known = _beside_names()
    parts = (token[:end] for token in tokens for end in range(_shortest(token), len(token) + 1))
    return {place for part in (*tokens, *parts) for place in known.get(part, ())}


@cache
def _beside_names() -> Mapping[str, Collection[int]]:
    """Return the fillers and the words for a practice, each with the languages in which it is one."""
    known: dict[str, set[int]] = defaultdict(set)
    for place, language in enumerate(_languages()):
        for words in (*language.words["practice"], *language.words["filler"]):
            for word in words:
                known[word].add(place)
    return known


@cache
def _fillers() -> frozenset[str]:
    """Return the words that add nothing, in any language."""
    return frozenset(word for language in _languages() for (word, *_) in language.words["filler"])


@cache
def _practices() -> frozenset[str]:
    """Return the single words for a practice, in any language."""
    practices = (words for language in _languages() for words in language.words["practice"])
    return frozenset(words[0] for words in practices if len(words) == 1)


def _names_end(tokens: Words) -> Meaning | None:
    """Return the end of a date that a heading names with a word for dates: "year of launch", "anno di avvio"."""
    bare = [token for token in tokens if token not in _fillers()]
    if not 2 <= len(bare) <= _LONGEST_NAME:
        return None
    dates = [_names().get((token,)) for token in bare]
    dates = [date if date is not None and date.field == "date" else None for date in dates]
    parts = {date.part for date in dates if date is not None}
    is_known = all(date is not None or token in _practices() for token, date in zip(bare, dates, strict=True))
    return replace(_DATE, part=max(parts)) if is_known and "" in parts and len(parts) == 2 else None


def _meaning_after(kind: str, rest: Words, language: _Language) -> Meaning | None:
    """Return what follows an opening: the name of a field at once, or the practice itself."""
    head = (_head(rest, language) or _of_practice(rest)) if kind != "describe" else None
    if head is not None and head.rank >= WEAK and head.field == "title":
        head = _of_practice(rest)
    if head is not None:
        return head
    own = _BY_KIND.get(kind)
    if kind == "opening" and any((token,) in language.words["named"] for token in rest):
        return _TITLE if _speaks_of_practice(rest, language) else None
    if not rest:
        return own
    if own is _DATE:
        kinds = {"start": "began", "end": "ended"}
        parts = [part for part in kinds if any((token,) in language.words[kinds[part]] for token in rest)]
        if parts:
            return replace(_DATE, part=parts[0] if len(parts) == 1 else "")
    happens = (rest[-1],) in language.words["happens"]  # "where did it take place"
    if own is None or not (happens or _speaks_of_practice(rest, language)):
        return None
    return _end_of_date(own, rest) if own is _DATE else own


def _without_second_request(tokens: Words, length: int, language: _Language) -> Words:
    """Return a request for a description without what else it asks for: "what you did and why"."""
    again = next(language.openings(tokens[length:]), None)
    if again is not None and again[0] == "describe":
        return tokens[:length] + tokens[length + again[1] :]
    at = next(
        (n for n, token in enumerate(tokens) if n >= length and token in table_words("and")), len(tokens)
    )
    return tokens[:at] if len(tokens) - at <= _LONGEST_OPENING else tokens


def _also(meaning: Meaning, tokens: Words) -> str:
    """Return the country where a question for the city asks for it, too: "in which city and country"."""
    fields = {name.field for token in tokens if (name := _names().get((token,))) is not None}
    return "country" if meaning.field == "city" and "country" in fields else ""


def _head(tokens: Words, language: _Language) -> Meaning | None:
    """Return what the longest heading at the beginning of some words stands for."""
    for length in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        meaning = _names().get(tokens[:length]) or (
            _name_of_form(tokens[0], language) if length == 1 else None
        )
        if meaning is not None:
            is_any_date = meaning.field == "date" and not meaning.part
            return _end_of_date(meaning, tokens[length:]) if is_any_date else meaning
    return None


def _end_of_date(date: Meaning, tokens: Words) -> Meaning:
    """Return the start or the end if the words after "when" or "which date" ask for one of them."""
    parts = {meaning for token in tokens if (meaning := _names().get((token,))) is not None and meaning.part}
    return parts.pop() if len({each.part for each in parts}) == 1 else date


def _speaks_of_practice(tokens: Words, language: _Language) -> bool:
    practice = language.words["practice"]
    return any(
        _is_practice(tokens[at : at + length], practice) for at in range(len(tokens)) for length in (1, 2)
    )


@cache
def _names() -> dict[Words, Meaning]:
    """Return the known headings by their words without fillers: "title of practice" for "title of the practice"."""
    fillers = _fillers()
    names: dict[Words, Meaning] = {}
    for heading, meanings in sorted(known_headings().items(), key=lambda each: len(each[0])):
        words = heading.split()
        bare = tuple(word for word in words if word not in fillers) if len(words) > 1 else tuple(words)
        meaning = min((meaning for _, meaning in meanings), key=lambda meaning: meaning.rank)
        if bare:
            names.setdefault(bare, meaning)
    return names


def _name_of_form(word: str, language: _Language) -> Meaning | None:
    """Return what a name of one word in a language means with another ending: "місті" for "місто", "obszarów"."""
    names = _names_by_beginning().get((language.code, word[:_SHORTEST_STEM]), ())
    lengths = ((Prefix.similarity(name, word), name, meaning) for name, meaning in names)
    near = [
        (length, meaning)
        for length, name, meaning in lengths
        if len(name) - length <= _LONGEST_CHANGE and len(word) - length <= _LONGEST_CASE
    ]
    longest = max((length for length, _ in near), default=0)
    fields = {(meaning.field, meaning.part) for length, meaning in near if length == longest}
    return next(meaning for length, meaning in near if length == longest) if len(fields) == 1 else None


@cache
def _names_by_beginning() -> Mapping[tuple[str, str], Sequence[tuple[str, Meaning]]]:
    """Return the sure names of one word by their language and their first letters."""
    names: dict[tuple[str, str], list[tuple[str, Meaning]]] = defaultdict(list)
    for name, meanings in known_headings().items():
        if len(name) >= _SHORTEST_STEM and " " not in name:
            for language, meaning in meanings:
                if meaning.rank < WEAK or meaning.field in LISTED:
                    names[language, name[:_SHORTEST_STEM]].append((name, meaning))
    return names


@cache
def _first_words() -> frozenset[str]:
    """Return the words with which a question begins in one language or another."""
    kinds = ("opening", *_BY_KIND)
    return frozenset(
        words[0] for language in _languages() for kind in kinds for words in language.words[kind]
    )


@cache
def _languages() -> Sequence[_Language]:
    words: dict[str, dict[str, frozenset[Words]]] = defaultdict(lambda: defaultdict(frozenset))
    for row in rows_of(__package__, "questions.csv"):
        folded = (tuple(fold_header(each).split()) for each in row["words"].split("|"))
        words[row["language"]][row["kind"]] = frozenset(folded)
    return tuple(_Language(code, own) for code, own in words.items())
