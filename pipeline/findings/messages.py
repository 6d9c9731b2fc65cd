"""Sentences: messages in English, with their parts kept so that they can be translated."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from functools import lru_cache
from typing import Any, BinaryIO, Self, Union

from pipeline.model.finding import Place

_HOLE = re.compile(r"\{(\w+)\}")

Value = Union[str, int, Place, tuple["Value", ...]]  # noqa: UP007 — a name in quotes cannot be joined by |
"""What fills a hole of a sentence: a text as it is, a sentence, a number to be grouped, a place, several of them."""


class Sentence(str):
    """An English sentence that remembers the template it was made from, and the values in it.

    ``templates`` are one, or two where a number decides between them (the second is for several).
    """

    __slots__ = ("number", "templates", "values")

    templates: tuple[str, ...]
    values: Mapping[str, Value]
    number: int | None

    def __new__(
        cls, text: str, templates: tuple[str, ...], values: Mapping[str, Value], number: int | None = None
    ) -> Self:
        """Return the sentence that reads so."""
        made = super().__new__(cls, text)
        made.templates, made.values, made.number = templates, values, number
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Sentence, (str(self), self.templates, dict(self.values), self.number)


class Wording(str):
    """A text that is in several languages already, such as a shape's message; it reads as its English one."""

    __slots__ = ("languages",)

    languages: Mapping[str, str]

    def __new__(cls, languages: Mapping[str, str]) -> Self:
        """Return the text, by language; the first one where there is no English."""
        text = _in_range(languages, "en") or next(iter(languages.values()), "")
        made = super().__new__(cls, text)
        made.languages = languages
        return made

    def in_language(self, language: str) -> str | None:
        """Return the text in a language: “fr” finds fr-CH, too; None if there is none."""
        return _in_range(self.languages, language)

    def __reduce__(self) -> tuple[Any, ...]:
        return Wording, (dict(self.languages),)


def _in_range(languages: Mapping[str, str], language: str) -> str | None:
    """Return the text whose tag a language range matches (RFC 4647, basic filtering), the least special first."""
    tags = (tag for tag in languages if f"{tag}-".lower().startswith(f"{language}-"))
    best = min(tags, key=lambda tag: (tag.count("-"), tag), default=None)
    return languages[best] if best is not None else None


def say(template: str, /, **values: Value) -> Sentence:
    """Return the sentence with its values in the holes that braces make: ``say("{place}: …", place=place)``."""
    return Sentence(_fill_template(template, values), (template,), values)


def mark_for_translation(template: str, /) -> str:
    """Return a template that is filled elsewhere: this marks it for those who translate."""
    return template


def extract_messages(
    file: BinaryIO, *_: object, **options: object
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """Yield the templates in a table of messages as Babel wants them, which calls this to extract them."""
    for message in tomllib.load(file)["message"]:
        one, several = message["one"], message.get("several")
        yield (0, "say_number", (one, several), []) if several else (0, "say", one, [])


def say_number(one: str, several: str, number: int, /, **values: Value) -> Sentence:
    """Return the sentence that fits a number, which fills the hole ``{number}``."""
    values = {"number": number, **values}
    return Sentence(_fill_template(one if number == 1 else several, values), (one, several), values, number)


def join(parts: Sequence[Value]) -> Sentence:
    """Return several sentences or texts as one, with nothing added between them."""
    names = [f"part{number}" for number in range(len(parts))]
    template = "".join(f"{{{name}}}" for name in names)
    values = dict(zip(names, parts, strict=True))
    return Sentence(_fill_template(template, values), (template,), values)


def shorten_list(texts: Sequence[str], most: int) -> Sentence:
    """Return texts with commas between them, of many the first and how many others there are."""
    more = len(texts) - most
    rest = say_number(" and {number} other", " and {number} others", more) if more > 0 else ""
    return join((", ".join(texts[:most]), rest))


def shorten(text: str, most: int) -> str:
    """Return a text on one line, with … where it is too long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def without_surrogates(text: str) -> str:
    """Return the text without halves of surrogate pairs, which neither UTF-8 nor RDF can contain."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _fill_template(template: str, values: Mapping[str, Value]) -> str:
    return fill(template, {name: in_english(value) for name, value in values.items()})


def fill(template: str, texts: Mapping[str, str]) -> str:
    """Return the template with texts in its holes; braces within the texts stay what they are."""
    pieces = list(_pieces(template))
    pieces[1::2] = [texts[name] for name in pieces[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=1000)
def _pieces(template: str) -> tuple[str, ...]:
    """Return what comes between the holes, and the names of the holes, by turns."""
    return tuple(_HOLE.split(template))


def holes(template: str) -> tuple[str, ...]:
    """Return the names of the holes of a template, sorted."""
    return tuple(sorted(_pieces(template)[1::2]))


def in_english(value: Value) -> str:
    """Return a value as an English sentence has it."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        return ", ".join(map(in_english, value))
    return str(value)


def encode_value(value: Value) -> Any:
    """Return a value as JSON can contain it; plain texts stay plain."""
    match value:
        case Sentence():
            values = {name: encode_value(each) for name, each in value.values.items()}
            return {"say": list(value.templates), "values": values, "number": value.number}
        case Wording():
            return {"wording": dict(value.languages)}
        case Place():
            return {"place": list(astuple(value))}
        case tuple():
            return [encode_value(each) for each in value]
    return value


def decode_value(encoded_value: Any) -> Value:
    """Return the value that JSON held."""
    match encoded_value:
        case str() | int():
            return encoded_value
        case list():
            return tuple(map(decode_value, encoded_value))
        case {"say": [*templates], "values": values, "number": number}:
            parts = {name: decode_value(each) for name, each in values.items()}
            fitting = templates[0] if number in (None, 1) else templates[-1]
            return Sentence(_fill_template(fitting, parts), tuple(templates), parts, number)
        case {"wording": languages}:
            return Wording(languages)
        case {"place": place}:
            return Place(*place)
    raise ValueError(f"no part of a sentence: {encoded_value!r}")


def message_of(encoded_message: Any) -> str:
    """Return the message that JSON held."""
    message = decode_value(encoded_message)
    return message if isinstance(message, str) else in_english(message)
