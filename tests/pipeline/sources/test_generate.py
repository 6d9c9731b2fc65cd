import io
import runpy
from itertools import groupby
from pathlib import Path

import locations

from pipeline.recognition.practice_reader import recognise
from pipeline.sources.readers import read_source

GENERATE = runpy.run_path(str(locations.TESTS / "benchmarks" / "generate.py"))


def generated(count: int, bad: float = 0.0, seed: int = 1) -> str:
    stream = io.StringIO()
    GENERATE["write_csv"](stream, count, bad, seed)
    return stream.getvalue()


def test_the_same_arguments_give_the_same_bytes_and_a_record_does_not_depend_on_the_number() -> None:
    assert generated(40) == generated(40)
    assert generated(40) != generated(40, seed=2)
    assert generated(100).startswith(generated(40))


def test_a_record_is_about_a_kilobyte() -> None:
    assert 700 < len(generated(200).encode()) / 200 < 1200


def test_the_share_of_bad_records_is_exact() -> None:
    rows = list(GENERATE["generate_rows"](1200, 0.01))
    faulty = [row["id"] for row in rows if not row["id"].startswith("practice-")]
    assert len(faulty) == 12 == GENERATE["bad_count"](1200, 0.01)
    assert all(any(identifier.startswith(fault) for identifier in faulty) for fault in GENERATE["BAD"])


def test_rows_are_recognised_as_the_practices_they_were_made_from(tmp_path: Path) -> None:
    path = tmp_path / "generated.csv"
    path.write_text(generated(300), encoding="utf-8")
    groups = groupby(read_source(path).rows(), key=lambda row: row.texts["id"])
    for practice, (_, rows) in zip(GENERATE["generate_practices"](300), groups, strict=True):
        read = recognise(list(rows), 2036)
        assert read.findings == ()
        assert read.practice is not None
        for field in (
            "titles",
            "descriptions",
            "topics",
            "countries",
            "cities",
            "date_texts",
            "period",
            "sources",
        ):
            assert getattr(read.practice, field) == getattr(practice, field)
