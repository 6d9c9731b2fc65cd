"""The application as an export asks it: pages that say what needs a server, and a query page that needs none."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from endpoint.app import create_app
from endpoint.documents.document_routes import LAST_DOCUMENTS
from endpoint.engine.client import Answer, Busy
from endpoint.engine.question import QueryLimits, Question
from endpoint.sparql.query_service import Admission, QueryService
from endpoint.static_site.search_files import cards

_NO_LIMIT = 10**9


class NoBackend:
    """The place of an engine where queries run in the reader's browser: it answers none."""

    limits = QueryLimits(seconds=_NO_LIMIT, memory=_NO_LIMIT)
    is_remote = False

    def ask(self, question: Question, is_abandoned: Callable[[], bool]) -> Answer:
        """Refuse a question."""
        raise Busy

    def version(self, release: str, base: str) -> str:
        """Return the release's name."""
        return release


def exported_app(
    output: Path, *, release: Path | None = None, has_sparql: bool, contact: str | None = None
) -> Flask:
    """Return the application over a release of an output folder, whose pages are for a host of files.

    The current release is taken unless one is stated.
    """
    asking = QueryService(NoBackend(), Admission(1)) if has_sparql else None
    app = create_app(
        output,
        asking=asking,
        look_every=float("inf"),
        served_release=None if release is None else lambda: release,
        contact_address=contact,
        rendered_bytes=0,
    )
    app.extensions[LAST_DOCUMENTS] = {}
    app.register_blueprint(cards)
    app.context_processor(lambda: {"exported": True})
    return app
