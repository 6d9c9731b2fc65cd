"""``practicegraph validate``: the findings that a build would make, without a build."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

import click

from pipeline.checking import PROFILES, Manner, Numbers, Shapes, check, chosen_shapes
from pipeline.cli import options
from pipeline.cli.console import progress
from pipeline.cli.retyping import command_line
from pipeline.cli.watching import watch as watch_files
from pipeline.findings.messages import say
from pipeline.findings.reports import FORMATS, report_format, save_report, write_report
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.translation import in_language
from pipeline.model.errors import UsageError
from pipeline.model.finding import Finding
from pipeline.shapes_check.named_profiles import OURS, ProfileUnknown, list_profiles
from pipeline.sources.files.file_kinds import SUFFIXES, suffix_of_kind
from pipeline.steps.read import paths_by_name

STDIN = Path("-")
_HEAD = 1 << 12


@click.command()
@options.sources
@options.setting("--format", type=click.Choice(list(FORMATS)), default="text", help="Report format.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write all findings to this file. The suffix sets the format. May be given for several.",
)
@click.option(
    "--shapes",
    multiple=True,
    metavar="|".join((*PROFILES, "FILE")),
    help="What to check by: the rules of practices (the default), those across the practices of a catalogue, "
    "or SHACL shapes in a file; several files may be given.",
)
@click.option(
    "--profile",
    metavar="NAME[-VERSION]",
    help="Check by a profile: practices (the default), catalogue, or one of --profiles.",
)
@options.profiles
@click.option(
    "--media-type",
    "--as",
    "media_type",
    metavar="TYPE",
    help="Format of the standard input, such as text/turtle or ttl. By default, its beginning decides.",
)
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Control-C.")
@options.language
@options.corrections
@options.jobs
@click.pass_context
def validate(
    ctx: click.Context,
    /,
    sources: tuple[Path, ...],
    format: str,
    strict: bool,
    reports: tuple[Path, ...],
    shapes: tuple[str, ...],
    profile: str | None,
    profiles: Path | None,
    media_type: str | None,
    watch: bool,
    lang: str,
    corrections: Path | None,
    jobs: int,
) -> None:
    """Check SOURCE files and list problems row by row (- is standard input). Nothing is published.

    \b
    Exit codes: 0 accepted, 1 not accepted or not fully checked, 2 usage, 3 the environment.

    \b
    Example:
      practicegraph validate practices.csv --format json > findings.json
      practicegraph validate practices.csv --shapes shapes.ttl
      practicegraph validate catalogue.ttl --profiles profiles --profile dcat-ap-3.0.1
      curl -s https://example.org/list.csv | practicegraph validate -
    """

    for path in reports:
        report_format(path)
    if watch:
        if STDIN in sources:
            raise UsageError("Standard input cannot be watched. Give files, or leave --watch out.")
        again = {**ctx.params, "watch": False}
        files = (*sources, *map(Path, shapes), *((corrections,) if corrections else ()))
        ctx.exit(watch_files(files, lambda: ctx.invoke(validate, **again) or 0, lang))

    def show(findings: Iterable[Finding], numbers: Numbers) -> None:
        outcome = ReportOutcome(
            numbers,
            numbers.conforms,
            numbers.is_accepted(strict),
            _of_both(paths_by_name, given, manner.shapes),
            language=lang,
            is_strict=strict,
            addresses={} if STDIN in sources else _of_both(addresses, given, manner.shapes),
        )
        write_report(findings, outcome, format, sys.stdout)
        for path in reports:
            save_report(findings, outcome, path)

    corrections_file = options.find_corrections(ctx, corrections, sources)
    chosen = _shapes(shapes) if profile is None else _of_profile(profile, profiles, shapes)
    manner = Manner(chosen, jobs, corrections_file, progress(lang))
    with with_stdin(sources, media_type) as given:
        numbers = check(given, show, manner)
    is_accepted = numbers.is_accepted(strict)
    if format == "text" and chosen == "practice" and STDIN not in sources:
        command = command_line(ctx, sources, command="build", without=("format", "reports"))
        hint = say("To publish: {command}", command=command)
        if not is_accepted:
            hint = say("Correct these, or publish the other records: {command}", command=command)
        click.echo(in_language(hint, lang), err=True)
    ctx.exit(0 if is_accepted else 1)


def _of_both(
    names: Callable[[Sequence[Path]], Mapping[str, str]], data: Sequence[Path], shapes: Shapes
) -> Mapping[str, str]:
    """Return what places call the files of data and of shapes, each with a path."""
    return {**names(data), **(names(shapes) if isinstance(shapes, tuple) else {}), **names(data)}


def _shapes(stated: tuple[str, ...]) -> Shapes:
    """Return the profile or the files of shapes; raise UsageError for both, or for a missing file."""
    if len(stated) == 1 and stated[0] in PROFILES:
        return chosen_shapes(stated[0])
    for name in stated:
        if name in PROFILES:
            raise UsageError(f"--shapes {name} stands alone. Give a file of that name as ./{name}.")
        if not Path(name).is_file():
            known = " or ".join(PROFILES)
            raise UsageError(f"There is no file of shapes {name}. Give its path, or {known}.")
    return chosen_shapes(stated or PROFILES[0])


def _of_profile(name: str, folder: Path | None, shapes: tuple[str, ...]) -> Shapes:
    """Return what a profile checks by; raise UsageError for an unknown name, or for shapes given besides it."""
    if shapes:
        raise UsageError("--profile and --shapes are both given. Give one of them.")
    if name in OURS:
        return chosen_shapes(OURS[name])
    listed = list_profiles(folder)
    try:
        return listed.find(name).files
    except ProfileUnknown as error:
        left_out = f" These were left out. {' '.join(listed.problems)}" if listed.problems else ""
        hint = left_out if folder else " Name a folder of more profiles with --profiles."
        raise UsageError(f"{error}{hint}") from error


def addresses(paths: Sequence[Path]) -> Mapping[str, str]:
    """Return for each name that places use the path of the file from the root of the repository of this folder.

    A file outside of it has an absolute path. Without a repository, paths start at this folder.
    """
    here = Path.cwd().resolve()
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    return {name: _path_from(root, Path(path)) for name, path in paths_by_name(paths).items()}


def _path_from(root: Path, given: Path) -> str:
    path = given.resolve() if given.is_dir() else given.parent.resolve() / given.name
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


@contextmanager
def with_stdin(sources: Sequence[Path], media_type: str | None) -> Iterator[tuple[Path, ...]]:
    """Yield the sources, ``-`` replaced by a file with the standard input for so long.

    What it is is stated by a media type or a suffix, or else seen from how it begins.
    """
    if STDIN not in sources:
        if media_type is not None:
            raise UsageError("--media-type is for standard input. Give - as a source, or leave it out.")
        yield tuple(sources)
        return
    with TemporaryDirectory(prefix="practicegraph-") as folder:
        raw = Path(folder) / "incoming"
        with raw.open("wb") as file:
            copyfileobj(sys.stdin.buffer, file)
        with raw.open("rb") as file:
            saved_file = raw.rename(raw.with_name(f"stdin{_suffix(media_type, file.read(_HEAD))}"))
        yield tuple(saved_file if source == STDIN else source for source in sources)


def _suffix(stated: str | None, head: bytes) -> str:
    named = f"stdin.{stated.removeprefix('.')}" if stated and "/" not in stated else ""
    suffix = suffix_of_kind("" if named or not stated else stated, named, head)
    if suffix is None or (named and not named.endswith(suffix)):
        raise UsageError(
            f"{stated} is not read here. State one of {', '.join(SUFFIXES)}, or a suffix as ttl."
        )
    return suffix
