"""A practice as an RDF file describes it: the texts of its fields, by language where they have one."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.language.languages import language_tag
from pipeline.model.fields import FIELDS, VALUES
from pipeline.rdf.vocabulary import COUNTRY, DCAT, DCT, FOAF, ICGP, RDFS, SCHEMA, SKOS, TOPIC, YEAR, expand
from pipeline.sources.structured.positions import NOWHERE
from pipeline.sources.structured.rdf_statements import Statements, Value
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.sources.tables.layout import in_order

_EU_COUNTRY = "http://publications.europa.eu/resource/authority/country/"
_LABELS = (RDFS + "label", SKOS + "prefLabel", DCT + "title", SCHEMA + "name", FOAF + "name")
_FURTHER = {"title": (RDFS + "label",)}
_TEXTS = {
    name: (expand(field.property), *_FURTHER.get(name, ()))
    for name, field in FIELDS.items()
    if field.several == "languages"
}
NAMES = {name: field.property for name, field in FIELDS.items() if field.property}
"""What a finding calls the place of a field: the property it comes from."""


class FieldText(NamedTuple):
    """The text of a field, the offset of the first value it was made of, and of each of several by its text."""

    text: str
    at: int = NOWHERE
    several: tuple[tuple[str, int], ...] = ()


def describe_practice(
    subject: str, statements: Statements
) -> tuple[list[dict[str, FieldText]], list[tuple[str, FieldText]]]:
    """Return the rows of a practice as texts by field, and which texts of which fields were left out of them.

    There is a row for each language of its texts, and further ones for further sources.
    """
    left_out: list[tuple[str, FieldText]] = []
    named = [value.text for value in statements.values(subject, FOAF + "isPrimaryTopicOf")]
    records = tuple(dict.fromkeys((*named, *statements.documents_about(subject))))
    texts = {
        name: _by_language(name, statements.values(subject, *properties), left_out)
        for name, properties in _TEXTS.items()
    }
    languages = in_order(tag for by_language in texts.values() for tag in by_language if tag) or ("",)
    sources = [
        _field_text(value)
        for node in (subject, *records)
        for value in statements.values(node, DCT + "source")
    ]
    rows = [_texts_in(texts, language, is_first=number == 0) for number, language in enumerate(languages)]
    while len(rows) < len(sources):
        rows.append({"lang": rows[0]["lang"]} if languages[0] else {})
    different = {source.text: source for source in reversed(sources)}
    for row, source in zip(rows, reversed(different.values()), strict=False):
        row["source_url"] = source
    rows[0].update(_plain_fields(subject, records, statements))
    if not any("date" in row and row["date"].text for row in rows):
        rows[0]["date"] = _date(subject, statements)
    identifier = _identifier(subject, statements)
    return [{"id": identifier, **row} if identifier.text else row for row in rows], left_out


def _field_text(value: Value) -> FieldText:
    return FieldText(value.text, value.at)


def _by_language(
    name: str, values: Sequence[Value], left_out: list[tuple[str, FieldText]]
) -> dict[str, FieldText]:
    """Return language → text; several in one language are joined, but of titles and dates one is kept."""
    texts: dict[str, list[FieldText]] = {}
    for value in values:
        if value.is_literal:
            texts.setdefault(language_tag(value.language) or value.language, []).append(_field_text(value))
    if name in ("title", "date"):
        left_out += [(name, text) for several in texts.values() for text in several[1:]]
        return {language: several[0] for language, several in texts.items()}
    return {
        language: FieldText("\n".join(each.text for each in several), several[0].at)
        for language, several in texts.items()
    }


def _texts_in(
    texts: dict[str, dict[str, FieldText]], language: str, *, is_first: bool
) -> dict[str, FieldText]:
    first = next((by_tag[language] for by_tag in texts.values() if language in by_tag), FieldText(""))
    row = {"lang": FieldText(language, first.at)} if language else {}
    for name, by_language in texts.items():
        text = by_language.get(language)
        if text is not None and name == "summary" and language:
            row["summary_lang"] = FieldText(language, text.at)
        if text is None and is_first:
            text = by_language.get("")
        if text is not None:
            row[name] = text
    return row


def _plain_fields(subject: str, records: Sequence[str], statements: Statements) -> dict[str, FieldText]:
    inferred = {
        value.text.removeprefix(ICGP)
        for record in records
        for value in statements.values(record, ICGP + "inferredProperty")
    }
    places = statements.values(subject, DCT + "spatial")
    countries = statements.values(subject, ICGP + "country") or [v for v in places if _is_country(v)]
    cities = statements.values(subject, ICGP + "city") or [v for v in places if not _is_country(v)]
    fields = {"topics": _labels(statements.values(subject, ICGP + "topic", DCT + "subject"), statements)}
    # What was only inferred before is not passed off as stated: it will be inferred again.
    if "country" not in inferred:
        fields["country"] = _labels(countries, statements)
    if "city" not in inferred:
        fields["city"] = _labels(cities, statements)
    for name in ("issued", "modified"):
        times = [_field_text(v) for node in (*records, subject) for v in statements.values(node, DCT + name)]
        fields[name] = next(iter(times), FieldText(""))
    for name in VALUES:
        values = statements.values(subject, expand(FIELDS[name].property))
        fields[name] = FieldText(SEPARATOR.join(value.text for value in values), _first_at(values))
    return {name: text for name, text in fields.items() if text.text}


def _first_at(values: Sequence[Value]) -> int:
    return next((value.at for value in values), NOWHERE)


def _is_country(value: Value) -> bool:
    return value.text.startswith((COUNTRY, _EU_COUNTRY))


def _labels(values: Sequence[Value], statements: Statements) -> FieldText:
    labels: dict[str, int] = {}
    for value in values:
        labels.setdefault(_label(value, statements), value.at)
    at = next(iter(labels.values()), NOWHERE)
    return FieldText(SEPARATOR.join(labels), at, tuple(labels.items()) if len(labels) > 1 else ())


def _label(value: Value, statements: Statements) -> str:
    """Return the text that a cell would hold for a value: slug, code, label, name in the IRI, or the IRI."""
    if value.is_literal:
        return value.text
    for space in (TOPIC, COUNTRY, _EU_COUNTRY):
        if value.text.startswith(space):
            return value.text.removeprefix(space)
    labels = statements.values(value.text, *_LABELS)
    by_language = {label.language: label.text for label in labels if label.is_literal}
    for language in ("en", "fr", *by_language):
        if language in by_language:
            return by_language[language]
    key = value.text.rpartition("/city/")[2]
    if key != value.text and key[2:3] == "-":
        return key[3:].replace("-", " ")
    return value.text


def _identifier(subject: str, statements: Statements) -> FieldText:
    stated = [
        _field_text(value) for value in statements.values(subject, DCT + "identifier") if value.is_literal
    ]
    if stated:
        return stated[0]
    if subject.startswith("_:"):
        return FieldText("")
    return FieldText(subject.rstrip("/#").replace("#", "/").rpartition("/")[2])


def _date(subject: str, statements: Statements) -> FieldText:
    """Return a date text for a practice without one: of its EDTF string, its period, its years."""
    is_ongoing = any(v.text in ("true", "1") for v in statements.values(subject, ICGP + "ongoing"))
    for value in statements.values(subject, ICGP + "edtf"):
        return _field_text(value)
    for value in statements.values(subject, DCT + "temporal", DCT + "date"):
        if value.is_literal:
            return _field_text(value)
        if span := _span(value.text, (DCAT + "startDate", DCAT + "endDate"), is_ongoing, statements):
            return span
    if span := _span(subject, (ICGP + "startYear", ICGP + "endYear"), is_ongoing, statements):
        return span
    years = statements.values(subject, ICGP + "year")
    return FieldText(", ".join(year.text.removeprefix(YEAR) for year in years), _first_at(years))


def _span(
    node: str, properties: tuple[str, str], is_ongoing: bool, statements: Statements
) -> FieldText | None:
    start, end = (
        next(
            (_field_text(value) for value in statements.values(node, name) if value.is_literal), FieldText("")
        )
        for name in properties
    )
    if not start.text and not end.text:
        return None
    at = (start if start.text else end).at
    if start.text == end.text or not (end.text or is_ongoing):
        return FieldText(start.text, at)
    return FieldText(f"{start.text or '..'}/{end.text or '..'}", at)
