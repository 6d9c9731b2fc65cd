"""Labels of a result: what readers call the things whose IRIs are in it, and values as people write them."""

from dataclasses import dataclass, field
from datetime import datetime

from babel.dates import format_time

from endpoint.catalogue.open_release import Release
from endpoint.graphs.resource_names import labels_of
from endpoint.language import interface_languages, links, text_filters
from endpoint.language.graph_facts import Text, best
from endpoint.tables.table_cells import Cell
from pipeline.rdf.vocabulary import DCT, ICGP, RDFS, SKOS

_MOST_LOOKED_UP = 1000
"""Things of one page whose labels are looked up; those beyond are shown by their short IRIs."""

_LABELS = (RDFS + "label", SKOS + "prefLabel", DCT + "title")


@dataclass(slots=True)
class Labels:
    """What the cells of one result are called, in the language of the reader."""

    release: Release
    _cache: dict[str, Text] = field(default_factory=dict)

    def name(self, iri: str) -> Text:
        """Return the label of a thing of ours, else a short form of its IRI."""
        label = self._cache.get(iri)
        if label is None:
            label = self._cache[iri] = self._look_up(iri) or Text(self._short(iri))
        return label

    def _short(self, iri: str) -> str:
        """Return a prefixed name, the path of a thing of ours, or an IRI as it is."""
        short = links.short(iri)
        return iri.removeprefix(self.release.base) or iri if short == iri else short

    def text(self, cell: Cell) -> str:
        """Return a cell as a reader sees it in a table, in a chart and on a map."""
        if cell.kind == "iri":
            return self.name(cell.text).text
        if cell.kind == "number":
            return self._number(cell)
        if cell.kind == "date":
            return self._date(cell.text)
        return cell.text

    def _look_up(self, iri: str) -> Text | None:
        is_ours = links.local_path(iri, self.release.base) is not None and not iri.startswith(ICGP)
        if not is_ours or len(self._cache) >= _MOST_LOOKED_UP:
            return None
        labels = (labels_of(self.release.store, iri, predicate) for predicate in _LABELS)
        return next(filter(None, map(best, labels)), None)

    def _number(self, cell: Cell) -> str:
        """Return a number without thousands set apart: it may be a year."""
        if cell.number is None:
            return cell.text
        text = cell.text.strip().removeprefix("+")
        if "e" in text.lower():
            text = f"{cell.number:.15g}"
        return text.replace(".", ",") if interface_languages.interface() == "fr" else text

    def _date(self, text: str) -> str:
        interface = interface_languages.interface()
        day = text_filters.day(text, interface)
        if "T" not in text or day == text:
            return day
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        zone = moment.strftime(" %Z") if moment.tzinfo else ""
        return f"{day} {format_time(moment, 'HH:mm', locale=interface)}{zone}"
