"""Practice records in, validated linked data out: reading, recognising, describing, gating, releasing.

``pipeline.validate("practices.csv")`` says what is wrong or doubtful in files; see pipeline.checking.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.checking import validate as validate

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return ``validate``, loaded on first use: most imports of this package do not need it."""
    if name == "validate":
        from pipeline.checking import validate

        return validate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
