"""Checking a form: its values become a file with one record, which a check process judges as it does any file."""

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from endpoint.validation.check_jobs import Jobs, no_room
from endpoint.validation.digest_values import Digest, read_digest
from endpoint.validation.gathering import DIGEST
from endpoint.validation.orders import Order

_FILE = "form.json"
_PLACE = re.compile(rf"{re.escape(_FILE)}[^:]*: ")


def without_place(sentence: str) -> str:
    """Return a sentence about the file of a form without its place in that file, which nobody has seen."""
    return _PLACE.sub("", sentence)


def check_form(values: Mapping[str, str], jobs: Jobs, language: str, has_gone: Callable[[], bool]) -> Digest:
    """Return the digest of a check; nothing of it is stored.

    Raises Problem where there is no result, and Abandoned where the client has gone.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="practicegraph-") as folder:
            path = Path(folder, _FILE)
            with jobs.slot() as slot:
                path.write_text(json.dumps([dict(values)]), encoding="utf-8")
                order = Order(folder, (str(path),), "html", language=language)
                slot.run(order, has_gone).file.close()
            return read_digest(Path(folder, DIGEST))
    except OSError as error:
        raise no_room() from error
