"""Well-known addresses (RFC 8615): where programs look that know nothing of a site but its name."""

from flask import Blueprint, Response

from endpoint.language import interface_languages

wellknown = Blueprint("wellknown", __name__)


@wellknown.get("/.well-known/void")
def void() -> Response:
    """Send readers of VoID to the description in it; VoID asks for a 302."""
    location = f"{interface_languages.site_root()}/void"
    response = Response(f"See {location}\n", 302, content_type="text/plain; charset=utf-8")
    response.location = location
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    return response
