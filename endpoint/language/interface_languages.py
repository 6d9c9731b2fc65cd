"""Languages: the language of a page, and the languages of texts that its reader prefers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel.support import Translations
from flask import Flask, Response, g, redirect, request
from flask_babel import Babel, get_translations  # type: ignore[import-untyped]
from markupsafe import Markup

from endpoint.http.negotiation import accepted_languages, choose_language
from endpoint.language.graph_facts import preferred

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

INTERFACE = {"en": "English", "fr": "Français"}
"""The languages that the pages speak, each with its own name; the first one where nothing else is known."""

DEFAULT = next(iter(INTERFACE))
"""The language of addresses that name none."""

_FALLBACK = tuple(INTERFACE)
_CHOICE = "language"
_YEAR = 365 * 24 * 3600
_FIXED = "practicegraph.language"
_ROOT = "practicegraph.root"
_MOST_LIKED = 3
_TAG = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language of the interface, those of texts from best to last, whether the path says so."""

    interface: str
    texts: tuple[str, ...]
    is_fixed: bool


class LanguageMiddleware:
    """A WSGI application whose paths may begin with a language, which all links on its pages then keep."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, the language taken off its path."""
        environ[_ROOT] = environ.get("SCRIPT_NAME", "")
        language, slash, rest = environ.get("PATH_INFO", "")[1:].partition("/")
        if language in INTERFACE:
            environ[_FIXED] = language
            environ["SCRIPT_NAME"] = f"{environ[_ROOT]}/{language}"
            environ["PATH_INFO"] = slash + rest
        return self._application(environ, start_response)


def install(app: Flask) -> None:
    """Give each request of an app its language."""
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    Babel(app, locale_selector=lambda: reader().interface)
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update(_=_sentence, gettext=_sentence, ngettext=_sentence_of_number)
    app.context_processor(lambda: {"_": partial(_sentence_in, _sentences())})
    app.before_request(_leave_default)
    app.before_request(_prefer)
    app.after_request(_set_content_language)


def reader() -> Reader:
    """Return who reads the answer to this request."""
    if "reader" not in g:
        chosen = DEFAULT if request.cookies.get(_CHOICE) == DEFAULT else None
        g.reader = _read(request.environ.get(_FIXED), chosen, request.headers.get("Accept-Language"))
    current: Reader = g.reader
    return current


def variant() -> str:
    """Return what a page rendered for this reader is kept under; afterwards the answer varies by language.

    A page whose path begins with a language has other links than one in that language by the reader's wish.
    """
    g.speaks = True
    return " ".join((request.script_root, reader().interface, *reader().texts))


def interface() -> str:
    """Return the language of this request's pages; afterwards the answer varies by language."""
    g.speaks = True
    return reader().interface


def say(message: str, **values: object) -> str:
    """Return a sentence of ours in the language of the interface."""
    said: str = _sentences().ugettext(message)
    return said % values if values else said


def say_number(one: str, many: str, number: int) -> str:
    """Return a sentence of ours that depends on a number, in the language of the interface."""
    said: str = _sentences().ungettext(one, many, number)
    return said % {"num": number}


def site_root() -> str:
    """Return the path below which the site is, without a language."""
    root: str = request.environ.get(_ROOT, request.script_root)
    return root


def fixed_root(language: str) -> str:
    """Return the path below which the site speaks one language."""
    return f"{site_root()}/{language}"


def roots() -> tuple[str, ...]:
    """Return all paths below which the site has pages: without a language, and in each but the default one."""
    return tuple(site_root() + language_path(language) for language in INTERFACE)


def language_path(language: str) -> str:
    """Return what comes before the path of a page in one language: nothing for the default one."""
    return "" if language == DEFAULT else f"/{language}"


def fixed_language() -> str:
    """Return the language that the path names, the default one where it names none, whatever a reader wishes."""
    fixed: str = request.environ.get(_FIXED, DEFAULT)
    return fixed


def own_path() -> str:
    """Return what comes before the path of a page in the language of this request."""
    return language_path(interface())


def switch(language: str, path: str) -> str:
    """Return where a reader changes to a language: its own address, or the one that remembers the default language."""
    own = language == DEFAULT == interface()
    return f"{site_root() if own else fixed_root(language)}{path}"


def _sentence(message: str, **values: object) -> Markup:
    """Return a sentence of a page in the language of the interface."""
    return _sentence_in(_sentences(), message, **values)


def _sentence_in(sentences: Translations, message: str, **values: object) -> Markup:
    """Return a sentence of a page in one language.

    A page has a hundred of them: Jinja's way to the same takes three calls more for each, and Flask-Babel's looks
    for the language again.
    """
    said = _markup(sentences, message)
    return said % values if values or "%" in said else said


@lru_cache(maxsize=4000)
def _markup(sentences: Translations, message: str) -> Markup:
    return Markup(sentences.ugettext(message))  # noqa: S704 - our own, and its values are escaped


def _sentence_of_number(one: str, many: str, number: int, **values: object) -> Markup:
    """Return a sentence of a page that depends on a number, in the language of the interface."""
    said = _sentences().ungettext(one, many, number)
    return Markup(said) % {"num": number, **values}  # noqa: S704 - as above


def _sentences() -> Translations:
    """Return the sentences of the interface in the language of this request."""
    sentences: Translations | None = g.get("sentences")
    if sentences is None:
        sentences = g.sentences = get_translations()
    return sentences


def _read(fixed: str | None, chosen: str | None, accept_language: str | None) -> Reader:
    if language := fixed or chosen:
        return Reader(language, tuple(dict.fromkeys((language, *_FALLBACK))), bool(fixed))
    interface = choose_language(accept_language, _FALLBACK) or _FALLBACK[0]
    liked = (tag.partition("-")[0].lower() for tag in accepted_languages(accept_language))
    texts = tuple(dict.fromkeys(tag for tag in liked if _TAG.fullmatch(tag)))[:_MOST_LIKED]
    return Reader(interface, tuple(dict.fromkeys((*texts, interface, *_FALLBACK))), False)


def _leave_default() -> Response | None:
    """Send a reader of ``/en/…`` to the one address of the page in the default language, and remember the choice.

    Such an address is only behind the switch of languages. The cookie is for readers whose browser asks for another
    language.
    """
    if request.environ.get(_FIXED) != DEFAULT:
        return None
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    path = quote("/" + request.path.lstrip("/"), safe="/:@!$&'()*+,;=~")
    response: Response = redirect(f"{site_root()}{path}{query}", 308)  # type: ignore[assignment]
    response.set_cookie(
        _CHOICE, DEFAULT, max_age=_YEAR, path=f"{site_root()}/", samesite="Lax", httponly=True
    )
    response.cache_control.no_store = True
    return response


def _prefer() -> None:
    preferred.set(reader().texts)


def _set_content_language(response: Response) -> Response:
    if g.get("speaks"):
        response.content_language.add(reader().interface)
        if not reader().is_fixed:
            response.vary.update(("Accept-Language", "Cookie"))
    return response
