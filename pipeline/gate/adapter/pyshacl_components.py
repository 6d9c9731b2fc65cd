"""Deviations of pySHACL from SHACL, corrected while it runs."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any

from pipeline.gate.adapter.query_words import forbidden_words
from pipeline.gate.adapter.rdflib_graphs import SHAPES_GRAPH
from pipeline.gate.adapter.regex_patterns import Matcher
from pipeline.gate.adapter.temporal_order import compare, holds, is_of_another_kind, is_temporal
from pipeline.rdf.vocabulary import SH


@contextmanager
def exact_components() -> Iterator[None]:
    """Let pySHACL judge datatypes by their lexical forms alone, times by XML Schema, and bind $shapesGraph.

    It does not describe results in a text of its own, which nobody reads.
    """
    from pyshacl import helper, shape
    from pyshacl.constraints.constraint_component import ConstraintComponent
    from pyshacl.constraints.core import value_range_constraints

    helper.get_query_helper_cls()  # type: ignore[no-untyped-call]
    changes: tuple[tuple[Any, str, Any], ...] = (
        (shape.module, "CONSTRAINT_PARAMS", _parameters()),
        (helper.mod, "SPARQLQueryHelperCls", _query_helper()),
        (value_range_constraints, "compare_literal", compare),
        (ConstraintComponent, "make_v_result_description", lambda *_, **__: ""),
    )
    before = [getattr(owner, name, (None, None)) for owner, name, _ in changes]
    for owner, name, value in changes:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name, _), value in zip(changes, before, strict=True):
            setattr(owner, name, value)


@cache
def _parameters() -> tuple[list[Any], dict[Any, Any]]:
    from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
    from pyshacl.constraints.core.property_pair_constraints import (
        LessThanConstraintComponent,
        LessThanOrEqualsConstraintComponent,
    )
    from pyshacl.constraints.core.string_based_constraints import (
        PatternConstraintComponent,
        StringBasedConstraintBase,
    )
    from pyshacl.constraints.core.value_constraints import DatatypeConstraintComponent
    from rdflib import URIRef

    class ExactDatatype(DatatypeConstraintComponent):
        """sh:datatype; a value that Python cannot express, such as a year before our era, is one all the same."""

        def _assert_actual_datatype(self, value_node: Any, datatype_rule: Any) -> bool:
            # A text with a direction is no rdf:langString, which pySHACL takes every text with a language for.
            return not value_node.language or value_node.datatype in (None, datatype_rule)

    class ExactPattern(PatternConstraintComponent):
        """sh:pattern; regular expressions are those of XPath."""

        def __init__(self, shape: Any) -> None:
            StringBasedConstraintBase.__init__(self, shape)
            self.string_rules = list(shape.objects(URIRef(SH + "pattern")))
            self.flags = next(iter(shape.objects(URIRef(SH + "flags"))), None)
            finders: dict[Any, Any] = {}
            for number, rule in enumerate(self.string_rules):
                find = Matcher(number, str(rule), str(self.flags or "")).finder()
                finders[rule] = SimpleNamespace(match=find, search=find)
            self.compiled_cache = finders

    class ExactLessThan(LessThanConstraintComponent):
        """sh:lessThan; times are compared as XML Schema has it, values of two kinds are in no order."""

        def _compare_lt(self, values: Any, others: Any, data: Any, focus: Any) -> tuple[bool, list[Any]]:
            return _of_pairs(self, super()._compare_lt, "<", (values, others, data, focus))

    class ExactLessThanOrEquals(LessThanOrEqualsConstraintComponent):
        """sh:lessThanOrEquals, likewise."""

        def _compare_ltoe(self, values: Any, others: Any, data: Any, focus: Any) -> tuple[bool, list[Any]]:
            return _of_pairs(self, super()._compare_ltoe, "<=", (values, others, data, focus))

    exact = {
        "datatype": ExactDatatype,
        "pattern": ExactPattern,
        "lessThan": ExactLessThan,
        "lessThanOrEquals": ExactLessThanOrEquals,
    }
    own = {URIRef(SH + name): component for name, component in exact.items()}
    return ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP | own


def _of_pairs(
    component: Any, usual: Callable[..., tuple[bool, list[Any]]], sign: str, asked: tuple[Any, Any, Any, Any]
) -> tuple[bool, list[Any]]:
    """Return whether a pair of values is out of order, and pySHACL's reports of such pairs."""
    from rdflib import Literal

    values, others, data, focus = asked
    reports: list[Any] = []
    for value, other in product(values, others):
        if is_temporal(value) and is_temporal(other):
            is_right = holds(value, sign, other)
        elif (
            not isinstance(value, Literal)
            or not isinstance(other, Literal)
            or is_of_another_kind(value, other)
        ):
            is_right = False
        else:
            reports += usual({value}, {other}, data, focus)[1]
            continue
        if not is_right:
            reports.append(component.make_v_result(data, focus, value_node=value))
    return bool(reports), reports


@cache
def _query_helper() -> Any:
    from pyshacl.errors import ValidationFailure
    from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
    from rdflib import URIRef

    stated = SPARQLQueryHelper.bind_sg_regex

    class QueryHelper(SPARQLQueryHelper):
        """Queries of constraints, which may query the graph of shapes; words within texts are not keywords."""

        bind_sg_regex = has_service_regex = has_minus_regex = has_values_regex = re.compile("(?!)")

        def pre_bind_variables(self, *args: Any, **options: Any) -> tuple[dict[str, Any], str]:
            word = next(forbidden_words(self.select_text), None)
            if word is not None:
                message = f"A SPARQL constraint must not contain {word}."
                raise ValidationFailure(message)  # type: ignore[no-untyped-call]
            bindings, query = super().pre_bind_variables(*args, **options)  # type: ignore[no-untyped-call]
            if stated.search(query):
                bindings["shapesGraph"] = URIRef(SHAPES_GRAPH)
            return bindings, query

    return QueryHelper
