"""Normalising: what a cell contains behind its spelling: entities, links, numbers as ids, broken encodings."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.findings.finding_messages import finding_of
from pipeline.language.repair import repair_text
from pipeline.model.finding import Finding, Place, Suggestion
from pipeline.model.rows import Row
from pipeline.sources.files.cleaning import clean_text, is_formatted, plain_text
from pipeline.sources.tables.cell_links import is_web_link, label_of_formula, link_in

Report = Callable[[Finding], None]

_ENTITY = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_LOOKUP = ";#"
"""Stands between the numbers and the texts of a SharePoint list: ``12;#Turin``, ``;#Education;#Roma;#``."""

_LINK_BEHIND = re.compile(r"\s*\(https?://[^\s()]{1,2000}\)")
"""The address of another record behind its name, as Notion writes it."""

_MOST_LAYERS = 3
"""``&amp;amp;`` has two."""

_WHOLE_NUMBER = re.compile(r"([0-9]{1,15})[.,]0{1,6}")
_LONGEST_DAMAGED = 30
_SHORTENED_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}")
_MONTHS = (
    "jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin|juil|août|déc"
    "|january|february|march|april|june|july|august|september|october|november|december"
)
_MADE_A_DATE = re.compile(
    rf"[0-3]?[0-9][-. ]{{1,2}}(?:{_MONTHS})\.?|(?:{_MONTHS})\.?[-. ][0-9]{{2}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(
    r"(?<=[^\s\[(])\s?(?:\[(?:[0-9]{1,3}|[a-z]|(?:note|nota|noot|anm\.|nb|n) ?[0-9]{1,3}|citation needed)\])+$"
    r"|(?<=[^\W\d_]{3})(?:\*{1,3}|[†‡§]{1,3})$"
    r"|(?<=[^\W\d_]{3})[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}(?:[,⁾˒][¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2})*$"
)
"""What refers to a note below the table, at the end of a name: ``[2]``, ``*`` or a raised number after a word."""

_ENDS_OF_FOOTNOTES = "]*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰"
_LONGEST_MARK = 40
_NOTED = ("title", "country", "city")
_NAMES = ("id", "lang", "country", "city", "topics", "summary_lang")
"""Fields whose texts are looked up or become part of an address; a broken one is corrected."""

_PLAIN = (*_NAMES, "date")
"""Fields in which the tags of HTML say nothing."""


def normalise(row: Row, report: Report) -> Row:
    """Return the row with corrected texts, each change reported; its raw cells stay as they came."""
    if row.spots is not None:
        return row  # RDF says what it says
    if _is_plain(row.texts):
        return row
    texts = {
        field: _decode_text(row, field, text, report) if ";" in text else text
        for field, text in row.texts.items()
    }
    for field, text in texts.items():
        if "<" in text and (
            field in _PLAIN or (field == "title" and (is_formatted(text) or "<br" in text.lower()))
        ):
            texts[field] = plain_text(text)
    _without_marks(row, texts, report)
    link, identifier = texts.get("source_url"), texts.get("id")
    if link and not is_web_link(link):
        texts["source_url"] = link_in(link) or link
    if identifier and not identifier.isalnum():
        texts["id"] = _identifier(row, identifier, report)
    for field in _NAMES:
        name = texts.get(field)
        if name is not None and "(http" in name:
            texts[field] = name = _LINK_BEHIND.sub("", name)
        if name is not None and not name.isascii():
            texts[field] = _unbroken(row, field, name, report)
    if texts == row.texts:
        return row
    return replace(row, texts={field: text for field, text in texts.items() if text})


def _without_marks(row: Row, texts: dict[str, str], report: Report) -> None:
    """Give a title what its formula shows, and take the marks of footnotes from the ends of names."""
    title = texts.get("title", "")
    if title.startswith("=") and (label := label_of_formula(title)):
        link = link_in(title)
        texts.update({"title": label} | ({"source_url": link} if link and "source_url" not in texts else {}))
    for field in _NOTED:
        text = texts.get(field, "")
        if text and (name := without_footnote(text)) != text:
            texts[field] = name
            place = replace(
                row.place, row=None, line=None, pointer=None, column=row.columns.get(field, field)
            )
            report(finding_of("footnote-mark", place))


def without_footnote(name: str) -> str:
    """Return a name without the mark of a footnote at its end."""
    end = name[-_LONGEST_MARK:]
    is_marked = end[-1:] in _ENDS_OF_FOOTNOTES and end.count("*") <= 1
    return name[:-_LONGEST_MARK] + _FOOTNOTE.sub("", end) if is_marked else name


def _is_plain(texts: Mapping[str, str]) -> bool:
    """Tell at once whether nothing can be behind the spelling of a row's texts, as in most rows."""
    link, identifier = texts.get("source_url"), texts.get("id")
    if link and not is_web_link(link):
        return False
    if identifier and not identifier.isalnum() and len(identifier) <= _LONGEST_DAMAGED:
        return False
    if any(text[-1] in _ENDS_OF_FOOTNOTES for field in _NOTED if (text := texts.get(field))):
        return False
    everything = "".join(texts.values())
    if "<" in everything or texts.get("title", "")[:1] == "=":
        return False
    if "(http" in everything and any("(http" in texts.get(field, "") for field in _NAMES):
        return False
    if ";" in everything and ("&" in everything or _LOOKUP in everything):
        return False
    return everything.isascii() or all(texts.get(field, "").isascii() for field in _NAMES)


def _decode_text(row: Row, field: str, text: str, report: Report) -> str:
    """Return a text without HTML codes, and without the numbers that a SharePoint list puts before its values."""
    if "&" in text:
        text = _without_entities(row, field, text, report)
    return _lookup_values(text) if _LOOKUP in text else text


def _lookup_values(text: str) -> str:
    parts = text.strip().split(_LOOKUP)
    if len(parts) % 2 == 0 and all(map(str.isdigit, parts[::2])):
        return "; ".join(filter(None, parts[1::2]))
    return "; ".join(filter(None, parts)) if not parts[0] else text


def _without_entities(row: Row, field: str, text: str, report: Report) -> str:
    decoded = text
    for _ in range(_MOST_LAYERS):
        before, decoded = decoded, _ENTITY.sub(lambda match: html.unescape(match[0]), decoded)
        if decoded == before:
            break
    if decoded == text:
        return text
    here = row.place
    place = Place(here.file, here.sheet, column=row.columns.get(field, field))
    report(finding_of("entities-decoded", place))
    return clean_text(decoded.replace("\xa0", " "))[0]


def _identifier(row: Row, text: str, report: Report) -> str:
    """Return an id as it was before a spreadsheet changed it; an empty text where that is not known any more."""
    if whole := _WHOLE_NUMBER.fullmatch(text):
        return whole[1]
    if _SHORTENED_NUMBER.fullmatch(text):
        key = "id-damaged/number"
    elif _MADE_A_DATE.fullmatch(text):
        key = "id-damaged/date"
    else:
        return text
    report(finding_of(key, row.place_of("id"), text=text))
    return ""


def _unbroken(row: Row, field: str, text: str, report: Report) -> str:
    fixed = repair_text(text)
    is_lost = "\ufffd" in text and field in ("id", "city")
    if fixed == text and not is_lost:
        return text
    place = row.place_of(field)
    if fixed != text:
        suggestion = Suggestion(fixed, 0.9)
        report(finding_of("encoding-broken", place, suggestion=suggestion, text=text[:80], fixed=fixed[:80]))
        return fixed
    report(finding_of("encoding-broken/lost", place, text=text[:80]))
    return ""
