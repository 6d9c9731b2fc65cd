"""Single pages: one practice with its title, date and text, from all that comes between the furniture."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.language.text_matching import fold
from pipeline.recognition.dates import read_date
from pipeline.sources.pages.furniture import Furniture, kind_of, without_back_word
from pipeline.sources.pages.page_headings import split_sections
from pipeline.sources.pages.page_lines import Line
from pipeline.sources.pages.place_line import PlaceLine, is_date, read_city_first, read_place_line

_LATEST = 2199
_WRONG = frozenset(("end-before-start", "year-out-of-range"))
_LINKS = frozenset({Furniture.BUTTON, Furniture.BACK, Furniture.MORE})
_LONGEST_TITLE = 250
_LONGEST_DATE = 80


def read_practice(lines: Sequence[Line], title: str | None) -> tuple[int, dict[str, str]]:
    """Return the line at which the practice of a page begins, and its texts by field.

    ``title`` is what the page's head states as its title; it tells where a word for "Back" ends, and
    is used where the page shows no title.
    """
    head, body = _split_head(lines)
    head = _without_back(head, title)
    heading = next((line for line in head if not _is_when_or_where(line)), None)
    head = [line for line in head if line is not heading]
    place, head = _place_and_rest(head)
    date, head = _date_and_rest(head)
    last = body[-1:]
    if not date and not (place and place.date) and last and _is_only_a_date(last[0]):
        date, body = last[0].text, body[:-1]
    texts = {"title": heading.text if heading else title or "", **(place.texts() if place else {})}
    if date:
        texts["date"] = date
    content = [*head, *body]
    if texts["title"] and content and fold(content[0].text) == fold(texts["title"]):
        content = content[1:]  # the title once more
    texts |= split_sections(content)
    first = heading or next((line for line in lines if kind_of(line.text) not in _LINKS), lines[0])
    return first.number, {field: text for field, text in texts.items() if text}


def title_position(lines: Sequence[Line], title: str | None) -> int:
    """Return where a page shows the title that its head states, 0 where it does not."""
    if not title or not fold(title):
        return 0
    wanted = fold(title)
    last = next((n for n, line in enumerate(lines) if kind_of(line.text) is Furniture.BUTTON), len(lines))
    positions = [
        n
        for n, line in enumerate(lines[:last])
        if wanted in (fold(line.text), fold(without_back_word(line.text) or ""))
    ]
    return positions[-1] if last < len(lines) and positions else next(iter(positions), 0)


def _split_head(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines before and after the buttons; without buttons the head ends where the text begins."""
    kinds = [kind_of(line.text) for line in lines]
    if Furniture.BUTTON in kinds:
        first = kinds.index(Furniture.BUTTON)
        rest = zip(lines[first:], kinds[first:], strict=True)
        return list(lines[:first]), [line for line, kind in rest if kind not in _LINKS]
    end = next((n for n, kind in enumerate(kinds) if kind is not Furniture.BACK), len(lines))
    if end < len(lines) and _may_be_title(lines[end]):
        end += 1
    while end < len(lines) and _is_when_or_where(lines[end]):
        end += 1
    rest = zip(lines[end:], kinds[end:], strict=True)
    return list(lines[:end]), [line for line, kind in rest if kind not in _LINKS]


def _may_be_title(line: Line) -> bool:
    text = line.text
    return len(text) <= _LONGEST_TITLE and not (len(text) > 120 and text.endswith(".")) and not is_date(text)


def _is_when_or_where(line: Line) -> bool:
    return _is_only_a_date(line) or _where(line.text) is not None


def _is_only_a_date(line: Line) -> bool:
    return len(line.text) <= _LONGEST_DATE and is_date(line.text)


def _where(text: str) -> PlaceLine | None:
    place = read_place_line(text) or read_city_first(text)
    return place if place and place.is_certain else None


def _without_back(head: list[Line], title: str | None) -> list[Line]:
    """Return the head without the word for "Back", standing alone or glued to the title."""
    rest_of_head = [line for line in head if kind_of(line.text) is not Furniture.BACK]
    if (
        len(rest_of_head) < len(head)
        or not rest_of_head
        or (title and fold(rest_of_head[0].text) == fold(title))
    ):
        return rest_of_head
    rest = without_back_word(rest_of_head[0].text)
    return [replace(rest_of_head[0], text=rest), *rest_of_head[1:]] if rest else rest_of_head


def _place_and_rest(head: list[Line]) -> tuple[PlaceLine | None, list[Line]]:
    for number, line in enumerate(head):
        if not is_date(line.text) and (place := _where(line.text)):
            return place, [*head[:number], *head[number + 1 :]]
    return None, head


def _date_and_rest(head: list[Line]) -> tuple[str, list[Line]]:
    """Return the date text among the lines below the title, and the other lines: those introduce the text."""
    sure = [line for line in head if _is_only_a_date(line)]
    likely = [line for line in head if _is_meant_as_date(line.text)]
    if not (dates := (sure or likely)[-1:]):
        return "", head
    return dates[0].text, [line for line in head if line is not dates[0]]


def _is_meant_as_date(text: str) -> bool:
    """Return whether a text contains a date, a wrong one, or is so short and full of digits that one was meant."""
    if len(text) > _LONGEST_DATE:
        return False
    reading = read_date(text, _LATEST)
    is_wrong = any(problem.code in _WRONG for problem in reading.problems)
    return reading.period is not None or is_wrong or (len(text) <= 12 and sum(map(str.isdigit, text)) > 1)
