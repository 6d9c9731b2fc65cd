"""Rules: what the code of a finding stands for, in the languages of reports, and what to do about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from pipeline.rdf.vocabulary import SH, SHAPES, shapes_files
from pipeline.system.data_files import rows_of

RULES = "https://w3id.org/intercultural-practices/rules"
"""The page of rules, which every server has at /rules, too; each rule is there under its code."""

_FURTHER = ("de", "es", "it", "pt")
"""Languages of the texts for rules whose findings withhold a record."""

_CAPITALS = re.compile("(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its code: what it finds, what to do, and a value that passes; empty if there is none.

    ``component`` is the local name of the SHACL constraint component, for rules that are shapes. ``further``
    is language, title and advice in more languages, for rules whose findings withhold a record.
    """

    code: str
    title: str
    title_fr: str
    advice: str
    advice_fr: str
    example: str = ""
    component: str | None = None
    further: tuple[tuple[str, str, str], ...] = ()

    def told_in(self, language: str) -> tuple[str, str]:
        """Return title and advice in a language, else in English."""
        if language == "fr":
            return self.title_fr, self.advice_fr
        known = {tag: (title, advice) for tag, title, advice in self.further}
        return known.get(language, (self.title, self.advice))


def rule(code: str) -> Rule:
    """Return the rule with this code; for a foreign constraint what it finds, otherwise its name."""
    known = rules().get(code) or _constraints().get(code)
    if known is not None:
        return known
    name = code.replace("-", " ").capitalize()
    return Rule(code, name, name, "", "")


@cache
def _constraints() -> dict[str, Rule]:
    """Return the kinds of constraints of SHACL and DASH, for shapes from others."""
    rows = rows_of(__package__, "constraints.csv")
    return {
        row["code"]: Rule(
            row["code"], row["en"], row["fr"], "", "", further=tuple((tag, row[tag], "") for tag in _FURTHER)
        )
        for row in rows
    }


def rule_page(code: str, rules_page: str = RULES) -> str:
    """Return the address that explains a rule, none if it is not one of ours."""
    return f"{rules_page}#{code}" if code in rules() else ""


@cache
def rules() -> dict[str, Rule]:
    """Return all rules by code: those of the shapes, and those that reading and recognising records adds."""
    by_code = {each.code: each for each in _shapes()}
    further = _further()
    for row in rows_of(__package__, "rules.csv"):
        code = row["code"]
        shape = by_code.get(code)
        if shape is not None and not row["title_en"]:
            by_code[code] = replace(shape, example=row["example"])
            continue
        by_code[code] = Rule(
            code,
            row["title_en"],
            row["title_fr"],
            row["advice_en"],
            row["advice_fr"],
            row["example"],
            shape.component if shape is not None else None,
            further.get(code, ()),
        )
    return by_code


def _further() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Return code → language, title and advice, of the tables in further languages."""
    by_code: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for language in _FURTHER:
        for row in rows_of(__package__, f"rules.{language}.csv"):
            texts = (language, row["title"], row["advice"])
            by_code[row["code"]] = (*by_code.get(row["code"], ()), texts)
    return by_code


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
            elif _CAPITALS.sub("-", name).lower() in _constraints():
                kind = "SPARQL" if name == "sparql" else name[0].upper() + name[1:]
                components[code] = f"{kind}ConstraintComponent"
    for code, texts in messages.items():
        title, advice = _parts(texts["en"])
        title_fr, advice_fr = _parts(texts.get("fr", texts["en"]))
        further = tuple((tag, *_parts(texts[tag])) for tag in _FURTHER if tag in texts)
        yield Rule(code, title, title_fr, advice, advice_fr, "", components.get(code), further)


def _parts(message: str) -> tuple[str, str]:
    title, _, advice = message.partition(". ")
    return title.removesuffix("."), advice
