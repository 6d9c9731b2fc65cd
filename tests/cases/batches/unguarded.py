"""A script without a main guard, in a program that has threads: ``unguarded.py SOURCE OUTPUT``."""

import sys
import threading
from pathlib import Path

from pipeline.build import build
from pipeline.steps.settings import BuildSettings

threading.Thread(target=threading.Event().wait, daemon=True).start()
outcome = build([Path(sys.argv[1])], BuildSettings(Path(sys.argv[2]), jobs=2))
print(outcome.counts.practices)
