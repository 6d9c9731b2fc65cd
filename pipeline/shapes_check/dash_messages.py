"""Messages on constraints of DASH: what its own file says in English, in sentences that are translated."""

from collections.abc import Callable, Mapping

from pipeline.findings.messages import Sentence, say

DASH_FORMS: Mapping[str, tuple[str, Callable[[str], Sentence]]] = {
    "ClosedByTypes": (
        r"Property (?P<term>.*) is not among those permitted for any of the types",
        lambda term: say("The property {property} is not allowed for any type of this node.", property=term),
    ),
    "CoExistsWith": (
        r"Values must co-exist with values of (?P<term>.*)",
        lambda term: say("This property and {property} must be used together.", property=term),
    ),
    "HasValueIn": (
        r"At least one of the values must be in (?P<term>.*)",
        lambda _: say("At least one value must be in the list of the shape."),
    ),
    "HasValueWithClass": (
        r"At least one of the values must be an instance of class (?P<term>.*)",
        lambda term: say("At least one value must be an instance of {type}.", type=term),
    ),
    "NonRecursive": (
        r"Points back at itself \(recursively\)",
        lambda _: say("The node refers back to itself, directly or through others."),
    ),
    "PrimaryKey": (
        r"Violation of primary key constraint",
        lambda _: say("The IRI of the node does not follow from its primary key."),
    ),
    "RootClass": (
        r"Value must be subclass of (?P<term>.*)",
        lambda term: say("The value must be {type} or a subclass of it.", type=term),
    ),
    "SingleLine": (
        r"Must not contain line breaks\.",
        lambda _: say("The text must not contain line breaks."),
    ),
    "Stem": (
        r"Value does not have stem (?P<term>.*)",
        lambda term: say("The value must be an IRI that starts with {text}.", text=term),
    ),
    "SubSetOf": (
        r"Must be one of the values of (?P<term>.*)",
        lambda term: say("The value must also be a value of {property}.", property=term),
    ),
    "Symmetric": (
        r"Symmetric value expected",
        lambda _: say("The value must link back to this node by the same property."),
    ),
    "UniqueValueForClass": (
        r"Value (?P<term>.*) must be unique but is also used by .*",
        lambda term: say("The value {value} must be unique, but another node has it too.", value=term),
    ),
}
"""Kind of constraint → what dash.ttl says, and our sentence for the term in it."""
