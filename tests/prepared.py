"""What all servers of the tests load and prepare: once, in the process that forks them."""

from endpoint.server import serve, warming
from endpoint.validation import check_job

__all__ = ["serve"]

warming.prepare()
check_job.prepare()
check_job.prepare_shapes()
