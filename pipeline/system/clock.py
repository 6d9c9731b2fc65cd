"""The clock of a build: SOURCE_DATE_EPOCH where it is set, else the time of day."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pipeline.model.errors import UsageError


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


def latest_time(now: str, last: str) -> str:
    """Return the time that a clock says, or the second after the last one if it has not advanced."""
    if not last or now > last:
        return now
    moment = datetime.fromisoformat(last.replace("Z", "+00:00")).astimezone(UTC)
    return timestamp(moment + timedelta(seconds=1))
