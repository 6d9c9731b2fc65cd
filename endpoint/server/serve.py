"""The server: what `practicegraph serve` runs, from its settings to the last process ended."""

import contextlib
import errno
import gc
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from endpoint.app import create_app
from endpoint.catalogue.service import releases_of
from endpoint.engine.client import Children, QueryBackend
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits
from endpoint.engine.supervisor_group import SupervisorGroup
from endpoint.engine.worker_status import WorkerStatus
from endpoint.http.cache import AnswerCache
from endpoint.monitoring.access_log import AccessLog, MonitoringMiddleware
from endpoint.monitoring.memory import keep_one_heap
from endpoint.monitoring.metrics import SharedCounters
from endpoint.server.operations import Operations
from endpoint.server.process_manager import READY, ProcessManager
from endpoint.server.status import Status
from endpoint.server.warming import prepare, warm_up
from endpoint.server.watch import Watch
from endpoint.server.web_process import Web
from endpoint.site.contact import read_contact
from endpoint.sparql.front import Front
from endpoint.sparql.query_service import Admission, QueryService, SharedResult
from endpoint.sparql.sparql_errors import OUTCOMES
from endpoint.validation import Checking
from endpoint.validation.addresses import listed_hosts
from endpoint.validation.check_job import checks
from endpoint.validation.check_limits import MIB, CheckLimits
from endpoint.validation.stored_reports import Reports
from pipeline.exchange.access import NOBODY, Access, Credentials, check_url
from pipeline.model.errors import EnvironmentFault, PracticegraphError, UsageError
from pipeline.release.folder.manifest import read_manifest
from pipeline.shapes_check.named_profiles import NONE, NamedProfiles, list_profiles
from pipeline.system.confinement import confine
from pipeline.system.process_groups import Service
from pipeline.system.processes import Signals, spawn

_BACKLOG = 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How to serve an output folder, the one with ``current``.

    ``query_timeout`` is in seconds. ``queries_in_flight`` counts for each web process; what is left of its
    ``threads`` serves pages, whatever SPARQL queries run. After a query's deadline its client has
    ``reading_grace`` seconds to read what is left of the answer, and before it ``sending_grace`` seconds to send the
    request, more for a long body. ``cache_mb`` is what answers to queries may
    take in all web processes together. A release of at most ``in_memory`` triples is kept in memory for queries.
    ``access_log`` is a file, ``-`` the standard output, None for no log.
    ``store`` is a SPARQL endpoint that answers queries; this machine's children then only read and check them.
    A query may have ``query_size_mb``. Reports of checks live for ``report_minutes`` and take ``report_mb`` at most;
    without a folder for them they are deleted when the server stops. ``checks`` run at a time in the whole server,
    and ``checks_waiting`` wait; each may take ``check_timeout`` in seconds and data of ``check_size_mb``.
    ``contact`` is the address to which people send their data. ``profiles`` is a folder of shapes to check by,
    and shapes that were sent are kept in ``shapes_memory_mb``. Data may be fetched from the hosts ``allow_from``.
    """

    release: Path
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 2
    threads: int = 16
    query_timeout: float = 30.0
    query_memory_mb: int = 1024
    query_size_mb: int = 1
    query_children: int = 2
    query_children_most: int = 8
    in_memory: int = 100_000
    queries_in_flight: int = 8
    reading_grace: float = 60.0
    sending_grace: float = 60.0
    body_limit_mb: int = 64
    cache_mb: int = 32
    access_log: str | None = None
    store: str | None = None
    credentials: Credentials = NOBODY
    reports: Path | None = None
    report_minutes: float = 60.0
    report_mb: int = 512
    check_timeout: float = 60.0
    check_memory_mb: int = 1024
    check_size_mb: int = 32
    checks: int = 2
    checks_waiting: int = 4
    contact: str | None = None
    profiles: Path | None = None
    shapes_memory_mb: int = 256
    allow_from: Sequence[str] = ()
    fetch_timeout: float = 20.0

    @property
    def limits(self) -> QueryLimits:
        """Return what one query may spend, and by how many children."""
        return QueryLimits(
            seconds=self.query_timeout,
            memory=self.query_memory_mb * 1024 * 1024,
            children=self.query_children,
            most=max(self.query_children, self.query_children_most),
            in_memory=0 if self.store else self.in_memory,
            query_bytes=self.query_size_mb * MIB,
        )

    @property
    def check_limits(self) -> CheckLimits:
        """Return what one check may spend, and how many there may be."""
        return CheckLimits(
            data=self.check_size_mb * MIB,
            seconds=self.check_timeout,
            memory=self.check_memory_mb * MIB,
            jobs=self.checks,
            waiting=self.checks_waiting,
            shapes=self.shapes_memory_mb * MIB,
            hosts=listed_hosts(self.allow_from),
            fetching=self.fetch_timeout,
        )

    def backend(self, queue: ConnectionQueue, workers: WorkerStatus) -> QueryBackend:
        """Return who answers queries: the children behind a queue, or the remote store if there is one."""
        children = Children(queue, self.limits, workers)
        if self.store is None:
            return children
        from endpoint.engine.remote import RemoteStore  # its library is large, and few need it

        return RemoteStore(Access(self.store, self.credentials), self.limits, children)


def serve(settings: ServerSettings, listener: socket.socket | None = None) -> None:
    """Serve the current release until a signal says to stop; SIGTERM and SIGINT let what has begun finish.

    A listener that is given takes the place of the host and port of the settings.
    Raise EnvironmentFault if there is no sound release, UsageError if the address cannot be used.
    """
    if settings.store is not None:
        check_url(settings.store)
    if settings.contact is not None and read_contact(settings.contact) is None:
        raise UsageError(
            f"{settings.contact!r} is neither an e-mail address nor a web address. Give one of them."
        )
    listed_hosts(settings.allow_from)
    keep_one_heap()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s")
    profiles = _read_profiles(settings.profiles)
    log = _open_log(settings.access_log)
    with (
        listener or _listen(settings.host, settings.port) as listener,
        _own_folder() as own,
        ConnectionQueue() as queries,
        ConnectionQueue() as orders,
        Signals(signal.SIGTERM, signal.SIGINT) as signals,
    ):
        status = Status()
        status.reporter("profiles")(" ".join(profiles.problems))
        watch = Watch(settings.release, status)
        release = watch.start()
        _check_sandbox(status)
        ready, tell = os.pipe()
        os.set_blocking(tell, False)
        supervisors = SupervisorGroup(
            queries,
            status.served_release,
            settings.limits,
            others=(listener, orders),
            report=status.reporter("queries"),
            report_memory=status.reporter("memory"),
        )
        shared = _SharedState(
            listener,
            status,
            queries,
            orders,
            tell,
            supervisors.status,
            SharedCounters(settings.processes, OUTCOMES),
            log,
            _open_reports(settings, Path(own)),
            profiles,
        )
        checker = Service("pg-checks", partial(_check, settings.check_limits, shared, Path(own)))
        webs = Service("pg-web", partial(_web, settings, shared), settings.processes)
        manager = ProcessManager(
            (supervisors, checker, webs),
            watch,
            sweep=shared.reports.sweep,
            report=status.reporter("server"),
        )
        prepare()
        # What all processes have from here stays shared: their collectors of garbage leave it alone.
        gc.freeze()
        manager.start(ready, settings.processes, supervisors.is_ready)
        _announce(release, listener)
        manager.run(signals)
        manager.stop()


def _check_sandbox(status: Status) -> None:
    """Try, in a process that ends at once, what every sandbox does, and report where it cannot be done."""
    probe = spawn("pg-probe", lambda: os._exit(bool(confine("Queries, checks and parsers run"))))
    if probe.wait():
        status.reporter("sandbox")(
            "Queries, checks and parsers run without the kernel's filter that keeps them from the network "
            "(seccomp); see the log."
        )


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address; raise UsageError if it cannot be used."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason, remedy = "another program uses it", "Stop that one, or give another --port"
        else:
            reason, remedy = error.strerror or str(error), "Give another --host or --port"
        raise UsageError(f"Port {port} of {host} cannot be listened on: {reason}. {remedy}.") from error


def _open_log(path: str | None) -> AccessLog | None:
    """Return the access log; raise UsageError if it cannot be written."""
    try:
        return None if path is None else AccessLog(path)
    except OSError as error:
        raise UsageError(
            f"The access log {path} cannot be written: {error.strerror}. Give another --access-log."
        ) from error


def _read_profiles(folder: Path | str | None) -> NamedProfiles:
    """Return the profiles of a folder that can be applied, and name the others in the log."""
    if folder is None:
        return NONE
    from pipeline.shapes_check.foreign_shapes import check_profiles  # it loads what reads shapes

    profiles = check_profiles(list_profiles(Path(folder)))
    for problem in profiles.problems:
        _log.error("A profile was left out. %s", problem)
    return profiles


def _open_reports(settings: ServerSettings, own: Path) -> Reports:
    """Return the stored reports, without those whose time is over; raise EnvironmentFault if none can be stored."""
    folder = Path(settings.reports or own / "reports")
    reports = Reports(folder, minutes=settings.report_minutes, most_mb=settings.report_mb)
    try:
        reports.open()
    except OSError as error:
        raise EnvironmentFault(
            f"The folder {folder} for reports cannot be used: {error.strerror}. Give another --reports."
        ) from error
    return reports


def _own_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a new folder, which is deleted in the end; raise EnvironmentFault if there can be none."""
    try:
        return tempfile.TemporaryDirectory(prefix="practicegraph-", ignore_cleanup_errors=True)
    except OSError as error:
        raise EnvironmentFault(
            f"There is no folder for temporary files ({error.strerror}). Set TMPDIR to one that takes them."
        ) from error


@dataclass(frozen=True, slots=True)
class _SharedState:
    """What all web processes have in common; ``tell`` is the pipe to the parent."""

    listener: socket.socket
    status: Status
    queries: ConnectionQueue
    orders: ConnectionQueue
    tell: int
    workers: WorkerStatus
    counters: SharedCounters
    log: AccessLog | None
    reports: Reports
    profiles: NamedProfiles


def _check(limits: CheckLimits, shared: _SharedState, own: Path, _number: int) -> None:
    """Be the process that forks checks; tidy up after a parent that was killed."""
    parent = os.getppid()
    shared.listener.close()
    shared.queries.close()
    shared.orders.accept_only()
    report = shared.status.reporter("checks")
    checks(shared.orders, limits, report=report, profiles=shared.profiles).run()
    if os.getppid() != parent:
        shutil.rmtree(own, ignore_errors=True)


def _web(settings: ServerSettings, shared: _SharedState, number: int) -> None:
    """Run a web process; report to the parent when it is ready, or why it is not."""
    try:
        web = Web(
            _application(settings, shared, number),
            shared.listener,
            threads=settings.threads,
            body_limit_mb=settings.body_limit_mb,
        )
    except PracticegraphError as error:
        _log.critical("A web process cannot start: %s", error)
        os.write(shared.tell, f"{error}\n".encode())
        os._exit(error.exit_code)
    gc.freeze()
    with contextlib.suppress(BlockingIOError):  # only the first ones are waited for
        os.write(shared.tell, READY)
    web.run(
        longest_answer=settings.query_timeout + settings.reading_grace, sending_grace=settings.sending_grace
    )


def _application(settings: ServerSettings, shared: _SharedState, number: int) -> MonitoringMiddleware:
    counts = shared.counters.row(number)
    counts.start()
    cache: AnswerCache[SharedResult] = AnswerCache(settings.cache_mb * 1024 * 1024 // settings.processes)
    places = Admission(max(1, min(settings.queries_in_flight, settings.threads - 2)))
    asking = QueryService(settings.backend(shared.queries, shared.workers), places, cache)
    app = create_app(
        settings.release,
        served_release=shared.status.served_release,
        reports=shared.reports,
        contact_address=settings.contact,
        checking=Checking(settings.check_limits, shared.orders, shared.profiles),
        asking=asking,
    )
    app.register_blueprint(Operations(shared.status, shared.counters, shared.workers).blueprint())
    warm_up(app)
    front = Front(app.wsgi_app, asking, releases_of(app).current)
    return MonitoringMiddleware(front, counts, shared.log)


def _announce(release: Path, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Serving release {release.name} at http://{name}:{port}\n")
    base = read_manifest(release).base_iri
    parts = urlsplit(base)
    if (parts.hostname, parts.port) not in ((host, port), ("localhost", port)):
        sys.stderr.write(
            f"The IRIs in the data begin with {base}; they open only where that address leads here.\n"
        )
    sys.stderr.flush()
