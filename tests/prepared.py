"""What all servers of the tests load and prepare: once, in the process that forks them.

Nothing here may ask a store: its random numbers would be the same in all that is forked later. Nor may anything start
threads.
"""

from endpoint.server import serve, warming
from pipeline import checking

__all__ = ["checking", "serve"]

warming.prepare()
