"""The rendered site: every address that a page links to, answered by a file, which page writers write.

These are in processes of their own, each with the same release open.
"""

import gc
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from endpoint.static_site import file_links
from endpoint.static_site.exported_addresses import Address, SiteLink, is_exported
from endpoint.static_site.page_writer import LINKED, Answer, PageAnswer, PageWriter, file_of
from pipeline.model.errors import EnvironmentFault
from pipeline.system.data_files import filled_text

Submit = Callable[..., Future[Any]]
"""Calls a method of a page writer, by its name and arguments, some time soon."""

_AT_ONCE = 24
"""Addresses that a page writer is given at once: the forms of a document are often among them."""

_WAITING = 6
"""Calls that wait for page writers, so that none of them is idle."""


@dataclass(slots=True)
class RenderedSite:
    """The answers of the site by address; their bytes are files in a folder, with links to be rewritten."""

    base: str
    folder: Path
    submit: Submit
    answers: dict[Address, Answer] = field(default_factory=dict)

    def follow(self, beginnings: Iterable[Address]) -> None:
        """Ask for some addresses, and for all that can be reached from them."""
        waiting = deque(dict.fromkeys(address for address in beginnings if address not in self.answers))
        seen = {*self.answers, *waiting}
        pending = set[Future[list[PageAnswer]]]()
        while waiting or pending:
            while waiting and len(pending) < _WAITING:
                addresses = [waiting.popleft() for _ in range(min(_AT_ONCE, len(waiting)))]
                pending.add(self.submit("ask", addresses))
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for address, answer, links in (each for future in done for each in future.result()):
                self.answers[address] = answer
                new = [linked for linked in links if linked not in seen and is_exported(linked)]
                seen.update(new)
                waiting += new

    def add(self, path: str, content: bytes) -> None:
        """Add a file that no request gives."""
        name = path.lstrip("/")
        self.answers[Address(path)] = Answer(name)
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)

    def finish(self, answers_file: Path) -> None:
        """Point the links of all pages to files, and add pages that redirect where the site does."""
        answers_file.write_bytes(pickle.dumps(self.answers))
        linked = [address for address, answer in self.answers.items() if answer.media_type in LINKED]
        parts = [linked[start : start + _AT_ONCE] for start in range(0, len(linked), _AT_ONCE)]
        for call in [self.submit("rewrite", part, answers_file) for part in parts]:
            call.result()
        for address in sorted(address for address, answer in self.answers.items() if answer.moved_to):
            self._lead_on(address)

    def _lead_on(self, address: Address) -> None:
        """Write a page that leads on to where an address redirects, for hosts that cannot redirect."""
        target = file_of(self.answers, SiteLink(address))
        if target is None or address.query or "." in address.path.rpartition("/")[2]:
            return
        name = address.path.strip("/") + ("/index.html" if address.path.endswith("/") else ".html")
        path = self.folder / name
        if path.exists() or not target.endswith(".html"):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        page = filled_text(
            __package__,
            "moved.html.template",
            link=escape(file_links.relative(target, name)),
            canonical=escape(f"{self.base}/{target}"),
        )
        path.write_text(page, encoding="utf-8")


@contextmanager
def writers(make: Callable[[], PageWriter], jobs: int) -> Iterator[Submit]:
    """Yield what calls the methods of page writers, in this process or in several others.

    Processes are started afresh, since this one has a store open, and so has threads.
    """
    if jobs <= 1:
        writer = make()
        yield lambda method, *arguments: _completed_future(getattr(writer, method)(*arguments))
        return
    try:
        with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (make,)) as pool:
            yield lambda method, *arguments: pool.submit(_call, method, *arguments)
    except BrokenProcessPool as error:
        raise EnvironmentFault(
            "A process of the export was killed, most likely for want of memory. Run it with --jobs 1."
        ) from error


_writers: list[PageWriter] = []
"""The page writer of a process."""


def _start(make: Callable[[], PageWriter]) -> None:
    _writers.append(make())
    gc.freeze()  # what lives as long as the process need not be looked through again and again
    gc.set_threshold(50_000)


def _call(method: str, *arguments: Any) -> Any:
    return getattr(_writers[0], method)(*arguments)


def _completed_future(result: Any) -> Future[Any]:
    future = Future[Any]()
    future.set_result(result)
    return future
