"""The web application: pages, documents and downloads over the current release, and SPARQL beside them."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Flask, request

from endpoint import sparql, submission, validation
from endpoint.catalogue import search_words
from endpoint.catalogue.open_release import Releases
from endpoint.catalogue.service import current_release, install
from endpoint.citations.citation_formats import FORMATS
from endpoint.citations.ris import name_with_comma
from endpoint.documents.citation_routes import citation_files
from endpoint.documents.document_routes import documents
from endpoint.documents.one_address import without_slashes
from endpoint.graphs.dataset_publisher import PROGRAMME
from endpoint.harvest.downloads import downloads
from endpoint.harvest.dump_routes import dumps
from endpoint.harvest.feeds import feeds
from endpoint.harvest.list_exports import exports
from endpoint.harvest.sitemap import sitemap
from endpoint.history.change_routes import changes
from endpoint.http.document_formats import NAMES, SUFFIXES
from endpoint.http.mounting import MountMiddleware
from endpoint.http.request_limits import RequestLimits
from endpoint.http.responses import RenderedBodies, compress_page
from endpoint.http.security_headers import guard
from endpoint.http.static_files import static_file
from endpoint.language import interface_languages, links, text_filters
from endpoint.monitoring.access_log import OneLine
from endpoint.site import contact
from endpoint.site.about_page import about
from endpoint.site.compiled_templates import CompiledTemplates
from endpoint.site.error_handlers import answer_errors
from endpoint.site.explore import explore
from endpoint.site.list_page import catalogue
from endpoint.site.shortlist import shortlist
from endpoint.site.similar_page import similar_practices
from endpoint.site.start_page import start_page
from endpoint.site.suggest_routes import suggest
from endpoint.sparql.query_service import QueryService
from endpoint.validation.stored_reports import Reports
from pipeline.records.history.history_fields import fields_in_words, kind_name
from pipeline.release.dataset.quality import quality_words

CATALOGUE_SIZE = 363
"""How many practices the programme's own catalogue shows."""

_BLUEPRINTS = (
    downloads,
    dumps,
    sitemap,
    start_page,
    catalogue,
    suggest,
    similar_practices,
    exports,
    feeds,
    changes,
    explore,
    shortlist,
    about,
    citation_files,
    documents,
)

_TEMPLATES = CompiledTemplates()


def create_app(
    release: Path,
    *,
    asking: QueryService | None = None,
    look_every: float = 1.0,
    served_release: Callable[[], Path] | None = None,
    rendered_bytes: int = 32 * 1024 * 1024,
    reports: Reports | None = None,
    contact_address: str | None = None,
    checking: validation.Checking | None = None,
) -> Flask:
    """Return the application that serves the output folder whose ``current`` is the release, if not ``served``.

    It opens the store and the index, so call it after the fork in a pre-forked server. ``reports`` are those
    that all web processes share, and ``checking`` says who does checks. The routes of SPARQL are there when
    ``asking`` says who answers queries.
    """
    app = _empty_app()
    app.view_functions["static"] = lambda filename: static_file(Path(str(app.static_folder)), filename)
    app.url_map.merge_slashes = False
    app.logger.addFilter(OneLine())
    releases = Releases(release, look_every=look_every, served_release=served_release)
    install(app.extensions, releases, RenderedBodies(rendered_bytes))
    contact.install(app.extensions, contact_address)
    if asking is not None:
        app.register_blueprint(sparql.blueprint(asking))
        app.register_blueprint(sparql.sharing_blueprint(asking))
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    how = checking or validation.Checking()
    jobs = how.jobs()
    app.register_blueprint(validation.blueprint(how, jobs, reports))
    app.register_blueprint(submission.blueprint(jobs))
    app.before_request(without_slashes)
    answer_errors(app)
    app.after_request(guard)
    app.after_request(compress_page)
    interface_languages.install(app)
    _prepare_templates(app)
    spoken = interface_languages.LanguageMiddleware(app.wsgi_app)
    mounted = MountMiddleware(spoken, lambda: releases.current().base)
    app.wsgi_app = RequestLimits(mounted)  # type: ignore[method-assign]
    return app


def compile_templates(*names: str) -> None:
    """Compile some templates for all applications of this process and of those that are forked from it."""
    app = _empty_app()
    interface_languages.install(app)
    _prepare_templates(app)
    for name in names:
        app.jinja_env.get_template(name)


def _empty_app() -> Flask:
    app = Flask("endpoint", static_folder="static", template_folder="templates")
    app.jinja_options = {
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "bytecode_cache": _TEMPLATES,
    }
    return app


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.filters.update(
        comma_name=name_with_comma,
        href=lambda iri: links.href(iri, current_release().base),
        short=links.short,
        highlight=text_filters.highlight,
        mark=search_words.mark,
        language=lambda tag: text_filters.language_name(tag, interface_languages.interface()),
        day=lambda moment: text_filters.day(moment, interface_languages.interface()),
        number=text_filters.number,
        kind=lambda kind, language="": kind_name(kind, language or interface_languages.interface()),
        fields=lambda fields, language="": fields_in_words(
            fields, language or interface_languages.interface()
        ),
        share=lambda percent: text_filters.share(percent, interface_languages.interface()),
        size=lambda count: text_filters.size(count, interface_languages.interface()),
    )
    app.jinja_env.globals.update(
        static_url=lambda name: interface_languages.site_root() + _static_path(name),
        static_path=_static_path,
        query_path=links.query_path,
        formats=SUFFIXES,
        citation_formats=FORMATS,
        programme=PROGRAMME,
        words=quality_words(),
        format_names=NAMES,
    )
    app.context_processor(
        lambda: {
            "release": current_release(),
            "catalogue_size": CATALOGUE_SIZE,
            "root": request.script_root,
            "site_root": interface_languages.site_root(),
            "language": interface_languages.interface(),
            "languages": interface_languages.INTERFACE,
            "language_path": interface_languages.language_path,
            "address_in": lambda tag, path: (
                f"{current_release().base}{interface_languages.language_path(tag)}{path}"
            ),
            "switch": interface_languages.switch,
            "has_sparql": "sparql" in app.blueprints,
        }
    )


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((files(__package__) / "static" / name).read_bytes()).hexdigest()[:12]


def _static_path(name: str) -> str:
    return f"/static/{name}?v={_fingerprint(name)}"
