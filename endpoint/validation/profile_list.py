"""The list of profiles: what data can be checked by, as a page, as JSON and as RDF (W3C Profiles Vocabulary)."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from flask import Flask, Response, current_app, render_template, request
from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue.service import current_release
from endpoint.http.document_formats import HTML, TURTLE, write
from endpoint.http.negotiation import Offer, choose
from endpoint.http.responses import make_body, respond
from endpoint.language import interface_languages
from endpoint.language.interface_languages import say
from endpoint.validation.check_limits import CheckLimits
from pipeline.rdf.vocabulary import DCT, OWL, RDF
from pipeline.shapes_check.named_profiles import NamedProfiles

_PROF = "http://www.w3.org/ns/dx/prof/"
_OFFERED = "practicegraph-check-choices"
_OFFERS = (HTML, Offer("application/json", "json"), TURTLE)


@dataclass(frozen=True, slots=True)
class ListedProfile:
    """A profile as it is shown: ``key`` chooses it, and ``version`` is empty for rules of ours."""

    key: str
    name: str
    version: str
    title: str
    description: str


def install(app: Flask, profiles: NamedProfiles, limits: CheckLimits, minutes: float) -> None:
    """Let the forms of an application offer these profiles and say these limits; reports are kept for some minutes."""
    app.extensions[_OFFERED] = profiles, limits, minutes


def form_options() -> tuple[tuple[ListedProfile, ...], CheckLimits, float]:
    """Return what people may choose in the form, the limits of checks, and for how many minutes reports are kept."""
    profiles, limits, minutes = current_app.extensions[_OFFERED]
    return list_profiles(profiles), limits, minutes


def list_profiles(profiles: NamedProfiles) -> tuple[ListedProfile, ...]:
    """Return the profiles to choose from, ours first, in the language of the page."""
    told = {
        "practices": (say("Good practices"), say("The rules for each practice, as a build applies them.")),
        "catalogue": (
            say("A whole catalogue"),
            say("The rules across the practices of a catalogue, such as identifiers that occur once."),
        ),
    }
    ours = (ListedProfile(name, name, "", *words) for name, words in told.items())
    others = (
        ListedProfile(each.key, each.name, each.version, each.title, each.description)
        for each in profiles.profiles
    )
    return (*ours, *others)


def profile_list(profiles: NamedProfiles) -> Response:
    """Show the profiles, in the form that the client likes best."""
    offer = choose(request.headers.get("Accept"), _OFFERS) or HTML
    interface_languages.variant()
    rows = list_profiles(profiles)
    if offer is HTML:
        content = render_template("validate_profiles.html", profiles=rows).encode()
    elif offer is TURTLE:
        content = write(tuple(_triples(rows)), "ttl") or b""
    else:
        content = (
            json.dumps({"profiles": [_fields(each) for each in rows]}, ensure_ascii=False, indent=1) + "\n"
        ).encode()
    return respond(
        make_body(content, modified=current_release().common_modified), offer.content_type, vary=("Accept",)
    )


def _fields(profile: ListedProfile) -> dict[str, str]:
    said = asdict(profile) | {"validate": f"{current_release().base}/validate?profile={profile.key}"}
    return {"profile": said.pop("key")} | {key: value for key, value in said.items() if value}


def _triples(profiles: tuple[ListedProfile, ...]) -> Iterator[Triple]:
    for profile in profiles:
        this = NamedNode(f"{current_release().base}/validate/profiles#{profile.key}")
        yield Triple(this, NamedNode(RDF + "type"), NamedNode(_PROF + "Profile"))
        yield Triple(this, NamedNode(_PROF + "hasToken"), Literal(profile.key))
        yield Triple(this, NamedNode(DCT + "title"), Literal(profile.title))
        if profile.description:
            yield Triple(this, NamedNode(DCT + "description"), Literal(profile.description))
        if profile.version:
            yield Triple(this, NamedNode(OWL + "versionInfo"), Literal(profile.version))
