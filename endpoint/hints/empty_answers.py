"""Empty answers: whether what was written as the answer to a query says that nothing was found, or not in a column."""

import re

MOST_BYTES = 64 * 1024
_NO_VALUE = {
    "json": re.compile(rb'"value":"(?!0")|"boolean":true'),
    "xml": re.compile(rb"<uri>|<bnode>|<literal[^>]*>(?!0<)[^<]|<triple>|<boolean>true"),
    "csv": re.compile(rb"\n[^\n]*[^\s,0\"]|^true"),
    "tsv": re.compile(rb"\n[^\n]*[^\s0]|^true"),
    "nt": re.compile(rb"\S"),
    "ttl": re.compile(rb"^(?!@prefix|@base|\s*$)", re.MULTILINE),
    "rdf": re.compile(rb'\srdf:(?:about|nodeID|ID)="'),
    "trig": re.compile(rb"^(?!@prefix|@base|\s*$)", re.MULTILINE),
    "nq": re.compile(rb"\S"),
    # Written here with a context, which has "@id" in it; on the command line without one.
    "jsonld": re.compile(rb'"@graph":\[\s*\{|^\[\s*\{'),
    "jsonld-expanded": re.compile(rb"^\[\s*\{"),
    "jsonld-flattened": re.compile(rb'"@graph":\[\s*\{'),
}
"""Format → what an answer has if it contains any value but 0, which is what COUNT finds where nothing is found."""


def is_empty(content: bytes, format_name: str) -> bool:
    """Return whether an answer has no row with a value, is false, counts nothing, or is a graph without triples.

    A form of answer that is not known here is not empty.
    """
    value = _NO_VALUE.get(format_name)
    return value is not None and len(content) <= MOST_BYTES and value.search(content) is None


_COLUMNS = {
    "json": re.compile(rb'"vars"\s*:\s*(\[[^\]]*\])'),
    "xml": re.compile(rb'<variable name="([^"]*)"'),
}
_NAME = re.compile(rb'"([^"]*)"')
_ROWS = {"json": re.compile(rb'"bindings"\s*:\s*\[\s*\{'), "xml": re.compile(rb"<result>")}
_IN_ROW = {"json": re.compile(rb'"([^"]*)"\s*:\s*\{'), "xml": re.compile(rb'<binding name="([^"]*)"')}


def empty_columns(content: bytes, format_name: str) -> tuple[str, ...]:
    """Return the variables that no row of an answer has a value for; none where there is no row.

    CSV does not tell them from empty texts.
    """
    if len(content) > MOST_BYTES:
        return ()
    if format_name == "tsv":
        head, *rows = content.decode(errors="replace").removesuffix("\n").split("\n")
        values = [row.split("\t") for row in rows]
        variables = enumerate(head.split("\t"))
        return tuple(
            name[1:]
            for place, name in variables
            if rows and not any(place < len(row) and row[place] for row in values)
        )
    began = _ROWS[format_name].search(content) if format_name in _COLUMNS else None
    if began is None:
        return ()
    names = _COLUMNS[format_name].findall(content)
    if format_name == "json":
        names = _NAME.findall(b"".join(names))
    filled = set(_IN_ROW[format_name].findall(content, began.start()))
    return tuple(name.decode() for name in names if name not in filled)
