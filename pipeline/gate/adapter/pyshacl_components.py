"""Deviations of pySHACL from SHACL, corrected while it runs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from pipeline.gate.adapter.query_words import forbidden_words
from pipeline.gate.adapter.rdflib_graphs import SHAPES_GRAPH
from pipeline.rdf.vocabulary import SH


@contextmanager
def exact_components() -> Iterator[None]:
    """Let pySHACL judge datatypes by their lexical forms alone, and bind $shapesGraph, until the context is left."""
    from pyshacl import helper, shape

    parameters = getattr(shape.module, "CONSTRAINT_PARAMS", (None, None))
    helper_class = helper.get_query_helper_cls()  # type: ignore[no-untyped-call]
    shape.module.CONSTRAINT_PARAMS = _parameters()  # type: ignore[attr-defined]
    helper.mod.SPARQLQueryHelperCls = _query_helper()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        shape.module.CONSTRAINT_PARAMS = parameters  # type: ignore[attr-defined]
        helper.mod.SPARQLQueryHelperCls = helper_class  # type: ignore[attr-defined]


@cache
def _parameters() -> tuple[list[Any], dict[Any, Any]]:
    from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
    from pyshacl.constraints.core.value_constraints import DatatypeConstraintComponent
    from rdflib import URIRef

    class ExactDatatype(DatatypeConstraintComponent):
        """sh:datatype; a value that Python cannot express, such as a year before our era, is one all the same."""

        def _assert_actual_datatype(self, value_node: Any, datatype_rule: Any) -> bool:
            return True

    return ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP | {URIRef(SH + "datatype"): ExactDatatype}


@cache
def _query_helper() -> Any:
    from pyshacl.errors import ValidationFailure
    from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
    from rdflib import URIRef

    stated = SPARQLQueryHelper.bind_sg_regex

    class QueryHelper(SPARQLQueryHelper):
        """Queries of constraints, which may ask about the graph of shapes; words within texts are no keywords."""

        bind_sg_regex = has_service_regex = has_minus_regex = has_values_regex = re.compile("(?!)")

        def pre_bind_variables(self, *args: Any, **options: Any) -> tuple[dict[str, Any], str]:
            word = next(forbidden_words(self.select_text), None)
            if word is not None:
                told = f"A SPARQL constraint must not contain {word}."
                raise ValidationFailure(told)  # type: ignore[no-untyped-call]
            bindings, query = super().pre_bind_variables(*args, **options)  # type: ignore[no-untyped-call]
            if stated.search(query):
                bindings["shapesGraph"] = URIRef(SHAPES_GRAPH)
            return bindings, query

    return QueryHelper
