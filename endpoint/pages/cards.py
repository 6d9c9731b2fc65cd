"""Cards: practices as lists show them, made from the index alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from endpoint.catalogue.filters import name_of
from endpoint.catalogue.list_rows import ListRow, read_rows
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import any_of, positions_as_json
from endpoint.catalogue.search_words import Words, excerpt, read_words
from endpoint.language.graph_facts import Text, alphabetical

SUMMARY_LETTERS = 280


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in a list; ``excerpt`` is where the searched words are, hits between U+0002 and U+0003."""

    slug: str
    title: Text
    cities: tuple[Text, ...]
    countries: tuple[Text, ...]
    date_text: str
    topics: tuple[Text, ...]
    summary: Text | None
    excerpt: str = ""


def read_cards(release: Release, positions: Sequence[int]) -> tuple[Card, ...]:
    """Return the practices at some positions, in the order of the positions."""
    return cards_of(release, read_rows(release, positions))


def cards_of(release: Release, practices: Sequence[ListRow], words: Words = ()) -> tuple[Card, ...]:
    """Return practices as lists show them, with the searched words where they are in the texts."""
    excerpts: dict[int, str] = {}
    if words:
        wanted = positions_as_json(practice.position for practice in practices)
        texts = release.index.rows("texts", positions=wanted)
        excerpts = {position: excerpt(text, words) for position, text in texts}
    # A page names the same topics and countries again and again.
    name = cache(partial(name_of, release))
    return tuple(_card(name, practice, excerpts.get(practice.position, "")) for practice in practices)


def suggest(release: Release, name: str) -> tuple[Card, ...]:
    """Return the practices whose words are nearest to those of a name that is not there."""
    words = read_words(name.replace("-", " "))
    if not words:
        return ()
    rows = release.index.rows("suggestions", words=any_of(words))
    return read_cards(release, [row[0] for row in rows])


def _card(name: Callable[[str, str], Text], practice: ListRow, excerpt: str) -> Card:
    summary = practice.summary
    cities, countries, topics = (
        tuple(name(facet, value) for value in practice.values.get(facet, ()))
        for facet in ("city", "country", "topic")
    )
    return Card(
        slug=practice.slug,
        title=practice.own_title,
        cities=cities,
        countries=countries,
        date_text=practice.date_text,
        topics=tuple(sorted(topics, key=lambda topic: alphabetical(topic.text))),
        summary=Text(shorten(summary.text), summary.lang) if summary else None,
        excerpt=excerpt,
    )


def shorten(text: str, letters: int = SUMMARY_LETTERS) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= letters:
        return text
    cut = text[:letters]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—-") + " …"
