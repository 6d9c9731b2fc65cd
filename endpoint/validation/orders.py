"""Orders: what a web process asks of the process that forks jobs."""

import json
import os
from dataclasses import asdict, dataclass

from pipeline.findings.reports.rules import RULES

COME, BUSY = b"come", b"busy"
"""The first message to a client: there is a free place, or there is none."""

RESULT = "result.json"
"""The file with the result, in the folder of an order."""

FETCHED = "fetched"
"""The folder, within that of an order, into which data are fetched."""

TRY_AGAIN = os.EX_TEMPFAIL
"""The exit code of a job if the machine has no room for it: no process, no memory, no place for files."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: the files, what to check them by, and the form and language of the report.

    ``folder`` is where all stands. ``shapes`` are files of shapes; without any, ``profile`` names rules of ours.
    ``rules`` is the page that explains them. ``digest`` identifies shapes that are worth keeping.
    With a ``url`` there are no files yet: the data are fetched first.
    """

    folder: str
    files: tuple[str, ...]
    format: str = ""
    is_strict: bool = False
    profile: str = "practice"
    shapes: tuple[str, ...] = ()
    language: str = "en"
    rules: str = RULES
    digest: str = ""
    url: str = ""

    def to_line(self) -> bytes:
        """Return the order as one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Order":
        """Return the order that a line contains."""
        return cls(**json.loads(line))
