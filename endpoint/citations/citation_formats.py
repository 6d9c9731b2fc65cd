"""Citation formats: the files in which a citation can be downloaded, each at its own address."""

from collections.abc import Callable
from dataclasses import dataclass

from endpoint.citations.bibtex import write_bibtex
from endpoint.citations.citation import Citation
from endpoint.citations.csl_json import write_csl_json
from endpoint.citations.ris import write_ris


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format for reference managers: its name, its media type and what writes it."""

    name: str
    media_type: str
    write: Callable[[Citation], str]


FORMATS = {
    "bib": CitationFormat("BibTeX", "application/x-bibtex", write_bibtex),
    "ris": CitationFormat("RIS", "application/x-research-info-systems", write_ris),
    "csl.json": CitationFormat("CSL-JSON", "application/vnd.citationstyles.csl+json", write_csl_json),
}
"""Suffix → format."""
