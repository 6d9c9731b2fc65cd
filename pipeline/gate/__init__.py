"""The gate: SHACL shapes compiled to SPARQL, with pySHACL as the reference that has the last word."""

from pipeline.gate.gate_results import GateDisagreement, GateLimit, ShaclResult, ShapesError
from pipeline.gate.gate_run import validate_graph, validate_parts, validate_text
from pipeline.gate.partition import PART_SIZE, PartitionWriter, part_count
from pipeline.gate.record_scope import RecordScope
from pipeline.gate.reference import Reference
from pipeline.gate.reference_shapes import reference_shapes
from pipeline.gate.regex_patterns import PatternError, to_python
from pipeline.gate.select import declared_prefixes
from pipeline.gate.shapes import Shapes, ShapesGraph, compile_shapes, load_shapes
from pipeline.gate.small_graph import Failure, SmallGraph

__all__ = [
    "PART_SIZE",
    "Failure",
    "GateDisagreement",
    "GateLimit",
    "PartitionWriter",
    "PatternError",
    "RecordScope",
    "Reference",
    "ShaclResult",
    "Shapes",
    "ShapesError",
    "ShapesGraph",
    "SmallGraph",
    "compile_shapes",
    "declared_prefixes",
    "load_shapes",
    "part_count",
    "reference_shapes",
    "to_python",
    "validate_graph",
    "validate_parts",
    "validate_text",
]
