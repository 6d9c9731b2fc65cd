"""The files of the built editor, and whether they are there."""

from pathlib import Path

BUILT = Path(__file__).parents[2] / "static" / "editor"
"""Where ``python -m endpoint.assets.editor.build_editor`` puts the editor, which the page loads from there."""

BUNDLE = "sparql-editor.min.js"


def is_built() -> bool:
    """Return whether the package was made with the editor."""
    return (BUILT / BUNDLE).is_file()


def has_world() -> bool:
    """Return whether the package was made with the outline of the world."""
    return (BUILT / "world.svg").is_file()
