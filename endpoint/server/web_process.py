"""A web process: waitress over the application, stopped gently, and not to be held by slow clients."""

import logging
import re
import resource
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error, RequestEntityTooLarge, RequestHeaderFieldsTooLarge

from endpoint.http.request_limits import MOST_HEAD, problem_body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MEGABYTE = 1024 * 1024
_MOST_FILES = 8192
_SECONDS_TO_DRAIN = 10.0
_SECONDS_IDLE = 60
_SECONDS_BETWEEN_LOOKS = 1.0
_SLOWEST = 16 * 1024
"""Bytes a second of a body that give its client more time to send it."""

_WATERMARK = 4 * _MEGABYTE
"""Bytes of an answer that wait in memory for a slow client; beyond them its thread waits."""

_TOO_LONG = (
    "The body is longer than this server takes. To check data of any size, use the command line on your own "
    "computer: practicegraph validate FILE."
)

_TOO_LONG_HEAD = (
    f"The address and the headers have more than {MOST_HEAD} bytes. Send a long query in the body, by POST."
)

_TOO_SLOW = "The request did not come whole in time. Send it again, or check large data on your own computer."
_HOW_TO_SEND = "Percent-encode spaces and special characters in the address, and check the headers."
_NOT_ASCII = re.compile(rb"[\x80-\xff]")

_log = logging.getLogger(__name__)


class _TooSlow(Error):
    """A request that its client sends too slowly."""


class _Task(WSGITask):
    """One request, and what waitress leaves out: an answer without a body needs no end of the connection."""

    def set_close_on_finish(self) -> None:
        """Close the connection after this answer, unless all there is to send is its header."""
        request: Any = self.request
        is_asked = request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or is_asked or self.version != "1.1":
            super().set_close_on_finish()

    def finish(self) -> None:
        """Send what is left; the answer to HEAD has no chunks, so it has no last one."""
        if not self.wrote_header:
            self.write(b"")
        request: Any = self.request
        if request.command == "HEAD":
            self.chunked_response = False
        super().finish()


class _Refusal(ErrorTask):
    """The answer to bytes that are not a request; a request that is too long gets a problem that says what to do."""

    def execute(self) -> None:
        """Write the answer, before the body has come."""
        request: Any = self.request
        if isinstance(request.error, RequestEntityTooLarge):
            self.status, sentence = "413 Content Too Large", _TOO_LONG
        elif isinstance(request.error, RequestHeaderFieldsTooLarge):
            self.status, sentence = "431 Request Header Fields Too Large", _TOO_LONG_HEAD
        elif isinstance(request.error, _TooSlow):
            self.status, sentence = "408 Request Timeout", request.error.body
        else:
            self.status = f"{request.error.code} {request.error.reason}"
            how = _HOW_TO_SEND if request.error.code < 500 else ""
            sentence = f"The request cannot be answered: {request.error.body}. {how}".strip()
        body = problem_body(self.status, sentence)
        self.response_headers = [
            ("Content-Type", "application/problem+json"),
            ("Access-Control-Allow-Origin", "*"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):
    """Reads a request whose address may have letters that are not percent-encoded, as some clients send them."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def seconds_over(self, grace: float) -> float:
        """Return for how long the request should have been here: its client has some time, more for a long body."""
        return time.monotonic() - self.began - grace - self.body_bytes_received / _SLOWEST

    def parse_header(self, header_plus: bytes) -> None:
        """Read the first line and the headers."""
        first, end, rest = header_plus.partition(b"\r\n")
        encoded = _NOT_ASCII.sub(lambda match: b"%%%02X" % match[0][0], first)
        super().parse_header(encoded + end + rest)


class _Channel(HTTPChannel):
    parser_class = _Parser
    task_class = _Task
    error_task_class = _Refusal

    def refuse_slow_sender(self, grace: float) -> None:
        """Answer a request that has been coming for too long, and close its connection."""
        lock: Any = self.requests_lock  # type: ignore[attr-defined]
        with lock:
            coming: Any = self.request
            if coming is None or coming.seconds_over(grace) < 0:
                return
            _log.warning("A client that sent too slowly was cut off: %s", self.addr)
            coming.error = _TooSlow(_TOO_SLOW)
            coming.completed = True
            self.request = None
            requests: Any = self.requests
            requests.append(coming)
            if len(requests) == 1:
                server: Any = self.server
                server.add_task(self)


class Web:
    """One web process on a listening socket that others share."""

    def __init__(
        self, app: "WSGIApplication", listener: socket.socket, *, threads: int, body_limit_mb: int
    ) -> None:
        _allow_many_files()
        # The queue is not worth a warning: beyond the threads it is where requests wait.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        server: Any = create_server(
            app,
            sockets=[listener],
            threads=threads,
            ident=None,
            expose_tracebacks=False,
            log_socket_errors=False,
            asyncore_use_poll=True,
            backlog=1024,
            connection_limit=_MOST_FILES // 2,
            channel_timeout=_SECONDS_IDLE,
            cleanup_interval=10,
            # Reading on while a request is answered is what notices that its client has gone.
            channel_request_lookahead=1,
            max_request_header_size=MOST_HEAD,
            max_request_body_size=body_limit_mb * _MEGABYTE,
            outbuf_overflow=2 * _WATERMARK,
            outbuf_high_watermark=_WATERMARK,
        )
        server.channel_class = _Channel
        self._server = server
        self._is_stopping = False
        self._waiting_since: dict[int, float] = {}

    def run(self, *, longest_answer: float, sending_grace: float) -> None:
        """Serve until SIGTERM, then finish what has begun.

        No answer may hold a thread longer than given, and no request a connection: for that its client has some grace.
        """
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        next_look = 0.0
        while not self._is_stopping:
            self._run_once()
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + _SECONDS_BETWEEN_LOOKS
                self._close_stalled(longest_answer)
                for channel in tuple(self._server.active_channels.values()):
                    channel.refuse_slow_sender(sending_grace)
        self._drain()
        self._server.task_dispatcher.shutdown(timeout=1)

    def _stop(self) -> None:
        self._is_stopping = True
        self._server.pull_trigger()

    def _run_once(self) -> None:
        self._server.asyncore.loop(timeout=1, use_poll=True, map=self._server._map, count=1)

    def _close_stalled(self, longest_answer: float) -> None:
        """Close connections whose client reads so slowly that it has held a thread for too long."""
        now = time.monotonic()
        channels = {id(channel): channel for channel in tuple(self._server.active_channels.values())}
        waiting = {key for key, channel in channels.items() if channel.requests and channel.total_outbufs_len}
        self._waiting_since = {key: self._waiting_since.get(key, now) for key in waiting}
        for key, since in self._waiting_since.items():
            if now - since > longest_answer:
                _log.warning("A client that read too slowly was cut off: %s", channels[key].addr)
                channels[key].handle_close()

    def _drain(self) -> None:
        """Accept no more; let what is being answered come to its end, and close what is idle."""
        self._server.accepting = False
        until = time.monotonic() + _SECONDS_TO_DRAIN
        while self._server.active_channels and time.monotonic() < until:
            for channel in tuple(self._server.active_channels.values()):
                if not channel.requests and not channel.total_outbufs_len:
                    channel.will_close = True
            self._run_once()


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
