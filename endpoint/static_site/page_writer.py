"""The page writer: asks the application for addresses, writes the answers, and points links to files."""

import pickle
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from endpoint.static_site import file_links
from endpoint.static_site.exported_addresses import Address, SiteLink, file_name, read_link

LINKED = ("text/html", "application/atom+xml", "application/xml", "text/plain")
"""Media types of what has links to pages."""

_PAGE = "text/html"
_ACCEPT = "text/html, */*;q=0.5"
_ENVIRON: Final = create_environ()
"""What all requests have alike."""

_TARGET = re.compile(r"<([^<>]+)>")
"""A target in a Link header: pages do not link to all forms of what they show."""

_EXPORTED = (200, 410)
"""Statuses of what is exported: a withdrawn practice has a page that says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answers: a file with its media type, or where it redirects to, or neither."""

    file: str = ""
    media_type: str = ""
    moved_to: Address | None = None


Answers = Mapping[Address, Answer]
PageAnswer = tuple[Address, Answer, tuple[Address, ...]]
"""An address, what it answers, and the addresses that its answer links to."""


@dataclass(frozen=True, slots=True)
class PageWriter:
    """The application, the base IRI of its site, and the folder for its answers."""

    app: Flask
    base: str
    folder: Path

    def ask(self, addresses: Iterable[Address]) -> list[PageAnswer]:
        """Ask for some addresses and write the answers."""
        return [self._ask(address) for address in addresses]

    def rewrite(self, addresses: Iterable[Address], answers_file: Path) -> None:
        """Point the links in the files of some addresses to files; all answers are in a file."""
        answers = _read_answers(answers_file)
        for address in addresses:
            self._rewrite(address, answers)

    def fragment(self, path: str, page: str, answers: Answers) -> str:
        """Return a part of a page, rendered at a path of its own, with links to files."""
        text = f"</head>{self.text(path)}"
        file = answers[Address(page)].file
        return self._with_files(text, page, file, answers).removeprefix("</head>")

    def page_not_found(self, answers: Answers) -> str:
        """Return the page for unknown addresses; its links begin at the root of the host, as it is shown anywhere."""
        text = self._with_files(self.text("/404"), "/404", "404.html", answers)
        return file_links.from_root(text, self._root)

    def link(self, file: str, answers: Answers, link: str) -> str | None:
        """Return the link from one file to the target of a link; None if that has no file."""
        read = read_link(link, "", self.base)
        target = file_of(answers, read) if read is not None else None
        return None if target is None else file_links.relative(target, file.lstrip("/"))

    @property
    def _root(self) -> str:
        return urlsplit(self.base).path

    def text(self, path: str) -> str:
        """Return what the application answers at a path, as text."""
        return self._answer(self._root + path, _PAGE).get_data(as_text=True)

    def _answer(self, target: str, accept: str) -> Response:
        """Return what the application answers to a request; the test client takes twice the time of this."""
        path, _, query = target.partition("?")
        environ = {
            **_ENVIRON,
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "HTTP_ACCEPT": accept,
            "wsgi.input": BytesIO(),
        }
        return Response.from_app(self.app, environ, buffered=True)

    def _with_files(self, text: str, path: str, file: str, answers: Answers) -> str:
        return file_links.with_files(
            text, self._root + path, self.base, file, lambda link: file_of(answers, link)
        )

    def _ask(self, address: Address) -> PageAnswer:
        root = self._root
        response = self._answer(root + address.target, _ACCEPT)
        media_type = response.mimetype or ""
        if response.status_code in (301, 302, 303, 308):
            link = read_link(response.headers["Location"], root + address.path, self.base)
            if link is not None:
                return address, Answer(moved_to=link.address), (link.address,)
        if response.status_code not in _EXPORTED:
            return address, Answer(), ()
        answer = Answer(file_name(address, media_type), media_type)
        content = response.get_data()
        response.close()
        path = self.folder / answer.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        page = root + address.path
        targets = _TARGET.findall(response.headers.get("Link", ""))
        links = [link for target in targets if (link := read_link(target, page, self.base)) is not None]
        if media_type in LINKED:
            links += file_links.links_of(content.decode(), page, self.base)
        return address, answer, tuple(dict.fromkeys(link.address for link in links))

    def _rewrite(self, address: Address, answers: Answers) -> None:
        answer = answers[address]
        path = self.folder / answer.file
        text = path.read_text(encoding="utf-8")
        if answer.media_type == _PAGE:
            text = self._with_files(text, address.path, answer.file, answers)
        else:
            text = file_links.with_absolute_files(text, self.base, lambda link: file_of(answers, link))
        path.write_text(text, encoding="utf-8", newline="")


@lru_cache(maxsize=1)
def _read_answers(file: Path) -> Answers:
    answers: Answers = pickle.loads(file.read_bytes())  # noqa: S301 - this program wrote it
    return answers


def file_of(answers: Answers, link: SiteLink) -> str | None:
    """Return the file of a link, after redirects; None where there is none."""
    address: Address | None = link.address
    for _ in range(5):
        answer = answers.get(address) if address is not None else None
        if answer is None or answer.moved_to is None:
            return answer.file or None if answer else None
        address = answer.moved_to
    return None
