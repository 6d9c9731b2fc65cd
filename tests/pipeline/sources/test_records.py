import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.tables.delimited_records import Record, read_records


def records(text: str, delimiter: str = ",") -> list[Record]:
    return list(read_records(io.StringIO(text, newline=""), delimiter, "a.csv"))


@pytest.mark.parametrize(
    ("text", "cells", "fault"),
    [
        ("a,b\n", ["a", "b"], None),
        ('"a,1",b', ["a,1", "b"], None),
        ('"a\n1",b', ["a\n1", "b"], None),
        ('"say ""a""",b', ['say "a"', "b"], None),
        ('say "a",b', ['say "a"', "b"], None),
        ('"say "a" loud",b', ['say "a" loud', "b"], "quote-stray"),
        ('"say "a"",b', ['say "a"', "b"], "quote-stray"),
        ('"a,b', ["a", "b"], "quote-unclosed"),
        ('"a,1","b', ["a,1", "b"], "quote-unclosed"),
        ('a,"', ["a", ""], "quote-unclosed"),
        ('""a,b', ["a", "b"], "quote-unclosed"),
        ('""a"",b', ['a""', "b"], "quote-unclosed"),
        ('"a"1,b', ['a"1', "b"], "quote-unclosed"),
    ],
)
def test_a_record_is_read_and_its_fault_named(text: str, cells: list[str], fault: str | None) -> None:
    assert records(text) == [(1, cells, fault)]


@pytest.mark.parametrize("spoilt", ['x,"y', 'x,"y"z', '""x"",y', 'x,"y "z" a', '"'])
def test_a_faulty_record_leaves_the_others_whole(spoilt: str) -> None:
    after = 'plain,p\n"quoted, q",r\n"line\nbreak",s\nwith "mark",t\n'
    found = records(f"before,b\n{spoilt}\n{after}")
    assert [cells for _, cells, fault in found if fault is None] == [
        ["before", "b"],
        ["plain", "p"],
        ["quoted, q", "r"],
        ["line\nbreak", "s"],
        ['with "mark"', "t"],
    ]
    assert [number for number, _, fault in found if fault] == [2]


@given(st.text('ab,;"\n\r', max_size=60))
def test_no_text_is_lost_whatever_its_quotation_marks(text: str) -> None:
    read = "".join(cell for _, cells, _ in records(text) for cell in cells)
    assert [letter for letter in read if letter in "ab;"] == [letter for letter in text if letter in "ab;"]


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=4), max_size=6))
def test_what_is_written_well_is_read_as_it_is_and_without_a_fault(table: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(table)
    assert records(stream.getvalue()) == [(number, row, None) for number, row in enumerate(table, 1)]


@pytest.mark.parametrize("line", ['a,"b\n', 'a,"b"c\n', '"a "b" c",d\n', 'a,""b\n'])
def test_a_fault_in_every_record_costs_no_more_than_a_few_readings(line: str) -> None:
    start = time.process_time()
    assert len(records(line * 20_000)) == 20_000
    assert time.process_time() - start < 5
