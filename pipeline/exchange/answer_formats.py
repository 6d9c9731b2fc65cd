"""Formats of answers, and which one is right where none was named."""

TABLE = "table"
RESULTS = (TABLE, "csv", "tsv", "json", "xml")
"""For SELECT and ASK."""

GRAPHS = ("ttl", "nt", "jsonld", "rdf")
"""For CONSTRUCT and DESCRIBE."""

FORMATS = (*RESULTS, *GRAPHS)
GRAPH_FORMS = ("CONSTRUCT", "DESCRIBE")


class WrongFormat(ValueError):
    """A format that the form of a query has no answers in."""


def choose_format(form: str, named: str | None, *, on_terminal: bool) -> str:
    """Return the format for a form of query: the one named, else what its reader can best make use of."""
    available = GRAPHS if form in GRAPH_FORMS else RESULTS
    if named is None:
        if form in GRAPH_FORMS:
            return "ttl"
        return TABLE if on_terminal else "csv"
    if named not in available:
        raise WrongFormat(f"{form} has no answer as {named}; there are {', '.join(available)}.")
    return named
