"""Transports: the MCP server on standard input and output, or over streamable HTTP."""

import socket

import anyio
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from endpoint.agents.agent_server import agent_server
from endpoint.agents.site_client import SiteClient
from pipeline.model.errors import UsageError

PATH = "/mcp"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MOST_CONNECTIONS = 200
_LONGEST_STOP = 3


def serve_stdio(address: str, *, is_local: bool) -> None:
    """Serve the data of a site on standard input and output until the input ends."""

    async def run() -> None:
        async with SiteClient(address, is_local=is_local) as site:
            await agent_server(site).run_stdio_async()

    anyio.run(run)


def serve_http(address: str, *, is_local: bool, listener: socket.socket, hosts: tuple[str, ...]) -> None:
    """Serve the data of a site over streamable HTTP until a signal says to stop.

    ``hosts`` are the host names that clients may use, besides those of the loopback.
    """

    async def run() -> None:
        async with SiteClient(address, is_local=is_local) as site:
            app: ASGIApp = agent_server(site).streamable_http_app(
                streamable_http_path=PATH,
                json_response=True,
                stateless_http=True,
                transport_security=_security(hosts),
            )
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="on",
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_graceful_shutdown=_LONGEST_STOP,
            )
            await uvicorn.Server(config).serve(sockets=[listener])

    anyio.run(run)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address; raise UsageError where that fails."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise UsageError(
            f"Cannot listen on port {port} of {host}: {error.strerror or error}. Choose another --http or --host."
        ) from error


def _security(hosts: tuple[str, ...]) -> TransportSecuritySettings:
    """Return which Host and Origin headers are accepted, with any port."""
    names = [f"[{name}]" if ":" in name else name for name in (*_LOOPBACK, *hosts)]
    return TransportSecuritySettings(
        allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
        allowed_origins=[
            f"{scheme}://{name}{port}"
            for name in names
            for scheme in ("http", "https")
            for port in ("", ":*")
        ],
    )
