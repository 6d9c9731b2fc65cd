"""Texts: what templates need to show texts of many languages, dates and search hits."""

import re
from datetime import datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from markupsafe import Markup, escape

_HIT = re.compile("\x02([^\x02\x03]*)\x03")


NO_LANGUAGE = frozenset({"", "mis", "mul", "und", "zxx"})
"""Tags of ISO 639 that name no language: uncoded, several, undetermined, not applicable."""

_UNITS = {"en": ("bytes", "kB", "MB"), "fr": ("octets", "ko", "Mo")}


@lru_cache(maxsize=500)
def language_name(tag: str, interface: str = "en") -> str:
    """Return a language's name in the language of the interface, its tag where it has none."""
    names = Locale(interface).languages
    language, _, rest = tag.partition("-")
    return names.get(f"{language}_{rest.upper()}") or names.get(language) or tag


def highlight(text: str) -> Markup:
    """Return a text with its hits, between U+0002 and U+0003, as mark elements."""
    marked = _HIT.sub(lambda hit: f"<mark>{hit[1]}</mark>", str(escape(text)))
    return Markup(marked.replace("\x02", "").replace("\x03", ""))  # noqa: S704 - escaped above


def day(date_time: str, interface: str = "en") -> str:
    """Return an xsd:dateTime as a day that people read."""
    try:
        parsed = datetime.fromisoformat(date_time.replace("Z", "+00:00"))
    except ValueError:
        return date_time
    text = format_date(parsed, "d MMMM y", locale=interface)
    return text.replace("1 ", "1er ", 1) if interface == "fr" and parsed.day == 1 else text


def number(value: int) -> str:
    """Return a whole number with its thousands set apart, as English and French pages both write it."""
    return f"{value:,}".replace(",", "\u202f")


def share(percent: float, interface: str = "en") -> str:
    """Return hundredths as people read them, with one decimal where there is a part."""
    text = f"{percent:g}"
    return text.replace(".", ",") if interface == "fr" else text


def size(count: int, interface: str = "en") -> str:
    """Return a number of bytes as people read it."""
    single, thousands, millions = _UNITS[interface]
    if count < 1000:
        return f"{count} {single}"
    if count < 1_000_000:
        return f"{count / 1000:,.0f} {thousands}"
    amount = f"{count / 1_000_000:,.1f} {millions}"
    return amount.replace(",", "\u202f").replace(".", ",") if interface == "fr" else amount
