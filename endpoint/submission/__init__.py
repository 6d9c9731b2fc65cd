"""Submission: a form for one practice, checked by the rules of a build, which becomes a file or a mail."""

from endpoint.submission.submit_page import blueprint

__all__ = ["blueprint"]
