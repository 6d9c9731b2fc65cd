"""One job: the process that reads the files of a request, judges what is in them and writes the report."""

import json
import logging
import os
import resource
import signal
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.validation.check_limits import CheckLimits
from endpoint.validation.check_progress import ProgressFile
from endpoint.validation.fetcher import fetch
from endpoint.validation.forker import Forker, warn_of_threads
from endpoint.validation.orders import FETCHED, RESULT, TRY_AGAIN, Order
from endpoint.validation.shapes_keeper import keep
from pipeline.model.errors import EnvironmentFault, PracticegraphError, SourceError, TooMuchData
from pipeline.model.finding import Finding, Severity
from pipeline.shapes_check.named_profiles import NONE, NamedProfile, NamedProfiles
from pipeline.system.confinement import confine
from pipeline.system.limits import limit_memory, write_no_core
from pipeline.system.progress import Progress, show_step

_log = logging.getLogger(__name__)

REPORT = "report"
_SECONDS_MORE = 5
"""So much longer than it may does a job live, should the process that ends it have died."""

_LARGEST_FILE = 1 << 30
_SAMPLE, _SAMPLE_SHAPES = "sample.ttl", "sample_shapes.ttl"


def fork_jobs(accepting: int, limits: dict[str, Any]) -> None:
    """Be the process that forks jobs, on the open end of a queue."""
    checks(ConnectionQueue(socket.socket(fileno=accepting)), CheckLimits(**limits)).run()


def checks(
    queue: ConnectionQueue,
    limits: CheckLimits,
    report: Callable[[str], object] = bool,
    profiles: NamedProfiles = NONE,
) -> Forker:
    """Return what forks jobs with these limits, has the profiles ready for them, and reports when it cannot."""
    steps: list[Callable[[], None]] = [
        prepare,
        prepare_shapes,
        *(partial(prepare_profile, profile) for profile in profiles.profiles),
    ]
    return Forker(
        queue,
        limits,
        partial(do, limits),
        steps,
        report,
        partial(keep_shapes, limits),
        partial(fetch, limits),
    )


def prepare() -> None:
    """Load rules, tables and libraries, and check a sample, so that every job finds them ready."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # openpyxl loads numpy where it is, which starts threads
    import openpyxl  # noqa: F401 — a part of what is to be loaded

    from endpoint.validation.gathering import Gathering  # noqa: F401
    from pipeline.checking import validate
    from pipeline.sources import pages  # noqa: F401
    from pipeline.sources.structured import json_source  # noqa: F401
    from pipeline.sources.tables import xlsx  # noqa: F401

    with as_file(files(__package__) / _SAMPLE) as sample:
        validate(sample)
    warn_of_threads()


def prepare_shapes() -> None:
    """Check the sample by the rules of catalogues and by shapes, which fewer ask for, so that it can wait."""
    from pipeline.checking import validate

    folder = files(__package__)
    with as_file(folder / _SAMPLE) as sample, as_file(folder / _SAMPLE_SHAPES) as shapes:
        validate(sample, shapes="catalogue")
        validate(sample, shapes=shapes)
    warn_of_threads()


def prepare_profile(profile: NamedProfile) -> None:
    """Have the shapes of a profile ready; if it no longer exists, its checks report that."""
    from pipeline.checking import make_ready

    try:
        make_ready(profile.files)
    except PracticegraphError as error:
        _log.error("The profile %s cannot be used: %s", profile.key, error)


def do(limits: CheckLimits, order: Order) -> None:
    """Do what an order says, and leave report and result in its folder."""
    _confine(limits, order)
    _leave_result(order, partial(_validate, limits))


def keep_shapes(limits: CheckLimits, order: Order, connection: socket.socket) -> None:
    """Be a keeper of the shapes of an order; where they cannot be applied, that is the result of the order."""
    _confine(limits, order)

    def load(order: Order) -> bool:
        return not _leave_result(order, partial(_load_shapes, limits))

    keep(order, connection, load, partial(do, limits), limits.seconds + _SECONDS_MORE)


def _load_shapes(limits: CheckLimits, order: Order) -> dict[str, Any]:
    from pipeline.checking import make_ready

    shapes = tuple(map(Path, order.shapes))
    _refuse_many_files(shapes, limits.files)
    with show_step(ProgressFile(Path(order.folder)), "Checking the shapes"):
        make_ready(shapes)
    return {}


def _leave_result(order: Order, work: Callable[[Order], dict[str, Any]]) -> bool:
    """Leave the result of some work, or the problem, in the folder of an order; return whether there is one."""
    try:
        result = _run_work(order, work)
        if result:
            Path(order.folder, RESULT).write_text(json.dumps(result), encoding="utf-8")
        return bool(result)
    except (OSError, sqlite3.OperationalError, EnvironmentFault) as error:
        _log.error("A check was left, for want of room on this machine: %s", error)
        os._exit(TRY_AGAIN)


def _confine(limits: CheckLimits, order: Order) -> None:
    """Take away from this process what a check has no need of; its temporary files go to its folder."""
    os.environ["TMPDIR"] = tempfile.tempdir = order.folder
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + _SECONDS_MORE)
    write_no_core()
    limit_memory(limits.memory, for_good=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    confine("A check runs", may_start_programs=True)


def _run_work(order: Order, work: Callable[[Order], dict[str, Any]]) -> dict[str, Any]:
    """Return what some work returns, or the name and the sentence of the problem."""
    from pipeline.findings.reports.json_report import finding_as_json
    from pipeline.findings.translation import in_language
    from pipeline.shapes_check.foreign_shapes import ShapesRefused

    try:
        return work(order)
    except SourceError as error:
        return {"problem": "data-unreadable", "sentence": in_language(error.sentence, order.language)}
    except ShapesRefused as error:
        findings = [finding_as_json(finding) for finding in error.findings]
        return {"problem": f"shapes-{error.kind}", "sentence": str(error), "findings": findings}
    except EnvironmentFault:
        raise
    except TooMuchData as error:
        return {"problem": "data-too-large", "sentence": str(error)}
    except (MemoryError, RecursionError):
        return {"problem": "check-memory", "sentence": ""}
    except PracticegraphError as error:
        _log.error("A check failed: %s", error)
        return {"problem": "check-failed", "sentence": str(error)}


def _validate(limits: CheckLimits, order: Order) -> dict[str, Any]:
    """Write the report; return the words on the data, or why there is none."""
    from endpoint.validation.gathering import Gathering
    from endpoint.validation.report_forms import write_form
    from pipeline.checking import Manner, Numbers, check, chosen_shapes
    from pipeline.findings.reports.outcome import ReportOutcome
    from pipeline.steps.read import paths_by_name

    folder = Path(order.folder)
    sources = tuple(map(Path, order.files)) or tuple(sorted((folder / FETCHED).iterdir()))
    _refuse_many_files((*sources, *map(Path, order.shapes)), limits.files)
    shapes = chosen_shapes(order.shapes or order.profile)
    is_shown = order.format == "html"
    gathering = Gathering(folder, by_other_shapes=shapes != "practice") if is_shown else None
    progress = ProgressFile(folder) if is_shown else Progress()
    nothing: list[str] = []

    def report(findings: Iterable[Finding], numbers: Numbers) -> None:
        outcome = ReportOutcome(
            numbers,
            numbers.conforms,
            numbers.is_accepted(order.is_strict),
            paths_by_name(sources),
            order.language,
            order.rules,
            order.is_strict,
        )
        if not outcome.is_of_a_graph and numbers.as_json()["rows_in"] == numbers.as_json()["blank"]:
            nothing.append(_why_nothing(findings, order.language))
        elif gathering is not None:
            with show_step(progress, "Writing the report"):
                gathering.write(findings, outcome)
        else:
            write_form(findings, outcome, order.format, folder / REPORT)

    seen = gathering.see if gathering is not None else None
    manner = Manner(
        shapes, progress=progress, on_practice=seen, most_rows=limits.rows, seconds=limits.for_shapes
    )
    numbers = check(sources, report, manner)
    if nothing:
        return {"problem": "records-missing", "sentence": nothing[0]}
    return {
        "conforms": numbers.conforms,
        "verdict": numbers.verdict(order.is_strict),
        "numbers": asdict(numbers),
    }


def _refuse_many_files(sources: Iterable[Path], most: int) -> None:
    """Raise TooMuchData where archives contain more files than a job can read in its time."""
    from pipeline.sources.files.archive import open_archive

    count = 0
    for source in sources:
        if source.suffix.lower() == ".zip":
            with open_archive(source, source.name) as archive:
                count += sum(not member.is_dir() for member in archive.infolist())
    if count > most:
        raise TooMuchData(f"The data have {count:,} files, of {most:,} that this service reads at once.")


def _why_nothing(findings: Iterable[Finding], language: str) -> str:
    """Return the messages that tell why there is no record; those that only remark on the file do not."""
    from pipeline.findings.reports.outcome import NOTHING
    from pipeline.findings.translation import in_language

    sentences = [
        in_language(each.message, language) for each in findings if each.severity is not Severity.INFO
    ]
    return " ".join(dict.fromkeys(sentences)) or in_language(NOTHING, language)
