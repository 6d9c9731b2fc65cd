"""One address for each thing: what is asked for with slashes too many is at the address without them."""

from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from endpoint.catalogue.service import current_release
from endpoint.documents import resolvers
from endpoint.http.responses import redirect_response

_ANYTHING = "documents.resource"
_FILES = "static"
_SAFE = "/:@!$&'()*+,;=~"


def without_slashes() -> Response | None:
    """Send a request on whose path has slashes too many, or none at all, if there is something at the right one.

    Method and query stay.
    """
    path = request.environ["PATH_INFO"]
    if request.environ.get("REQUEST_URI", "").startswith("//"):
        path = f"/{path}"  # the server has removed one
    # Two slashes at the beginning would name another host.
    parts = list(filter(None, request.path.split("/")))
    bare = "/" + "/".join(parts)
    if any(part.startswith("..") for part in parts):
        return None
    if path and (path == "/" or not (path.endswith("/") or "//" in path) or not _is_something(bare)):
        return None
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    location = f"{request.script_root}{quote(bare, safe=_SAFE)}{query}"
    return redirect_response(location, 308, seconds=3600)


def _is_something(path: str) -> bool:
    routes = current_app.url_map.bind("")
    is_route = request.path.endswith("/") and routes.test(request.path, request.method)
    if is_route and routes.match(request.path)[0] != _ANYTHING:
        return False
    try:
        endpoint, _ = routes.match(path, request.method)
    except HTTPException:
        return False
    if endpoint == _FILES:
        return False
    return endpoint != _ANYTHING or resolvers.resource(current_release(), path[1:]) is not None
