"""Sample releases for the tests of the web side: a few practices, written as a release folder."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from pipeline.describe import describe, describe_city, describe_state
from pipeline.iris import Deployment
from pipeline.ntriples import write
from pipeline.practice import City, Period, Practice
from pipeline.vocabulary import COUNTRY, SKOS, TOPIC, vocabulary_files

BASE = "http://localhost:8000"
TURIN = City("it-turin", "ITA", (("en", "Turin"), ("it", "Torino")), "city", 45.07049, 7.68682, 3165524)
BERLIN = City("de-berlin", "DEU", (("en", "Berlin"), ("fr", "Berlin")), "city", 52.52437, 13.41053, 2950159)
NEUKOELLN = City("de-berlin-neukolln", "DEU", (("de", "Berlin-Neukölln"),), "district", part_of="de-berlin")

PRACTICES = (
    Practice(
        "meeting-neighbours-turin",
        (("en", "Meeting neighbours"), ("fr", "À la rencontre des voisins"), ("ar", "لقاء الجيران")),
        "meeting-neighbours",
        descriptions=(("en", "Neighbours in Turin cook and talk, against rumours."),),
        sections=(
            (
                "purpose",
                (("en", "Bring people together.\n\nMake courtyards safe."), ("fr", "Rassembler.")),
            ),
            ("references", (("en", "City report, 2019"),)),
        ),
        topics=("neighbourhood", "anti-rumour"),
        countries=("ITA",),
        cities=(TURIN,),
        date_texts=(("en", "March 2018 until 31 August 2019"),),
        period=Period("2018-03", "2019-08-31", False, "2018-03/2019-08-31", (2018, 2019)),
        sources=("https://www.coe.int/en/web/interculturalcities/-/meeting-neighbours",),
        inferred=("city",),
        issued="2026-11-01T10:00:00Z",
        modified="2026-11-02T10:00:00Z",
    ),
    Practice(
        "a-script-in-a-title",
        (("en", 'A </script><img src=x onerror="alert(1)"> in a title & \u202eright to left'),),
        "a-script-in-a-title",
        descriptions=(("en", "<b>Markup</b> that must stay text."),),
        topics=("education",),
        countries=("DEU",),
        cities=(NEUKOELLN, BERLIN),
        date_texts=(("en", "Since 2008"),),
        period=Period("2008", None, True, "2008/..", (2008,)),
        sources=("https://www.coe.int/en/web/interculturalcities/good-practice",),
        issued="2026-11-01T10:00:00Z",
        modified="2026-11-01T10:00:00Z",
        held_back=True,
    ),
    Practice(
        "a-national-practice",
        (("en", "A national practice"),),
        "a-national-practice",
        topics=("education",),
        countries=("IRL",),
        issued="2026-11-01T10:00:00Z",
        modified="2026-11-03T10:00:00Z",
    ),
    Practice(
        "eine-schule-fuer-alle",
        (("de", "Eine Schule für alle"),),
        "eine-schule",
        descriptions=(("en", "A school that takes every child of the district."),),
        topics=("education", "multilingualism"),
        countries=("DEU",),
        cities=(NEUKOELLN,),
        date_texts=(("en", "2012"),),
        period=Period("2012", "2012", False, "2012", (2012,)),
        issued="2026-11-01T10:00:00Z",
        modified="2026-11-01T10:00:00Z",
    ),
)
GONE = (
    ("an-old-one", "withdrawn", "An old one", "2026-10-01T00:00:00Z", None),
    ("joined", "merged", "Joined", "2026-10-01T00:00:00Z", "a-national-practice"),
)
CASES = Path(__file__).parent / "cases" / "endpoint"


def build_release(
    output: Path, practices: Sequence[Practice] = PRACTICES, *, version: str = "1" * 16, base: str = BASE
) -> Path:
    """Write a release of the practices below ``output`` and switch ``current`` to it; return its folder."""
    folder = output / "releases" / version
    folder.mkdir(parents=True)
    _write_store(folder / "store", practices, Deployment(base))
    _write_index(folder / "index.sqlite", practices)
    (folder / "dataset.nt.gz").write_bytes(b"\x1f\x8b not really compressed")
    manifest = {"version": version, "base_iri": base, "counts": {"practices": len(practices)}, "files": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    link = output / "next"
    link.symlink_to(Path("releases") / version)
    link.replace(output / "current")
    return folder


def _write_store(path: Path, practices: Iterable[Practice], deployment: Deployment) -> None:
    store = Store(str(path))
    lines = "".join(
        write([*describe(practice, deployment), *describe_state(practice, deployment)])
        + "".join(write(describe_city(city, deployment)) for city in practice.cities)
        for practice in practices
    )
    graphs = {
        name: NamedNode(deployment.graph(name)[1:-1]) for name in ("practices", "vocabulary", "description")
    }
    store.load(lines.encode(), RdfFormat.N_TRIPLES, to_graph=graphs["practices"])
    store.load(
        path=str(CASES / "description.ttl"),
        format=RdfFormat.TURTLE,
        base_iri=f"{deployment.base}/",
        to_graph=graphs["description"],
    )
    for file in vocabulary_files():
        store.load(path=str(file), format=RdfFormat.TURTLE, to_graph=graphs["vocabulary"])
    store.optimize()
    store.flush()


def _write_index(path: Path, practices: Iterable[Practice]) -> None:
    database = sqlite3.connect(path)
    database.executescript((CASES / "index.sql").read_text())
    by_title = sorted(practices, key=lambda practice: practice.titles[0][1].casefold())
    for position, practice in enumerate(by_title):
        _write_practice(database, position, practice)
    for space, facet in ((TOPIC, "topic"), (COUNTRY, "country")):
        for value, language, text in _labels(space):
            database.execute("INSERT INTO label VALUES (?, ?, ?, ?)", (facet, value, language, text))
    database.executemany("INSERT INTO gone VALUES (?, ?, ?, ?, ?)", GONE)
    database.commit()
    database.close()


def _write_practice(database: sqlite3.Connection, position: int, practice: Practice) -> None:
    period = practice.period or Period()
    language, title = practice.titles[0]
    summary_language, summary = next(iter(practice.descriptions), (None, None))
    cities = ", ".join(city.names[0][1] for city in practice.cities)
    places = " · ".join(part for part in (cities, ", ".join(practice.countries)) if part)
    database.execute(
        "INSERT INTO practice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            practice.slug,
            position,
            title,
            language,
            summary,
            summary_language,
            next((text for _, text in practice.date_texts), None),
            int(period.start[:4]) if period.start else None,
            int(period.end[:4]) if period.end else None,
            int(period.ongoing),
            practice.issued,
            practice.modified,
            places,
        ),
    )
    statuses = (["ongoing"] if period.ongoing else []) + ([] if practice.date_texts else ["undated"])
    values = {
        "topic": practice.topics,
        "country": practice.countries,
        "status": statuses,
        "city": [city.key for city in practice.cities],
        "year": [str(year) for year in period.years],
    }
    for facet, found in values.items():
        for value in found:
            database.execute("INSERT INTO facet VALUES (?, ?, ?)", (facet, value, practice.slug))
    for city in practice.cities:
        database.execute(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)",
            (city.key, city.names[0][1], city.country, city.kind, city.latitude, city.longitude),
        )
    texts = [text for _, text in practice.descriptions] + [
        text for _, found in practice.sections for _, text in found
    ]
    titles = " ".join(text for _, text in practice.titles)
    database.execute(
        "INSERT INTO search VALUES (?, ?, ?, ?, ?)",
        (practice.slug, titles, " ".join(texts), places, " ".join(practice.topics)),
    )


def _labels(space: str) -> Iterable[tuple[str, str, str]]:
    for file in vocabulary_files():
        for quad in parse(path=str(file), format=RdfFormat.TURTLE):
            label = quad.object
            if quad.predicate.value == SKOS + "prefLabel" and quad.subject.value.startswith(space):
                assert isinstance(label, Literal)
                yield quad.subject.value.removeprefix(space), label.language or "", label.value
