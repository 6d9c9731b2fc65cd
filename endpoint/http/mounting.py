"""Mounting: the path of the base IRI, under which a deployment answers, kept out of all routes."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class MountMiddleware:
    """A WSGI application that answers under a path; links lead there, also where a proxy strips the path."""

    def __init__(self, application: "WSGIApplication", base: Callable[[], str]) -> None:
        self._application = application
        self._base = base

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, its path taken as one below the base IRI."""
        root = urlsplit(self._base()).path
        if root:
            path = environ.get("PATH_INFO", "")
            if path == root or path.startswith(f"{root}/"):
                environ["PATH_INFO"] = path[len(root) :] or "/"
            environ["SCRIPT_NAME"] = root
        return self._application(environ, start_response)
