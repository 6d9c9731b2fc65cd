"""Strange characters: those that nobody sees, that look like others, or that were written as codes of HTML."""

import html
import re
import unicodedata

_LOOK_LIKE = {
    **dict.fromkeys("“”„‟«»″‶〝〞", '"'),
    **dict.fromkeys("‘’‚‛‹›′‵´`", "'"),
    **dict.fromkeys("≤⩽≦", "<="),
    **dict.fromkeys("≥⩾≧", ">="),
    **dict.fromkeys("≠", "!="),
    **dict.fromkeys("×·∙⋅", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("∧", "&&"),
    **dict.fromkeys("∨", "||"),
    **dict.fromkeys("¬", "!"),
    **dict.fromkeys("−", "-"),
    **dict.fromkeys("⟨〈", "<"),
    **dict.fromkeys("⟩〉", ">"),
}
_QUOTES = ('"', "'")
_LINE_BREAKS = "\u2028\u2029\x85\x0b\x0c"
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_TO_ASCII = 0xFEE0
_CODE = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5});")


def about_character(text: str) -> tuple[str, int] | None:
    """Return what to say about the first strange character of a token, and where it is in it; None for none."""
    for index, character in enumerate(text):
        sentence = None if " " < character <= "~" else _sentence(character)
        if sentence is not None:
            return sentence, index
    return None


def about_html(query: str, at: int) -> str | None:
    """Return what to say about a code of HTML that is at a place of a query, None if none is there."""
    code = _CODE.match(query, at)
    plain = html.unescape(code[0]) if code else ""
    if code is None or plain == code[0]:
        return None
    return f"This is the HTML code {code[0]}. Use {plain if plain.strip() else 'an ordinary space'} in its place."


def _sentence(character: str) -> str | None:
    code = f"U+{ord(character):04X}"
    category = unicodedata.category(character)
    if category == "Zs":
        return f"This space is a {_name(character)} ({code}). Use an ordinary space."
    if character in _LINE_BREAKS:
        return f"This line break is a {_name(character)} ({code}). Use an ordinary line break."
    if category in ("Cf", "Cc", "Co", "Cn", "Cs", "Mn"):
        return f"There is an invisible character here, a {_name(character)} ({code}). Delete it."
    if character == "…":
        return "The ellipsis … has no meaning in SPARQL. Delete it, or write out what it stands for."
    return _lookalike(character, category)


def _lookalike(character: str, category: str) -> str | None:
    if ord(character) in _FULL_WIDTH:
        plain = chr(ord(character) - _TO_ASCII)
        return f"The full-width character {character} is another one than {plain}. Use {plain}"
    plain = _LOOK_LIKE.get(character, "-" if category == "Pd" else "")
    if plain in _QUOTES:
        kind = "accent" if character == "´" else "typographic quotation mark"
        return f"The {kind} {character} cannot be used here. Use the straight quotation mark {plain}"
    if category == "Pd":
        return f"The dash {character} cannot be used here. Use the hyphen -"
    return f"SPARQL has no sign {character}. Use {plain}" if plain else None


def _name(character: str) -> str:
    if character == "\ufeff":
        return "byte order mark"
    return unicodedata.name(character, "control character").lower().replace("zero width", "zero-width")
