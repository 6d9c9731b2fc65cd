"""French texts of ours keep to French typography: ’ for an apostrophe, a narrow space before ; : ? ! and inside « »."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
CATALOGUES = ("pipeline/translations/fr.po", "endpoint/translations/fr/LC_MESSAGES/messages.po")
FOLDERS = ("ontology", "shapes", "endpoint", "pipeline")

CODE = re.compile(r"`[^`]*`|https?://\S+|<[^>]+>|&[a-z]+;")
STRAIGHT = re.compile(r"(?i)(?<![\w'])(?:[ldnscjmt]|qu|lorsqu|puisqu|jusqu|aujourd)'(?=[\w%{<«“])")
SPACE = re.compile(r"[ \u00a0][;:?!»](?=[\s,.)»]|$)|(?<=[\w)»”])[;:?!](?=\s|$)|«(?!\u202f)|(?<!\u202f)»")


def faults(text: str) -> list[str]:
    """Return what is wrong in a text, outside code and addresses."""
    plain = CODE.sub("x", text)
    return [
        plain[max(hit.start() - 12, 0) : hit.end() + 8]
        for rule in (STRAIGHT, SPACE)
        for hit in rule.finditer(plain)
    ]


def texts_of(path: Path) -> Iterator[str]:
    if path.suffix == ".po":
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    yield from message.string if isinstance(message.string, tuple) else (message.string,)
    elif path.suffix == ".ttl":
        yield from re.findall(r'"((?:[^"\\\n]|\\.)*)"@fr\b', path.read_text(encoding="utf-8"))
    else:
        waiting = list(tomllib.loads(path.read_text(encoding="utf-8")).values())
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict | list):
                waiting += value.values() if isinstance(value, dict) else value
            elif isinstance(value, str) and not value.startswith(
                "EXEMPLE :"
            ):  # filled-in templates have this title
                yield value


def files() -> Iterator[Path]:
    yield from (ROOT / name for name in CATALOGUES)
    yield ROOT / "pipeline" / "sources" / "template" / "texts" / "fr.toml"
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.ttl"))


@pytest.mark.parametrize("path", tuple(files()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_french_texts_are_set_as_french_is(path: Path) -> None:
    wrong = [(text[:60], fault) for text in texts_of(path) for fault in faults(text)]
    assert wrong == []


@pytest.mark.parametrize("text", ["l'école", "Que faire ?", "Que faire?", "« mot »", "Il est\u00a0: là"])
def test_a_text_that_is_not_so_is_found(text: str) -> None:
    assert faults(text)


def test_code_and_addresses_are_left_alone() -> None:
    assert not faults("«\u202fmot\u202f»\u202f: voir `sh:name : x` sur https://example.org/a?b ou 10:30")
