"""An agent for the tests: the SDK's own client, spoken to from tests that know nothing of its event loop."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

COMMAND = (sys.executable, "-m", "pipeline.cli", "mcp")


def over_stdio(*options: str | Path) -> StdioServerParameters:
    command, *arguments = (*COMMAND, *map(str, options))
    return StdioServerParameters(command=command, args=arguments, env=dict(os.environ))


class Agent:
    """A client of an MCP server: an address, a command, or a server in this process."""

    def __init__(self, server: Any, **options: Any) -> None:
        self._client = Client(server, **options)

    def __enter__(self) -> Self:
        self._portal_context = start_blocking_portal()
        self.portal: BlockingPortal = self._portal_context.__enter__()
        self._connection = self.portal.wrap_async_context_manager(self._client)
        self._connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, error, trace)
        self._portal_context.__exit__(kind, error, trace)

    @property
    def client(self) -> Client:
        return self._client

    def call(self, tool: str, /, **arguments: Any) -> CallToolResult:
        return self.portal.call(self._client.call_tool, tool, arguments)

    def data(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """Return the structured result of a call that must succeed."""
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        assert result.structured_content is not None
        return result.structured_content

    def error(self, tool: str, /, **arguments: Any) -> str:
        """Return what the agent reads of a call that must fail."""
        result = self.call(tool, **arguments)
        assert result.is_error, text_of(result)
        return text_of(result)

    def calls(self, calls: Sequence[tuple[str, dict[str, Any]]]) -> list[CallToolResult]:
        """Return the results of calls that are made at the same time."""
        started = [
            self.portal.start_task_soon(self._client.call_tool, tool, arguments) for tool, arguments in calls
        ]
        return [each.result() for each in started]

    def read(self, uri: str) -> str:
        (content,) = self.portal.call(self._client.read_resource, uri).contents
        return str(getattr(content, "text", ""))


def text_of(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if part.type == "text")
