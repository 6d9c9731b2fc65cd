"""The outcome that every report states beside its findings."""

from dataclasses import dataclass

from pipeline.accounting import Accounting


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers, whether the data conforms in SHACL's word, and whether it is accepted in ours."""

    accounting: Accounting
    conforms: bool
    accepted: bool
