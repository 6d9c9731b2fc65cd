"""The client of a site: every tool reads pages, SPARQL results and reports through it, all of bounded size."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import anyio
import httpx2
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from pipeline import __version__
from pipeline.model.errors import UsageError
from pipeline.system.data_files import filled_text

MIB = 1024 * 1024
MOST_BYTES = 8 * MIB
"""Most that is read of a response."""

JSON_RESULTS = "application/sparql-results+json"

_AT_A_TIME = 6
_LONG_AT_A_TIME = 3
"""Queries of agents and checks: fewer than a site runs, so that searching and reading continue meanwhile."""

_LONGEST_WAIT = 45.0
_LONGEST_RESPONSE = 150.0
_TIMEOUT = httpx2.Timeout(120.0, connect=15.0)
_MOST_RETRIES = 5
_BUSY = 503
_SHORT_WAITS = frozenset(map(str, range(11)))
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_IRI = re.compile(r"https?://[^<>\"{}|^`\\\s\x00-\x20]+")

Term = Mapping[str, str]
"""A term in SPARQL results in JSON: its type, its value, its language or datatype."""


class Refusal(ResourceError):
    """A request that fails, with the sentence that the agent reads."""


class NotThere(ResourceNotFoundError):
    """Something that does not exist, with the sentence that the agent reads."""


@dataclass(frozen=True, slots=True)
class SiteResponse:
    """A response of the site: the status, the headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def problem(self) -> dict[str, Any]:
        """Return what an error response says in the form of RFC 9457; empty where it says nothing of that kind."""
        if "json" in self.headers.get("content-type", ""):
            try:
                content = json.loads(self.body)
            except ValueError:
                return {}
            return content if isinstance(content, dict) else {}
        return {}

    def json(self) -> Any:
        """Return the body as JSON; raise Refusal where it is something else or the site reports an error."""
        if self.status != 200:
            raise self.refusal()
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refusal("The site sent something other than JSON. Is the address right?") from error

    def refusal(self) -> Refusal:
        """Return an error response as the exception that an agent reads."""
        problem = self.problem
        sentence = (
            problem.get("detail") or problem.get("title") or "Is this the address of a practicegraph site?"
        )
        return Refusal(f"The site answered with status {self.status}. {sentence}")


class SiteClient:
    """A client for one site; it makes requests to no other address."""

    def __init__(self, address: str, *, is_local: bool = False) -> None:
        self.address = address
        self.is_local = is_local
        self._places = anyio.CapacityLimiter(_AT_A_TIME)
        self._long_places = anyio.CapacityLimiter(_LONG_AT_A_TIME)
        self._client = httpx2.AsyncClient(
            base_url=address + "/",
            timeout=_TIMEOUT,
            trust_env=not is_local,
            headers={"User-Agent": f"practicegraph-mcp/{__version__}"},
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(
        self, path: str, parameters: Sequence[tuple[str, str]] = (), *, accept: str = "application/json"
    ) -> SiteResponse:
        """Return the response to a GET; redirects are followed within the site."""
        request = self._client.build_request("GET", path, params=list(parameters), headers={"Accept": accept})
        response = await self._send(request, self._places)
        for _ in range(_MOST_REDIRECTS):
            if response.status not in _REDIRECTS:
                break
            target = self._within(str(request.url), response.headers.get("location", ""))
            request = self._client.build_request("GET", target, headers={"Accept": accept})
            response = await self._send(request, self._places)
        return response

    async def post(
        self,
        path: str,
        body: bytes,
        content_type: str,
        *,
        parameters: Sequence[tuple[str, str]] = (),
        accept: str = "application/json",
        language: str = "en",
        is_long: bool = True,
    ) -> SiteResponse:
        """Return the response to a POST, which may take long unless it is known to be short."""
        headers = {"Accept": accept, "Content-Type": content_type, "Accept-Language": language}
        request = self._client.build_request(
            "POST", path, params=list(parameters), content=body, headers=headers
        )
        response = await self._send(request, self._long_places if is_long else self._places)
        if response.status in _REDIRECTS:
            self._within(str(request.url), response.headers.get("location", ""))
        return response

    async def query(self, text: str, *, accept: str = JSON_RESULTS, is_long: bool = True) -> SiteResponse:
        """Return the response to a SPARQL query."""
        return await self.post(
            "sparql", encode_text(text), "application/sparql-query", accept=accept, is_long=is_long
        )

    async def rows(self, name: str, **values: str) -> list[dict[str, Term]]:
        """Return the rows of one of our own queries, a file in which the values replace the names with $."""
        results = (
            await self.query(filled_text(__package__, f"queries/{name}.rq", **values), is_long=False)
        ).json()
        rows: list[dict[str, Term]] = results["results"]["bindings"]
        return rows

    async def _send(self, request: httpx2.Request, places: anyio.CapacityLimiter) -> SiteResponse:
        """Send a request when there is a place; raise Refusal if none becomes free or the site does not answer."""
        try:
            with anyio.fail_after(_LONGEST_WAIT):
                await places.acquire_on_behalf_of(request)
        except TimeoutError as error:
            raise Refusal("Too many calls run at the same time. Try again in a minute.") from error
        try:
            with anyio.fail_after(_LONGEST_RESPONSE):
                return await self._exchange_when_free(request)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise Refusal(f"{self.address} does not respond in time. Try again.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Refusal(
                f"{self.address} cannot be reached: {str(error) or type(error).__name__}."
            ) from error
        finally:
            places.release_on_behalf_of(request)

    async def _exchange_when_free(self, request: httpx2.Request) -> SiteResponse:
        """Send a request, and send it again when a busy site says after how many seconds."""
        for _ in range(_MOST_RETRIES):
            response = await self._exchange(request)
            seconds = response.headers.get("retry-after", "")
            if response.status != _BUSY or seconds not in _SHORT_WAITS:
                return response
            await anyio.sleep(int(seconds))
        return await self._exchange(request)

    async def _exchange(self, request: httpx2.Request) -> SiteResponse:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise Refusal(
                        f"The response is larger than {MOST_BYTES // MIB} MB. Ask for less: "
                        "add LIMIT to a query, or filters to a search."
                    )
            return SiteResponse(response.status_code, response.headers, bytes(body))
        finally:
            await response.aclose()

    def _within(self, address: str, location: str) -> str:
        """Return where a redirect leads, if that is within the site; raise Refusal otherwise."""
        target = urljoin(address, location)
        if urlsplit(target)[:2] != urlsplit(self.address)[:2]:
            raise Refusal(f"{self.address} redirects to {target[:200]}. Use that address for --endpoint.")
        return target


def site_address(text: str) -> str:
    """Return the address of a site from what a user wrote: the site itself or its /sparql; raise UsageError."""
    unusable = UsageError("--endpoint is not a web address. Write it like https://data.example.org")
    try:
        parts = urlsplit(text.strip())
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise unusable from error
    if not is_web:
        raise unusable
    if parts.username is not None or parts.password is not None:
        raise UsageError("The address has a user name or password. Remove it: only public sites are read.")
    path = parts.path.rstrip("/").removesuffix("/sparql")
    return f"{parts.scheme}://{parts.netloc}{path}"


def encode_text(text: str) -> bytes:
    """Return text as UTF-8; raise Refusal where it has half a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Refusal(f"Character {error.start + 1} is half of a surrogate pair. Remove it.") from error


def is_plain_iri(text: str) -> bool:
    """Return whether a text is a web IRI that can be written between < and > in a query."""
    return _IRI.fullmatch(text) is not None
