"""Settings of a build, a validation and a publication: what the command line, environment and file may say."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.iris import DEFAULT_BASE
from pipeline.texts import TextPolicy

FUTURE_YEARS = 10
"""A practice may be planned so many years ahead; a later year is an error in the source."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """How a build is done.

    ``jobs`` is the number of processes of the gate; ``own_texts`` are the sources whose texts the publisher
    wrote; ``lock_wait`` is in seconds; ``dataset`` holds what a publisher says of the dataset (publisher,
    contact, licence, title).
    """

    output: Path
    base_iri: str = DEFAULT_BASE
    strict: bool = False
    add: bool = False
    allow_withdrawals: bool = False
    dry_run: bool = False
    jobs: int = 1
    text: TextPolicy = TextPolicy.EXCERPT
    own_texts: tuple[Path, ...] = ()
    ledger: Path | None = None
    corrections: Path | None = None
    suggest: Path | None = None
    keep: int = 3
    lock_wait: float = 30.0
    dataset: Mapping[str, str] = field(default_factory=dict)


def current_time(environment: Mapping[str, str] = os.environ) -> datetime:
    """Return the time a build counts as: SOURCE_DATE_EPOCH (seconds since 1970) where it is set, else the clock."""
    stated = environment.get("SOURCE_DATE_EPOCH")
    if stated is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(stated), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {stated!r}; set it to whole seconds since 1970, or unset it."
        ) from None


def timestamp(time: datetime) -> str:
    """Return a time as xsd:dateTime in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def later(now: str, last: str) -> str:
    """Return the time that a clock says, or the second after the last one where it has not gone on."""
    if not last or now > last:
        return now
    moment = datetime.fromisoformat(last.replace("Z", "+00:00")).astimezone(UTC)
    return timestamp(moment + timedelta(seconds=1))
