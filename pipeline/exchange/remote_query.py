"""Asking an endpoint somewhere else, and what to do when it does not answer."""

import json
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO

from pipeline.exchange.access import NOBODY, Access, Credentials, RemoteFault, next_part, no_answer
from pipeline.exchange.endpoint import MEDIA_TYPES, Endpoint
from pipeline.exchange.query_text import QueryText
from pipeline.model.errors import EnvironmentFault

_PART = 64 * 1024
_MOST_HINTS = 5
_LONGEST_HINT = 500
_ALSO_CALLED = {"json": ("application/json",), "xml": ("application/xml",), "ttl": ("application/x-turtle",)}


class EndpointToAsk:
    """An endpoint that answers queries over HTTP."""

    def __init__(self, url: str, *, seconds: float, credentials: Credentials = NOBODY) -> None:
        self._endpoint = Endpoint(Access(url, credentials))
        self._seconds = seconds
        self.hints: tuple[str, ...] = ()
        """What the endpoint, if it is one of ours, says of a query that finds nothing."""

    def answer(self, query: QueryText, format_name: str, out: BinaryIO) -> None:
        """Write the answer to a query; raise UsageError if it is refused, EnvironmentFault if none came."""
        try:
            with self._endpoint.ask(query.with_prefixes(), format_name, seconds=self._seconds) as response:
                _demand(response, format_name, self._endpoint.url)
                self.hints = _hints(response.headers.get("X-Query-Hints", ""))
                while part := next_part(response, _PART):
                    out.write(part)
        except RemoteFault as fault:
            raise fault.to_error("query", self._endpoint.url, self._seconds) from fault
        except (OSError, HTTPException) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise EnvironmentFault(
                f"The answer of {self._endpoint.url} broke off: {no_answer(error)}. The part received is incomplete."
            ) from error


def _demand(response: HTTPResponse, format_name: str, url: str) -> None:
    """Raise EnvironmentFault if a response is not in the format that was asked for."""
    got = response.headers.get_content_type()
    if got not in (MEDIA_TYPES[format_name], *_ALSO_CALLED.get(format_name, ())):
        raise EnvironmentFault(
            f"{url} answers as {got}, not as {MEDIA_TYPES[format_name]}. Is it an endpoint?"
        )


def _hints(header: str) -> tuple[str, ...]:
    """Return the sentences in a header with hints, none where it contains something else."""
    try:
        said = json.loads(header) if header else []
        texts = [str(hint["text"]) for hint in said[:_MOST_HINTS]]
    except (ValueError, TypeError, KeyError):
        return ()
    return tuple("".join(filter(str.isprintable, text))[:_LONGEST_HINT] for text in texts)
