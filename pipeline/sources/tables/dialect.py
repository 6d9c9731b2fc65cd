"""Dialects of delimited text: what comes between the columns, and lines that are no proper CSV, rewritten as meant."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from pipeline.findings.messages import say
from pipeline.sources.files.opening import HEAD_BYTES
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.tables.delimited_records import LineStream

Rewrite = Callable[[Iterable[str]], Iterator[str]]
"""Gives the proper lines for those of a text."""

_LOOKED_AT = 30
_FEWEST = 2
_AFTER_ROW = " ,;\t\r\n"
_ONE_CELL = re.compile('"(?:[^"]|"")*"')
_ESCAPED_MARK = re.compile(r'(?<!\\)\\"(?![,;\t|\r\n]|$)')
"""A quotation mark after a backslash, unless it ends a cell as in ``"C:\\"``."""

_CUT = HEAD_BYTES // 4
"""A text of so many characters may be the beginning of a longer one."""

_ESCAPED_AGAIN = re.compile(r'(?<!\\)\\"(?![,;\t|]"|\s*$)')
"""The same in a text that is known to have such marks."""

_IN_SINGLE_MARKS = re.compile(r"\ufeff?'[^']{1,200}'(?:[,;\t|]\s?'[^']{1,200}')+\s*")
"""A header each of whose cells stands between single quotation marks."""

_SPACED = re.compile(r'\ufeff?"[^"]{0,200}"(?:[,;\t|] +"[^"]{0,200}")+\s*')
"""A header with spaces between its delimiters and quotation marks."""

_SPACES_BEFORE_MARK = re.compile(r"(?<=[,;\t|]) +$")
_SWAP = str.maketrans("'\"", "\"'")
ALIGNED = "  "
"""Stands for such spaces among the delimiters."""

_PIECE = re.compile(r"\S+(?: \S+)*")

_LABELLED = re.compile(
    r"\s*(?:[-*\u2022]\s*)?\**(?P<label>[^:\uff1a=,;\t|*]{2,60}?)\**\s*[:\uff1a=]\**\s*(?P<text>\S.*)",
    re.DOTALL,
)
_MOST_LABELLED = 200
_FEWEST_LABELS = 3

DELIMITERS = {
    ",": say("commas"),
    ";": say("semicolons"),
    "\t": say("tabs"),
    "|": say("vertical bars"),
    "^": say("carets (^)"),
    "~": say("tildes (~)"),
    "\u00a6": say("broken bars (¦)"),
    ALIGNED: say("two or more spaces"),
}
"""The delimiters that are looked for, with their names for people."""

_USUAL = (",", ";", "\t", "|")
_UNUSUAL = tuple(delimiter for delimiter in DELIMITERS if delimiter not in _USUAL)
"""Delimiters that must name more columns than a usual one: their signs are in texts, too."""

_DECLARATION = re.compile(r'\A\ufeff?"?sep=(.)"?[;,\t|]*(\r\n?|\n|\Z)', re.IGNORECASE)
_RECORDS = 30
_HEADER_ROWS = 10


class RewrittenLines:
    """A stream of text, read line by line as rewritten."""

    def __init__(self, stream: LineStream, longest: int, rewrite: Rewrite) -> None:
        self._lines = rewrite(iter(lambda: stream.readline(longest), ""))

    def readline(self, _: int = -1) -> str:
        """Return the next line, an empty text at the end."""
        return next(self._lines, "")


def rewriting_of(text: str) -> Rewrite | None:
    """Return how the lines of a text must be rewritten, None for proper ones."""
    lines = list(islice(filter(str.strip, text.splitlines()), _LOOKED_AT))
    if len(lines) >= _FEWEST and all(map(_is_quoted_as_a_whole, lines[: max(_FEWEST, len(lines) - 1)])):
        return unquote_rows
    if lines and _IN_SINGLE_MARKS.fullmatch(lines[0]):
        return swap_marks
    if lines and _SPACED.fullmatch(lines[0]):
        return strip_spaces
    has_escapes = any(map(_ESCAPED_MARK.search, lines)) and not _is_proper(text)
    return unescape_marks if has_escapes else None


def _is_quoted_as_a_whole(line: str) -> bool:
    """Return whether a row of several cells stands between two quotation marks, as if it were one cell."""
    body = line.rstrip(_AFTER_ROW)
    is_one_cell = _ONE_CELL.fullmatch(body) is not None
    return is_one_cell and any(sign in body for sign in ",;\t|")


def _is_proper(text: str) -> bool:
    """Return whether the marks of a text are those of proper CSV, which doubles a mark after a backslash, too."""
    try:
        deque(csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text)[0], strict=True), 0)
    except csv.Error as error:
        return "end of data" in str(error) and len(text) >= _CUT
    return True


def unquote_rows(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines without the marks around a whole row, each mark in it undoubled."""
    for line in lines:
        body = line.rstrip(_AFTER_ROW)
        is_quoted = len(body) > 1 and body[0] == body[-1] == '"'
        yield body[1:-1].replace('""', '"') + "\n" if is_quoted else line


def unescape_marks(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with quotation marks doubled that a database marks by a backslash."""
    return (_ESCAPED_AGAIN.sub('""', line) if "\\" in line else line for line in lines)


def strip_spaces(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines without the spaces between a delimiter and the quotation mark that opens a cell."""
    is_within = False
    for line in lines:
        pieces = line.split('"')
        for at in range(is_within, len(pieces) - 1, 2):
            pieces[at] = _SPACES_BEFORE_MARK.sub("", pieces[at])
        is_within ^= len(pieces) % 2 == 0
        yield '"'.join(pieces)


def swap_marks(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with single quotation marks for double ones and the other way round; of cells, the same."""
    return (line.translate(_SWAP) for line in lines)


def split_aligned(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with tabs between the columns; a cell belongs below the heading at whose place it begins."""
    starts: list[int] = []
    for line in lines:
        pieces = [(match.start(), match[0]) for match in _PIECE.finditer(line)]
        own = [start for start, _ in pieces]
        if len(own) > 1 and not starts:
            starts = own
        cells = [text.replace('"', '""') if '"' in text else text for _, text in pieces]
        if len(own) < len(starts) and set(own) <= set(starts):
            by_place = dict(zip(own, cells, strict=True))
            cells = [by_place.get(start, "") for start in starts]
        quoted = (f'"{cell}"' if '"' in cell else cell for cell in cells)
        yield "\t".join(quoted) + "\n"


def has_labels(text: str) -> bool:
    """Return whether a text has labelled lines that name the title and other fields."""
    lines = [line for line in text.splitlines()[:_MOST_LABELLED] if line.strip()]
    labels = [matched["label"].strip() for line in lines if (matched := _LABELLED.match(line))]
    fields = {label: field for label in dict.fromkeys(labels) if (field := field_of(label)) is not None}
    known = sum(1 for label in labels if label in fields)
    return (
        "title" in fields.values() and len(set(fields.values())) >= _FEWEST_LABELS and known * 3 >= len(lines)
    )


def labelled_rows(stream: LineStream, longest: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each label with its text as a row; a line without a label belongs to the text above it."""
    number, label = 0, ""
    texts: list[str] = []
    for at, line in enumerate(iter(lambda: stream.readline(longest), ""), 1):
        matched = _LABELLED.match(line)
        if matched is not None and field_of(matched["label"].strip()) is not None:
            if texts:
                yield number, [label, "\n".join(texts)]
            number, label, texts = at, matched["label"].strip(), [matched["text"].strip()]
        elif line.strip():
            number = number or at
            texts.append(line.strip())
    if texts:
        yield number, [label, "\n".join(texts)]


def declared_delimiter(text: str) -> str | None:
    """Return the delimiter that a first line such as Excel's ``sep=;`` declares, or None without one."""
    match = _DECLARATION.match(text)
    return match[1] if match else None


def detect_delimiter(text: str) -> str:
    """Return the delimiter that makes the best table: most known columns, then the most even rows; commas for none."""
    cut = max(text.rfind("\n"), text.rfind("\r")) + 1
    sample = text[:cut] if cut > len(text) // 2 else text
    usual = max(_USUAL, key=lambda delimiter: _merit(sample, delimiter))
    known, *_ = _merit(sample, usual)
    other = max(_UNUSUAL, key=lambda delimiter: _merit(sample, delimiter))
    return other if _merit(sample, other)[0] > max(known, 1) else usual


def _merit(text: str, delimiter: str) -> tuple[int, float, int]:
    """Return known columns in one of the first rows, share of rows of the commonest width, that width."""
    lines = (
        split_aligned(text.splitlines(keepends=True))
        if delimiter == ALIGNED
        else io.StringIO(text, newline="")
    )
    records = list(islice(csv.reader(lines, delimiter="\t" if delimiter == ALIGNED else delimiter), _RECORDS))
    widths = Counter(len(record) for record in records if record)
    if not widths:
        return (0, 0.0, 0)
    known = max(sum(1 for cell in record if field_of(cell)) for record in records[:_HEADER_ROWS])
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (known, count / widths.total() if width > 1 else 0.0, width)
