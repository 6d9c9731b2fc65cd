"""Form values: what is in the form, as field → text, read within limits."""

import re
from collections.abc import Mapping

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from endpoint.language.interface_languages import say
from endpoint.language.text_filters import number
from pipeline.model.fields import LISTS, SECTIONS
from pipeline.sources.template.template_wording import wording

MOST_BYTES = 64 * 1024
"""Bytes of a request with a form."""

LONGEST = 20_000
"""Characters of one text; a cell of a workbook can have no more than 32,767."""

LONG_FIELDS = ("summary", *SECTIONS)
"""The fields whose texts may have several lines."""

FORM_FIELDS = tuple(dict.fromkeys(column.field for column in wording("en").columns if column.field != "id"))
"""The fields in the form: those of the template, except the identifier, which new practices do not have."""

BETWEEN = " | "

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_MOST_PARTS = 100
_NOT_IN_CELLS = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that neither XML nor a cell of a workbook can have."""


def read_values(request: Request) -> dict[str, str]:
    """Return the filled fields of a request's form; raise HTTPException for what is too large or no form."""
    if request.mimetype not in _FORMS:
        raise UnsupportedMediaType(say("Send the form as multipart/form-data."))
    if request.content_length is not None and request.content_length > MOST_BYTES:
        raise _too_large()
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    request.max_form_parts = _MOST_PARTS
    try:
        form = request.form
    except RequestEntityTooLarge as error:
        raise _too_large() from error
    texts = {name: _text(name, form.getlist(name)) for name in FORM_FIELDS}
    values = {name: text for name, text in texts.items() if text}
    _refuse_long(values)
    return values


def _text(name: str, sent: list[str]) -> str:
    cleaned = [_clean(name, text) for text in sent]
    if name in LISTS:
        return BETWEEN.join(filter(None, cleaned))
    return next(filter(None, cleaned), "")


def _clean(name: str, text: str) -> str:
    text = _NOT_IN_CELLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if name in LONG_FIELDS:
        return text.strip()
    return " ".join(text.split())


def _refuse_long(values: Mapping[str, str]) -> None:
    for column in wording("en").columns:
        length = len(values.get(column.field, ""))
        if length > LONGEST:
            raise RequestEntityTooLarge(
                say(
                    "The text in “%(field)s” has %(length)s characters. The form takes up to %(most)s.",
                    field=column.heading,
                    length=number(length),
                    most=number(LONGEST),
                )
            )


def _too_large() -> HTTPException:
    return RequestEntityTooLarge(
        say("This form takes up to 64 kB. Shorten the texts, or use the spreadsheet template.")
    )
