"""Named profiles: shapes in the folder of an operator, ``NAME/VERSION/*.ttl``, chosen as ``NAME-VERSION``.

A request or a command line only names one of those that were found, and never a path.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.errors import UsageError

ABOUT = "profile.toml"
OURS = {"practices": "practice", "practice": "practice", "catalogue": "catalogue"}
"""Names of our own profiles, each with what a check calls its rules."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PART = re.compile(r"\d+|[^\W\d_]+")
_MOST_SHOWN = 80
_LONGEST_ABOUT = 1 << 16


class ProfileUnknown(UsageError):
    """A name that no profile has; the sentence lists those that exist."""


class _Broken(Exception):
    """Why a folder is no profile."""


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A version of a profile: what it is called, what it is about, and its files of shapes."""

    name: str
    version: str
    title: str
    description: str
    files: tuple[Path, ...]

    @property
    def key(self) -> str:
        """Return what it is chosen by."""
        return f"{self.name}-{self.version}"

    @property
    def sources(self) -> tuple[tuple[Path, str], ...]:
        """Return the files, each with the name that findings call it."""
        return tuple((file, file.name) for file in self.files)

    @property
    def age(self) -> tuple[tuple[int, int, str], ...]:
        """Return what sorts versions: numbers as numbers, and 3.0-rc1 before 3.0."""
        parts = [
            (2, int(part), "") if part.isdecimal() else (0, 0, part) for part in _PART.findall(self.version)
        ]
        return (*parts, (1, 0, ""))


@dataclass(frozen=True, slots=True)
class NamedProfiles:
    """The profiles of a folder, the newest version of each name first, and what is wrong with other folders."""

    profiles: tuple[NamedProfile, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return what can be chosen, ours first."""
        return ("practices", "catalogue", *(profile.key for profile in self.profiles))

    def find(self, name: str) -> NamedProfile:
        """Return the profile of a name with its version, or the newest one of a name; raise ProfileUnknown."""
        for profile in self.profiles:
            if profile.key == name:
                return profile
        newest = next((profile for profile in self.profiles if profile.name == name), None)
        if newest is None:
            raise ProfileUnknown(
                f"There is no profile “{name[:_MOST_SHOWN]}”. There are: {', '.join(self.keys)}."
            )
        return newest


NONE = NamedProfiles()


def list_profiles(folder: Path | None) -> NamedProfiles:
    """Return the profiles in a folder; raise UsageError if the folder is missing."""
    if folder is None:
        return NONE
    try:
        root = folder.resolve(strict=True)
        names = _folders(root)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} for profiles cannot be read: {error.strerror}. Give another --profiles."
        ) from error
    profiles: dict[str, NamedProfile] = {}
    problems: list[str] = []
    for path in (version for name in names for version in _versions(name)):
        try:
            profile = _read(root, path)
            if profile.key in profiles:
                raise _Broken(f"another profile is called {profile.key}, too. Rename one of them.")
            profiles[profile.key] = profile
        except (_Broken, OSError, RuntimeError) as error:  # the last is how a loop of links is told
            problems.append(f"{path.relative_to(root)}: {error}")
    ordered = sorted(profiles.values(), key=lambda profile: profile.age, reverse=True)
    return NamedProfiles(tuple(sorted(ordered, key=lambda profile: profile.name)), tuple(problems))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _versions(name: Path) -> list[Path]:
    """Return the folders of the versions of a profile; its own folder if it has none, so that this can be reported."""
    try:
        return _folders(name) or [name]
    except OSError:
        return [name]


def _read(root: Path, version: Path) -> NamedProfile:
    name = version.parent
    if name == root:
        raise _Broken("there is no folder of a version in it. Put the files into one, such as 1.0.")
    for part in (name.name, version.name):
        if not _NAME.fullmatch(part):
            raise _Broken("a name has letters, digits, dots, hyphens and underscores. Rename the folder.")
    if name.name in OURS:
        raise _Broken("this name is one of ours. Rename the folder.")
    files = tuple(sorted(path for path in version.iterdir() if path.suffix == ".ttl"))
    about = version / ABOUT
    for path in (version, *files, about):
        if path is not version and path.exists() and not path.is_file():
            raise _Broken(f"{path.name} is no file. Move it away.")
        if not path.resolve().is_relative_to(root):
            raise _Broken(f"{path.name} leads out of the folder of profiles. Put a copy there.")
    if not files:
        raise _Broken("there is no .ttl file in it. Put the shapes there.")
    said = _about(about) if about.exists() else {}
    key = f"{name.name} {version.name}"
    return NamedProfile(name.name, version.name, said.get("title", key), said.get("description", ""), files)


def _about(path: Path) -> dict[str, str]:
    """Return the title and the description that a file states."""
    try:
        content = path.read_bytes()
        if len(content) > _LONGEST_ABOUT:
            raise _Broken(f"{ABOUT} has more than {_LONGEST_ABOUT:,} bytes. Shorten the description.")
        said = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise _Broken(f"{ABOUT} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise _Broken(f"{ABOUT} is not TOML in UTF-8: {error}. Correct the file.") from error
    for key, value in said.items():
        if key not in ("title", "description") or not isinstance(value, str):
            raise _Broken(f"{ABOUT} has title and description, each a text in quotation marks, not {key}.")
    return {key: " ".join(value.split()) for key, value in said.items() if value.strip()}
