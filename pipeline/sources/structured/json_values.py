"""JSON values as the texts of cells: lists joined, labels picked, texts in several languages kept apart."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.language.languages import language_tag
from pipeline.model.fields import FIELDS, LISTED, TRANSLATED
from pipeline.sources.files.cleaning import is_formatted, plain_text
from pipeline.sources.headings.heading_meanings import field_of, meanings_of
from pipeline.sources.structured.json_envelopes import KEYS, inner_key
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.sources.tables.layout import PREFERRED

_INNER = frozenset(name for name, field in FIELDS.items() if field.kind in ("place", "section"))
"""Fields that may be in an object of their own, such as ``{"place": {"country": …, "city": …}}``."""

_RESULTS = {"__metadata", "results"}
"""Keys of an object in which SharePoint keeps a list."""

_LANGUAGE_KEY = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_SUFFIXED = re.compile(r"(.+)[_:@-]([a-z]{2})")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class JsonCell:
    """One key of an object: what it is called, the pointer to it within the object, and its value.

    ``languages`` gives the texts by language where there are several, with the pointer to each.
    """

    header: str
    pointer: str
    value: Any
    languages: tuple[tuple[str, str, Any], ...] = ()


@lru_cache(maxsize=4096)
def field_of_key(key: str) -> str | None:
    """Return the field that a key stands for, as a column of that name would."""
    return field_of(key)


def cells_of(record: Mapping[str, Any]) -> tuple[JsonCell, ...]:
    """Return the cells of an object in its order: inner objects opened, translations gathered."""
    cells: dict[str, JsonCell] = {}
    for header, pointer, value in _members(record):
        base, language = _translation_of(header)
        if language is not None and not isinstance(value, dict):
            before = cells.get(base)
            known = (before.languages or (("", before.pointer, before.value),)) if before else ()
            cells[base] = JsonCell(base, pointer, None, (*known, (language, pointer, value)))
            continue
        languages = tuple(_languages(value, pointer)) if field_of_key(header) in TRANSLATED else ()
        if header in cells and cells[header].languages and not languages:
            languages = (("", pointer, value), *cells[header].languages)
        cells[header] = JsonCell(header, pointer, value, languages)
    return tuple(cells.values())


def _members(record: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield header, pointer and value of each key of an object, those of its envelope last."""
    wrapped = inner_key(record)
    if wrapped is None:
        yield from _own_members(record)
        return
    inner = tuple(_members(record[wrapped]))
    taken = {field_of_key(header) or header for header, _, _ in inner}
    yield from ((header, f"/{escape_key(wrapped)}{pointer}", value) for header, pointer, value in inner)
    for header, pointer, value in _own_members({key: record[key] for key in record if key != wrapped}):
        is_free = (field_of_key(header) or header) not in taken
        yield header if is_free else f"_outer.{header}", pointer, value


def _own_members(record: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    taken = set(record)
    for key, value in record.items():
        pointer = f"/{escape_key(key)}"
        value = (
            _listed_fields(value)
            if isinstance(value, list) and _fold_key(key) in KEYS["own_fields"]
            else value
        )
        if (
            isinstance(value, list)
            and _fold_key(key) in KEYS["translations"]
            and (texts := list(_translations(value)))
        ):
            yield from ((name, f"{pointer}{at}", text) for name, at, text in texts)
            continue
        value = value["results"] if isinstance(value, dict) and value.keys() == _RESULTS else value
        fields = FIELDS if isinstance(value, dict) and _fold_key(key) in KEYS["own_fields"] else _INNER
        inner = [name for name in value if field_of_key(name) in fields] if isinstance(value, dict) else []
        if not inner:
            yield _plain_key(key, taken), pointer, value
            continue
        for name, text in value.items():
            is_free = name not in taken and field_of_key(name) in fields
            header = name if is_free else f"{key}.{name}"
            taken.add(header)
            yield header, f"{pointer}/{escape_key(name)}", text


def _translations(values: list[Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield ``title_en``, pointer and text of each object that says its language, as Directus keeps translations.

    Nothing where not all objects do, with a title or a summary.
    """
    if not values or not all(isinstance(each, dict) for each in values):
        return
    tags = [
        language_tag(str(next((each[key] for key in KEYS["languages"] if key in each), ""))[:2])
        for each in values
    ]
    if not all(tags):
        return
    for number, (each, tag) in enumerate(zip(values, tags, strict=True)):
        for key, text in each.items():
            if field_of_key(key) in TRANSLATED:
                yield f"{field_of_key(key)}_{tag}", f"/{number}/{escape_key(key)}", text


def _listed_fields(values: list[Any]) -> Any:
    """Return a list of fields, each with its name and its value, as an object; another list as it is.

    What several of one name say is a list; a language that is stated stays with its value, as DSpace states it.
    """
    fields: dict[str, list[Any]] = {}
    for each in values:
        name = (
            next((each[key] for key in KEYS["field_names"] if key in each), None)
            if isinstance(each, dict)
            else None
        )
        if not isinstance(name, str):
            return values
        value = next((each[key] for key in KEYS["field_values"] if each.get(key) is not None), None)
        is_text = each.get("language") and field_of_key(name) in TRANSLATED
        text = {"@value": value, "@language": each.get("language")} if is_text else value
        fields.setdefault(name, []).append(text)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in fields.items()}


def _fold_key(key: str) -> str:
    return "".join(filter(str.isalpha, key)).lower()


def _plain_key(key: str, taken: Collection[str]) -> str:
    """Return the name of a key without the prefix that Drupal gives to the fields of its users."""
    plain = key.removeprefix("field_")
    return plain if plain not in taken and field_of_key(plain) else key


@lru_cache(maxsize=4096)
def _translation_of(header: str) -> tuple[str, str | None]:
    """Return the field's name and the language for keys such as ``title_fr``; without a language, None."""
    meaning = next(iter(meanings_of(header)), None)
    if meaning is None or not meaning.language:
        return header, None
    match = _SUFFIXED.fullmatch(header)
    return match[1] if match else meaning.field, meaning.language


def _languages(value: Any, pointer: str) -> Iterator[tuple[str, str, Any]]:
    """Yield language, pointer and text of an object such as ``{"en": …, "fr": …}``, or of JSON-LD values."""
    if isinstance(value, dict) and is_language_map(value):
        for key, text in value.items():
            yield language_tag(key) or "", f"{pointer}/{escape_key(key)}", text
    elif isinstance(value, list) and value and all(map(_is_tagged, value)):
        texts: dict[str, tuple[str, list[str]]] = {}
        for number, each in enumerate(value):
            language = next(each[key] for key in KEYS["tags"] if key in each)
            _, said = texts.setdefault(language_tag(str(language)) or "", (f"{pointer}/{number}", []))
            said.append(text_of(each, "\n"))
        yield from ((tag, first, "\n".join(dict.fromkeys(said))) for tag, (first, said) in texts.items())


def _is_tagged(value: Any) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint(KEYS["tags"])


def is_language_map(value: Mapping[str, Any]) -> bool:
    """Return whether every key is the code of a language."""
    return (
        bool(value)
        and set(value) != {"id"}
        and all(
            _LANGUAGE_KEY.fullmatch(key) and language_tag(key) and not isinstance(text, dict)
            for key, text in value.items()
        )
    )


def joiner_of(field: str | None) -> str:
    """Return what comes between the values of a list in a field."""
    if field in LISTED:
        return SEPARATOR
    return "\n" if field in TRANSLATED and field != "date" else ", "


def text_of(value: Any, joiner: str, depth: int = 0) -> str:
    """Return a value as the text of a cell."""
    match value:
        case None:
            return ""
        case str():
            return plain_text(value) if is_formatted(value) else value
        case bool():
            return "true" if value else "false"
        case list() if depth < _DEEPEST:
            return joiner.join(filter(None, (text_of(each, joiner, depth + 1) for each in value)))
        case dict() if depth < _DEEPEST:
            return text_of(_plain_value(value), joiner, depth + 1)
    return str(value)


def _plain_value(value: Mapping[str, Any]) -> Any:
    """Return what an object stands for: its text in English or French, its label, its span, its values."""
    if is_language_map(value):
        return value[next((tag for tag in PREFERRED if tag in value), next(iter(value)))]
    if isinstance(page := value.get("rendered", value.get("processed")), str):
        return plain_text(page)  # as WordPress writes what its editor formats
    kind = value.get("type")
    if isinstance(kind, str) and kind in value:
        return value[kind]  # as Notion writes each property
    for start, end in KEYS["spans"]:
        if end in value and (value.get(start) or value.get(end)):
            return _span(text_of(value.get(start), ""), text_of(value.get(end), ""))
    for name in KEYS["labels"]:
        if label := value.get(name) or value.get(name.capitalize()):
            return label
    inner = next((each for each in value.values() if isinstance(each, dict) and each), None)
    names = [value[name] for name in KEYS["identifiers"] if value.get(name)]
    if inner is not None and (names or len(value) == 1):
        return inner  # as Strapi writes relations: {"data": {"id": 3, "attributes": {"name": …}}}
    return names[0] if names else list(value.values())


def _span(start: str, end: str) -> str:
    if start and not end:
        return f"started {start}"  # an end that is not stated is not known to be open
    return start if start == end else f"{start or '..'}/{end}"


@lru_cache(maxsize=4096)
def escape_key(key: str) -> str:
    """Return a key as a part of a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
