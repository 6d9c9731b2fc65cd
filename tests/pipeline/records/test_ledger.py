from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.iris import is_slug
from pipeline.records.ledger import Ledger, dates_of, ledger_lines

T1, T2, T3 = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def next_build(ledger: Ledger, folder: Path, run: str) -> Ledger:
    lines = StringIO("".join(ledger_lines(ledger.entries(run))), newline="")
    following = Ledger(folder / f"after-{run}.sqlite")
    following.load(lines, "ledger.csv")
    return following


def test_a_slug_comes_from_the_wanted_text_and_is_kept_for_its_keys(ledger: Ledger, tmp_path: Path) -> None:
    slug = ledger.claim(("id:x",), "Ça marche à Genève")
    ledger.publish(slug, "Ça marche", "h1", ("id:x",), T1)

    after = next_build(ledger, tmp_path, "r1")

    assert slug == "ca-marche-a-geneve"
    assert after.claim(("id:x", "title:other|x"), "Another title") == slug
    after.close()


def test_two_practices_never_share_a_slug(ledger: Ledger) -> None:
    first = ledger.claim(("id:a",), "Same")
    second = ledger.claim(("id:b",), "Same")

    assert first == "same"
    assert second != first
    assert second.startswith("same-")


def test_dates_follow_the_content(ledger: Ledger, tmp_path: Path) -> None:
    ledger.publish(ledger.claim(("id:a",), "A"), "A", "h1", ("id:a",), T1)
    second = next_build(ledger, tmp_path, "r1")
    before = second.published_entry(second.claim(("id:a",), "A"))

    assert dates_of(before, "h1", T2) == (T1, T1)
    assert dates_of(before, "h2", T2) == (T1, T2)
    second.close()


def test_an_unchanged_record_keeps_its_run(ledger: Ledger, tmp_path: Path) -> None:
    for name in ("a", "b"):
        ledger.publish(ledger.claim((f"id:{name}",), name), name, "h1", (f"id:{name}",), T1)
    second = next_build(ledger, tmp_path, "r1")
    second.publish(second.claim(("id:a",), "a"), "a", "h1", ("id:a",), T2)
    second.publish(second.claim(("id:b",), "b"), "b", "h2", ("id:b",), T2)

    assert {entry.slug: entry.run for entry in second.entries("r2")} == {"a": "r1", "b": "r2"}
    second.close()


def test_what_no_row_tells_of_is_withdrawn_and_may_come_back(ledger: Ledger, tmp_path: Path) -> None:
    ledger.publish(ledger.claim(("id:a",), "a"), "A", "h1", ("id:a",), T1)
    second = next_build(ledger, tmp_path, "r1")
    assert [entry.slug for entry in second.to_withdraw()] == ["a"]
    second.withdraw("a", T2)
    third = next_build(second, tmp_path, "r2")
    assert [(entry.state, entry.since) for entry in third.entries("")] == [("withdrawn", T2)]
    assert third.to_withdraw() == ()
    entry = third.publish(third.claim(("id:a",), "new text"), "A", "h1", ("id:a",), T3)

    assert (entry.slug, entry.state, entry.issued) == ("a", "published", T1)
    second.close()
    third.close()


def test_a_withheld_new_practice_leaves_no_entry(ledger: Ledger) -> None:
    ledger.claim(("id:a",), "a")

    assert list(ledger.entries("r1")) == []
    assert ledger.to_withdraw() == ()


def test_a_record_held_back_is_not_withdrawn(ledger: Ledger, tmp_path: Path) -> None:
    ledger.publish(ledger.claim(("id:a",), "a"), "A", "h1", ("id:a",), T1)
    second = next_build(ledger, tmp_path, "r1")
    slug = second.claim(("id:a",), "a")

    assert second.hold_back(slug).modified == T1
    assert second.to_withdraw() == ()
    assert second.public_count() == 1
    second.close()


def test_a_changed_title_is_told_as_a_rename_when_only_the_title_named_the_record(
    ledger: Ledger, tmp_path: Path
) -> None:
    for title, place in (("Open library nights", "es-bilbao"), ("Cooking club", "es-salt")):
        keys = (f"title:{title.lower()}|{place}",)
        ledger.publish(ledger.claim(keys, title), title, "h1", keys, T1)
    second = next_build(ledger, tmp_path, "r1")
    for title, place in (("Open library evenings", "es-bilbao"), ("A choir", "it-bari")):
        keys = (f"title:{title.lower()}|{place}",)
        second.publish(second.claim(keys, title), title, "h2", keys, T2)

    renames = [(old.title, new.title) for old, new in second.renames()]

    assert renames == [("Open library nights", "Open library evenings")]
    second.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no,ledger\n",
        "slug,state,title,hash,issued,modified,run,since,replaced_by,keys\nBad Slug,published,,,,,,,,\n",
    ],
)
def test_a_damaged_ledger_is_refused_with_its_line(ledger: Ledger, text: str) -> None:
    with pytest.raises(EnvironmentFault, match=r"ledger\.csv"):
        ledger.load(text.splitlines(keepends=True), "ledger.csv")


@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=20, unique_by=lambda pair: pair[0]
    )
)
def test_slugs_are_stable_and_apart_for_any_titles(
    tmp_path_factory: pytest.TempPathFactory, practices: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger = Ledger(folder / "ledger.sqlite")
    slugs = {}
    for identifier, title in practices:
        keys = (f"id:{identifier.replace(chr(10), ' ')}-{len(slugs)}",)
        slugs[keys] = ledger.claim(keys, title)
        ledger.publish(slugs[keys], title or "x", "h", keys, T1)

    after = next_build(ledger, folder, "r1")

    assert len(set(slugs.values())) == len(slugs)
    assert all(is_slug(slug) for slug in slugs.values())
    assert {keys: after.claim(keys, "other") for keys in reversed(slugs)} == slugs
    ledger.close()
    after.close()
