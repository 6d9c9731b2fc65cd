"""JSON-LD, node by node, compacted by a context; for dumps for which a general processor is too slow.

It knows what a plain context holds: prefixes, aliases, coercion by ``@type``, and the containers ``@set`` and
``@language``. A context with anything else is refused when the writer is made.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.release.contents.nodes import RDF_TYPE, Node, Pair, unescape

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NATIVE = {
    f"<{_XSD}integer>": re.compile(r"0|-?[1-9][0-9]{0,14}"),
    f"<{_XSD}boolean>": re.compile(r"true|false"),
}
_UNSAFE = re.compile(r"[\\\x00-\x1f]")
_KNOWN = {"@id", "@type", "@container"}
_CACHED, _LONGEST_CACHED = 20_000, 100


@dataclass(slots=True)
class _Property:
    """The names of a property in a context, by the kind of value that they fit."""

    plain: str
    language_map: str | None = None
    reference: str | None = None
    vocabulary_reference: str | None = None
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
        self._members: dict[Pair, tuple[str, str, str]] = {}
        simple = {name: text for name, text in self._definitions.items() if isinstance(text, str)}
        for name, text in simple.items():
            self._define_prefix(name, text)
        for name, text in simple.items():
            if text[0] != "@":
                self._terms.setdefault(self._expand(text), name)
                self._property(self._expand(text)).plain = name
        self._property(RDF_TYPE).vocabulary_reference = self._names["@type"]
        for name, definition in self._definitions.items():
            if name not in simple:
                self._define(name, definition)

    def _define_prefix(self, name: str, text: str) -> None:
        if text in self._names:
            self._names[text] = name
        elif text[-1] in ":/?#[]@":
            self._prefixes[self._expand(text)[1:-1]] = name

    def _define(self, name: str, definition: Mapping[str, Any]) -> None:
        container, coercion = definition.get("@container"), definition.get("@type")
        if definition.keys() - _KNOWN or container not in (None, "@set", "@language"):
            raise ValueError(f"the context defines {name!r} in a way that this writer does not know")
        term = self._expand(definition["@id"])
        self._terms.setdefault(term, name)
        known = self._property(term)
        if container == "@set":
            self._sets.add(name)
        if container == "@language":
            known.language_map = name
        elif coercion == "@id":
            known.reference = name
        elif coercion == "@vocab":
            known.vocabulary_reference = name
        elif coercion is None:
            known.plain = name
        else:
            known.coerced[self._expand(coercion)] = name

    def _expand(self, text: str) -> str:
        """Return the term that a name or compact IRI of the context stands for."""
        prefix, _, local = text.partition(":")
        if prefix in self._definitions and not local.startswith("//"):
            return f"{self._expand(self._definitions[prefix])[:-1]}{local}>"
        return f"<{text}>"

    def _property(self, term: str) -> _Property:
        known = self._properties.get(term)
        if known is None:
            known = self._properties[term] = _Property(self._compact(term[1:-1]))
        return known

    def _compact(self, iri: str) -> str:
        """Return an IRI with a prefix of the context where one fits."""
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefixes.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix and cut < len(iri) else iri

    def node(self, node: Node) -> str:
        """Return the node object of a subject."""
        subject, pairs = node
        members: dict[str, list[str]] = {}
        maps: dict[str, dict[str, list[str]]] = {}
        known = self._members.get
        for pair in pairs:
            name, language, text = known(pair) or self._member(pair)
            if language:
                maps.setdefault(name, {}).setdefault(language, []).append(text)
            elif name in members:
                members[name].append(text)
            else:
                members[name] = [text]
        parts = [f'{{"{self._names["@id"]}":{self._id(subject)}']
        for name, texts in members.items():
            is_one = len(texts) == 1 and name not in self._sets
            parts.append(f',"{name}":{texts[0]}' if is_one else f',"{name}":[{",".join(texts)}]')
        parts += [f',"{name}":{_language_map(texts_by_tag)}' for name, texts_by_tag in maps.items()]
        parts.append("}")
        return "".join(parts)

    def _member(self, pair: Pair) -> tuple[str, str, str]:
        """Return the name under which a value stands, its language where that is a map, and its JSON."""
        predicate, value = pair
        known = self._properties.get(predicate) or self._property(predicate)
        if value[0] == '"':
            member = self._literal(known, value)
        else:
            name, text = self._resource(known, value)
            member = name, "", text
        if len(value) <= _LONGEST_CACHED:
            if len(self._members) >= _CACHED:
                self._members.clear()
            self._members[pair] = member
        return member

    def _resource(self, known: _Property, value: str) -> tuple[str, str]:
        """Return the name under which a resource stands, and its JSON."""
        if known.reference:
            return known.reference, self._id(value)
        if known.vocabulary_reference:
            return known.vocabulary_reference, self._vocabulary_term(value)
        return known.plain, f'{{"{self._names["@id"]}":{self._id(value)}}}'

    def _literal(self, known: _Property, value: str) -> tuple[str, str, str]:
        """Return the name under which a literal stands, its language where that is a map, and its JSON."""
        end = value.rindex('"')
        text = value[: end + 1]
        if _UNSAFE.search(text):
            text = json.dumps(unescape(value[1:end]), ensure_ascii=False)
        kind = value[end + 1 :]
        if not kind:
            return known.plain, "", text
        if kind[0] == "@":
            language, _, direction = kind[1:].partition("--")
            if direction:
                members = f'"@language":"{language}","@direction":"{direction}","@value":{text}'
                return known.plain, "", f"{{{members}}}"
            if known.language_map:
                return known.language_map, kind[1:], text
            return known.plain, "", f'{{"@language":"{kind[1:]}","@value":{text}}}'
        datatype = kind[2:]
        if datatype in known.coerced:
            return known.coerced[datatype], "", text
        if datatype in _NATIVE and _NATIVE[datatype].fullmatch(value, 1, end):
            return known.plain, "", value[1:end]
        return known.plain, "", f'{{"@type":{self._vocabulary_term(datatype)},"@value":{text}}}'

    def _id(self, term: str) -> str:
        known = self._ids.get(term)
        if known is None:
            if len(self._ids) >= _CACHED:
                self._ids.clear()
            known = f'"{term if term[0] == "_" else self._compact(term[1:-1])}"'
            self._ids[term] = known
        return known

    def _vocabulary_term(self, term: str) -> str:
        name = self._terms.get(term)
        return self._id(term) if name is None else f'"{name}"'


def _language_map(texts: Mapping[str, list[str]]) -> str:
    members = []
    for tag, tagged_texts in texts.items():
        value = tagged_texts[0] if len(tagged_texts) == 1 else f"[{','.join(tagged_texts)}]"
        members.append(f'"{tag}":{value}')
    return f"{{{','.join(members)}}}"
