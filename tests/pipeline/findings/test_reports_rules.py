import ast
import csv
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import locations
import pytest

from pipeline.findings.reports.rules import Rule, rule, rules
from pipeline.model.fields import FIELDS
from pipeline.rdf.vocabulary import SHAPES, shapes_files
from pipeline.system.data_files import tables_of

ROOT = locations.ROOT
TABLE = ROOT / "pipeline" / "findings" / "reports" / "rules.csv"
NAMES = (ROOT / "tests" / "cases" / "reports" / "names.txt").read_text(encoding="utf-8").split()
OTHERS = ("vocabulary_checks", "cli", "gate", "release", "findings/reports", "sources/template")
"""Packages that make no findings on records; those of ``practicegraph check`` are no report of data."""

FORM = re.compile(r"[a-z]+(-[a-z0-9]+)+")
FAULTS = tables_of("pipeline.shapes_check", "fault_messages.toml")["message"]


def sources() -> Iterator[Path]:
    for path in (ROOT / "pipeline").rglob("*.py"):
        if not path.relative_to(ROOT / "pipeline").as_posix().startswith(OTHERS):
            yield path


def keys_of_messages() -> Iterator[str]:
    for table in ("finding_messages.toml", "reader_messages.toml"):
        yield from (row["key"] for row in tables_of("pipeline.findings", table)["message"])


def written_codes() -> Iterator[tuple[str, str]]:
    """Yield each text in the sources that has the form of a code, with its file."""
    names = {fault["name"] for fault in FAULTS}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and FORM.fullmatch(value) and value not in names:
                yield value, path.name
    for key in keys_of_messages():
        yield key.partition("/")[0], "finding_messages"
    for fault in FAULTS:
        yield fault.get("code", "shapes-malformed"), "fault_messages.toml"
    for field in FIELDS.values():
        for code in filter(None, (field.missing, field.unreadable, field.conflict)):
            yield code, "fields.csv"


def composed_codes() -> Iterator[str]:
    """Yield a pattern for each code that a module composes, such as ``*-conflict``."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    part.value if isinstance(part, ast.Constant) else "*" for part in node.values
                )
                if re.fullmatch(r"\*-[a-z]+(-[a-z]+)*", pattern):
                    yield pattern


def test_every_code_that_a_module_can_emit_is_a_rule() -> None:
    unknown = {code: file for code, file in written_codes() if code not in rules() and code not in NAMES}

    assert unknown == {}, (
        "give each a row in pipeline/findings/reports/rules.csv; what is no code stands in names.txt"
    )


def test_every_rule_of_the_table_can_be_met() -> None:
    written = {code for code, _ in written_codes()}
    shapes = "".join(path.read_text(encoding="utf-8") for path in shapes_files())
    patterns = tuple(composed_codes())
    with TABLE.open(encoding="utf-8", newline="") as lines:
        codes = [row["code"] for row in csv.DictReader(lines)]

    assert codes == sorted(set(codes))
    assert [
        code
        for code in codes
        if code not in written
        and f"s:{code} " not in shapes
        and not any(fnmatchcase(code, pattern) for pattern in patterns)
    ] == []


@pytest.mark.parametrize("each", rules().values(), ids=lambda each: each.code)
def test_a_rule_says_in_two_languages_what_is_wrong_and_what_to_do(each: Rule) -> None:
    (title, advice), (title_fr, advice_fr) = each.texts_in("en"), each.texts_in("fr")

    assert title
    assert title_fr
    assert not title.endswith(".")
    assert advice.endswith(".")
    assert advice_fr.endswith(".")
    assert title[0].isupper()
    assert advice[0].isupper()


def test_a_rule_that_is_a_shape_names_its_constraint_component() -> None:
    shapes = {
        code for code in rules() if f"s:{code} " in "".join(p.read_text("utf-8") for p in shapes_files())
    }

    assert len(shapes) > 90
    assert {code for code in shapes if rule(code).component is None} == set()
    assert rule("title-missing").component == "MinCountConstraintComponent"
    assert rule("duplicate-title").component == "SPARQLConstraintComponent"


def test_a_shape_of_others_is_called_by_its_name() -> None:
    assert rule("min-count-of-others").texts_in("en")[0] == "Min count of others"
    assert SHAPES.endswith("#")


@pytest.mark.parametrize("language", ["de", "es", "it", "pt"])
def test_every_rule_of_the_table_is_told_in_every_language(language: str) -> None:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        english = {row["code"] for row in csv.DictReader(lines) if row["title_en"]}
    with TABLE.with_suffix(f".{language}.csv").open(encoding="utf-8", newline="") as lines:
        told = {row["code"] for row in csv.DictReader(lines) if row["title"] and row["advice"]}

    assert told == english


COMPOSED = ("correction-malformed/", "value-conflict/")
"""Keys that modules put together from a code and a variant."""


def test_every_message_of_the_table_is_used_and_under_the_code_of_a_rule() -> None:
    keys = list(keys_of_messages())
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources())

    assert len(keys) == len(set(keys))
    assert [key for key in keys if key.partition("/")[0] not in rules()] == []
    assert [
        key
        for key in keys
        if f'"{key}"' not in written
        and not (key.startswith(COMPOSED) and f'"{key.partition("/")[2]}"' in written.replace("'", '"'))
    ] == []
