"""JSON-LD, node by node, compacted by a context; for dumps for which a general processor is too slow.

It knows what a plain context holds: prefixes, aliases, coercion by ``@type``, and the containers ``@set`` and
``@language``. A context with anything else is refused when the writer is made.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.release.terms import RDF_TYPE, Node, unescaped

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NATIVE = {
    f"<{_XSD}integer>": re.compile(r"0|-?[1-9][0-9]{0,14}"),
    f"<{_XSD}boolean>": re.compile(r"true|false"),
}
_UNSAFE = re.compile(r"[\\\x00-\x1f]")
_KNOWN = {"@id", "@type", "@container"}
_CACHED = 50_000

_Members = dict[str, list[str] | dict[str, list[str]]]


@dataclass(slots=True)
class _Property:
    """The names by which a context lets a property be written, by the kind of value they fit."""

    full: str
    plain: str | None = None
    language_map: str | None = None
    coerced: dict[str, str] = field(default_factory=dict)


class JsonLdWriter:
    """Writes nodes as compact JSON-LD node objects, each on one line."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._definitions: dict[str, Any] = {k: v for k, v in context.items() if not k.startswith("@")}
        self._names = {"@id": "@id", "@type": "@type"}
        self._prefixes: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        self._properties: dict[str, _Property] = {}
        self._sets: set[str] = set()
        self._ids: dict[str, str] = {}
        simple = {name: text for name, text in self._definitions.items() if isinstance(text, str)}
        for name, text in simple.items():
            self._define_prefix(name, text)
        for name, text in simple.items():
            if text[0] != "@":
                self._terms.setdefault(self._expand(text), name)
                self._property(self._expand(text)).plain = name
        self._define_expanded()

    def _define_prefix(self, name: str, text: str) -> None:
        if text in self._names:
            self._names[text] = name
        elif text[-1] in ":/?#[]@":
            self._prefixes[self._expand(text)] = name

    def _define_expanded(self) -> None:
        for name, definition in self._definitions.items():
            if isinstance(definition, str):
                continue
            container = definition.get("@container")
            if definition.keys() - _KNOWN or container not in (None, "@set", "@language"):
                raise ValueError(f"the context defines {name!r} in a way that this writer does not know")
            iri = self._expand(definition["@id"])
            self._terms.setdefault(iri, name)
            if container == "@set":
                self._sets.add(name)
            self._fit(self._property(iri), name, definition.get("@type"), container)

    def _fit(self, known: _Property, name: str, coercion: str | None, container: str | None) -> None:
        if container == "@language":
            known.language_map = name
        elif coercion is None:
            known.plain = name
        else:
            known.coerced[coercion if coercion[0] == "@" else f"<{self._expand(coercion)}>"] = name

    def _expand(self, text: str) -> str:
        prefix, _, local = text.partition(":")
        if prefix in self._definitions and not local.startswith("//"):
            return self._expand(self._definitions[prefix]) + local
        return text

    def _property(self, iri: str) -> _Property:
        known = self._properties.get(iri)
        if known is None:
            known = self._properties[iri] = _Property(self._compact(iri))
        return known

    def _compact(self, iri: str) -> str:
        """Return an IRI with a prefix of the context where one fits."""
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefixes.get(iri[:cut])
        local = iri[cut:]
        return f"{prefix}:{local}" if prefix and local else iri

    def node(self, node: Node) -> str:
        """Return the node object of a subject."""
        subject, pairs = node
        members: _Members = {}
        for predicate, value in pairs:
            if predicate == RDF_TYPE:
                _append(members, self._names["@type"], self._vocabulary_term(value))
            elif value[0] == '"':
                self._add_literal(members, self._property(predicate[1:-1]), value)
            else:
                self._add_resource(members, self._property(predicate[1:-1]), value)
        inner = "".join([f',"{name}":{self._value(name, found)}' for name, found in members.items()])
        return f'{{"{self._names["@id"]}":{self._id(subject)}{inner}}}'

    def _value(self, name: str, found: list[str] | dict[str, list[str]]) -> str:
        if isinstance(found, dict):
            members = [f'"{tag}":{self._value("", texts)}' for tag, texts in found.items()]
            return f"{{{','.join(members)}}}"
        if len(found) == 1 and name not in self._sets:
            return found[0]
        return f"[{','.join(found)}]"

    def _add_resource(self, members: _Members, known: _Property, value: str) -> None:
        if "@id" in known.coerced:
            _append(members, known.coerced["@id"], self._id(value))
        elif "@vocab" in known.coerced:
            _append(members, known.coerced["@vocab"], self._vocabulary_term(value))
        else:
            name = known.plain or known.full
            _append(members, name, f'{{"{self._names["@id"]}":{self._id(value)}}}')

    def _add_literal(self, members: _Members, known: _Property, value: str) -> None:
        end = value.rindex('"')
        text, kind = _json_string(value[1:end]), value[end + 1 :]
        name = known.plain or known.full
        if not kind:
            _append(members, name, text)
        elif kind[0] == "@" and known.language_map:
            by_language = members.setdefault(known.language_map, {})
            assert isinstance(by_language, dict)
            by_language.setdefault(kind[1:], []).append(text)
        elif kind[0] == "@":
            _append(members, name, f'{{"@language":"{kind[1:]}","@value":{text}}}')
        elif kind[2:] in known.coerced:
            _append(members, known.coerced[kind[2:]], text)
        elif kind[2:] in _NATIVE and _NATIVE[kind[2:]].fullmatch(value, 1, end):
            _append(members, name, value[1:end])
        else:
            datatype = self._vocabulary_term(kind[2:])
            _append(members, name, f'{{"@type":{datatype},"@value":{text}}}')

    def _id(self, term: str) -> str:
        known = self._ids.get(term)
        if known is None:
            known = json.dumps(term if term[0] == "_" else self._compact(term[1:-1]), ensure_ascii=False)
            if len(self._ids) < _CACHED:
                self._ids[term] = known
        return known

    def _vocabulary_term(self, term: str) -> str:
        name = self._terms.get(term[1:-1])
        return self._id(term) if name is None else f'"{name}"'


def _append(members: _Members, name: str, value: str) -> None:
    values = members.setdefault(name, [])
    assert isinstance(values, list)
    values.append(value)


def _json_string(literal: str) -> str:
    """Return the text between the quotes of an N-Triples literal as a JSON string."""
    if _UNSAFE.search(literal) is None:
        return f'"{literal}"'
    return json.dumps(unescaped(literal), ensure_ascii=False)
