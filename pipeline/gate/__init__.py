"""The gate: SHACL shapes compiled to SPARQL, with pySHACL as the reference that has the last word."""

from pipeline.gate.adapter.regex_patterns import PatternError, to_python
from pipeline.gate.checker import Checker, Judgement, merged, vocabulary_lines
from pipeline.gate.gate_results import GateDisagreement, ShaclResult, ShapesError
from pipeline.gate.record_scope import RecordScope
from pipeline.gate.reference import Reference
from pipeline.gate.reference_shapes import reference_shapes
from pipeline.gate.select import declared_prefixes
from pipeline.gate.shapes import Shapes, ShapesGraph, load_shapes
from pipeline.gate.small_graph import Failure, SmallGraph

__all__ = [
    "Checker",
    "Failure",
    "GateDisagreement",
    "Judgement",
    "PatternError",
    "RecordScope",
    "Reference",
    "ShaclResult",
    "Shapes",
    "ShapesError",
    "ShapesGraph",
    "SmallGraph",
    "declared_prefixes",
    "load_shapes",
    "merged",
    "reference_shapes",
    "to_python",
    "vocabulary_lines",
]
