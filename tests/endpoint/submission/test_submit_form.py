"""The form for one practice: what it answers, the files it becomes, and the mail."""

import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from building import run
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from endpoint.app import create_app
from endpoint.submission.form_values import FORM_FIELDS, LONGEST, MOST_BYTES
from endpoint.submission.mail_link import LONGEST_LINK, mail_link
from endpoint.validation import Checking
from endpoint.validation.check_limits import CheckLimits
from pipeline.sources.readers import read_source
from pipeline.sources.template.template_wording import wording
from tests.locations import CASES
from tests.running import Reply, Running

pytestmark = pytest.mark.thorough

Form = dict[str, Any]

FORMS: list[Form] = tomllib.loads((CASES / "submission" / "forms.toml").read_text(encoding="utf-8"))["case"]
GOOD: Form = FORMS[0]["form"]
WRONG: Form = {"title": "Living library", "country": "Itly"}
LONG: Form = {"title": "Living library", "country": "Spain", "summary": "Neighbours cook. " * 300}
LINES = ("title", "country", "city", "date", "source_url", "contact")


def posted(client: FlaskClient, form: Mapping[str, object], language: str = "en") -> TestResponse:
    return client.post(f"{'/fr' if language == 'fr' else ''}/submit", data=dict(form))


def checked(server: Running, form: Mapping[str, object], language: str = "en") -> tuple[Reply, Any]:
    """Return the answer of a server to a form, and its page."""
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    reply = server.send(
        "POST", f"{'/fr' if language == 'fr' else ''}/submit", urlencode(form, doseq=True).encode(), sent
    )
    return reply, html.fromstring(reply.text)


def texts(page: Any, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.xpath(path)]


def outcome(page: Any) -> str:
    return texts(page, "//section[@id='outcome']")[0]


@pytest.mark.parametrize("case", FORMS, ids=[case["name"] for case in FORMS])
def test_the_page_shows_what_was_understood_and_what_is_wrong(server: Running, case: Form) -> None:
    answer, page = checked(server, case["form"], case["language"])

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for field, expected in case["understood"].items():
        assert "".join(texts(page, f"//*[@id='answer-{field}']//b")) == expected, field
    for field, codes in case["findings"].items():
        assert page.xpath(f"//*[@id='answer-{field}']//@data-code") == codes, field
    assert page.xpath("//*[@id='answer-']//@data-code") == []
    assert page.xpath("//form//script | //form//img") == []


def test_labels_errors_and_links_belong_to_the_fields(server: Running) -> None:
    _, page = checked(server, {"date": "2020-2015", "topics": "unicorns"})
    controls = {
        each.get("id"): each
        for each in page.xpath("//form//*[self::input or self::textarea or self::select]")
    }
    named = {name for each in page.xpath("//form//@aria-describedby") for name in each.split()}
    wrong = {f"#{name}" for name, each in controls.items() if each.get("aria-invalid")}

    assert {each.get("name") for each in controls.values()} == set(FORM_FIELDS)
    assert {each for each in controls if each[-2:] not in ("-2", "-3", "cs")} <= set(
        page.xpath("//label/@for")
    )
    assert named <= set(page.xpath("//@id"))
    assert set(page.xpath("//*[@id='problems']//a/@href")) == wrong - {"#field-topics-2", "#field-topics-3"}
    assert wrong == {
        "#field-title",
        "#field-country",
        "#field-date",
        "#field-topics",
        "#field-topics-2",
        "#field-topics-3",
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_has_what_the_form_has(client: FlaskClient, kind: str, tmp_path: Path) -> None:
    for number, case in enumerate(FORMS if kind == "csv" else (FORMS[0], FORMS[-1])):
        answer = posted(client, {**case["form"], "file": kind}, case["language"])
        path = tmp_path / f"{number}.{kind}"
        path.write_bytes(answer.data)
        (row,) = read_source(path).rows()

        assert f'filename="practice.{kind}"' in answer.headers["Content-Disposition"]
        for name in LINES:
            shown = case["form"].get(name, "").translate({0: None, 11: None})
            assert row.texts.get(name, "") == shown, case["name"]


@pytest.mark.parametrize(("kind", "language"), [("csv", "fr"), ("xlsx", "en")])
def test_a_file_of_a_good_practice_passes_the_command_that_checks(
    client: FlaskClient, kind: str, language: str, tmp_path: Path
) -> None:
    for form, code in ((GOOD, 0), (WRONG, 1)):
        path = tmp_path / f"practice-{code}.{kind}"
        path.write_bytes(posted(client, {**form, "file": kind}, language).data)
        checked = run("validate", path, "--jobs", 1)

        assert checked.exit_code == code, checked.output


def test_an_empty_form_is_neither_checked_nor_sent(client: FlaskClient) -> None:
    for kind in ("", "xlsx", "csv", "other"):
        answer = posted(client, {"title": " ", "topics": ["", ""], "file": kind})

        assert "The form is empty." in answer.text
        assert "Content-Disposition" not in answer.headers


def test_the_example_of_the_template_is_no_practice(server: Running) -> None:
    reply, page = checked(server, {"title": wording("en").example["title"], "country": "Spain"})

    assert reply.status == 422
    assert texts(page, "//*[@role='alert']")[0].startswith("this row has the title of the template")


def test_what_is_too_large_or_no_form_is_refused_before_it_is_read(client: FlaskClient) -> None:
    def status(**sent: Any) -> int:
        return client.post("/submit", **sent).status_code

    assert status(data={"title": "x" * MOST_BYTES}) == 413
    assert status(data={"summary": "x" * (LONGEST + 1)}) == 413
    assert status(data={"title": (io.BytesIO(b"x" * MOST_BYTES), "a.csv")}) == 413
    assert status(data=b"title,country", content_type="text/csv") == 415
    assert status(data={"summary": "x" * LONGEST, "file": "xlsx"}) == 200
    assert "Shorten the texts" in client.post("/submit", data={"title": "x" * MOST_BYTES}).text


def test_a_busy_server_says_so_and_keeps_what_was_filled_in(output: Path) -> None:
    busy = Checking(CheckLimits(jobs=0, waiting=0))
    answer = posted(create_app(output, checking=busy).test_client(), GOOD)
    page = html.fromstring(answer.text)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert texts(page, "//*[@role='alert']") == [
        "The form was not checked, because the server is busy. Try again in a few seconds."
    ]
    assert page.xpath("//*[@id='field-title']/@value") == ["Living library"]


def test_a_checked_practice_becomes_a_mail_and_nothing_is_left_of_it(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client = create_app(output, contact_address="desk@city.org").test_client()
    for form, links, sentence in (
        (GOOD, ["mailto:desk@city.org"], "The practice is in it."),
        (LONG, ["mailto:desk@city.org"], "download the file and attach it"),
        (WRONG, [], "Check the form to get a prefilled mail"),
    ):
        page = html.fromstring(posted(client, form).text)

        assert [href.partition("?")[0] for href in page.xpath("//a[@class='button']/@href")] == links
        assert sentence in outcome(page)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        ("https://city.org/send", "send it in at city.org/send"),
        (None, "This site has no contact address."),
    ],
)
def test_without_a_mail_address_there_is_the_file(output: Path, contact: str | None, sentence: str) -> None:
    page = html.fromstring(create_app(output, contact_address=contact).test_client().get("/submit").text)

    assert sentence in outcome(page)
    assert page.xpath("//button[@name='file']/@value") == ["xlsx", "csv"]


@pytest.mark.parametrize(
    "values",
    [
        {"title": "A & B? #1 ü", "country": "Spain", "summary": "One\ntwo"},
        {"title": "Ω" * 1000, "country": "Spain"},
        {"title": "A", "summary": "x" * 20_000, "contact": "Ω" * 1000},
        {},
    ],
)
def test_a_mail_has_whole_values_and_a_link_that_mail_programs_take(
    app: Flask, values: dict[str, str]
) -> None:
    with app.test_request_context("/submit"):
        link, is_whole = mail_link("mailto:desk@city.org", values, wording("en"))
    body = parse_qs(urlsplit(link).query, keep_blank_values=True)["body"][0]

    assert len(link) <= LONGEST_LINK
    assert is_whole == all(value.replace("\n", "\r\n") in body for value in values.values())
    assert is_whole != ("attached file" in body)
