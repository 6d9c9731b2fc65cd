"""Messages on constraints: what pySHACL says where shapes state no message, in sentences of ours, in any language."""

import re
from collections.abc import Callable, Mapping

from pipeline.findings.messages import Sentence, say, say_number
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import DCAT, DCT, FOAF, ICGP, RDF, RDFS, SH, SKOS, XSD

_PREFIXES = {
    ICGP: "icgp:",
    DCT: "dct:",
    DCAT: "dcat:",
    FOAF: "foaf:",
    RDF: "rdf:",
    RDFS: "rdfs:",
    SKOS: "skos:",
    XSD: "xsd:",
}
_ITEM = re.compile(
    r'Literal\("((?:[^"\\]|\\.)*)"(?:, lang=([\w-]+))?(?:, datatype=([^)\s]+))?\)|<([^<>]+)>', re.DOTALL
)
_MOST_ITEMS = 30
_LONGEST = 300
"""So many characters of a shape without a name are shown."""

Parts = Mapping[str, str]


def in_our_words(result: ShaclResult, message: str) -> Sentence | None:
    """Return the sentence for a message of pySHACL's own; None where a shape says it in its own words."""
    kind = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
    for pattern, make in _FORMS.get(kind, ()):
        match = pattern.fullmatch(message)
        if match is not None:
            path = result.path or ""
            property_ = _short(path[1:-1] if kind == "Closed" and not path.startswith("<") else path)
            value = _datatype_of(result.value)
            return make(
                {
                    **match.groupdict(""),
                    "property": property_,
                    "value_type": value,
                    "value": _text(result.value),
                }
            )
    return None


def _short(path: str) -> str:
    """Return a path with the usual prefixes in place of the namespaces that everybody knows."""
    for space, prefix in _PREFIXES.items():
        path = re.sub(f"<{re.escape(space)}([\\w-]+)>", rf"{prefix}\1", path)
    return path


def _datatype_of(value: str | None) -> str:
    match = re.search(r'"\^\^<([^<>]*)>\Z', value or "")
    return _short(f"<{match[1]}>") if match is not None else ""


def _text(value: str | None) -> str:
    match = re.match(r'"((?:[^"\\]|\\.)*)"', value or "", re.DOTALL)
    return match[1] if match is not None else ""


def _item(text: str, language: str, datatype: str, iri: str, *, is_quoted: bool) -> str:
    if iri:
        return _short(f"<{iri}>")
    if language:
        return f'"{text}"@{language}'
    return f'"{text}"' if is_quoted and not datatype else text


def _items(texts: str) -> str:
    """Return the terms that pySHACL lists, in a fixed order, texts in quotation marks where some have a language."""
    matches = _ITEM.findall(texts)
    is_quoted = any(language for _, language, _, _ in matches)
    items = sorted(_item(*each, is_quoted=is_quoted) for each in matches)
    return ", ".join(items[:_MOST_ITEMS]) + (", …" if len(items) > _MOST_ITEMS else "")


def _shape(text: str) -> str:
    """Return a shape, or several, as people can read it: its name, or what it states."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


def _min_count(parts: Parts) -> Sentence:
    return say_number(
        "{property} is missing. At least one value is required.",
        "{property} needs at least {number} values.",
        int(parts["number"]),
        property=parts["property"],
    )


def _max_count(parts: Parts) -> Sentence:
    return say_number(
        "{property} has too many values. At most {number} is allowed.",
        "{property} has too many values. At most {number} are allowed.",
        int(parts["number"]),
        property=parts["property"],
    )


def _min_length(parts: Parts) -> Sentence:
    return say_number(
        "The text is too short. It needs at least {number} character.",
        "The text is too short. It needs at least {number} characters.",
        int(parts["number"]),
    )


def _max_length(parts: Parts) -> Sentence:
    return say_number(
        "The text is too long. At most {number} character is allowed.",
        "The text is too long. At most {number} characters are allowed.",
        int(parts["number"]),
    )


_LIMITS: Mapping[str, Callable[[str], Sentence]] = {
    ">": lambda limit: say("The value must be greater than {limit}.", limit=limit),
    ">=": lambda limit: say("The value must be {limit} or greater.", limit=limit),
    "<": lambda limit: say("The value must be less than {limit}.", limit=limit),
    "<=": lambda limit: say("The value must be {limit} or less.", limit=limit),
}


def _datatype(parts: Parts) -> Sentence:
    if parts["value_type"] == parts["type"]:
        return say("“{value}” is not a valid {type}.", value=parts["value"], type=parts["type"])
    return say("The value must have the datatype {type}.", type=parts["type"])


_KINDS: Mapping[str, Sentence] = {
    "IRI": say("The value must be an IRI."),
    "BlankNode": say("The value must be a blank node."),
    "Literal": say("The value must be a literal."),
    "BlankNodeOrIRI": say("The value must be an IRI or a blank node."),
    "BlankNodeOrLiteral": say("The value must be a literal or a blank node."),
    "IRIOrLiteral": say("The value must be an IRI or a literal."),
}


def _node_kind(parts: Parts) -> Sentence:
    return _KINDS.get(parts["kind"]) or say("The value must be of the kind {kind}.", kind=parts["kind"])


def _in(parts: Parts) -> Sentence:
    # pySHACL gives them in no order.
    return say("This value is not allowed. Allowed values: {values}.", values=_items(parts["values"]))


def _pair(same: Callable[[str, str], Sentence]) -> Callable[[Parts], Sentence]:
    def make(parts: Parts) -> Sentence:
        return same(
            parts["property"] or _short("<" + parts["focus"].strip("<>") + ">"),
            _items(parts["other"]) or parts["other"],
        )

    return make


def _qualified(parts: Parts) -> Sentence:
    number, shape = int(parts["number"]), _shape(parts["shape"])
    if parts["side"] == "Min":
        return say_number(
            "At least {number} value of {property} must match this shape: {shape}",
            "At least {number} values of {property} must match this shape: {shape}",
            number,
            property=parts["property"],
            shape=shape,
        )
    return say_number(
        "At most {number} value of {property} may match this shape: {shape}",
        "At most {number} values of {property} may match this shape: {shape}",
        number,
        property=parts["property"],
        shape=shape,
    )


def _form(
    pattern: str, make: Callable[[Parts], Sentence]
) -> tuple[re.Pattern[str], Callable[[Parts], Sentence]]:
    return re.compile(pattern, re.DOTALL), make


_RANGE = (
    _form(
        r'Value is not (?P<sign>[<>]=?) (?:Literal\("(?P<limit>[^"]*)".*|<(?P<iri>[^<>]*)>)',
        lambda parts: _LIMITS[parts["sign"]](parts["limit"] or parts["iri"]),
    ),
)
_FORMS: Mapping[str, tuple[tuple[re.Pattern[str], Callable[[Parts], Sentence]], ...]] = {
    "MinCount": (_form(r"Less than (?P<number>\d{1,9}) values on .*", _min_count),),
    "MaxCount": (_form(r"More than (?P<number>\d{1,9}) values on .*", _max_count),),
    "MinLength": (_form(r'String length not >= Literal\("(?P<number>\d{1,9})".*', _min_length),),
    "MaxLength": (_form(r'String length not <= Literal\("(?P<number>\d{1,9})".*', _max_length),),
    "MinInclusive": _RANGE,
    "MaxInclusive": _RANGE,
    "MinExclusive": _RANGE,
    "MaxExclusive": _RANGE,
    "Datatype": (_form(r"Value is not Literal with datatype (?P<type>\S+)", _datatype),),
    "NodeKind": (_form(r"Value is not of Node Kind sh:(?P<kind>\w+)", _node_kind),),
    "Class": (
        _form(
            r"Value does not have class (?P<type>\S+)",
            lambda parts: say("The value must be an instance of {type}.", type=_short(parts["type"])),
        ),
        _form(
            r"Value class is not in classes \('?(?P<types>.*?)'?\)",
            lambda parts: say(
                "The value must be an instance of each of these classes: {types}.",
                types=_shape(parts["types"]),
            ),
        ),
    ),
    "Pattern": (
        _form(
            r"Value does not match pattern '(?P<pattern>.*)'",
            lambda parts: say("The value does not match the pattern {pattern}.", pattern=parts["pattern"]),
        ),
        _form(
            r"Value does not match every pattern in \('(?P<patterns>.*)'\)",
            lambda parts: say(
                "The value must match each of these patterns: {patterns}.", patterns=_shape(parts["patterns"])
            ),
        ),
    ),
    "In": (_form(r"Value .* not in list \[(?P<values>.*)\]", _in),),
    "LanguageIn": (
        _form(
            r"String language is not in (?P<values>.*)",
            lambda parts: say(
                "The language of this text is not allowed. Allowed languages: {languages}.",
                languages=_items(parts["values"]) or parts["values"],
            ),
        ),
    ),
    "UniqueLang": (
        _form(
            r"More than one String shares the same Language",
            lambda parts: say(
                "{property} has several texts in the same language. Keep one of them.",
                property=parts["property"],
            ),
        ),
    ),
    "Not": (
        _form(
            r"Node .* must not conform to (?:shape|any shapes in) (?P<shape>.*)",
            lambda parts: say("The value must not match this shape: {shape}", shape=_shape(parts["shape"])),
        ),
    ),
    "And": (
        _form(
            r"Node .* must conform to all shapes in (?P<shapes>.*)",
            lambda parts: say(
                "The value must match all of these shapes: {shapes}", shapes=_shape(parts["shapes"])
            ),
        ),
    ),
    "Or": (
        _form(
            r"Node .* must conform to one or more shapes in (?P<shapes>.*)",
            lambda parts: say(
                "The value must match at least one of these shapes: {shapes}", shapes=_shape(parts["shapes"])
            ),
        ),
    ),
    "Xone": (
        _form(
            r"Node .* must conform to exactly one shape in (?P<shapes>.*)",
            lambda parts: say(
                "The value must match exactly one of these shapes: {shapes}", shapes=_shape(parts["shapes"])
            ),
        ),
    ),
    "Node": (
        _form(
            r"Value does not conform to Shape (?P<shape>.*?)\.(?: See details for more information\.?)?",
            lambda parts: say("The value must match this shape: {shape}", shape=_shape(parts["shape"])),
        ),
        _form(
            r"Value must conform to every Shape in \('(?P<shapes>.*?)'\)\.(?: See details for more information\.?)?",
            lambda parts: say(
                "The value must match all of these shapes: {shapes}", shapes=_shape(parts["shapes"])
            ),
        ),
    ),
    "Closed": (
        _form(
            r"Node .* is closed\. It cannot have value: .*",
            lambda parts: say(
                "The property {property} is not allowed here. Remove it, or check its spelling.",
                property=parts["property"],
            ),
        ),
    ),
    "HasValue": (
        _form(
            r"Node .*->.* does not contain a value in the set: (?P<values>.*)",
            lambda parts: say(
                "{property} must have this value: {values}.",
                property=parts["property"],
                values=_items(parts["values"]) or parts["values"],
            ),
        ),
        _form(
            r"Node .* value is not a in the set of values: (?P<values>.*)",
            lambda parts: say(
                "The node must be {values}.", values=_items(parts["values"]) or parts["values"]
            ),
        ),
    ),
    "Equals": (
        _form(
            r"Value of (?P<focus>.*?)->(?P<other>.*?) != .*",
            _pair(
                lambda one, other: say("{one} and {other} must have the same values.", one=one, other=other)
            ),
        ),
    ),
    "Disjoint": (
        _form(
            r"Value of (?P<focus>.*?)->(?P<other>.*?) == .*",
            _pair(
                lambda one, other: say(
                    "{one} and {other} must not have a value in common.", one=one, other=other
                )
            ),
        ),
    ),
    "LessThan": (
        _form(
            r"Value of (?P<focus>.*?)->(?P<other>.*?) <= .*",
            _pair(
                lambda one, other: say(
                    "The value of {one} must be less than that of {other}.", one=one, other=other
                )
            ),
        ),
    ),
    "LessThanOrEquals": (
        _form(
            r"Value of (?P<focus>.*?)->(?P<other>.*?) < .*",
            _pair(
                lambda one, other: say(
                    "The value of {one} must not be greater than that of {other}.", one=one, other=other
                )
            ),
        ),
    ),
    **{
        f"Qualified{side}Count": (
            _form(
                rf"Focus node does not conform to .*?(?P<side>{side})Count (?P<number>\d{{1,9}}).*?: (?P<shape>.*)",
                _qualified,
            ),
        )
        for side in ("Min", "Max")
    },
    "Expression": (
        _form(
            r"Expression evaluation generated constraint did not return true\.",
            lambda _: say("The expression of the shape is not true of this value."),
        ),
    ),
    "SPARQL": (
        _form(
            r"Parameterised SHACL Query generated constraint validation reports\.|SPARQL.*",
            lambda _: say("The value does not meet a SPARQL constraint of the shape."),
        ),
    ),
}
