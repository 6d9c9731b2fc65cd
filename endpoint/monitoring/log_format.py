"""Logs: one event a line, even if a request contains line breaks."""

import logging
import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Filter):
    """A filter that escapes control characters in messages; it lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Escape a record's message and say that it is to be written."""
        message = record.getMessage()
        record.msg = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", message)
        record.args = ()
        return True
