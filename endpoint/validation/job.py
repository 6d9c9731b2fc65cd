"""One job: the process that reads the files of a request, judges their records and writes the report."""

import json
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from pyoxigraph import RdfFormat, parse, serialize

from endpoint.children.prctl import die_with_parent, set_name
from endpoint.validation.digest import write_digest
from pipeline.accounting import Accounting
from pipeline.confinement import NotOffered, refuse_network
from pipeline.errors import PracticegraphError, SourceError
from pipeline.findings import Finding, Severity
from pipeline.reading import paths_by_name
from pipeline.reports import FORMATS
from pipeline.reports.outcome import Outcome
from pipeline.validation import validate

RESULT, REPORT = "result.json", "report"
_GRAPHS = {"nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_SECONDS_MORE = 5
"""So much longer than the web process waits does a job live, should that process have died."""

_LARGEST_FILE = 1 << 30


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: the files, the form of the report, and what the job may take; ``folder`` is where all stands."""

    folder: str
    files: tuple[str, ...]
    format: str
    is_strict: bool
    seconds: float
    memory: int


def main() -> None:
    """Do what the order on the command line says, and leave report and result in its folder."""
    order = Order(**json.loads(sys.argv[2]))
    _confine(order)
    result = _done(order)
    Path(order.folder, RESULT).write_text(json.dumps(result), encoding="utf-8")


def _confine(order: Order) -> None:
    die_with_parent(signal.SIGKILL)
    set_name("pg-validate")
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, order.seconds + _SECONDS_MORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (order.memory, order.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    with suppress(NotOffered):  # no parser used here has a need of the network: this is the second lock
        refuse_network()


def _done(order: Order) -> dict[str, Any]:
    """Return the numbers, or the name and the sentence of the problem."""
    try:
        return _validated(order)
    except SourceError as error:
        return {"problem": "data-unreadable", "sentence": str(error)}
    except (MemoryError, RecursionError):
        return {"problem": "check-memory", "sentence": ""}
    except PracticegraphError as error:
        return {"problem": "check-failed", "sentence": str(error)}


def _validated(order: Order) -> dict[str, Any]:
    sources = tuple(map(Path, order.files))
    nothing: list[str] = []

    def report(findings: Iterable[Finding], numbers: Accounting) -> None:
        if numbers.rows_in == numbers.blank:
            nothing.append(_why_nothing(findings))
            return
        outcome = Outcome(
            numbers, numbers.conforms, numbers.accepted(order.is_strict), paths_by_name(sources)
        )
        _write(findings, outcome, order)

    numbers = validate(sources, report)
    if nothing:
        return {"problem": "records-missing", "sentence": nothing[0]}
    return {
        "conforms": numbers.conforms,
        "accepted": numbers.accepted(order.is_strict),
        "numbers": asdict(numbers),
    }


def _why_nothing(findings: Iterable[Finding]) -> str:
    """Return the messages that tell why there is no record; those that only remark on the file do not."""
    told = [finding.message for finding in findings if finding.severity is not Severity.INFO]
    return " ".join(dict.fromkeys(told)) or "The data hold no record. Give one for each practice."


def _write(findings: Iterable[Finding], outcome: Outcome, order: Order) -> None:
    path = Path(order.folder, REPORT)
    chosen = _GRAPHS.get(order.format)
    # A spreadsheet takes a CSV file for UTF-8 only when it begins with a byte order mark.
    encoding = "utf-8-sig" if order.format == "csv" else "utf-8"
    write: Callable[[Iterable[Finding], Outcome, TextIO], None]
    write = write_digest if order.format == "html" else FORMATS["turtle" if chosen else order.format]
    with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
        write(findings, outcome, stream)
    if chosen is not None:
        graph = path.with_suffix(".graph")
        serialize(parse(path=str(path), format=RdfFormat.TURTLE), str(graph), chosen)
        graph.replace(path)
