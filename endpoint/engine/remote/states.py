"""States: what release a remote store contains, remembered for a moment."""

import logging
import time

from pipeline.exchange.access import RemoteFault
from pipeline.exchange.endpoint import Endpoint
from pipeline.exchange.store_state import State, read_state
from pipeline.rdf.iris import Deployment

_FRESH = 1.0
"""Seconds after which the state of the store is read again."""

_PATIENCE = 5.0

_log = logging.getLogger(__name__)


class States:
    """The states of one store, by the base of the IRIs in its graphs."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._cache: dict[str, tuple[float, State]] = {}

    def before(self, deployment: Deployment, seconds: float) -> State:
        """Return the state of a moment ago, unless that was one in between; raise RemoteFault where there is none."""
        known = self._recent(deployment.base)
        return self.now(deployment, seconds) if known is None or known.coming else known

    def now(self, deployment: Deployment, seconds: float) -> State:
        """Return the state as the store says it now; raise RemoteFault where it does not."""
        state = read_state(self._endpoint, deployment, seconds=seconds)
        self._cache[deployment.base] = (time.monotonic(), state)
        return state

    def name(self, base: str, seconds: float) -> str:
        """Return a name for the state of about now, for what is kept of answers."""
        state = self._recent(base)
        if state is None:
            state = self._or_unknown(Deployment(base), min(_PATIENCE, seconds))
        return f"{state.version} {state.coming}"

    def _recent(self, base: str) -> State | None:
        known = self._cache.get(base)
        return known[1] if known is not None and time.monotonic() - known[0] < _FRESH else None

    def _or_unknown(self, deployment: Deployment, seconds: float) -> State:
        try:
            return self.now(deployment, seconds)
        except RemoteFault as fault:
            _log.error("The store %s does not say what it holds: %s", self._endpoint.url, fault)
            state = State(coming="unknown")
            self._cache[deployment.base] = (time.monotonic(), state)
            return state
