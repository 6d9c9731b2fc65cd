"""Rules: what the code of a finding stands for, in the languages of reports, and what to do about it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    """A rule by its code: what it finds and what to do, by language, and a value that passes; empty if there is none.

    ``component`` is the local name of the SHACL constraint component, for rules that are shapes. English and French
    are always there, further languages for rules whose findings withhold a record.
    """

    code: str
    texts: Mapping[str, tuple[str, str]]
    example: str = ""
    component: str | None = None

    def texts_in(self, language: str) -> tuple[str, str]:
        """Return title and advice in a language, else in English."""
        return self.texts.get(language, self.texts["en"])


def rule(code: str) -> Rule:
    """Return the rule with this code; for a foreign constraint what it finds, otherwise its name."""
    known = rules().get(code) or _constraints().get(code)
    if known is not None:
        return known
    return Rule(code, {"en": (code.replace("-", " ").capitalize(), "")})


@cache
def _constraints() -> dict[str, Rule]:
    """Return the kinds of constraints of SHACL and DASH, for shapes from others."""
    return {
        row["code"]: Rule(row["code"], {tag: (row[tag], "") for tag in ("en", "fr", *_FURTHER)})
        for row in rows_of(__package__, "constraints.csv")
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
        code, shape = row["code"], by_code.get(row["code"])
        texts = {tag: (row[f"title_{tag}"], row[f"advice_{tag}"]) for tag in ("en", "fr")} | further[code]
        known = shape.texts if shape is not None and not row["title_en"] else texts
        by_code[code] = Rule(code, known, row["example"], shape.component if shape is not None else None)
    return by_code


def _further() -> dict[str, dict[str, tuple[str, str]]]:
    """Return code → language → title and advice, of the tables in further languages."""
    by_code: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for language in _FURTHER:
        for row in rows_of(__package__, f"rules.{language}.csv"):
            by_code[row["code"]][language] = row["title"], row["advice"]
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
        parts = {tag: _parts(text) for tag, text in texts.items() if tag in ("en", "fr", *_FURTHER)}
        yield Rule(code, parts, "", components.get(code))


def _parts(message: str) -> tuple[str, str]:
    title, _, advice = message.partition(". ")
    return title.removesuffix("."), advice
