"""Rights: whose the texts of a record are, by the sources that its rows come from."""

from collections.abc import Collection, Iterable

from pipeline.model.rows import Row

PROGRAMME = "record-text"
"""The statement on texts taken from the programme's catalogue: what holds unless a build says otherwise."""

OWN = "own-text"
"""The statement on texts that the publisher of the dataset wrote, which are under its licence."""


def rights_of(rows: Iterable[Row], own: Collection[str]) -> tuple[str, ...]:
    """Return the statements on the texts of a record; ``own`` are the files and folders that the publisher wrote."""
    return tuple(sorted({OWN if _is_within(_file_of(row), own) else PROGRAMME for row in rows}))


def _file_of(row: Row) -> str:
    """Return the file of a row, of a corrected one that of the row which it corrects."""
    return row.origin.rpartition("#")[0] if row.origin else row.place.file


def _is_within(file: str, own: Collection[str]) -> bool:
    return any(file == name or file.startswith(f"{name}/") for name in own)
