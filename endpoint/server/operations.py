"""Operations: whether a server can answer, and what has been counted."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import current_release
from endpoint.engine.worker_status import WorkerStatus
from endpoint.monitoring.metrics import METRICS, SharedCounters, counter_lines, lines
from endpoint.server.status import Status
from pipeline import __version__

_ROOM = 4096
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Operations:
    """What the operations routes of one web process look at."""

    status: Status
    counters: SharedCounters
    workers: WorkerStatus

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("operations", __name__)
        routes.add_url_rule("/readyz", "readyz", self.readiness)
        routes.add_url_rule("/metrics", "metrics", self.metrics)
        return routes

    def readiness(self) -> Response:
        """Answer whether pages and queries can be answered, and with which release, or why not."""
        release = current_release()
        faults = tuple(self._faults(release))
        state: dict[str, Any] = {
            "ready": not faults,
            "release": release.version,
            "created": release.manifest.created,
            "practices": release.practices,
        }
        if faults:
            state["faults"] = faults
        warnings = tuple(self._warnings())
        if warnings:
            state["warnings"] = warnings
        refused = self.status.refused_release()
        if refused is not None:
            state["refused"] = {"release": refused.name, "reason": refused.reason}
        text = json.dumps(state, ensure_ascii=False, indent=1) + "\n"
        return _no_store(Response(text, 503 if faults else 200, content_type="application/json"))

    def metrics(self) -> Response:
        """Answer with all numbers, in the text format of Prometheus."""
        observed = (line for name, values in self._gauges() for line in lines(METRICS[name], values))
        text = "".join((*counter_lines(self.counters), *observed))
        return _no_store(Response(text, content_type=_TEXT))

    def _faults(self, release: Release) -> Iterator[str]:
        if not (release.path / "manifest.json").is_file():
            yield f"The folder of the release {release.name} has gone; build it again."
        if not sum(self.workers.idle_and_busy()):
            yield "No query child is ready; see the log for why they end."

    def _warnings(self) -> Iterator[str]:
        """Yield what is wrong without keeping this server from answering."""
        yield from self.status.faults()
        folder = Path(tempfile.gettempdir())
        try:
            with tempfile.TemporaryFile() as file:
                file.write(b"\0" * _ROOM)
        except OSError as error:
            yield (
                f"The temporary folder {folder} takes no files ({error.strerror}): data cannot be checked. "
                "Free some space, or make it writable."
            )

    def _gauges(self) -> Iterator[tuple[str, dict[tuple[str, ...], float]]]:
        """Yield the names of what is not counted but looked up, each with its values by their labels."""
        release, (idle, busy) = current_release(), self.workers.idle_and_busy()
        created = datetime.fromisoformat(release.manifest.created.replace("Z", "+00:00")).timestamp()
        records = release.manifest.counts.get("records", {})
        folders = {"releases": release.path, "temporary": Path(tempfile.gettempdir())}
        yield "query_children", {("idle",): idle, ("busy",): busy}
        yield (
            "query_children_ended_total",
            {(reason,): count for reason, count in self.workers.endings().items()},
        )
        yield "software_info", {(__version__,): 1}
        yield "release_info", {(release.version, release.name): 1}
        yield "release_created_timestamp_seconds", {(): created}
        yield "release_age_seconds", {(): round(max(time.time() - created, 0), 3)}
        yield "release_refused", {(): float(self.status.refused_release() is not None)}
        yield "practices", {(): release.practices}
        yield "quarantined_records", {(): records.get("quarantined", 0)}
        free: dict[tuple[str, ...], float] = {
            (name,): shutil.disk_usage(path).free for name, path in folders.items() if path.exists()
        }
        yield "disk_free_bytes", free


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
