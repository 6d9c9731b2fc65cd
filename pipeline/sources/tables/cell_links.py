"""Links: the web address that a cell leads to, where the cell shows another text."""

import re

_FORMULA = re.compile(r'\s*=?\s*HYPERLINK\(\s*"([^"]{1,2083})"\s*(?:\)|[,;])', re.IGNORECASE)
_LABEL = re.compile(
    r'\s*=?\s*HYPERLINK\(\s*"[^"]{1,2083}"\s*[,;]\s*"((?:[^"]|""){1,2000})"\s*\)\s*', re.IGNORECASE
)
_ANCHOR = re.compile(r"""<a\s[^<>]{0,500}?\bhref\s*=\s*(?:"([^"<>]+)"|'([^'<>]+)')""", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[[^\[\]]{0,500}\]\(\s*<?(https?://[^\s()<>]+(?:\([^\s()<>]*\))?[^\s()<>]*)>?")
_BARE = re.compile(r"(?<![\w/])https?://[^\s<>\"'|]+", re.IGNORECASE)
_END = ".,;:!?)]}»”’"
_LONGEST = 10_000

_WEB = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def is_web_link(text: str) -> bool:
    """Return whether a text is an address of the web in full, and nothing else."""
    return _WEB.fullmatch(text) is not None


def link_of_formula(formula: str) -> str | None:
    """Return the address in a formula ``HYPERLINK("https://…";"View")``, None where it is not written there."""
    match = _FORMULA.match(formula)
    return match[1] if match and is_web_link(match[1]) else None


def label_of_formula(formula: str) -> str | None:
    """Return what a formula ``HYPERLINK("https://…";"View")`` shows, None where it is not written there."""
    match = _LABEL.fullmatch(formula)
    return match[1].replace('""', '"') if match else None


def link_in(text: str) -> str | None:
    """Return the address of a formula, an HTML or Markdown link, or of the one address that a text contains."""
    if len(text) > _LONGEST:
        return None
    if text.lstrip().startswith("="):
        return link_of_formula(text)
    if anchor := _ANCHOR.search(text):
        address = (anchor[1] or anchor[2]).strip()
        return address if is_web_link(address) else None
    if markdown := _MARKDOWN.search(text):
        return markdown[1]
    bare = {address.rstrip(_END) for address in _BARE.findall(text)}
    return bare.pop() if len(bare) == 1 else None
