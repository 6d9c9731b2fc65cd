import csv
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from locations import CASES

from pipeline.recognition.practice_values import read_number

with (CASES / "numbers" / "numbers.csv").open(encoding="utf-8", newline="") as lines:
    NUMBERS = [(row["text"], row["number"]) for row in csv.DictReader(lines)]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_cell_is_read_as_the_one_number_that_it_can_be(text: str, number: str) -> None:
    assert (read_number(text) or "") == number


@given(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(((",", "."), (".", ","), (" ", ","), (" ", "."), ("\u202f", ","), ("'", "."), ("", "."))),
)
def test_a_number_is_read_whatever_parts_its_thousands_and_decimals(
    number: Decimal, marks: tuple[str, str]
) -> None:
    text = f"{number:,.2f}".replace(",", "t").replace(".", "d").replace("t", marks[0]).replace("d", marks[1])
    read = read_number(text)

    assert read is not None
    assert Decimal(read) == number


@given(st.text(max_size=60))
def test_what_is_read_is_a_decimal_in_its_shortest_form(text: str) -> None:
    read = read_number(text)

    assert read is None or f"{Decimal(read).normalize():f}".removeprefix("-") == read.removeprefix("-")
