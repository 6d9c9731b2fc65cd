"""The description that queries are written from: as data, as Turtle and as a page."""

from running import Running


def test_the_description_comes_as_json(server: Running) -> None:
    reply = server.send("GET", "/sparql/description.json")
    described = reply.json()

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert described["endpoint"] == "http://localhost:8000/sparql"
    assert {code["name"] for code in described["codes"]["topic"]} >= {"topic:education", "topic:refugees"}
    assert "country:facet" not in {code["name"] for code in described["codes"]["country"]}
