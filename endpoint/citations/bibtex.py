"""BibTeX: a citation as an entry that BibTeX, biber and reference managers read."""

import re
from collections.abc import Iterator

from endpoint.citations.citation import Citation
from endpoint.graphs.dataset_publisher import Publisher

_SPECIAL = re.compile(r"[\\{}$&%#_^~]")
_COMMANDS = {
    "\\": r"{\textbackslash}",
    # BibTeX counts braces even behind a backslash.
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
}


def write_bibtex(citation: Citation) -> str:
    """Return the entry, its key the slug of the practice; letters of all languages stay as they are (UTF-8)."""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(citation))
    return f"@misc{{{citation.slug},\n{lines}}}\n"


def escape_latex(text: str) -> str:
    """Return a text with the characters escaped that are commands in LaTeX."""
    return _SPECIAL.sub(lambda special: _COMMANDS.get(special[0], f"\\{special[0]}"), text)


def _fields(citation: Citation) -> Iterator[tuple[str, str]]:
    if citation.authors:
        yield "author", " and ".join(map(_name, citation.authors))
    # The second pair of braces keeps the capitals.
    yield "title", f"{{{escape_latex(citation.title.text)}}}"
    if citation.published:
        year, month, day = citation.published.split("-")
        yield "year", year
        yield "month", str(int(month))
        yield "day", str(int(day))
    if citation.publisher:
        yield "publisher", f"{{{escape_latex(citation.publisher)}}}"
    yield "url", citation.url
    if citation.title.lang:
        yield "language", citation.title.lang
    if citation.version and citation.version != citation.published:
        yield "note", f"Version of {citation.version}"
    if citation.topics:
        yield "keywords", ", ".join(map(escape_latex, citation.topics))
    if citation.summary:
        yield "abstract", escape_latex(citation.summary.text)


def _name(author: Publisher) -> str:
    """Return a name; that of an organisation in braces, so that nothing in it is taken for a family name."""
    name = escape_latex(author.name)
    is_plain = author.kind == "Person" and "," not in name and " and " not in name.lower()
    return name if is_plain else f"{{{name}}}"
