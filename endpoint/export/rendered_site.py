"""The rendered site: every address that a page links to, asked of the application in this process."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import Client

from endpoint.export import file_links
from endpoint.export.exported_addresses import Address, SiteLink, file_name, is_exported, read_link

_PAGES = ("text/html",)
_LINKED = ("text/html", "application/atom+xml", "application/xml", "text/plain")
"""Media types of what has links to pages."""

_ACCEPT = "text/html, */*;q=0.5"
_TARGET = re.compile(r"<([^<>]+)>")
"""A target in a Link header: pages do not link to all forms of what they show."""

_KEPT = (200, 410)
"""Statuses of what is exported: a withdrawn practice has a page that says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answers: a file with its media type, or where it redirects to, or neither."""

    file: str = ""
    media_type: str = ""
    status: int = 200
    moved_to: Address | None = None


@dataclass(slots=True)
class RenderedSite:
    """The answers of the site by address; their bytes are files in a folder, with links to be rewritten."""

    app: Flask
    base: str
    folder: Path
    answers: dict[Address, Answer] = field(default_factory=dict)

    def follow(self, beginnings: Iterable[Address]) -> None:
        """Ask for some addresses, and for all that can be reached from them."""
        client = self.app.test_client()
        waiting = deque(dict.fromkeys(address for address in beginnings if address not in self.answers))
        seen = {*self.answers, *waiting}
        while waiting:
            address = waiting.popleft()
            for linked in self._ask(client, address):
                if linked not in seen and is_exported(linked):
                    seen.add(linked)
                    waiting.append(linked)

    def add(self, path: str, content: bytes) -> None:
        """Add a file that no request gives."""
        name = path.lstrip("/")
        self.answers[Address(path)] = Answer(name)
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)

    def fragment(self, path: str, page: str) -> str:
        """Return a part of a page, rendered at a path of its own, with links to files."""
        root = urlsplit(self.base).path
        text = self.app.test_client().get(root + path).get_data(as_text=True)
        file = self.answers[Address(page)].file
        return file_links.with_files(
            f"</head>{text}", root + page, self.base, file, self.file_of
        ).removeprefix("</head>")

    def page_not_found(self) -> str:
        """Return the page for unknown addresses; its links begin at the root of the host, as it is shown anywhere."""
        root = urlsplit(self.base).path
        response = self.app.test_client().get(f"{root}/404", headers={"Accept": "text/html"})
        text = file_links.with_files(
            response.get_data(as_text=True), f"{root}/404", self.base, "404.html", self.file_of
        )
        return file_links.from_root(text, root)

    def finish(self) -> None:
        """Make the links of all pages lead to files, and add pages that lead on where the site redirects."""
        for address, answer in self.answers.items():
            if answer.media_type in _LINKED:
                self._rewrite(address, answer)
        for address, answer in self.answers.items():
            if answer.moved_to is not None:
                self._lead_on(address)

    def file_of(self, link: SiteLink) -> str | None:
        """Return the file of a link, after redirects; None where there is none."""
        address: Address | None = link.address
        for _ in range(5):
            answer = self.answers.get(address) if address is not None else None
            if answer is None or answer.moved_to is None:
                return answer.file or None if answer else None
            address = answer.moved_to
        return None

    def redirects(self) -> Iterator[tuple[str, str]]:
        """Yield the path of each address that redirects, with the path that it leads to."""
        for address, answer in sorted(self.answers.items()):
            if answer.moved_to is not None and not address.query:
                yield address.path, answer.moved_to.path

    def _ask(self, client: Client, address: Address) -> list[Address]:
        root = urlsplit(self.base).path
        response = client.get(root + address.target, headers={"Accept": _ACCEPT})
        media_type = response.mimetype or ""
        if response.status_code in (301, 302, 303, 308):
            link = read_link(response.headers["Location"], root + address.path, self.base)
            if link is not None:
                self.answers[address] = Answer(moved_to=link.address, status=response.status_code)
                return [link.address]
        if response.status_code not in _KEPT:
            self.answers[address] = Answer(status=response.status_code)
            return []
        answer = Answer(file_name(address, media_type), media_type, response.status_code)
        self.answers[address] = answer
        content = response.get_data()
        response.close()
        path = self.folder / answer.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        page = root + address.path
        targets = _TARGET.findall(response.headers.get("Link", ""))
        links = [link for target in targets if (link := read_link(target, page, self.base)) is not None]
        if media_type in _LINKED:
            links += file_links.links_of(content.decode(), page, self.base)
        return [link.address for link in links]

    def _rewrite(self, address: Address, answer: Answer) -> None:
        path = self.folder / answer.file
        text = path.read_text(encoding="utf-8")
        if answer.media_type in _PAGES:
            page = urlsplit(self.base).path + address.path
            text = file_links.with_files(text, page, self.base, answer.file, self.file_of)
        else:
            text = file_links.with_absolute_files(text, self.base, self.file_of)
        path.write_text(text, encoding="utf-8", newline="")

    def _lead_on(self, address: Address) -> None:
        """Write a page that leads on to where an address redirects, for hosts that cannot redirect."""
        target = self.file_of(SiteLink(address))
        if target is None or address.query or "." in address.path.rpartition("/")[2]:
            return
        name = address.path.strip("/") + ("/index.html" if address.path.endswith("/") else ".html")
        path = self.folder / name
        if path.exists() or not target.endswith(".html"):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        template = Template((files(__package__) / "moved.html.template").read_text(encoding="utf-8"))
        shown = {
            "link": escape(file_links.relative(target, name)),
            "canonical": escape(f"{self.base}/{target}"),
        }
        path.write_text(template.substitute(shown), encoding="utf-8")
