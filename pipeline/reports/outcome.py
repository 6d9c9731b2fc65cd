"""The outcome that every report states beside its findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.accounting import Accounting


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers, whether the data conforms in SHACL's word, and whether it is accepted in ours.

    ``paths`` is file, as places name it → the path by which it was given.
    """

    accounting: Accounting
    conforms: bool
    accepted: bool
    paths: Mapping[str, str] = field(default_factory=dict)
