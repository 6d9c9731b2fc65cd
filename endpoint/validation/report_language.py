"""Speech: the language of a report that a program asks for, which has more of them than the pages."""

from flask import Response, request

from endpoint.http.negotiation import choose_language
from endpoint.language.interface_languages import reader
from pipeline.findings.translation import SPOKEN

_PARAMETER = "lang"


def asked_language() -> str:
    """Return the language of a report: that of ``lang=``, of the path, of Accept-Language, else English."""
    stated = choose_language(request.args.get(_PARAMETER), tuple(SPOKEN))
    if stated is not None:
        return stated
    if reader().is_fixed:
        return reader().interface
    return choose_language(request.headers.get("Accept-Language"), tuple(SPOKEN)) or "en"


def tell_language(response: Response, language: str) -> None:
    """Add to an answer in which language it is, and that another may come to who likes another."""
    response.content_language.add(language)
    if not request.args.get(_PARAMETER) and not reader().is_fixed:
        response.vary.add("Accept-Language")
