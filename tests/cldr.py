"""The languages whose names in CLDR are put into the tables of words and countries."""

import re

from babel import Locale, localedata

LANGUAGES = tuple(
    re.findall(
        r"\w+",
        "en fr de it es pt ca gl eu oc ast rm nl fy lb sv da nb nn is fi se et lv lt pl cs sk sl hr sr sr_Latn bs mk "
        "bg uk ru be ro hu el tr sq mt ga gd cy mi he ar hy ka ja ko az",
    )
)
"""Official and regional languages of the catalogue's countries and of the members of the Council of Europe."""


def fresh_locale(language: str) -> Locale:
    """Return a locale by itself: Babel mixes the data of one without months of its own with one read before it."""
    localedata._cache.clear()
    return Locale.parse(language)
