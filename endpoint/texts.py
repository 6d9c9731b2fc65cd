"""Texts: what templates need to show texts of many languages, dates and search hits."""

import re
from datetime import datetime
from functools import lru_cache

from babel import Locale
from markupsafe import Markup, escape

_HIT = re.compile("\x02([^\x02\x03]*)\x03")


@lru_cache(maxsize=500)
def language_name(tag: str) -> str:
    """Return a language's name in English, its tag where it has none."""
    names = Locale("en").languages
    language, _, rest = tag.partition("-")
    return names.get(f"{language}_{rest.upper()}") or names.get(language) or tag


def highlight(text: str) -> Markup:
    """Return a text with its hits, between U+0002 and U+0003, as mark elements."""
    marked = _HIT.sub(lambda hit: f"<mark>{hit[1]}</mark>", str(escape(text)))
    return Markup(marked.replace("\x02", "").replace("\x03", ""))  # noqa: S704 - escaped above


def day(date_time: str) -> str:
    """Return an xsd:dateTime as a day that people read."""
    try:
        found = datetime.fromisoformat(date_time.replace("Z", "+00:00"))
    except ValueError:
        return date_time
    return f"{found.day} {found:%B %Y}"


def number(value: int) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{value:,}".replace(",", "\u202f")


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
