"""Messages on constraints: what pySHACL says where shapes state no message, in sentences of ours, in any language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.findings.messages import Sentence, Value, holes, join, say, say_number
from pipeline.model.shacl_result import ShaclResult
from pipeline.shapes_check.pyshacl_text import Prefixes, listed_terms, show_bare
from pipeline.shapes_check.shape_words import NODE_KINDS, shapes_in_words
from pipeline.system.data_files import tables_of


@dataclass(frozen=True, slots=True)
class _Form:
    """A message of pySHACL, and our sentence for it; ``several`` is that for several where it has a number."""

    pattern: re.Pattern[str]
    one: str
    several: str


@cache
def _forms() -> Mapping[str, Sequence[_Form]]:
    """Return the messages by kind of constraint."""
    forms: dict[str, list[_Form]] = {}
    for each in tables_of(__package__, "constraint_messages.toml")["message"]:
        form = _Form(re.compile(each["pattern"], re.DOTALL), each["one"], each.get("several", ""))
        for kind in each["kinds"].split():
            forms.setdefault(kind, []).append(form)
    return forms


def in_our_words(result: ShaclResult, message: str, prefixes: Prefixes) -> Sentence | None:
    """Return the sentence for a message of pySHACL's own; None where a shape says it in its own words."""
    kind = re.split(r"[/#]", result.component)[-1].removesuffix("ConstraintComponent")
    sentence = None
    for form in _forms().get(kind, ()):
        match = form.pattern.fullmatch(message)
        if match is None:
            continue
        texts = match.groupdict("")
        names = {*holes(form.one), *holes(form.several)} - {"number"}
        values = {name: _value(name, texts, result, prefixes) for name in names}
        filled = {name: "" if value is None else value for name, value in values.items()}
        if form.several:
            sentence = say_number(form.one, form.several, int(texts["number"]), **filled)
        else:
            sentence = say(form.one, **filled)
        if None not in values.values():
            break
    return sentence


def _value(name: str, texts: Mapping[str, str], result: ShaclResult, prefixes: Prefixes) -> Value | None:
    """Return what fills a hole, from the parts of a message and its result; None where it stays empty."""
    if "term" in texts:
        return show_bare(texts["term"], prefixes)
    match name:
        case "property":
            return prefixes.short(result.path or "")
        case "one":
            return prefixes.short(result.path or f"<{texts['one'].strip('<>')}>")
        case "value":
            has_type = _datatype_of(result.value, prefixes) == prefixes.short(texts["type"])
            return _text(result.value) if has_type else None
        case "type":
            return prefixes.short(texts["type"])
        case "types":
            return listed_terms(f"('{texts['types']}')", prefixes)
        case "kind":
            return NODE_KINDS.get(f"sh:{texts['kind']}", f"sh:{texts['kind']}")
        case "limit":
            return texts["limit"] or texts["iri"]
        case "shape" | "shapes":
            return shapes_in_words(texts[name].replace("', '", ", "), prefixes)
        case "values" | "languages" | "other":
            return listed_terms(texts[name], prefixes) or None
    return texts[name].replace("', '", ", ") if name == "patterns" else texts[name]


def with_details(message: Sentence, details: Sequence[Value]) -> Sentence:
    """Return the message that a nested shape is not met, with its results."""
    parts = [part for detail in details for part in (" ", detail)][1:]
    return say("{message}. {details}", message=message, details=join(parts))


def without_message(result: ShaclResult, prefixes: Prefixes) -> Sentence:
    """Return what is wrong where neither the shapes nor pySHACL say it."""
    if result.component.endswith("#SPARQLConstraintComponent"):
        if not result.shape:
            return say("The value breaks a SPARQL constraint that states no message.")
        return say(
            "The value breaks a SPARQL constraint of {shape} that states no message.",
            shape=prefixes.short(f"<{result.shape}>"),
        )
    return say(
        "The value breaks the constraint {component}, which states no message.",
        component=prefixes.short(f"<{result.component}>"),
    )


def _datatype_of(value: str | None, prefixes: Prefixes) -> str:
    match = re.search(r'"\^\^<([^<>]*)>\Z', value or "")
    return prefixes.short(f"<{match[1]}>") if match is not None else ""


def _text(value: str | None) -> str:
    match = re.match(r'"((?:[^"\\]|\\.)*)"', value or "", re.DOTALL)
    return match[1] if match is not None else ""
