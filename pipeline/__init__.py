"""Practice records in, validated linked data out: reading, recognising, describing, gating, releasing."""

__version__ = "0.1.0"
