"""CSL-JSON: a citation as the Citation Style Language has it, for pandoc, citeproc and Zotero."""

import json
from typing import Any

from endpoint.citations.citation import Citation


def write_csl_json(citation: Citation) -> str:
    """Return a list of one item, as programs expect it."""
    version = citation.version if citation.version != citation.published else ""
    item: dict[str, Any] = {
        "id": citation.slug,
        "type": "webpage",
        "title": citation.title.text,
        "author": [{"literal": author.name} for author in citation.authors],
        "issued": {"date-parts": [[int(part) for part in citation.published.split("-") if part]]},
        "publisher": citation.publisher,
        "URL": citation.url,
        "language": citation.title.lang,
        "version": version,
        "keyword": ", ".join(citation.topics),
        "abstract": citation.summary.text if citation.summary else "",
    }
    if not citation.published:
        del item["issued"]
    filled = {name: value for name, value in item.items() if value}
    return json.dumps([filled], ensure_ascii=False, indent=2) + "\n"
