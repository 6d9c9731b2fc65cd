"""Sample releases for the tests of the web side: a few practices, written as a release folder."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.description.describe import describe, describe_city, describe_state
from pipeline.model.finding import Severity
from pipeline.model.practice import City, Period, Practice
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import Term, Triple, iri, write
from pipeline.rdf.vocabulary import PROV, vocabulary_files
from pipeline.records.history.history_log import HISTORY, LatestVersion, Log
from pipeline.release.contents.nodes import Vocabulary, load_vocabulary
from pipeline.release.dataset.quality import Quality
from pipeline.release.folder.build_facts import ReleaseFacts, RetiredRecord
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter
from pipeline.release.switch import switch_to

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
    RetiredRecord("an-old-one", "withdrawn", "An old one", "2026-10-01T00:00:00Z"),
    RetiredRecord("joined", "merged", "Joined", "2026-10-01T00:00:00Z", "a-national-practice"),
)

STATED = {"publisher": "Network of cities"}


def build_release(
    output: Path,
    practices: Iterable[Practice] = PRACTICES,
    *,
    base: str = BASE,
    gone: tuple[RetiredRecord, ...] = GONE,
    stated: Mapping[str, str] = STATED,
) -> Path:
    """Release the practices below ``output`` and switch ``current`` to them; return the release's folder."""
    deployment = Deployment(base)
    practices = tuple(practices)
    facts = ReleaseFacts(
        "practicegraph test", "2026-11-23T12:00:00Z", {"findings": []}, gone=gone, dataset=stated
    )
    fragment = ReleaseFragment(deployment.base)
    with ReleaseWriter(output, base) as writer, TemporaryDirectory() as folder:
        for practice in practices:
            triples = chain(
                describe(practice, deployment),
                describe_state(practice, deployment),
                *(describe_city(city, deployment) for city in practice.cities),
            )
            fragment.add(practice, write(triples), (), write(_provenance(practice, deployment)))
        fragment.seal()
        writer.merge(fragment)
        version = writer.seal(vocabulary := _vocabulary())
        history = _history(Path(folder) / HISTORY, practices, gone, version, vocabulary.lines)
        return writer.finish(replace(facts, history=history)).path


@cache
def _vocabulary() -> Vocabulary:
    return load_vocabulary(vocabulary_files(), "0.1.0")


def _history(
    path: Path,
    practices: tuple[Practice, ...],
    gone: tuple[RetiredRecord, ...],
    version: str,
    lines: tuple[str, ...],
) -> Path:
    """Write a history in which the practices are new, and others have gone before."""
    log, quality = Log(path), Quality()
    log.begin(
        LatestVersion(each.since, "", each.slug, each.status, "", each.replaced_by or "") for each in gone
    )
    for practice in practices:
        log.note(practice.slug, "added", sha256(practice.slug.encode()).hexdigest())
        quality.add(practice)
    numbers = quality.numbers({(Severity.WARNING, "date-missing"): 1}, 0, lines)
    return log.finish(version, "2026-11-23T12:00:00Z", {"added": len(practices)}, numbers)


def copy_release(made: Path, output: Path) -> Path:
    """Put a copy of a release below ``output`` and switch ``current`` to it; return its folder."""
    folder = output / "releases" / made.name
    shutil.copytree(made, folder)
    switch_to(output, folder)
    return folder


def _provenance(practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    """Yield that the record was made by a run from a source, as the build says it."""
    record = deployment.record(practice.slug)
    yield record, iri(PROV + "wasGeneratedBy"), Term(PENDING_RUN)
    yield record, iri(PROV + "wasDerivedFrom"), deployment.source("0123456789abcdef")
