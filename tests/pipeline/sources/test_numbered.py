from pathlib import Path

import pytest

from pipeline.sources.folder import in_their_order
from pipeline.sources.readers import read_source


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("x.quarantine-2.csv x.quarantine.csv", "x.quarantine.csv x.quarantine-2.csv"),
        ("x.quarantine-10.csv a.csv x.quarantine-9.csv", "x.quarantine-9.csv a.csv x.quarantine-10.csv"),
        ("x.quarantine-2.csv y.quarantine.csv", "x.quarantine-2.csv y.quarantine.csv"),
        ("b.csv a.csv x-2.csv x.csv", "b.csv a.csv x-2.csv x.csv"),
        ("f/x.quarantine-2.csv g/x.quarantine.csv", "f/x.quarantine-2.csv g/x.quarantine.csv"),
        ("x.quarantine-².csv x.quarantine.csv", "x.quarantine-².csv x.quarantine.csv"),
    ],
)
def test_only_the_withheld_rows_of_one_source_are_put_into_the_order_of_their_numbers(
    names: str, wanted: str
) -> None:
    paths = [Path(name) for name in names.split()]
    assert in_their_order(paths) == [Path(name) for name in wanted.split()]


@pytest.mark.parametrize("named", ["withheld", "withheld/*.csv"])
def test_folders_and_patterns_give_withheld_rows_in_the_order_of_their_numbers(
    named: str, tmp_path: Path
) -> None:
    folder = tmp_path / "withheld"
    folder.mkdir()
    for number, suffix in enumerate(("", "-2", "-10"), 1):
        text = f"title,country\nTitle {number},Spain\n"
        (folder / f"x.quarantine{suffix}.csv").write_text(text, encoding="utf-8")

    titles = [row.texts["title"] for row in read_source(tmp_path / named).rows()]

    assert titles == ["Title 1", "Title 2", "Title 3"]
