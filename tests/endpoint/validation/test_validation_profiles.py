"""Named profiles over HTTP: they are listed, chosen by name, and those that are broken keep no other from work."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pyoxigraph import RdfFormat, parse

from tests.endpoint.validation.test_validation_service import SOUND, form, post, post_form
from tests.pipeline.shapes_check.test_named_profiles import DCAT_AP, add
from tests.running import Running

PERSON = b"<http://example.org/a> a <http://example.org/Person> ."
TURTLE = "text/turtle"


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles")
    add(folder, "people/1.9")
    add(folder, "people/1.10", about='title = "People <1.10>"\ndescription = "A person has a name."\n')
    add(folder, "broken/1", "x y")
    return folder


@pytest.fixture(scope="module")
def server(output: Path, profiles: Path) -> Iterator[Running]:
    with Running(output, profiles=str(profiles), processes=1) as running:
        yield running


@pytest.mark.parametrize("name", ["people", "people-1.10", "people-1.9"])
def test_data_are_checked_by_the_profile_that_is_named(server: Running, name: str) -> None:
    by_address = post(server, PERSON, TURTLE, f"/validate?profile={name}").json()
    by_field = post_form(
        server, form(("data", "data.ttl", TURTLE, PERSON), ("profile", None, None, name.encode()))
    )

    assert [each["code"] for each in by_address["findings"]] == ["min-count"]
    assert by_field.json()["findings"] == by_address["findings"]


def test_our_profiles_have_names_too(server: Running) -> None:
    catalogue = post(server, PERSON, TURTLE, "/validate?profile=catalogue").json()

    assert catalogue == post(server, PERSON, TURTLE, "/validate?shapes=catalogue").json()
    assert "rows_in" in post(server, SOUND, path="/validate?profile=practices").json()["summary"]
    assert "rows_in" in post(server, SOUND, path="/validate?profile=").json()["summary"]


@pytest.mark.parametrize(
    "name",
    ["foaf", "broken", "broken-1", "../people", "people/1.9", "%2e%2e%2fpeople", "%2Fetc", "people-1.9%00"],
)
def test_a_name_that_no_profile_has_is_refused_with_those_that_there_are(server: Running, name: str) -> None:
    reply = post(server, PERSON, TURTLE, f"/validate?profile={name}")

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (400, "profile-unknown")
    assert reply.json()["detail"].endswith("There are: practices, catalogue, people-1.10, people-1.9.")


@pytest.mark.parametrize("query", ["profile=people&profile=catalogue", "profile=people&shapes=catalogue"])
def test_only_one_thing_is_checked_by(server: Running, query: str) -> None:
    reply = post(server, PERSON, TURTLE, f"/validate?{query}")
    both = form(("data", "d.ttl", TURTLE, PERSON), ("shapes", "s.ttl", TURTLE, PERSON))

    assert reply.json()["type"].rpartition("#")[2] == "shapes-unknown"
    assert post_form(server, both, path="/validate?profile=people").json()["type"].endswith("#shapes-unknown")


def test_a_broken_profile_is_named_at_the_start_and_where_people_look(server: Running) -> None:
    assert "broken/1: shapes.ttl, line 1, column 1" in server.log
    assert "broken/1: shapes.ttl" in server.send("GET", "/readyz").json()["warnings"][0]
    assert server.send("GET", "/readyz").status == 200


def test_the_profiles_are_listed_for_programs(server: Running) -> None:
    listed = server.send("GET", "/validate/profiles", headers={"Accept": "application/json"}).json()[
        "profiles"
    ]
    turtle = server.send("GET", "/validate/profiles", headers={"Accept": TURTLE})

    assert [each["profile"] for each in listed] == ["practices", "catalogue", "people-1.10", "people-1.9"]
    assert listed[2] == {
        "profile": "people-1.10",
        "name": "people",
        "version": "1.10",
        "title": "People <1.10>",
        "description": "A person has a name.",
        "validate": "http://localhost:8000/validate?profile=people-1.10",
    }
    tokens = {
        quad.object.value
        for quad in parse(turtle.text, RdfFormat.TURTLE)
        if quad.predicate.value.endswith("prof/hasToken")
    }
    assert tokens == {each["profile"] for each in listed}


def test_people_choose_a_profile_from_the_list_or_the_form(
    server: Running, browser: Browser, axe: str
) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/validate/profiles")
    page.evaluate(axe)
    assert page.evaluate("axe.run().then(found => found.violations.map(each => each.id))") == []
    page.get_by_role("link", name="Check data by this profile People <1.10>").click()
    page.locator("#pasted").fill(PERSON.decode())
    assert page.locator("#profile").input_value() == "people-1.10"
    page.locator("main form button").last.click()
    page.wait_for_url("**/validate/report/*")

    assert "Not ready" in page.locator("h1").inner_text()
    page.close()


@pytest.mark.skipif(not DCAT_AP.exists(), reason="the suite of DCAT-AP is not here")
def test_dcat_ap_judges_our_own_description(output: Path, tmp_path: Path) -> None:
    version = tmp_path / "dcat-ap" / "3.0.1"
    version.mkdir(parents=True)
    for file in DCAT_AP.glob("*.ttl"):
        (version / file.name).write_bytes(file.read_bytes())
    with Running(output, profiles=str(tmp_path), processes=1) as server:
        data = server.send("GET", "/catalog", headers={"Accept": TURTLE}).body
        report = post(server, data, TURTLE, "/validate?profile=dcat-ap").json()

    assert report["summary"]["violations"] == 0, json.dumps(report["findings"], indent=1)
    assert report["summary"]["focus_nodes"] > 0
