import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from samples import BASE, PRACTICES, build_release

from endpoint.app import create_app
from pipeline.rdf.vocabulary import COUNTRY

SLUG = "meeting-neighbours-turin"


def told(client: FlaskClient, path: str) -> dict:
    page = client.get(path, headers={"Accept": "text/html"}).text
    found = re.findall(r'<script type="application/ld\+json" id="schema-org">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    assert "<" not in found[0]
    return json.loads(found[0])


def test_a_page_of_a_practice_is_an_article_about_it(client: FlaskClient) -> None:
    article = told(client, f"/doc/practice/{SLUG}")
    assert article["@context"] == "https://schema.org"
    assert article["@type"] == "Article"
    assert article["@id"] == f"{BASE}/doc/practice/{SLUG}"
    assert article["about"] == {
        "@type": "Thing",
        "@id": f"{BASE}/practice/{SLUG}",
        "name": "Meeting neighbours",
    }
    assert article["headline"] == "Meeting neighbours"
    assert (article["datePublished"], article["dateModified"]) == (
        "2026-11-01T10:00:00Z",
        "2026-11-02T10:00:00Z",
    )
    assert article["isBasedOn"] == "https://www.coe.int/en/web/interculturalcities/-/meeting-neighbours"
    assert article["isPartOf"]["@id"] == f"{BASE}/dataset"
    assert article["temporalCoverage"] == "2018-03/2019-08-31"
    assert set(article["keywords"]) == {"Neighbourhood", "Anti-rumour"}
    assert article["author"].keys() == {"@type", "@id", "name", "url"}


def test_an_article_says_where_on_earth_the_practice_is(client: FlaskClient) -> None:
    place = told(client, f"/doc/practice/{SLUG}")["spatialCoverage"]
    assert place["@type"] == "City"
    assert (place["geo"]["latitude"], place["geo"]["longitude"]) == (45.07049, 7.68682)
    assert place["containedInPlace"] == {"@type": "Country", "@id": f"{COUNTRY}ITA", "name": "Italy"}
    places = told(client, "/doc/practice/a-script-in-a-title")["spatialCoverage"]
    assert {place["@type"] for place in places} == {"City", "AdministrativeArea"}
    assert told(client, "/doc/practice/a-national-practice")["spatialCoverage"] == {
        "@type": "Country",
        "@id": f"{COUNTRY}IRL",
        "name": "Ireland",
    }


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.slug)
def test_no_member_is_empty(client: FlaskClient, practice) -> None:
    article = told(client, f"/doc/practice/{practice.slug}")
    assert all(value not in ("", None, [], {}) for value in article.values())


def named(value: object) -> bool:
    """Return whether every thing inside a value has its own name."""
    if isinstance(value, list):
        return all(named(each) for each in value)
    return not isinstance(value, dict) or ("@id" in value and all(named(each) for each in value.values()))


@pytest.mark.parametrize("path", ["/dataset", *(f"/doc/practice/{each.slug}" for each in PRACTICES)])
def test_nothing_is_without_a_name_of_its_own(client: FlaskClient, path: str) -> None:
    assert named(told(client, path))


def test_hostile_texts_stay_texts(client: FlaskClient) -> None:
    assert "</script>" in told(client, "/doc/practice/a-script-in-a-title")["headline"]


def test_the_dataset_has_what_search_engines_require_and_recommend(client: FlaskClient) -> None:
    dataset = told(client, "/dataset")
    assert dataset["@type"] == "Dataset"
    assert dataset["name"] == "Intercultural good practices"
    assert 50 <= len(dataset["description"]) <= 5000
    assert dataset.keys() >= {
        "creator",
        "license",
        "url",
        "identifier",
        "keywords",
        "version",
        "isAccessibleForFree",
        "temporalCoverage",
        "spatialCoverage",
        "variableMeasured",
        "includedInDataCatalog",
        "distribution",
    }
    assert dataset["includedInDataCatalog"]["url"] == f"{BASE}/catalog"
    assert dataset["isBasedOn"].startswith("https://www.coe.int/")
    assert dataset["license"] == "https://creativecommons.org/licenses/by/4.0/"
    downloads = {item["contentUrl"]: item["encodingFormat"] for item in dataset["distribution"]}
    assert downloads[f"{BASE}/dumps/catalogue.csv"] == "text/csv"
    assert downloads[f"{BASE}/dumps/dataset.ttl.gz"] == "text/turtle"
    assert dataset["temporalCoverage"] == "2008/.."


def test_there_is_one_dataset_and_no_other_page_claims_to_be_it(client: FlaskClient) -> None:
    for path in ("/", "/practices", "/topic/education", "/ns", "/catalog", f"/doc/practice/{SLUG}"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert '"@type":"Dataset","@id":"http://localhost:8000/dataset","name"' not in page


def test_an_empty_dataset_claims_no_years_and_no_places(tmp_path: Path) -> None:
    build_release(tmp_path, ())
    dataset = told(create_app(tmp_path).test_client(), "/dataset")
    assert not {"temporalCoverage", "spatialCoverage"} & dataset.keys()


def structure(client: FlaskClient, path: str) -> dict[str, dict]:
    page = client.get(path, headers={"Accept": "text/html"}).text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {thing["@type"]: thing for thing in map(json.loads, found)}


@pytest.mark.parametrize(
    ("path", "trail"),
    [
        (f"/doc/practice/{SLUG}", ["Practices", "Italy", "Turin", "Meeting neighbours"]),
        ("/fr/doc/practice/a-national-practice", ["Pratiques", "Irlande", "A national practice"]),
        ("/doc/city/de-berlin-neukolln", ["Practices", "Germany", "Berlin", "Berlin-Neukölln"]),
        ("/topic/education", ["Practices", "Education"]),
    ],
)
def test_a_page_says_where_it_is_in_the_site(client: FlaskClient, path: str, trail: list[str]) -> None:
    items = structure(client, path)["BreadcrumbList"]["itemListElement"]
    assert [item["name"] for item in items] == trail
    assert [item["position"] for item in items] == list(range(1, len(trail) + 1))
    assert all(item["item"].startswith(f"{BASE}/") for item in items)


@pytest.mark.parametrize(("path", "count"), [("/practices", 4), ("/topic/education", 3), ("/country/DEU", 2)])
def test_a_list_says_what_it_lists(client: FlaskClient, path: str, count: int) -> None:
    listed = structure(client, path)["ItemList"]
    assert listed["numberOfItems"] == len(listed["itemListElement"]) == count
    for item in listed["itemListElement"]:
        assert client.get(item["url"].removeprefix(BASE)).status_code == 200


def test_the_start_page_says_how_to_search_and_who_publishes(client: FlaskClient) -> None:
    site = structure(client, "/")["WebSite"]
    assert site["url"] == f"{BASE}/"
    assert site["publisher"]["name"] == "Network of cities"
    target = site["potentialAction"]["target"].removeprefix(BASE).format(search_term_string="neighbours")
    assert "Meeting neighbours" in client.get(target, headers={"Accept": "text/html"}).text
