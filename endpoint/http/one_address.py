"""One address for each thing: what is asked for with slashes at the end is at the address without them."""

from urllib.parse import quote

from flask import Response, request

_WITH_SLASH = ("/", "/dumps/", "/dumps/latest/")


def without_slashes() -> Response | None:
    """Send a request whose path ends in slashes on, None for any other; the method and the query stay."""
    path = request.path
    if not path.endswith("/") or path in _WITH_SLASH:
        return None
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    # Two slashes at the beginning would name another host.
    bare = quote("/" + path.strip("/"), safe="/:@!$&'()*+,;=~")
    location = f"{request.script_root}{bare}{query}"
    response = Response(f"See {location}\n", 308, content_type="text/plain; charset=utf-8")
    response.location = location
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    return response
