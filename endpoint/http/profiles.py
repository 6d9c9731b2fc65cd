"""Profiles: the forms of JSON-LD that a client may ask for, by a media type's parameter or by the address."""

from endpoint.http.negotiation import parameter

NAMESPACE = "http://www.w3.org/ns/json-ld#"
FORMS = ("framed", "compacted", "flattened", "expanded")
"""The forms that are on offer, in the order of preference if a request names several."""

JSON_LD = "application/ld+json"


def form_of(accept: str | None, argument: str | None) -> str:
    """Return the form that an Accept header or an argument of the address asks for, empty for no known one."""
    wanted = argument if argument is not None else parameter(accept, JSON_LD, "profile")
    names = {name.removeprefix(NAMESPACE) for name in wanted.split()}
    return next((form for form in FORMS if form in names), "")


def content_type(form: str) -> str:
    """Return the media type of a document in a form, which it names."""
    return f'{JSON_LD}; profile="{NAMESPACE}{form}"' if form else JSON_LD
