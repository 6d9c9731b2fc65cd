"""The outcome that every report states besides its findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from pipeline.findings.accounting import Accounting, GraphNumbers, Verdict
from pipeline.findings.messages import Sentence, say
from pipeline.findings.reports.rules import RULES
from pipeline.findings.translation import in_language

NOTHING = say("The data have no record. Give one for each practice.")
"""The text for data without anything to report."""


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """The numbers, and two words on them: ``conforms`` is SHACL's (no result of any severity), ``accepted`` ours.

    Accepted is what was fully checked and has no violation; when strict, no warning either.
    ``paths`` is file, as places name it → the path as given, ``addresses`` the same → its path from the
    root of a repository. ``language`` is that of all
    sentences, and ``rules`` the address of the page of rules, where each stands under its code.
    """

    accounting: Accounting | GraphNumbers
    conforms: bool
    accepted: bool
    paths: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    rules: str = RULES
    is_strict: bool = False
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict, which of three it is where the data are not accepted."""
        if self.accepted:
            return Verdict.ACCEPTED
        is_unchecked = self.accounting.verdict(self.is_strict) is Verdict.NOT_FULLY_CHECKED
        return Verdict.NOT_FULLY_CHECKED if is_unchecked else Verdict.NOT_ACCEPTED

    def say(self, sentence: Sentence) -> str:
        """Return a sentence in the language of the report."""
        return in_language(sentence, self.language)

    def numbers(self) -> tuple[str, ...]:
        """Return the numbers as people read them, in the language of the report."""
        return tuple(in_language(sentence, self.language) for sentence in self.accounting.sentences())

    @property
    def is_of_a_graph(self) -> bool:
        """Return whether shapes judged a graph: only what they said of its nodes are then results."""
        return isinstance(self.accounting, GraphNumbers)


def locate(paths: Mapping[str, str], file: str) -> str:
    """Return the path of a file that was given itself, or that is in a folder that was given; no file is the first."""
    if not file:
        return next(iter(paths.values()), "sources")
    if file in paths:
        return paths[file]
    folders = ("" if str(each) == "." else str(each) for each in PurePath(file).parents)
    folder = next((each for each in folders if each in paths), None)
    if folder is None:
        return file
    return (PurePath(paths[folder]) / file.removeprefix(folder).lstrip("/")).as_posix()
