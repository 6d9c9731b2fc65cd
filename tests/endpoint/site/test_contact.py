from pathlib import Path

import pytest
from building import build, practice, write_table

from endpoint.app import create_app
from endpoint.site.contact import read_contact

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("text", "href", "shown"),
    [
        ("data@city.org", "mailto:data@city.org", "data@city.org"),
        (" mailto:data@city.org ", "mailto:data@city.org", "data@city.org"),
        ("https://city.org/send/", "https://city.org/send/", "city.org/send"),
    ],
)
def test_an_address_becomes_a_link(text: str, href: str, shown: str) -> None:
    found = read_contact(text)

    assert found is not None
    assert (found.href, found.text) == (href, shown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "javascript:alert(1)",
        "ftp://city.org",
        "a@b@c.org",
        "https://",
        "http://[",
        "a@b.org?cc=c@d.org",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_contact(text) is None


@pytest.mark.parametrize(
    ("stated", "address", "shown"),
    [
        ("", "", "https://www.coe.int/interculturalcities"),
        ("data@city.org", "", "mailto:data@city.org"),
        ("https://city.org/send", "", "https://city.org/send"),
        ("data@city.org", "desk@city.org", "mailto:desk@city.org"),
    ],
)
def test_data_are_sent_to_whom_the_server_or_else_the_dataset_names(
    stated: str, address: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stated:
        monkeypatch.setenv("PRACTICEGRAPH_DATASET_CONTACT", stated)
    table = write_table(tmp_path / "one.csv", [practice("one")])
    assert build(tmp_path / "published", table).exit_code == 0

    page = (
        create_app(tmp_path / "published", contact_address=address or None).test_client().get("/submit").text
    )

    sending = page[page.index('id="send"') :]
    assert f'href="{shown}"' in sending
    assert "example.org" not in sending
