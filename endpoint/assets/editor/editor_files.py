"""The files of the built editor, and whether they are there."""

from pathlib import Path

BUILT = Path(__file__).parents[2] / "static" / "editor"
"""Where ``python -m endpoint.assets.editor.build_editor`` puts the editor, which the page loads from there."""

_NEEDED = ("yasgui.min.js", "yasgui.min.css")


def is_built() -> bool:
    """Tell whether the package was made with the editor."""
    return all((BUILT / name).is_file() for name in _NEEDED)


def has_world() -> bool:
    """Tell whether the package was made with the outline of the world."""
    return (BUILT / "world.svg").is_file()
