"""Texts for models: Markdown of bounded length, with a visible note where something was cut."""

from collections.abc import Mapping, Sequence

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel

MOST_TEXT = 24_000
"""Most characters of a text that a tool returns, some 6,000 tokens."""

MOST_NAMED = 8
_PLAIN = {ord(char): " " for char in "\r\n\t\v\f"}


def result(text: str, model: BaseModel) -> CallToolResult:
    """Return a result of a tool: text for the model that reads it, and data for programs."""
    return CallToolResult(
        content=[TextContent(type="text", text=clip(text))], structured_content=model.model_dump(mode="json")
    )


def clip(text: str, most: int = MOST_TEXT, remedy: str = "") -> str:
    """Return a text cut at the end of a line, with a note where it was too long."""
    if len(text) <= most:
        return text
    cut = text.rfind("\n", most // 2, most)
    head = text[: cut if cut > 0 else most]
    return (
        f"{head}\n\n[Cut: {len(head):,} of {len(text):,} characters shown.{' ' + remedy if remedy else ''}]"
    )


def shorten(text: str, most: int) -> str:
    """Return a text in one line, with … where it was too long."""
    line = text.translate(_PLAIN)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def best(texts: Mapping[str, str], language: str) -> str:
    """Return the text in a language, else in English, else the first by the alphabet of languages."""
    for tag in (language, "en", ""):
        if tag in texts:
            return texts[tag]
    return texts[min(texts)] if texts else ""


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(columns), ["---"] * len(columns), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def list_names(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return names as an enumeration, with a count of those left out."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
