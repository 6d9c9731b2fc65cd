"""Errors of the pipeline, all below one base.

PracticegraphError
├── SourceError        a source cannot be read at all (exit 1 when validating, 1 when building)
├── TooMuchData        a source has more than may be read at once (exit 1)
├── DataRefused        nothing was published because of the data (exit 1)
├── UsageError         the command or the configuration asks for something impossible (exit 2)
└── EnvironmentFault   disk, lock or a damaged release (exit 3)
"""


class PracticegraphError(Exception):
    """Base of all errors; the message is a sentence that says where, what, and what to do."""

    exit_code = 1

    @property
    def sentence(self) -> str:
        """Return the message as it was given: one that remembers its template can be translated."""
        message = next(iter(self.args), "")
        return message if isinstance(message, str) else str(self)


class SourceError(PracticegraphError):
    """A source cannot be read: missing, not a file, no known format, or changed while it was read."""


class TooMuchData(PracticegraphError):
    """A source has more rows or files than may be read at once."""


class DataRefused(PracticegraphError):
    """Nothing was published because of the data: --strict, a mass withdrawal, or nothing publishable.

    ``options`` are those of ``build`` with which it would go on.
    """

    def __init__(self, message: str, options: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.options = options


class UsageError(PracticegraphError):
    """The command line or the configuration asks for something that cannot be done."""

    exit_code = 2


class EnvironmentFault(PracticegraphError):
    """The machine is in the way: a full disk, a lock held by another build, a damaged release."""

    exit_code = 3
