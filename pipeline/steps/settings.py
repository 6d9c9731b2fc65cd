"""Settings of a build, a validation and a publication: what the command line, environment and file may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import DEFAULT_BASE


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """How a build is done.

    ``force`` builds even what would only repeat the last build; ``jobs`` is the number of processes;
    ``spark_master`` is the cluster that does their work, empty for none;
    ``own_texts`` are the sources whose texts the publisher wrote; ``lock_wait`` is in seconds; ``language`` is that
    of the files for the steward; ``assemble`` is where to make an ordinary release, too, if the output is an address;
    ``dataset`` holds what a publisher says of the dataset (publisher, contact, licence, title).
    """

    output: Path
    base_iri: str = DEFAULT_BASE
    strict: bool = False
    add: bool = False
    allow_withdrawals: bool = False
    dry_run: bool = False
    force: bool = False
    jobs: int = 1
    spark_master: str = ""
    text: TextPolicy = TextPolicy.EXCERPT
    own_texts: tuple[Path, ...] = ()
    ledger: Path | None = None
    corrections: Path | None = None
    suggest: Path | None = None
    keep: int = 3
    lock_wait: float = 30.0
    language: str = "en"
    assemble: Path | None = None
    dataset: Mapping[str, str] = field(default_factory=dict)
