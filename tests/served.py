"""What a server of the tests runs in its own process: `endpoint.server.serve` with some settings."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from endpoint.server.serve import ServerSettings, serve
from pipeline.model.errors import PracticegraphError


def run_forked(log: int, output: str, settings: Mapping[str, Any]) -> None:
    """Be a server that was forked: its log begins with the id of the process."""
    os.setsid()
    os.dup2(log, 2)
    os.close(log)
    sys.stderr.write(f"{os.getpid()}\n")
    run(output, settings)


def run(output: str, settings: Mapping[str, Any]) -> None:
    """Serve an output folder until a signal says to stop."""
    try:
        serve(ServerSettings(Path(output), **settings))
    except PracticegraphError as error:
        sys.stderr.write(f"refused: {error}\n")
        sys.stderr.flush()
        os._exit(error.exit_code)
