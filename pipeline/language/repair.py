"""Repair: what a text was before a program read it in the wrong encoding, ``GenÃ¨ve`` → ``Genève``."""

import re
from functools import lru_cache

_LONGEST = 20_000
_TRAILING = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸŚŤŹśťźˇ˘ŁĄŞŻ˛łąşĽ˝ľż"
"""What the second and later bytes of a letter in UTF-8 look like in Windows-1252 and Windows-1250."""

_SUSPICIOUS = re.compile(
    f"[\xc2-\xf4ĂĹĐ][{_TRAILING}]|[РС][\u0402-\u040f\u0452-\u045f{_TRAILING}]|√[^\x00-\x7f]|‚Ä"
)
"""Cheap to find, and in every broken text; most texts with it are not broken."""


@lru_cache(maxsize=4096)
def repair_text(text: str) -> str:
    """Return the text as it was before it was decoded wrongly; the text itself where nothing shows that.

    Texts of more than 20,000 characters come back as they are.
    """
    if text.isascii() or len(text) > _LONGEST or _SUSPICIOUS.search(text) is None:
        return text
    from ftfy import fix_encoding  # loaded where it is used: few files need it

    return fix_encoding(text)
