"""Encodings: finds the encoding of a file by its bytes, with its name for people."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.findings.finding_messages import finding_of
from pipeline.model.finding import Finding, Place
from pipeline.sources.files.opening import Survey

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Only what spreadsheets of the countries in question write; a longer list makes a short text a lottery.
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1257"),
    *("iso8859_2", "iso8859_5", "iso8859_7", "iso8859_9", "mac_roman", "cp850", "koi8_u"),
    *("cp932", "cp949", "big5", "gb18030"),
]
_RATHER = ("cp1250", "iso8859_2", "mac_roman", "cp1254", "cp1257", "cp850")
"""What a text that reads as Western European may be in all the same, if it is short."""

_NAMES = {
    "cp932": "Shift JIS",
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850",
    "cp949": "EUC-KR",
}
_LATIN_9 = re.compile(rb"\xa4|(?<=[a-zA-Z])[\xa6\xa8\xb4\xb8\xbd](?=[a-z])|\b[\xa6\xb4\xbc](?=[a-z])")
"""Bytes that are letters or the euro sign in ISO 8859-15, where Latin-1 has signs."""

_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]?")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{1,40})", re.I)
_WITHIN_WORDS = re.compile(r"(?<=[^\W\d_])[^\w\s!-/:-@\[-`{-~’‘“”–—«»](?=[^\W\d_])|[^\W\d_][¹³º¾¿¼](?!\w)")
MIXED_ERRORS = "practicegraph.windows-1252"


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: Python's codec and error handler, its name for people, and whether that is sure.

    ``damaged`` says that the text is UTF-8 but for some bytes, which are read as Windows-1252. ``others`` are
    further codecs that may be meant, ``readings`` a word in this encoding and in another one that is as likely.
    """

    codec: str
    name: str
    errors: str = "strict"
    certain: bool = True
    damaged: bool = False
    others: tuple[str, ...] = ()
    readings: tuple[str, str] | None = None


def detect_encoding(surveyed: Survey) -> Encoding:
    """Return the likeliest encoding of the bytes: by a mark, UTF-16, UTF-8, else a guess marked as such."""
    for mark, codec, name in _BOMS:
        if surveyed.head.startswith(mark):
            if codec != "utf-8-sig":
                return Encoding(codec, name, "replace")
            return _utf8(codec, damaged=surveyed.broken_line is not None)
    wide = _unmarked_utf16(surveyed.head)
    if wide:
        return Encoding(wide, "UTF-16", "replace")
    if surveyed.broken_line is None or _mostly_utf8(surveyed.sample):
        return _utf8("utf-8", damaged=surveyed.broken_line is not None)
    return _single_byte(surveyed.sample)


def declared_encoding(content: bytes, guessed: Encoding) -> Encoding:
    """Return the encoding that a page declares, where another was only guessed and its bytes are in it."""
    charset = None if guessed.certain else _CHARSET.search(content[:4096])
    if charset is None:
        return guessed
    codec = charset[1].decode("ascii")
    try:
        content.decode(codec)
    except (LookupError, UnicodeDecodeError):
        return guessed
    return Encoding(codec, codec)


def _utf8(codec: str, *, damaged: bool) -> Encoding:
    return Encoding(codec, "UTF-8", MIXED_ERRORS if damaged else "strict", damaged=damaged)


def _unmarked_utf16(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or max(even, odd) * 10 < half * 3 or min(even, odd) * 20 > half:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _mostly_utf8(sample: bytes) -> bool:
    """Return whether more characters beyond ASCII are good UTF-8 than not; by chance hardly any would be."""
    text = _SURROGATE.sub(b"\xef\xbf\xbc", sample).decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(1 for character in text if character > "\x7f") - broken >= broken


def _single_byte(sample: bytes) -> Encoding:
    if _reads_as_western(sample):
        high = any(0x80 <= byte <= 0x9F for byte in sample)
        if not high and _LATIN_9.search(sample):
            return encoding_of("iso8859_15")
        return Encoding("cp1252", "Windows-1252" if high else "Latin-1", "replace", others=_RATHER)
    from charset_normalizer import from_bytes  # slow to load, and rarely wanted

    matches = from_bytes(sample, cp_isolation=_CANDIDATES, enable_fallback=False)
    # signs are within words where a letter was read in the wrong encoding
    by_fit = sorted(matches, key=lambda match: len(_WITHIN_WORDS.findall(str(match))))
    guess, *others = [match.encoding for match in by_fit] or ["cp1252"]
    return Encoding(guess, _name_of(guess), "replace", certain=False, others=tuple(others))


def other_guesses(encoding: Encoding) -> Iterator[Encoding]:
    """Yield what else an encoding may be, the likeliest first; each is certain where other evidence agrees."""
    return (replace(encoding_of(codec), others=encoding.others) for codec in encoding.others)


def encoding_of(codec: str) -> Encoding:
    """Return an encoding by its codec, as one that is certain."""
    return Encoding(codec, _name_of(codec), "replace")


def _name_of(codec: str) -> str:
    if codec in _NAMES:
        return _NAMES[codec]
    return codec.replace("iso8859_", "ISO 8859-").replace("cp125", "Windows-125").replace("_", "-")


def _reads_as_western(sample: bytes) -> bool:
    """Return whether the bytes make Western European words in Windows-1252.

    There, letters with accents are alone among plain ones and signs do not occur inside words; other
    alphabets read as Windows-1252 give runs of accented letters, or signs such as ³ within words.
    """
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    accented = len(re.findall(r"[À-ÿŠšŽžŒœŸ]", text))
    in_runs = sum(map(len, re.findall(r"[À-ÿŠšŽžŒœŸ]{2,}", text)))
    odd = len(re.findall(r"[a-z][¡-¶¸-¿×÷†‡ƒ‰](?=[a-z])|[ðþýÐÞÝÿŸ]", text))
    return in_runs * 3 <= accented and odd * 5 <= accented


def encoding_findings(encoding: Encoding, file: str, broken_line: int | None) -> Iterator[Finding]:
    """Yield what is doubtful about how the file was decoded."""
    place = Place(file)
    if encoding.readings is not None:
        one, other = (word[:40] for word in encoding.readings)
        yield finding_of("encoding-uncertain/word", place, encoding=encoding.name, one=one, other=other)
    elif not encoding.certain:
        yield finding_of("encoding-uncertain", place, encoding=encoding.name)
    if encoding.damaged:
        yield finding_of("encoding-damaged", Place(file, line=broken_line))


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252; half a surrogate pair becomes U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    surrogate = _SURROGATE.match(error.object, error.start)
    if surrogate:
        return "\ufffd", surrogate.end()
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(MIXED_ERRORS, _as_windows_1252)
