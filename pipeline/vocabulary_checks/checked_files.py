"""The files that are checked; a caller may name others than the project's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.rdf import vocabulary


@dataclass(frozen=True, slots=True)
class VocabularyFiles:
    """Paths of everything that a check looks at.

    ``published`` lists the terms that were ever published, one a line; ``accepted`` is a table of warnings
    that are meant to be so, with the reason.
    """

    ontology: Path
    topics: Path
    countries: Path
    years: Path
    dataset: Path
    shapes: tuple[Path, ...]
    context: Path
    published: Path
    accepted: Path

    @classmethod
    def of_the_project(cls) -> Self:
        """Return the files that are published with practicegraph."""
        ontology, topics, countries, years = vocabulary.vocabulary_files()
        directory = vocabulary.ontology_directory()
        return cls(
            ontology,
            topics,
            countries,
            years,
            vocabulary.dataset_file(),
            vocabulary.shapes_files(),
            vocabulary.context_file(),
            directory / "published-terms.txt",
            directory / "accepted-warnings.csv",
        )
