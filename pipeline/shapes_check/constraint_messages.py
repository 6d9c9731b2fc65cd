"""Messages on constraints: what pySHACL says where shapes state no message, in sentences of ours, in any language."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.findings.messages import Sentence, Value, join, say, say_number
from pipeline.model.shacl_result import ShaclResult
from pipeline.shapes_check.dash_messages import DASH_FORMS
from pipeline.shapes_check.pyshacl_text import Prefixes, listed_terms, show_bare
from pipeline.shapes_check.shape_words import NODE_KINDS, shapes_in_words


@dataclass(frozen=True, slots=True)
class Parts:
    """What a message of pySHACL names, by the names of groups, and what its result says besides."""

    texts: Mapping[str, str]
    prefixes: Prefixes
    property: str
    value: str
    value_type: str

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def number(self) -> int:
        """Return the number in the message."""
        return int(self.texts["number"])

    def term(self) -> str:
        """Return the one term in the message, if there is one."""
        return show_bare(self.texts.get("term", ""), self.prefixes)

    def terms(self, name: str) -> str:
        """Return the terms that a part lists."""
        return listed_terms(self.texts[name], self.prefixes)

    def terms_in_quotes(self, name: str) -> str:
        """Return the terms that a part lists, each in quotation marks."""
        return listed_terms(f"('{self.texts[name]}')", self.prefixes)

    def shapes(self, name: str) -> Value:
        """Return the shapes that a part lists, in words."""
        return shapes_in_words(self.texts[name].replace("', '", ", "), self.prefixes)


def in_our_words(result: ShaclResult, message: str, prefixes: Prefixes) -> Sentence | None:
    """Return the sentence for a message of pySHACL's own; None where a shape says it in its own words."""
    kind = re.split(r"[/#]", result.component)[-1].removesuffix("ConstraintComponent")
    for pattern, make in _FORMS.get(kind, ()):
        match = pattern.fullmatch(message)
        if match is not None:
            path = result.path or ""
            return make(
                Parts(
                    match.groupdict(""),
                    prefixes,
                    prefixes.short(path),
                    _text(result.value),
                    _datatype_of(result.value, prefixes),
                )
            )
    return None


def with_details(message: Sentence, details: Sequence[Value]) -> Sentence:
    """Return the message that a nested shape is not met, with what that shape found."""
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


def _min_count(parts: Parts) -> Sentence:
    return say_number(
        "{property} is missing. At least one value is required.",
        "{property} needs at least {number} values.",
        parts.number(),
        property=parts.property,
    )


def _max_count(parts: Parts) -> Sentence:
    return say_number(
        "{property} has too many values. At most {number} is allowed.",
        "{property} has too many values. At most {number} are allowed.",
        parts.number(),
        property=parts.property,
    )


def _min_length(parts: Parts) -> Sentence:
    return say_number(
        "The text is too short. It needs at least {number} character.",
        "The text is too short. It needs at least {number} characters.",
        parts.number(),
    )


def _max_length(parts: Parts) -> Sentence:
    return say_number(
        "The text is too long. At most {number} character is allowed.",
        "The text is too long. At most {number} characters are allowed.",
        parts.number(),
    )


_LIMITS: Mapping[str, Callable[[str], Sentence]] = {
    ">": lambda limit: say("The value must be greater than {limit}.", limit=limit),
    ">=": lambda limit: say("The value must be {limit} or greater.", limit=limit),
    "<": lambda limit: say("The value must be less than {limit}.", limit=limit),
    "<=": lambda limit: say("The value must be {limit} or less.", limit=limit),
}


def _datatype(parts: Parts) -> Sentence:
    wanted = parts.prefixes.short(parts["type"])
    if parts.value_type == wanted:
        return say("“{value}” is not a valid {type}.", value=parts.value, type=wanted)
    return say("The value must have the datatype {type}.", type=wanted)


def _node_kind(parts: Parts) -> Sentence:
    kind = "sh:" + parts["kind"]
    return say("The value must be {kind}.", kind=NODE_KINDS.get(kind, kind))


def _in(parts: Parts) -> Sentence:
    values = parts.terms("values")  # pySHACL gives them in no order
    if not values:
        return say("No value is allowed here: the shape’s list of allowed values is empty.")
    return say("This value is not allowed. Allowed values: {values}.", values=values)


def _language_in(parts: Parts) -> Sentence:
    languages = parts.terms("values")
    if not languages:
        return say("No value is allowed here: the shape’s list of allowed values is empty.")
    return say(
        "The language of this text is not allowed. Allowed languages: {languages}.", languages=languages
    )


def _pair(same: Callable[[str, str], Sentence]) -> Callable[[Parts], Sentence]:
    def make(parts: Parts) -> Sentence:
        return same(
            parts.property or parts.prefixes.short("<" + parts["focus"].strip("<>") + ">"),
            parts.terms("other"),
        )

    return make


def _qualified(parts: Parts) -> Sentence:
    number, shape = parts.number(), parts.shapes("shape")
    if parts["side"] == "Min":
        return say_number(
            "At least {number} value of {property} must match this shape: {shape}",
            "At least {number} values of {property} must match this shape: {shape}",
            number,
            property=parts.property,
            shape=shape,
        )
    if number == 0:
        return say(
            "No value of {property} may match this shape: {shape}", property=parts.property, shape=shape
        )
    return say_number(
        "At most {number} value of {property} may match this shape: {shape}",
        "At most {number} values of {property} may match this shape: {shape}",
        number,
        property=parts.property,
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
            lambda parts: say(
                "The value must be an instance of {type}.", type=parts.prefixes.short(parts["type"])
            ),
        ),
        _form(
            r"Value class is not in classes \('?(?P<types>.*?)'?\)",
            lambda parts: say(
                "The value must be an instance of each of these classes: {types}.",
                types=parts.terms_in_quotes("types"),
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
                "The value must match each of these patterns: {patterns}.",
                patterns=parts["patterns"].replace("', '", ", "),
            ),
        ),
    ),
    "In": (_form(r"Value .* not in list (?P<values>\[.*\])", _in),),
    "LanguageIn": (
        _form(
            r"String language is not in (?P<values>.*)",
            _language_in,
        ),
    ),
    "UniqueLang": (
        _form(
            r"More than one String shares the same Language",
            lambda parts: say(
                "{property} has several texts in the same language. Keep one of them.",
                property=parts.property,
            ),
        ),
    ),
    "Not": (
        _form(
            r"Node .* must not conform to (?:shape|any shapes in) (?P<shape>.*)",
            lambda parts: say("The value must not match this shape: {shape}", shape=parts.shapes("shape")),
        ),
    ),
    "And": (
        _form(
            r"Node .* must conform to all shapes in (?P<shapes>.*)",
            lambda parts: say(
                "The value must match all of these shapes: {shapes}", shapes=parts.shapes("shapes")
            ),
        ),
    ),
    "Or": (
        _form(
            r"Node .* must conform to one or more shapes in (?P<shapes>.*)",
            lambda parts: say(
                "The value must match at least one of these shapes: {shapes}", shapes=parts.shapes("shapes")
            ),
        ),
    ),
    "Xone": (
        _form(
            r"Node .* must conform to exactly one shape in (?P<shapes>.*)",
            lambda parts: say(
                "The value must match exactly one of these shapes: {shapes}", shapes=parts.shapes("shapes")
            ),
        ),
    ),
    "Node": (
        _form(
            r"Value does not conform to Shape (?P<shape>.*?)\.(?: See details for more information\.?)?",
            lambda parts: say("The value must match this shape: {shape}", shape=parts.shapes("shape")),
        ),
        _form(
            r"Value must conform to every Shape in \('(?P<shapes>.*?)'\)\.(?: See details for more information\.?)?",
            lambda parts: say(
                "The value must match all of these shapes: {shapes}", shapes=parts.shapes("shapes")
            ),
        ),
    ),
    "Closed": (
        _form(
            r"Node .* is closed\. It cannot have value: .*",
            lambda parts: say(
                "The property {property} is not allowed here. Remove it, or check its spelling.",
                property=parts.property,
            ),
        ),
    ),
    "HasValue": (
        _form(
            r"Node .*->.* does not contain a value in the set: (?P<values>.*)",
            lambda parts: say(
                "{property} must have this value: {values}.",
                property=parts.property,
                values=parts.terms("values"),
            ),
        ),
        _form(
            r"Node .* value is not a in the set of values: (?P<values>.*)",
            lambda parts: say("The node must be {values}.", values=parts.terms("values")),
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
    **{
        kind: (_form(pattern, lambda parts, make=make: make(parts.term())),)  # type: ignore[misc]
        for kind, (pattern, make) in DASH_FORMS.items()
    },
}
