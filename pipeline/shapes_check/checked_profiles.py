"""Checked profiles: the shapes of named profiles, read and compiled once for all checks by them."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.model.errors import PracticegraphError
from pipeline.shapes_check.foreign_shapes import read_shapes
from pipeline.shapes_check.named_profiles import NamedProfile, NamedProfiles


def check_profiles(listed: NamedProfiles) -> NamedProfiles:
    """Return the profiles whose shapes can be applied, and add to the problems why others cannot.

    The shapes stay in this process, and in those forked from it, as if they had been read there.
    """
    profiles: list[NamedProfile] = []
    problems = list(listed.problems)
    for profile in listed.profiles:
        try:
            with TemporaryDirectory(prefix="practicegraph-") as folder:
                read_shapes(profile.sources, Path(folder))
            profiles.append(profile)
        except (PracticegraphError, OSError, RecursionError) as error:
            problems.append(f"{profile.name}/{profile.version}: {str(error) or type(error).__name__}")
    return NamedProfiles(tuple(profiles), tuple(problems))
