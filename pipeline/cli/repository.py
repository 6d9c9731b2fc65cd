"""Addresses of files for code-scanning services: relative to the root of their repository."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.steps.read import paths_by_name


def addresses(paths: Sequence[Path]) -> Mapping[str, str]:
    """Return for each name that places use the path of the file from the root of the repository of this folder.

    A file outside of it has an absolute path. Without a repository, paths start at this folder.
    """
    here = Path.cwd().resolve()
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    return {name: _from(root, Path(path)) for name, path in paths_by_name(paths).items()}


def _from(root: Path, given: Path) -> str:
    path = given.resolve() if given.is_dir() else given.parent.resolve() / given.name
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
