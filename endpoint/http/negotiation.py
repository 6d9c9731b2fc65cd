"""Content negotiation: which of the things on offer a request's Accept headers like best (RFC 9110 §12.5)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_QVALUE = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_LANGUAGE_RANGE = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

_ANY, _TYPE, _LOOSE, _EXACT, _WITH_PARAMETERS = range(5)


@dataclass(frozen=True, slots=True)
class Offer:
    """A representation on offer: its media type, and the server's name for the format."""

    media_type: str
    format: str = ""

    @property
    def content_type(self) -> str:
        """Return the value for Content-Type: text types and XML ones say that they are UTF-8."""
        if self.media_type.startswith("text/"):
            return f"{self.media_type}; charset=utf-8"
        return self.media_type


@dataclass(frozen=True, slots=True)
class _Range:
    kind: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    quality: float


def choose(accept: str | None, offers: Sequence[Offer]) -> Offer | None:
    """Return the offer that an Accept header likes best, the first one among equals, None if none will do.

    No header, an empty one and one in which no media range can be read accept everything.
    """
    ranges = tuple(_ranges(accept or ""))
    if not ranges:
        return offers[0] if offers else None
    best = max(offers, key=lambda offer: _quality_of(offer.media_type, ranges), default=None)
    if best is None or _quality_of(best.media_type, ranges) <= 0:
        return None
    return best


def quality(accept: str | None, media_type: str) -> float:
    """Return the quality of a media type in an Accept header, from 0 (refused) to 1."""
    ranges = tuple(_ranges(accept or ""))
    return _quality_of(media_type, ranges) if ranges else 1.0


def parameter(accept: str | None, media_type: str, name: str) -> str:
    """Return a parameter of the best liked range that names a media type, empty if none states it."""
    kind, _, subtype = media_type.partition("/")
    named = (
        accepted for accepted in _ranges(accept or "") if (accepted.kind, accepted.subtype) == (kind, subtype)
    )
    liked = sorted(
        (accepted for accepted in named if accepted.quality > 0), key=lambda accepted: -accepted.quality
    )
    stated = (value for accepted in liked for key, value in accepted.parameters if key == name)
    return next(stated, "")


def choose_language(accept_language: str | None, available: Sequence[str]) -> str | None:
    """Return the language tag that an Accept-Language header likes best, None if it names none of them.

    A range matches its tag and every longer one (``pt`` matches ``pt-BR``), and, being asked for more than
    there is, ``pt-BR`` also finds ``pt``, with a little less weight than the exact tag.
    """
    ranges = tuple(_language_ranges(accept_language or ""))
    best = max(available, key=lambda tag: _language_quality(tag, ranges), default=None)
    if best is None or _language_quality(best, ranges) <= 0:
        return None
    return best


def accepted_languages(accept_language: str | None) -> tuple[str, ...]:
    """Return the language tags that an Accept-Language header names and does not refuse, best first."""
    ranges = sorted(_language_ranges(accept_language or ""), key=lambda pair: -pair[1])
    return tuple(name for name, weight in ranges if weight > 0 and name != "*")


def _ranges(accept: str) -> Iterator[_Range]:
    for element in _ELEMENT.findall(accept):
        name, parameters, weight = _split(element)
        kind, slash, subtype = name.partition("/")
        if not slash or not kind or not subtype or (kind == "*" and subtype != "*"):
            if name != "*":
                continue
            # Java's URLConnection has long sent a bare * and means everything.
            kind = subtype = "*"
        yield _Range(kind, subtype, parameters, weight)


def _split(element: str) -> tuple[str, frozenset[tuple[str, str]], float]:
    name, *parts = [part.strip() for part in _PART.findall(element)] or [""]
    parameters: set[tuple[str, str]] = set()
    weight = 1.0
    for part in parts:
        key, _, value = part.partition("=")
        key, value = key.strip().lower(), value.strip().strip('"').lower()
        if key == "q":
            # What follows q is an extension of Accept itself, not a parameter of the media type.
            weight = _weight(value)
            break
        if key:
            parameters.add((key, value))
    return name.lower(), frozenset(parameters), weight


def _weight(value: str) -> float:
    if not _QVALUE.fullmatch(value):
        return 1.0
    return min(float(value), 1.0)


def _quality_of(media_type: str, ranges: Sequence[_Range]) -> float:
    name, parameters, _ = _split(media_type)
    kind, _, subtype = name.partition("/")
    qualities = [
        (specificity, candidate.quality)
        for candidate in ranges
        if (specificity := _specificity(candidate, kind, subtype, parameters)) is not None
    ]
    return max(qualities, default=(0, 0.0))[1]


def _specificity(
    candidate: _Range, kind: str, subtype: str, parameters: frozenset[tuple[str, str]]
) -> int | None:
    """Return how closely a range describes a type, None if it does not.

    A parameter that the type does not have (a profile, a version) is ignored rather than refused, but a
    refusal (``q=0``) that names one says nothing about the type without it.
    """
    if candidate.kind == "*":
        return _ANY
    if candidate.kind != kind:
        return None
    if candidate.subtype == "*":
        return _TYPE
    if candidate.subtype != subtype:
        return None
    if not candidate.parameters or candidate.parameters == frozenset({("charset", "utf-8")}):
        return _EXACT
    if candidate.parameters <= parameters:
        return _WITH_PARAMETERS
    return _LOOSE if candidate.quality > 0 else None


def _language_ranges(accept_language: str) -> Iterator[tuple[str, float]]:
    for element in _ELEMENT.findall(accept_language):
        name, _, weight = _split(element)
        if _LANGUAGE_RANGE.fullmatch(name):
            yield name, weight


def _language_quality(tag: str, ranges: Sequence[tuple[str, float]]) -> float:
    tag = tag.lower()
    qualities: list[tuple[int, float]] = []
    for name, weight in ranges:
        if name == "*":
            qualities.append((0, weight))
        elif name.startswith(f"{tag}-") and weight > 0:
            qualities.append((1, weight * 0.99))
        elif tag == name or tag.startswith(f"{name}-"):
            qualities.append((1 + len(name), weight))
    return max(qualities, default=(0, 0.0))[1]
