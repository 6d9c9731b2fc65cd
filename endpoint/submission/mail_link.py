"""The mail link: a mail to the contact with the practice in it, as far as the length of links allows."""

from collections.abc import Mapping
from urllib.parse import quote

from endpoint.language.interface_languages import say
from endpoint.submission.form_values import FORM_FIELDS, LONG_FIELDS
from pipeline.sources.template.template_wording import TemplateWording

LONGEST_LINK = 1800
"""Characters of a link: mail programs cut or refuse those of more than about 2,000."""

_LONGEST_SUBJECT = 80


def mail_link(address: str, values: Mapping[str, str], words: TemplateWording) -> tuple[str, bool]:
    """Return the link for a ``mailto:`` address, and whether all values are in it.

    Where they do not fit, the long texts are left out, then all but the title; the mail then says that a file
    with the practice is attached. No value is cut.
    """
    title = values.get("title", "")
    short_title = title if len(title) <= _LONGEST_SUBJECT else title[: _LONGEST_SUBJECT - 1] + "…"
    subject = say("Good practice: %(title)s", title=short_title)
    attached = say("The whole practice is in the attached file.")
    short = [name for name in FORM_FIELDS if name not in LONG_FIELDS]
    for names, ending in ((FORM_FIELDS, ""), (short, attached), ((), attached)):
        body = "\r\n".join(filter(None, (*_lines(values, names, words), ending)))
        link = f"{address}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"
        if len(link) <= LONGEST_LINK or not names:
            return link, not ending
    raise AssertionError("the last body has no names")


def _lines(
    values: Mapping[str, str], names: "tuple[str, ...] | list[str]", words: TemplateWording
) -> list[str]:
    labels = form_labels(words)
    return [f"{labels[name]}: {values[name]}".replace("\n", "\r\n") for name in names if name in values]


def form_labels(words: TemplateWording) -> dict[str, str]:
    """Return field → label; of several columns of topics, the name without a number."""
    return {column.field: column.heading.removesuffix(" 3") for column in words.columns}
