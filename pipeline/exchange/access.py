"""Access: credentials for a remote server, and requests that reach only that server."""

import json
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from pipeline import __version__
from pipeline.model.errors import EnvironmentFault, PracticegraphError, UsageError
from pipeline.system.data_files import tables_of

AGENT = f"practicegraph/{__version__}"
_TOLD = 500
_LOCAL = ("localhost", "127.0.0.1", "::1")


class RemoteFault(Exception):
    """A remote server did not do what it was asked to.

    ``status`` is the one of HTTP, or 0 where no answer came: within the time if ``timed_out``, else at all.
    """

    def __init__(self, status: int, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.timed_out = timed_out

    def to_error(self, asked: str, url: str, seconds: float) -> PracticegraphError:
        """Return the error that says what to do, by the table for a query or a publication."""
        status = "late" if self.timed_out else self.status
        rows = tables_of(__package__, "remote_faults.toml")[asked]
        row = next(row for row in rows if status in row.get("statuses", (status,)))
        kind = UsageError if row.get("is_usage") else EnvironmentFault
        return kind(row["sentence"].format(url=url, seconds=f"{seconds:g}", status=self.status, fault=self))


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a bearer token; nothing of it is ever shown."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


NOBODY = Credentials()


class _StayHere(HTTPRedirectHandler):
    """Refuses redirects: a store that moved must be given by its new address, and credentials go nowhere else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        return None


class Access:
    """A way to one server: its address, checked, and an opener that identifies us to it."""

    def __init__(self, url: str, credentials: Credentials = NOBODY) -> None:
        self.url = check_url(url)
        self._token = credentials.token
        self._opener = _opener(self.url, credentials)

    def open(self, request: Request, seconds: float) -> HTTPResponse:
        """Return the response to a request; raise RemoteFault at any other than a success."""
        request.add_header("User-Agent", AGENT)
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            response: HTTPResponse = self._opener.open(request, timeout=seconds)
        except HTTPError as error:
            with error:
                raise RemoteFault(error.code, _error_text(error)) from error
        except (OSError, HTTPException) as error:
            raise no_answer(error) from error
        return response

    def read(self, request: Request, seconds: float) -> bytes:
        """Return all of the response to a request; raise RemoteFault at any other than a success."""
        with self.open(request, seconds) as response:
            try:
                return response.read()
            except (OSError, HTTPException) as error:
                raise no_answer(error) from error


def next_part(response: HTTPResponse, size: int) -> bytes:
    """Return the next bytes of a response, none at its end; raise IncompleteRead if it broke off before.

    The library notices by itself only when all is read at once.
    """
    part = response.read1(size)
    if not part and response.length:
        raise IncompleteRead(part, response.length)
    return part


def no_answer(error: Exception) -> RemoteFault:
    """Return what a broken connection is: the fault of the server, or of the way to it."""
    reason = error.reason if isinstance(error, URLError) else error
    return RemoteFault(0, str(reason) or type(error).__name__, timed_out=isinstance(reason, TimeoutError))


def check_url(url: str) -> str:
    """Return the address of a server; raise UsageError if it is invalid or contains a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url} is no address of a server. Write it with http:// or https://.")
    if parts.password is not None or parts.username is not None:
        raise UsageError(
            f"The address of {parts.hostname} holds a user or a password, which others can read there. "
            "Give the user with --user and the password in the environment, as PRACTICEGRAPH_STORE_PASSWORD."
        )
    return url


def is_open_to_listeners(url: str) -> bool:
    """Return whether what is sent to an address can be read on its way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in _LOCAL


def _opener(url: str, credentials: Credentials) -> OpenerDirector:
    if not credentials.user:
        return build_opener(_StayHere)
    parts = urlsplit(url)
    passwords = HTTPPasswordMgrWithDefaultRealm()
    root = f"{parts.scheme}://{parts.netloc}/"
    passwords.add_password(None, root, credentials.user, credentials.password)
    return build_opener(_StayHere, HTTPBasicAuthHandler(passwords), HTTPDigestAuthHandler(passwords))


def _error_text(error: HTTPError) -> str:
    """Return the first words of an error's body, else its reason."""
    try:
        body = error.read(64 * 1024).decode("utf-8", errors="replace")
    except (OSError, HTTPException):
        body = ""
    content_type = error.headers.get("Content-Type", "") if error.headers else ""
    if "html" in content_type:
        return str(error.reason)
    if "json" in content_type:
        body = _detail(body)
    return " ".join(body.split())[:_TOLD] or str(error.reason)


def _detail(body: str) -> str:
    """Return the sentence of a problem in JSON (RFC 9457), else all of it."""
    try:
        problem = json.loads(body)
    except ValueError:
        return body
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return detail if isinstance(detail, str) else body
