"""Asking a release on this machine: its store is opened for reading, and the engine writes the answer."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Store, Triple, serialize

from pipeline.exchange.query_text import QueryText, RefusedQuery
from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.rdf.vocabulary import prefixes
from pipeline.rdf.xml_characters import NotInXml, XmlWriter
from pipeline.release.folder.folders import current_release
from pipeline.release.folder.manifest import MANIFEST, read_manifest

_XML = ("xml", "rdf")
_INSTEAD = {"xml": "json", "rdf": "ttl"}
_ENDS_IN_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")


class ReleaseToAsk:
    """A release whose store is open for reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = _release_folder(folder)
        self.store = _open(self.folder)

    def answer(self, query: QueryText, format_name: str, out: BinaryIO) -> None:
        """Write the answer to a query; raise RefusedQuery if it has none, UsageError for none in this format."""
        try:
            result = self.store.query(query.with_prefixes(), use_default_graph_as_union=True)
            checked: BinaryIO = XmlWriter(out) if format_name in _XML else out  # type: ignore[assignment]
            if isinstance(result, QuerySolutions | QueryBoolean):
                result.serialize(checked, QueryResultsFormat.from_extension(format_name))
            else:
                _write(result, format_name, checked)
        except NotInXml as error:
            raise UsageError(f"{error} Ask for another --format, such as {_INSTEAD[format_name]}.") from error
        except SyntaxError as error:
            raise RefusedQuery(query, str(error)) from error
        except BrokenPipeError:
            raise
        except (RuntimeError, OSError) as error:
            raise RefusedQuery(query, str(error), is_understood=True) from error


def _write(triples: Iterable[Triple], format_name: str, out: BinaryIO) -> None:
    named = _with_xml_names(triples) if format_name == "rdf" else triples
    serialize(named, out, RdfFormat.from_extension(format_name), prefixes=prefixes())


def _with_xml_names(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the triples; raise UsageError at a predicate that cannot be the name of an XML element."""
    for triple in triples:
        if not _ENDS_IN_XML_NAME.search(triple.predicate.value):
            raise UsageError(
                f"RDF/XML has no form for the predicate {triple.predicate}. Ask for another --format."
            )
        yield triple


def _release_folder(folder: Path) -> Path:
    """Return the folder of a release: the current one of an output folder, or the one given itself."""
    return folder if (folder / MANIFEST).is_file() else current_release(folder)


def _open(folder: Path) -> Store:
    try:
        read_manifest(folder)
        return Store.read_only(str(folder / "store"))
    except (OSError, ValueError) as error:
        raise EnvironmentFault(
            f"The release {folder} cannot be read: {error}. See what is wrong with “practicegraph verify”."
        ) from error
