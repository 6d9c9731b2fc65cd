"""``practicegraph mcp``: the data over the Model Context Protocol, for assistants."""

import contextlib
import importlib.util
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.model.errors import UsageError
from pipeline.system.termination import ended_at_once


@click.command()
@options.releases
@click.option("--endpoint", metavar="URL", help="Read this site instead of a release.")
@options.setting(
    "--query-timeout",
    type=click.FloatRange(0.1),
    default=30,
    help="Time limit for a query on a release, in seconds.",
)
@click.option(
    "--http",
    "port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="Serve streamable HTTP on this port, at /mcp.  [default: standard input and output]",
)
@options.setting("--host", default="127.0.0.1", help="Address to listen on, with --http.")
@click.option(
    "--allow-host",
    "hosts",
    metavar="NAME",
    multiple=True,
    help="Further host name that clients use for this server, with --http.",
)
def mcp(
    release: Path,
    endpoint: str | None,
    query_timeout: float,
    port: int | None,
    host: str,
    hosts: tuple[str, ...],
) -> None:
    """Let assistants search, read, query and check the data, over the Model Context Protocol.

    \b
    Example:
      practicegraph mcp --release published
      practicegraph mcp --endpoint https://data.example.org
      practicegraph mcp --release published --http 8765
    """
    if importlib.util.find_spec("mcp") is None:
        raise UsageError("“practicegraph mcp” needs one more package: pip install 'practicegraph[mcp]'")
    with contextlib.ExitStack() as stack:
        is_local = endpoint is None
        if endpoint is None:
            from endpoint.agents.local_site import (
                local_site,
            )  # it forks, so it comes before what starts threads

            site = stack.enter_context(local_site(release, query_timeout))
            from endpoint.agents import transports  # the SDK is large; it is loaded while the site starts

            site.wait_until_ready()
            address = site.address
        else:
            from endpoint.agents import transports
            from endpoint.agents.site_client import site_address

            address = site_address(endpoint)
        if port is None:
            stack.enter_context(ended_at_once())
            transports.serve_stdio(address, is_local=is_local)
            return
        listener = stack.enter_context(transports.listen(host, port))
        name = f"[{host}]" if ":" in host else host
        click.echo(f"Serving MCP at http://{name}:{listener.getsockname()[1]}{transports.PATH}", err=True)
        transports.serve_http(address, is_local=is_local, listener=listener, hosts=(*hosts, host))
