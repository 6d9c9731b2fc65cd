"""Rules: what the code of a finding stands for, in English and French, and what to do about it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from pipeline.vocabulary import SH, SHAPES, shapes_files

_TABLE = files("pipeline.reports").joinpath("rules.csv")
_COMPONENTS = {
    "class": "Class",
    "datatype": "Datatype",
    "nodeKind": "NodeKind",
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "minLength": "MinLength",
    "maxLength": "MaxLength",
    "minInclusive": "MinInclusive",
    "maxInclusive": "MaxInclusive",
    "pattern": "Pattern",
    "uniqueLang": "UniqueLang",
    "languageIn": "LanguageIn",
    "equals": "Equals",
    "disjoint": "Disjoint",
    "lessThan": "LessThan",
    "lessThanOrEquals": "LessThanOrEquals",
    "qualifiedMinCount": "QualifiedMinCount",
    "qualifiedMaxCount": "QualifiedMaxCount",
    "node": "Node",
    "not": "Not",
    "and": "And",
    "or": "Or",
    "hasValue": "HasValue",
    "in": "In",
    "closed": "Closed",
    "sparql": "SPARQL",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its code: what it finds, what to do, and a value that passes; empty where there is none.

    ``component`` is the local name of the SHACL constraint component, for rules that are shapes.
    """

    code: str
    title: str
    title_fr: str
    advice: str
    advice_fr: str
    example: str = ""
    component: str | None = None


def rule(code: str) -> Rule:
    """Return the rule with this code; of one that is not known, such as a shape of others, its name."""
    known = rules().get(code)
    if known is not None:
        return known
    name = code.replace("-", " ").capitalize()
    return Rule(code, name, name, "", "")


@cache
def rules() -> dict[str, Rule]:
    """Return all rules by code: those of the shapes, and those that reading and recognising records adds."""
    found = {each.code: each for each in _shapes()}
    for row in csv.DictReader(_TABLE.read_text(encoding="utf-8").splitlines()):
        code = row.pop("code")
        shape = found.get(code)
        component = shape.component if shape is not None else None
        stated = replace(Rule(code, *row.values()), component=component)
        found[code] = stated if stated.title or shape is None else replace(shape, example=stated.example)
    return found


def _shapes() -> Iterator[Rule]:
    """Yield a rule for each shape that speaks: its message says what is wrong, then what to do."""
    messages: dict[str, dict[str, str]] = {}
    components: dict[str, str] = {}
    for path in shapes_files():
        for triple in parse(path=str(path), format=RdfFormat.TURTLE):
            subject, name = triple.subject, triple.predicate.value.removeprefix(SH)
            if not isinstance(subject, NamedNode) or not subject.value.startswith(SHAPES):
                continue
            code = subject.value.removeprefix(SHAPES)
            if name == "message" and isinstance(triple.object, Literal):
                messages.setdefault(code, {})[triple.object.language or "en"] = triple.object.value
            elif name in _COMPONENTS:
                components[code] = f"{_COMPONENTS[name]}ConstraintComponent"
    for code, texts in messages.items():
        title, advice = _parts(texts["en"])
        title_fr, advice_fr = _parts(texts.get("fr", texts["en"]))
        yield Rule(code, title, title_fr, advice, advice_fr, "", components.get(code))


def _parts(message: str) -> tuple[str, str]:
    title, _, advice = message.partition(". ")
    return title.removesuffix("."), advice
