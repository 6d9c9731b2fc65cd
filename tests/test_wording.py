"""Phrases that read like a translation do not come back into what people read."""

import re
from collections.abc import Iterator
from functools import cache

import locations
import pytest

PHRASES = (
    r"is no \w+ that is known",
    r"can be asked",
    r"behind its address",
    r"holds? these words",
    r"stands? what",
    r"take (it|them) away",
    r"none of it\b",
    r"whoever",
    r"could not be had",
    r"what is nothing",
    r"lies? here for",
    r"are written down",
    r"once published, stays",
    r"what cities did well",
    r"is never done",
    r"\btells? (of|what)\b",
    r"can(not)? be had",
    r"\b(is|are) had\b",
    r"goes? on in another",
    r"goingOn",
    r"(?<!there )\bis no (web address|language|topic|column|practice|term)\b",
    r"of which it\b",
    r"makes? no date",
    r"taken away as",
    r"had when\b",
    r"no such (rows|page) of a",
    r"is said of (a|the) ",
    r"not there (any more|yet)",
    r"\bheld against\b",
    r"\bread past\b",
    r"what (lies|stands) (in|at|there|above|below)\b",
    r"nothing needs to be done",
    r"\bmend(s|ed)? ",
    r"\b(is|are) no values?\b",
    r"a text in the .* is no\b",
    r"whatever was found",
    r"\bhold the verdict",
    r"(was|were|is|are) told (from|in|of|once)\b",
    r"\bspeaks? (English|French|German)",
    r"of one's own\b",
    r"\btype it anew",
    r"for programs this .* is there",
    r"none of the shapes applies",
    r"has no limit of its own",
    r"\bread past\b",
    r"\bwhose its text is\b",
    r"\bputs? the same front\b",
    r"\bmakes? the findings\b",
)
IN_CODE = (
    r"of which it\b",
    r"makes? no date",
    r"could not be had",
    r"what is nothing",
    r"stands? what\b",
    r"goes on in another",
    r"those (\w+ )?that there are\b",
    r"\btold as Prometheus\b",
    r"likes one media type",
    r"\bcan(not)? be had\b",
    r"\bto be told of\b",
    r"\bwhoever\b",
    r"\bbrings? along\b",
    r"\bwhat (has come|comes?|came) of it\b",
    r"\btold from (their|its)\b",
    r"\bin its stead\b",
    r"\bof which (nothing|none|there)\b",
    r"\bwhat is said of\b",
    r"\bstands? (beside|above|below|in brackets)\b",
    r"\bfield it holds\b",
    r"\bwhatever (else|kills|store)\b",
)


@cache
def readable() -> tuple[tuple[str, str], ...]:
    """Return the texts that people read, each with its file: pages, messages, command help and documents."""
    return tuple(_readable())


def _readable() -> Iterator[tuple[str, str]]:
    root = locations.ROOT
    for pattern in (
        "endpoint/templates/*.html",
        "pipeline/findings/reports/rules.csv",
        "CHANGELOG.md",
        "pipeline/findings/reports/templates/*.html",
        "docs/**/*.md",
        "shapes/*.ttl",
        "ontology/*.ttl",
        "endpoint/sparql/examples/*.rq",
    ):
        for path in root.glob(pattern):
            yield path.name, path.read_text(encoding="utf-8")
    for path in (root / "README.md", root / "CONTRIBUTING.md", *root.glob("pipeline/cli/*.py")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in (*root.glob("pipeline/translations/fr.po"), *root.glob("endpoint/translations/fr/*/*.po")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield path.name, "\n".join(line for line in lines if line.startswith("msgid"))


@cache
def code() -> tuple[tuple[str, str], ...]:
    """Return the modules and queries, each with its file."""
    patterns = ("pipeline/**/*.py", "endpoint/**/*.py", "endpoint/**/*.sql")
    paths = (path for pattern in patterns for path in locations.ROOT.glob(pattern))
    return tuple((path.name, path.read_text(encoding="utf-8")) for path in paths)


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_does_not_come_back(phrase: str) -> None:
    found = [
        f"{name}: …{text[max(match.start() - 40, 0) : match.end() + 20]!r}"
        for name, text in readable()
        for match in re.finditer(phrase, text, re.IGNORECASE)
    ]

    assert found == []


@pytest.mark.parametrize("phrase", IN_CODE)
def test_a_phrase_does_not_come_back_in_code(phrase: str) -> None:
    assert [name for name, text in code() if re.search(phrase, text, re.IGNORECASE)] == []


def test_there_is_something_to_read() -> None:
    assert len(readable()) > 50
