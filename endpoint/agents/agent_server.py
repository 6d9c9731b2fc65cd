"""The MCP server: tools, resources and prompts over the client of a site."""

import json
import logging
from typing import Annotated, Any, NoReturn

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError
from rapidfuzz import process

from endpoint.agents import (
    data_check,
    data_description,
    practice_records,
    practice_search,
    query_tool,
    term_list,
)
from endpoint.agents.known_values import KnownValues
from endpoint.agents.practice_records import PracticeReader
from endpoint.agents.practice_search import PracticeSearch, SearchRequest
from endpoint.agents.presentation import clip, result
from endpoint.agents.site_client import SiteClient
from endpoint.agents.tool_results import CheckVerdict, PracticeText, QueryRows, SearchPage, TermPage
from pipeline import __version__
from pipeline.system.data_files import tables_of, text_of

_log = logging.getLogger(__name__)

_Language = Annotated[
    str,
    Field(
        description="Language tag for names and texts, such as en or fr.",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$",
    ),
]
_LONGEST_QUERY = 16 * 1024 * 1024  # as much as a site can be set to accept; it has the last word
_Page = Annotated[int, Field(description="Page, from 1.", ge=1, le=100_000)]
_Value = Annotated[str, Field(max_length=200)]
_OneOrMore = _Value | Annotated[list[_Value], Field(max_length=50)] | None
_Year = Annotated[int | None, Field(ge=1, le=9999)]


class AgentTools:
    """The tools, each a method with typed arguments and a typed result."""

    def __init__(self, site: SiteClient) -> None:
        self._site = site
        self._values = KnownValues(site)
        self.search = PracticeSearch(site, self._values)
        self.reader = PracticeReader(site, self.search)

    async def search_practices(
        self,
        text: Annotated[
            str, Field(description="Words to search for, the best matches first.", max_length=200)
        ] = "",
        topic: Annotated[_OneOrMore, Field(description="Topics: codes or names.")] = None,
        country: Annotated[_OneOrMore, Field(description="Countries: codes or names.")] = None,
        city: Annotated[
            _OneOrMore, Field(description="Cities: codes or names, with their districts.")
        ] = None,
        first_year: Annotated[
            _Year, Field(description="First year of a range; alone it means “since”.")
        ] = None,
        last_year: Annotated[_Year, Field(description="Last year of a range.")] = None,
        active: Annotated[
            bool, Field(description="Years mean: running at that time. Otherwise: mentioned in the date.")
        ] = False,
        sort: Annotated[
            str, Field(description="Order.", pattern="^(relevance|title|newest|oldest|changed)?$")
        ] = "",
        page: _Page = 1,
        language: _Language = "en",
    ) -> Annotated[CallToolResult, SearchPage]:
        """Search practices."""
        request = SearchRequest(
            text=text,
            topic=_several(topic),
            country=_several(country),
            city=_several(city),
            first_year=first_year,
            last_year=last_year,
            active=active,
            sort=sort,
            page=page,
            language=_primary(language),
        )
        practices_page = await self.search.search(request)
        return result(practice_search.as_text(practices_page), practices_page)

    async def read_practice(
        self,
        practice: Annotated[
            str,
            Field(description="Slug, address, IRI, identifier or exact title.", min_length=1, max_length=500),
        ],
        language: _Language = "en",
    ) -> Annotated[CallToolResult, PracticeText]:
        """Read one practice."""
        record = await self.reader.read(practice, _primary(language))
        return result(practice_records.as_text(record), record)

    async def describe_data(
        self,
        class_name: Annotated[str, Field(description="Describe this class alone.", max_length=100)] = "",
        example: Annotated[
            str, Field(description="Name of an example query to return.", max_length=100)
        ] = "",
        language: _Language = "en",
    ) -> CallToolResult:
        """Describe the data."""
        description = await data_description.read_description(self._site)
        if example:
            text = data_description.example_query(description, example)
        else:
            text = data_description.as_text(description, _primary(language), class_name)
        return CallToolResult(content=[TextContent(type="text", text=clip(text))])

    async def run_query(
        self,
        query: Annotated[
            str, Field(description="The SPARQL query.", min_length=1, max_length=_LONGEST_QUERY)
        ],
        format: Annotated[query_tool.Form, Field(description="Form of the rows.")] = "table",
        max_rows: Annotated[
            int, Field(description="Most rows to return.", ge=1, le=query_tool.MOST_ROWS)
        ] = 50,
        offset: Annotated[int, Field(description="Rows of the result to skip.", ge=0, le=10_000_000)] = 0,
    ) -> Annotated[CallToolResult, QueryRows]:
        """Run a query."""
        rows = await query_tool.run(self._site, query, max_rows, offset)
        return result(query_tool.as_text(rows, format), rows)

    async def list_terms(
        self,
        kind: Annotated[term_list.Kind, Field(description="What to list.")],
        match: Annotated[str, Field(description="Text that code or name include.", max_length=200)] = "",
        page: _Page = 1,
        language: _Language = "en",
    ) -> Annotated[CallToolResult, TermPage]:
        """List terms and values."""
        terms = await term_list.list_terms(self._site, self._values, kind, match, page, _primary(language))
        return result(term_list.as_text(terms), terms)

    async def validate_data(
        self,
        data: Annotated[str, Field(description="The text of the data itself, not a file name.")],
        format: Annotated[data_check.DataFormat, Field(description="Format of the data.")] = "guess",
        strict: Annotated[bool, Field(description="Treat warnings as errors.")] = False,
        language: _Language = "en",
    ) -> Annotated[CallToolResult, CheckVerdict]:
        """Validate data."""
        verdict = await data_check.check(self._site, data, format, _primary(language), is_strict=strict)
        return result(data_check.as_text(verdict), verdict)


_ABOUT: dict[str, dict[str, Any]] = tables_of(__package__, "agent_server.toml")
"""Titles and descriptions of the tools, resources and prompts."""


class AgentServer(MCPServer[Any]):
    """An MCP server whose errors are sentences."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; raise ToolError with what is wrong, which is the last thing that an agent reads."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                _explain_arguments(name, error.__cause__)
            if isinstance(error.__cause__, ResourceError):
                raise ToolError(str(error.__cause__)) from error.__cause__
            if isinstance(error.__cause__, LookupError | TypeError | ValueError):
                _log.exception("%s: the site sent data in an unknown form", name)
                raise ToolError(
                    "The site sent data in an unknown form. Is it a practicegraph site of a similar version?"
                ) from error
            raise


def agent_server(site: SiteClient) -> AgentServer:
    """Return the MCP server for a site."""
    tools = AgentTools(site)
    server = AgentServer(
        "practicegraph",
        title="Intercultural good practices",
        instructions=_text("instructions"),
        version=__version__,
        website_url=None if site.is_local else site.address,
        tools=[_tool(tools, name) for name in _ABOUT["tools"]],
        log_level="WARNING",
    )
    _add_resources(server, site, tools.reader)
    _add_prompts(server)
    return server


def _tool(tools: AgentTools, name: str) -> Tool:
    """Return a tool whose description is a file, and which refuses arguments that it does not have."""
    title = _ABOUT["tools"][name]
    tool = Tool.from_function(
        getattr(tools, name),
        title=title,
        description=_text(name),
        annotations=ToolAnnotations(
            title=title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema(by_alias=True)
    return tool


def _add_resources(server: AgentServer, site: SiteClient, reader: PracticeReader) -> None:
    async def description() -> str:
        return data_description.as_text(await data_description.read_description(site))

    async def description_json() -> str:
        return json.dumps(await data_description.read_description(site), ensure_ascii=False)

    async def example_queries() -> str:
        examples = (await data_description.read_description(site)).get("examples", ())
        return "\n\n".join(
            f"## {each['title'].get('en', each['name'])}\n\n{each['description'].get('en', '')}\n\n"
            f"```sparql\n{each['query'].strip()}\n```"
            for each in examples
        )

    async def ontology() -> str:
        response = await site.get("ns.ttl", accept="text/turtle")
        if response.status != 200:
            raise response.refusal()
        return response.text

    async def practice(slug: str) -> str:
        return practice_records.as_text(await reader.read(slug, "en"))

    async def practice_as_jsonld(slug: str) -> str:
        return (await reader.document(slug)).text

    for read in (description, description_json, example_queries, ontology, practice, practice_as_jsonld):
        server.resource(**_ABOUT["resources"][read.__name__])(read)


def _add_prompts(server: AgentServer) -> None:
    def find_practices(task: str, city: str = "") -> str:
        return _text("find_practices").format(task=task, city=city or "our city")

    def check_table(table: str) -> str:
        return _text("check_table").format(table=table)

    for write in (find_practices, check_table):
        server.prompt(**_ABOUT["prompts"][write.__name__])(write)


def _explain_arguments(name: str, error: ValidationError) -> NoReturn:
    """Raise ToolError with a sentence for each argument that is wrong."""
    known = list(getattr(AgentTools, name).__annotations__)[:-1]
    sentences = []
    for each in error.errors(include_url=False, include_input=False)[:10]:
        argument = str(each["loc"][0]) if each["loc"] else ""
        if each["type"] == "extra_forbidden":
            near = process.extractOne(argument, known, score_cutoff=60)
            hint = f"Did you mean “{near[0]}”? " if near else ""
            sentences.append(f"Unknown argument “{argument[:80]}”. {hint}Arguments: {', '.join(known)}.")
        elif each["type"] == "missing":
            sentences.append(f"The argument “{argument}” is missing.")
        else:
            sentences.append(f"Argument “{argument}”: {each['msg']}.")
    raise ToolError(f"{name}: {' '.join(dict.fromkeys(sentences))}") from error


def _primary(language: str) -> str:
    """Return the language of a tag without its region."""
    return language.partition("-")[0].lower()


def _several(value: str | list[str] | None) -> list[str]:
    if value is None:
        return []
    values = [value] if isinstance(value, str) else value
    return [each for each in values if each.strip()]


def _text(name: str) -> str:
    return text_of(__package__, f"texts/{name}.md").strip()
