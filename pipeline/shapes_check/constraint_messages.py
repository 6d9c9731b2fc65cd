"""Wording: what pySHACL says where shapes state no message, in sentences of ours that can be said in any language."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.findings.messages import Sentence, say, say_number
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import DCAT, DCT, FOAF, ICGP, RDF, RDFS, SH, SKOS

_PREFIXES = {
    ICGP: "icgp:",
    DCT: "dct:",
    DCAT: "dcat:",
    FOAF: "foaf:",
    RDF: "rdf:",
    RDFS: "rdfs:",
    SKOS: "skos:",
}
_ITEM = re.compile(r'Literal\("((?:[^"\\]|\\.)*)"[^)]*\)|<([^<>]+)>')

Parts = Mapping[str, Any]


def in_our_words(result: ShaclResult, message: str) -> Sentence | None:
    """Return the sentence for a message of pySHACL's own; None where a shape says it in its own words."""
    kind = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
    if kind not in _FORMS:
        return None
    pattern, make = _FORMS[kind]
    found = pattern.fullmatch(message)
    return make({**found.groupdict(), "property": _short(result.path or "")}) if found is not None else None


def _short(path: str) -> str:
    """Return a path with the usual prefixes in place of the namespaces that everybody knows."""
    for space, prefix in _PREFIXES.items():
        path = re.sub(f"<{re.escape(space)}([\\w-]+)>", rf"{prefix}\1", path)
    return path


def _min_count(parts: Parts) -> Sentence:
    return say_number(
        "There is no value of {property}; the shapes ask for one.",
        "There are fewer than {number} values of {property}; the shapes ask for so many.",
        int(parts["number"]),
        property=parts["property"],
    )


def _max_count(parts: Parts) -> Sentence:
    return say_number(
        "There is more than {number} value of {property}. Leave so many.",
        "There are more than {number} values of {property}. Leave so many.",
        int(parts["number"]),
        property=parts["property"],
    )


def _min_length(parts: Parts) -> Sentence:
    return say_number(
        "The text is shorter than {number} character.",
        "The text is shorter than {number} characters.",
        int(parts["number"]),
    )


def _max_length(parts: Parts) -> Sentence:
    return say_number(
        "The text is longer than {number} character.",
        "The text is longer than {number} characters.",
        int(parts["number"]),
    )


def _range(parts: Parts) -> Sentence:
    return say("The value is not {sign} {limit}.", sign=parts["sign"], limit=parts["limit"])


def _datatype(parts: Parts) -> Sentence:
    return say("The value is not of the type {type}.", type=parts["type"])


def _class(parts: Parts) -> Sentence:
    return say("The value is not of the class {type}.", type=_short(parts["type"]))


def _pattern(parts: Parts) -> Sentence:
    return say("The value does not match the pattern {pattern}.", pattern=parts["pattern"])


def _in(parts: Parts) -> Sentence:
    # pySHACL gives them in no order.
    values = sorted(text or _short(f"<{iri}>") for text, iri in _ITEM.findall(parts["values"]))
    return say("The value is none of those that may stand here: {values}.", values=", ".join(values))


def _unique(parts: Parts) -> Sentence:
    return say(
        "Several texts of {property} are in one language. Keep one of them.", property=parts["property"]
    )


_RANGE = (re.compile(r'Value is not (?P<sign>[<>]=?) Literal\("(?P<limit>[^"]*)".*'), _range)
_FORMS: dict[str, tuple[re.Pattern[str], Callable[[Parts], Sentence]]] = {
    "MinCount": (re.compile(r"Less than (?P<number>\d{1,9}) values on .*", re.DOTALL), _min_count),
    "MaxCount": (re.compile(r"More than (?P<number>\d{1,9}) values on .*", re.DOTALL), _max_count),
    "MinLength": (re.compile(r'String length not >= Literal\("(?P<number>\d{1,9})".*'), _min_length),
    "MaxLength": (re.compile(r'String length not <= Literal\("(?P<number>\d{1,9})".*'), _max_length),
    "MinInclusive": _RANGE,
    "MaxInclusive": _RANGE,
    "MinExclusive": _RANGE,
    "MaxExclusive": _RANGE,
    "Datatype": (re.compile(r"Value is not Literal with datatype (?P<type>\S+)"), _datatype),
    "Class": (re.compile(r"Value does not have class (?P<type>\S+)"), _class),
    "Pattern": (re.compile(r"Value does not match pattern '(?P<pattern>.*)'", re.DOTALL), _pattern),
    "In": (re.compile(r"Value .* not in list \[(?P<values>.*)\]", re.DOTALL), _in),
    "UniqueLang": (re.compile(r"More than one String shares the same Language"), _unique),
}
