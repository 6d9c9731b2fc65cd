"""The state of a remote store: which release it contains, or that one is just being put in place.

A store without transactions shows the switch of four graphs half done. So the publisher first says that it
begins, and says last that it is done; who reads the state before and after a query knows what the answer is of.
"""

import json
from dataclasses import dataclass

from pipeline.exchange.access import RemoteFault
from pipeline.exchange.endpoint import Endpoint
from pipeline.rdf.iris import Deployment
from pipeline.system.data_files import filled_text

_GRAPH = "published"


@dataclass(frozen=True, slots=True)
class State:
    """The release that a store contains; ``coming`` while another is put in its place. Empty if we never published."""

    version: str = ""
    coming: str = ""


def names(deployment: Deployment) -> dict[str, str]:
    """Return the IRIs of the graph with the state, and of the dataset that it is about."""
    return {"state": deployment.graph(_GRAPH)[1:-1], "dataset": deployment.dataset()[1:-1]}


def read_state(endpoint: Endpoint, deployment: Deployment, *, seconds: float) -> State:
    """Return the state of a store; raise RemoteFault if it does not say."""
    query = filled_text(__package__, "state.rq", **names(deployment))
    content = endpoint.read(query, "json", seconds=seconds)
    try:
        rows = json.loads(content)["results"]["bindings"]
        values = {name: row[name]["value"] for row in rows for name in row}
    except (ValueError, KeyError, TypeError) as error:
        raise RemoteFault(500, f"it gives no results in JSON, but {content[:80]!r}") from error
    return State(values.get("version", ""), values.get("coming", ""))
