"""Small releases for tests, made through the same steps as a real build."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

from pipeline.description.describe import describe, describe_city, describe_state
from pipeline.model.practice import City, Period, Practice
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import write
from pipeline.rdf.vocabulary import PROV, ontology_version, vocabulary_files
from pipeline.release.contents.nodes import Vocabulary, load_vocabulary
from pipeline.release.folder.build_facts import PublishedRelease, ReleaseFacts, ReleaseSettings
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter

BASE = "https://data.example.org"
DEPLOYMENT = Deployment(BASE)
TURIN = City("it-turin", "ITA", (("en", "Turin"), ("it", "Torino")), "city", 45.07049, 7.68682, 3165524)
MILAN = City("it-milan", "ITA", (("en", "Milan"), ("it", "Milano")), "city", 45.46427, 9.18951, 3173435)
FACTS = ReleaseFacts("practicegraph test", "2026-11-23T12:00:00Z", {"findings": []})


@cache
def vocabulary() -> Vocabulary:
    """Return the real vocabulary."""
    return load_vocabulary(vocabulary_files(), ontology_version())


def practice(number: int, **changes: object) -> Practice:
    """Return a practice that differs from others by its number and from itself by the changes."""
    year = 2000 + number % 20
    made = Practice(
        slug=f"practice-{number}",
        titles=(("en", f"Practice {number}"), ("it", f"Pratica n° {number}")),
        identifier=f"id-{number}",
        descriptions=(("en", "A city speaks with those who live in it."),),
        sections=(("purpose", (("en", "To meet."),)),),
        topics=("anti-rumour", "education"),
        countries=("ITA",),
        cities=(TURIN, MILAN) if number % 2 else (TURIN,),
        date_texts=(("en", f"{year}-{year + 1}"),),
        period=Period(str(year), str(year + 1), False, f"{year}/{year + 1}", (year, year + 1)),
        sources=(f"https://www.coe.int/en/web/interculturalcities/-/practice-{number}",),
        issued="2026-01-01T00:00:00Z",
        modified="2026-02-01T00:00:00Z",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def lines(made: Practice, deployment: Deployment = DEPLOYMENT) -> str:
    """Return the lines of a practice, its record's dates and its cities."""
    cities = (describe_city(city, deployment) for city in made.cities)
    return write(chain(describe(made, deployment), describe_state(made, deployment), *cities))


def provenance(made: Practice) -> str:
    """Return the line that says which run made a record."""
    return f"{DEPLOYMENT.record(made.slug)} <{PROV}wasGeneratedBy> {PENDING_RUN} .\n"


def add(writer: ReleaseWriter, made: Practice, text: str, provenance: str = "") -> None:
    """Add one practice to a release."""
    fragment = ReleaseFragment(BASE)
    fragment.add(made, text, (), provenance)
    fragment.seal()
    writer.merge(fragment)


def build(
    output: Path,
    practices: Iterable[Practice],
    facts: ReleaseFacts = FACTS,
    settings: ReleaseSettings | None = None,
    terms: Vocabulary | None = None,
) -> PublishedRelease:
    """Build a release of the practices."""
    with ReleaseWriter(output, BASE, settings) as writer:
        for made in practices:
            add(writer, made, lines(made), provenance(made))
            writer.add_rows([f'{{"slug": "{made.slug}"}}\n'])
        writer.seal(terms or vocabulary())
        return writer.finish(facts)
