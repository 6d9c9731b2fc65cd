"""Client watch: whether the client of a request is still there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def client_watch(environ: "WSGIEnvironment") -> Callable[[], bool]:
    """Return what says whether the client has hung up, also while an answer streams after the request's end."""
    is_disconnected: Callable[[], bool] = environ.get("waitress.client_disconnected", bool)
    return is_disconnected
