"""Files as strangers bring them: ``tests/cases/files`` holds each, and beside it what reading it must give."""

import json
from pathlib import Path
from typing import Any

import locations
import pytest

from pipeline.model.errors import SourceError
from pipeline.sources.readers import read_source

FOLDER = locations.CASES / "files"
FILES = sorted(path for path in FOLDER.iterdir() if path.with_name(f"{path.name}.json").is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_read_as_a_person_would_read_it(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
    if "refused" in expected:
        with pytest.raises(SourceError) as refused:
            list(read_source(path).rows())
        assert expected["refused"] in str(refused.value)
        return
    source = read_source(path)
    rows = [dict(row.texts) for row in source.rows()]
    assert len(rows) == len(expected["rows"])
    for row, wanted in zip(rows, expected["rows"], strict=True):
        assert {field: row.get(field) for field in wanted} == wanted
    codes = {finding.code for finding in (*source.findings, *source.late)}
    assert codes >= set(expected.get("findings", ()))
    assert not codes & set(expected.get("not", ()))
    assert_cells(source, expected)


def assert_cells(source: Any, expected: dict[str, Any]) -> None:
    """Each finding with an expected column has that column."""
    for code, column in expected.get("at", {}).items():
        places = [each.place for each in (*source.findings, *source.late) if each.code == code]
        assert column in {place.column for place in places if place is not None}


@pytest.mark.parametrize("opening", ['{"type":"FeatureCollection","features":', '{"a":', "[", '[{"title":'])
def test_json_nested_a_hundred_thousand_deep_is_refused_in_a_sentence(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "deep.geojson"
    path.write_text(opening * 100_000, encoding="utf-8")
    with pytest.raises(SourceError, match="nested too deep"):
        list(read_source(path).rows())
