"""The command line: parses, calls one function of the pipeline or the endpoint, prints."""

from pipeline.cli.group import main

__all__ = ["main"]
