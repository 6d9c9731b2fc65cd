"""The languages of a row: of its title as stated, of its texts as stated or as detected."""

from collections.abc import Sequence

from pipeline.language.function_words import is_plainly, words_of_language
from pipeline.language.languages import detect_language, language_tag, most_likely_of
from pipeline.language.scripts import alphabet, can_be_in, language_by_script, script_languages
from pipeline.model.rows import Row
from pipeline.recognition.notes import Notes
from pipeline.recognition.places.countries import languages_of, recognise_country

DEFAULT = "en"
_PREFERRED = ("en", "fr")
_SURE = 0.95
_ENOUGH = 60  # characters, below which a language is not told from a text
_SAMPLE = 300  # characters, beyond which a text mostly tells no more about its language
_MORE = 3000  # characters of a text whose beginning does not tell


def in_order(rows: Sequence[Row], notes: Notes) -> tuple[tuple[str, Row], ...]:
    """Return (language, row) pairs: English first, then French, then in file order."""
    if len(rows) == 1:
        return ((row_language(rows[0], notes), rows[0]),)
    tagged = [(row_language(row, notes), row) for row in rows]
    rank = {language: number for number, language in enumerate(_PREFERRED)}
    return tuple(sorted(tagged, key=lambda pair: rank.get(pair[0], len(rank))))


def row_language(row: Row, notes: Notes) -> str:
    """Return the language of a row's title: as stated, else as its texts or headings show, else English.

    A guess is noted, except where it follows from what is noted already: no title, or no language in the cell.
    """
    stated = row.texts.get("lang", "")
    title = row.texts.get("title", "")
    if stated:
        if (tag := language_tag(stated)) is not None:
            return _unless_of_other_script(tag, title, row, notes)
        notes.note("language-unknown", row, "lang", text=stated)
    detected = _by_script(title, row) or _detect(f"{title} {row.texts.get('summary', '')}".strip())
    detected = detected or _of_headings(row) or _of_country(title, row)
    if title and not stated:
        notes.once("language-assumed" if detected is None else "language-detected", row, "lang")
    return detected or DEFAULT


def _of_headings(row: Row) -> str | None:
    """Return the language of the headings; of several the one that is spoken in the country of the row."""
    headed_in = row.headed_in.split()
    if len(headed_in) < 2:
        return row.headed_in or None
    spoken = {*_country_languages(row.texts.get("country", ""))}.intersection(headed_in)
    return spoken.pop() if len(spoken) == 1 else None


def _of_country(title: str, row: Row) -> str | None:
    """Return the language of the country that a short title shows by its small words or letters, else None.

    Names prove nothing ("La Boqueria market", "Living Together in Málaga"), so that only words in small letters
    count, and the one before them at the beginning.
    """
    words = [word.strip(".,:;!?") for word in title[:_SAMPLE].split()]
    plain = [word for word in words if word.islower()]
    letters = {letter for word in plain for letter in word if not letter.isascii()} - alphabet(DEFAULT)
    small = {*plain, *(word.casefold() for word in words[:1] if plain and words[1:2] == plain[:1])}
    spoken = _country_languages(row.texts.get("country", "")) if plain else ()
    hits = {tag: len(small & words_of_language(tag)) for tag in (DEFAULT, *spoken)}
    names = [
        tag
        for tag in spoken
        if tag != DEFAULT and (hits[tag] > hits[DEFAULT] or (letters and letters <= alphabet(tag)))
    ]
    likeliest = max(names, key=hits.__getitem__, default=None)  # of several the one most spoken
    return likeliest if likeliest and most_likely_of((DEFAULT, likeliest), title) == likeliest else None


def _country_languages(country: str) -> list[str]:
    """Return the languages of the countries that a cell names, those most spoken first."""
    return [tag for code in recognise_country(country).codes for tag in languages_of(code)]


def _by_script(text: str, row: Row) -> str | None:
    """Return the language that the letters of a text show, None where they are Latin."""
    if not script_languages(text):
        return None
    return language_by_script(text, _country_languages(row.texts.get("country", "")))


def _unless_of_other_script(tag: str, title: str, row: Row, notes: Notes) -> str:
    """Return the stated language of a title, or that of its letters where no text in the stated one has them."""
    written = None if can_be_in(title, tag) else _by_script(title, row)
    if written is None:
        return tag
    notes.note("title-language-differs", row, "lang", stated=tag, detected=written)
    return written


def text_language(row: Row, field: str, title_language: str, notes: Notes) -> str:
    """Return the language of a text of a row: that of ``summary_lang``, else as detected, else the title's."""
    text = row.texts[field]
    declared = row.texts.get("summary_lang", "")
    stated = language_tag(declared) if declared else None
    if stated is None and declared:
        notes.note("language-unknown", row, "summary_lang", text=declared)
    expected = stated or title_language
    primary = expected.partition("-")[0]
    if is_plainly(text[:_SAMPLE], primary) or (len(text) > _SAMPLE and is_plainly(text[:_MORE], primary)):
        return expected
    detected = _detect(text) or (None if can_be_in(text, primary) else _by_script(text, row))
    if detected is None or detected == primary:
        return expected
    if stated is not None:
        notes.note("summary-language-differs", row, field, stated=stated, detected=detected)
        return stated
    notes.once("summary-language-detected", row, field)
    return detected


def _detect(text: str) -> str | None:
    if len(text) < _ENOUGH:
        return None
    detection = detect_language(text[:_SAMPLE])
    return detection[0] if detection is not None and detection[1] >= _SURE else None
