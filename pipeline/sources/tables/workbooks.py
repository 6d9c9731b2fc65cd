"""Workbooks: which of their kinds a file is, by its content and not its name, as a source."""

from pathlib import Path

from pipeline.findings.messages import mark_for_translation, say
from pipeline.model.errors import SourceError
from pipeline.sources.files.archive import open_archive, unpacked_size
from pipeline.sources.files.file_kinds import suffix_by_content
from pipeline.sources.files.opening import open_file
from pipeline.sources.files.sandboxed_source import ParsedSource
from pipeline.sources.files.source import Source
from pipeline.sources.tables.delimited import DelimitedSource
from pipeline.sources.tables.xml_workbook import is_xml_workbook
from pipeline.system.limited_child import ChildLimits

_HEAD = 1 << 16
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_XML = "pipeline.sources.tables.xml_workbook"
_OTHERS = {".html": "a web page", ".pdf": "a PDF document", ".json": "JSON", ".xml": "an XML file"}
_BINARY = mark_for_translation(
    "{name} is a binary workbook (.xlsb), which is not read. Open it in Excel or LibreOffice and save it as an "
    "Excel workbook (.xlsx)."
)
_PROTECTED = mark_for_translation("{name} is protected by a password. Save it without one.")
_PASSWORD = "EncryptedPackage".encode("utf-16-le")


def open_workbook(path: Path, name: str) -> Source:
    """Return a workbook as a source; raise SourceError for what is none, or is made to do harm."""
    with open_file(path, name) as file:
        head = file.read(_HEAD)
    if head.startswith(_ZIP):
        return _zip_source(path, name)
    if head.startswith(_OLD_OFFICE):
        if _PASSWORD in head or _PASSWORD in path.read_bytes()[-_HEAD:]:
            raise SourceError(say(_PROTECTED, name=name))
        limits = ChildLimits.for_bytes(path.stat().st_size)
        return ParsedSource(path, name, "pipeline.sources.tables.xls", limits)
    if not head:
        raise SourceError(f"{name} is empty. Save it again.")
    kind = suffix_by_content(head)
    if path.suffix.lower() == ".xls" and kind == ".csv":
        return DelimitedSource(path, name)  # portals export text under this name
    if kind == ".xml" and is_xml_workbook(head):
        return ParsedSource(path, name, _XML)
    if path.suffix.lower() == ".xls" and kind == ".html":
        return ParsedSource(path, name, "pipeline.sources.tables.html_tables")  # and web pages
    raise SourceError(
        f"{name} is {_OTHERS.get(kind, 'no workbook')}, whatever its name says. Save the table as XLSX or CSV."
    )


def open_xml(path: Path, name: str) -> Source:
    """Return a file of XML as a source: a workbook, or RDF/XML."""
    with open_file(path, name) as file:
        head = file.read(_HEAD)
    return ParsedSource(
        path, name, _XML if is_xml_workbook(head) else "pipeline.sources.structured.rdf_source"
    )


def _zip_source(path: Path, name: str) -> Source:
    with open_archive(path, name) as archive:
        size, members = unpacked_size(archive), set(archive.namelist())
    limits = ChildLimits.for_bytes(size)
    if "xl/workbook.bin" in members:
        raise SourceError(say(_BINARY, name=name))
    if "content.xml" in members or "mimetype" in members:
        return ParsedSource(path, name, "pipeline.sources.tables.ods", limits)
    return ParsedSource(path, name, "pipeline.sources.tables.xlsx", limits)
