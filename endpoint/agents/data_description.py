"""Describing: what somebody needs to know who writes a query, as compact Markdown from the site's description."""

from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz import process

from endpoint.agents.presentation import best, list_names, shorten
from endpoint.agents.site_client import Refusal, SiteClient

_Json = Mapping[str, Any]
_LONGEST_EXAMPLE = 90
_LONGEST_DEFINITION = 160
_MOST_CODES = 60
_OWN = "icgp:"


async def read_description(site: SiteClient) -> _Json:
    """Return the description of a site; raise Refusal where it has none."""
    response = await site.get("sparql/description.json")
    if response.status == 404:
        raise Refusal(
            'This site has no description as JSON. Use list_terms(kind="class") and list_terms(kind="property").'
        )
    description = response.json()
    if not isinstance(description, dict):
        raise Refusal("The description of this site has an unknown form.")
    return description


def as_text(description: _Json, language: str = "en", class_name: str = "") -> str:
    """Return a description as Markdown: our own classes with all properties, or one class; raise Refusal."""
    classes = {str(each["name"]): each for each in description.get("classes", ())}
    if not class_name:
        return "\n".join(_lines(description, classes, language))
    wanted = next((name for name in classes if class_name in (name, name.partition(":")[2])), "")
    if not wanted:
        raise Refusal(f"There is no class “{class_name[:80]}”. Classes: {', '.join(classes)}.")
    return "\n".join(_class_lines(classes[wanted], language))


def example_query(description: _Json, name: str) -> str:
    """Return an example query by its name; raise Refusal with the names where there is none."""
    queries = {each["name"]: each["query"] for each in description.get("examples", ())}
    if name not in queries:
        near = process.extractOne(name, list(queries), score_cutoff=70)
        hint = f"Did you mean “{near[0]}”? " if near else ""
        raise Refusal(f"There is no example “{name[:80]}”. {hint}Examples: {', '.join(queries)}.")
    return str(queries[name]).strip()


def _lines(description: _Json, classes: Mapping[str, _Json], language: str) -> Iterator[str]:
    dataset = description.get("dataset", {})
    yield (
        f"{dataset.get('practices')} practices, {dataset.get('triples')} triples, "
        f"version {dataset.get('version')} of {str(dataset.get('created'))[:10]}."
    )
    yield f"Query languages: {', '.join(description.get('languages', ()))}."
    yield f"Prefixes that need no declaration in run_query: {', '.join(description.get('prefixes', {}))}."
    for name, each in classes.items():
        if name.startswith(_OWN):
            yield ""
            yield from _class_lines(each, language)
    others = [f"{name} ({each['count']})" for name, each in classes.items() if not name.startswith(_OWN)]
    if others:
        yield f'\nOther classes (call describe_data with "class_name"): {", ".join(others)}'
    if not classes:
        yield '\nClasses: use list_terms with kind "class" and "property".'
    yield from _codes(description)
    yield from _notes(description, language)
    yield "\n## Limits\n"
    yield "; ".join(f"{each['label']}: {_amount(each)}" for each in description.get("limits", ()))
    if description.get("functions"):
        yield "\n## Extension functions\n"
        for prefix, functions in description["functions"].items():
            yield f"- {prefix}: <{functions['namespace']}> {', '.join(functions['names'])}"
    yield '\n## Example queries (call describe_data with "example")\n'
    for each in description.get("examples", ()):
        yield f"- {each['name']}: {best(each.get('title', {}), language)}"


def _class_lines(entry: _Json, language: str) -> Iterator[str]:
    meaning = _meaning(entry, language)
    yield f"### {entry['name']} ({entry['count']}){f': {meaning}' if meaning else ''}\n"
    if entry.get("example"):
        yield f"Such as <{entry['example']}>"
    for each in entry.get("properties", ()):
        most = f", up to {each['most']} each" if each.get("most", 1) > 1 else ""
        example = shorten(str(each.get("example", "")), _LONGEST_EXAMPLE)
        meaning = _meaning(each, language)
        yield (
            f"- {each['name']} → {_kinds(each)} ({each['subjects']} have it{most}), such as {example}"
            f"{f'. {meaning}' if meaning else ''}"
        )


def _meaning(term: _Json, language: str) -> str:
    text = best(term.get("definitions", {}), language) or best(term.get("labels", {}), language)
    return shorten(text, _LONGEST_DEFINITION)


def _kinds(entry: _Json) -> str:
    """Return which kinds of values a property has."""
    tags = [tag for tag in entry.get("languages", {}) if tag]
    texts = [f"text in {list_names(tags)}"] if tags else []
    return " | ".join([*entry.get("classes", ()), *entry.get("datatypes", {}), *texts]) or "IRI"


def _codes(description: _Json) -> Iterator[str]:
    for facet, codes in description.get("codes", {}).items():
        names = [str(code["name"]) for code in codes if code.get("practices")]
        yield f"\n## Codes of {facet}\n\n{list_names(names, _MOST_CODES)}"


def _notes(description: _Json, language: str) -> Iterator[str]:
    """Yield what the site says about languages, searching in texts and similar."""
    notes = description.get("notes", ())
    if notes:
        yield "\n## Notes\n"
    for each in notes:
        texts = {tag: each[tag] for tag in (language, "en") if tag in each}
        lines = [line.strip() for line in str(each.get("query", "")).split("\n") if "PREFIX " not in line]
        yield f"- {best(texts, language)} `{' '.join(filter(None, lines))}`"


def _amount(limit: _Json) -> str:
    most = limit["most"]
    number = f"{most:,.0f}" if isinstance(most, float) and most.is_integer() else f"{most:,}"
    return f"{number} {limit.get('unit', '')}".strip()
