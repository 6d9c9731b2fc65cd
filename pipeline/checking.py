"""Checking: sources judged by the rules of practices, of catalogues, or by shapes of anybody; nothing is published."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from pipeline.findings.accounting import Accounting, GraphNumbers, Verdict
from pipeline.model.errors import UsageError
from pipeline.model.finding import Finding
from pipeline.model.practice import Understood
from pipeline.steps.read import source_names
from pipeline.system.progress import Progress

Profile = Literal["practice", "catalogue"]
"""Rules of ours: for each record by itself, or for what can only be said of a catalogue of several."""

PROFILES: tuple[Profile, ...] = ("practice", "catalogue")

Shapes = Profile | tuple[Path, ...]
"""What to check by: rules of ours, or the shapes in some files."""

Numbers = Accounting | GraphNumbers
Report = Callable[[Iterable[Finding], Numbers], None]


@dataclass(frozen=True, slots=True)
class Validation:
    """What became of some sources.

    ``conforms`` is SHACL's word: all was checked, with no result of any severity. ``verdict`` is ours: accepted is
    what was fully checked without a violation, and in a strict check without a warning. ``numbers`` are an
    Accounting of rows and practices where the rules of practices judged them, and GraphNumbers where other shapes
    judged a graph.
    """

    conforms: bool
    verdict: Verdict
    findings: tuple[Finding, ...]
    numbers: Numbers

    @property
    def accepted(self) -> bool:
        """Return whether the data are accepted."""
        return self.verdict is Verdict.ACCEPTED


@dataclass(frozen=True, slots=True)
class Manner:
    """How to check: by a profile or the shapes in some files; for practices, with how many processes and so on.

    ``most_rows`` and ``seconds`` limit the rows, and the time of shapes, as a service needs it.
    """

    shapes: Shapes = "practice"
    jobs: int = 1
    corrections: Path | None = None
    progress: Progress | None = None
    on_practice: Callable[[Understood], None] | None = None
    most_rows: int | None = None
    seconds: float | None = None


def validate(
    *sources: str | PathLike[str],
    shapes: Profile | str | PathLike[str] | Sequence[str | PathLike[str]] = "practice",
    strict: bool = False,
    jobs: int = 1,
) -> Validation:
    """Return what is wrong or doubtful in files, as `practicegraph validate` and the service would say it.

    ``shapes`` is ``"practice"`` for the rules of a build, which read tables, JSON, pages and RDF;
    ``"catalogue"`` for those across practices; or one or several files of SHACL shapes. The last two judge RDF
    as it is, and other files by the RDF that a build would make of them. Raises pipeline.model.errors.SourceError
    for what cannot be read, and UsageError for shapes that cannot be applied or sources that are not given.

    >>> validate("practices.csv").accepted  # doctest: +SKIP
    True
    """
    every_finding: list[Finding] = []
    numbers = check(
        [Path(source) for source in sources],
        lambda findings, _: every_finding.extend(findings),
        Manner(chosen_shapes(shapes), jobs),
    )
    return Validation(numbers.conforms, numbers.verdict(strict), tuple(every_finding), numbers)


def chosen_shapes(
    shapes: str | PathLike[str] | Sequence[str | PathLike[str]],
) -> Shapes:
    """Return a profile by its name, or files of shapes."""
    if isinstance(shapes, str | PathLike):
        named = next((profile for profile in PROFILES if profile == shapes), None)
        return named or (Path(shapes),)
    return tuple(map(Path, shapes))


def check(sources: Sequence[Path], report: Report, manner: Manner) -> Numbers:
    """Judge sources and return the numbers; ``report`` is given all findings, and may go over them repeatedly."""
    if not sources:
        raise UsageError("No source was given. Give the path of a file.")
    if manner.shapes == "practice":
        from pipeline.validation import validate_records  # rules and tables, of no use to graphs

        return validate_records(
            sources,
            report,
            manner.jobs,
            manner.progress,
            manner.corrections,
            manner.on_practice,
            manner.most_rows,
        )
    from pipeline.shapes_check.judge_graph import GraphCheckOptions, judge_graph

    shapes = () if manner.shapes == "catalogue" else tuple(dict.fromkeys(manner.shapes))
    options = GraphCheckOptions(
        manner.corrections,
        manner.progress or Progress(),
        manner.on_practice,
        manner.most_rows,
        manner.seconds,
    )
    return judge_graph(_with_names(sources), _with_names(shapes), report, options)


def make_ready(shapes: Sequence[Path]) -> None:
    """Read and compile the shapes in some files: checks by them in this process, or one forked from it, begin at once.

    Raises UsageError for shapes that cannot be applied.
    """
    from pipeline.shapes_check.foreign_shapes import compile_all, read_shapes

    with TemporaryDirectory(prefix="practicegraph-") as folder:
        compile_all(read_shapes(_with_names(shapes), Path(folder)))


def _with_names(paths: Sequence[Path | str]) -> list[tuple[Path, str]]:
    unique = list(dict.fromkeys(map(Path, paths)))
    return list(zip(unique, source_names(unique), strict=True))
