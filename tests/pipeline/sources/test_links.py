import pytest

from pipeline.sources.tables.cell_links import link_in, link_of_formula

LINK = "https://example.org/b1"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://example.org/b1","View")',
        '=HYPERLINK("https://example.org/b1";"Voir")',
        '=hyperlink( "https://example.org/b1" )',
        '<a href="https://example.org/b1">View</a>',
        "<a class='x' href='https://example.org/b1' target=_blank>View</a>",
        "[View](https://example.org/b1)",
        '[View](https://example.org/b1 "a title")',
        "[View](<https://example.org/b1>)",
        "View: https://example.org/b1.",
        "View (https://example.org/b1)",
        "<https://example.org/b1>",
        "https://example.org/b1 and again https://example.org/b1",
    ],
)
def test_the_link_behind_a_text_is_seen(text: str) -> None:
    assert link_in(text) == LINK


@pytest.mark.parametrize(
    "text",
    [
        "View",
        "https://a.example or https://b.example",
        '<a href="mailto:a@example.org">Mail</a>',
        '<a href="#top">Top</a>',
        '=HYPERLINK("https://example.org/"&A2;"View")',
        "=HYPERLINK(B2)",
        "www.example.org",
        "",
    ],
)
def test_where_a_text_names_no_single_address_none_is_invented(text: str) -> None:
    assert link_in(text) is None


def test_a_formula_is_read_where_it_names_its_address_itself() -> None:
    assert link_of_formula('HYPERLINK("https://example.org/b1","View")') == LINK
    assert link_of_formula('IF(A1,HYPERLINK("https://example.org/b1"))') is None
