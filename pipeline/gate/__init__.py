"""The gate: SHACL shapes compiled to SPARQL, with pySHACL as the reference that has the last word."""

from pipeline.gate.gate_results import GateDisagreement, GateLimit, ShaclResult, ShapesError
from pipeline.gate.gate_run import validate_graph, validate_parts, validate_text
from pipeline.gate.partition import PART_SIZE, PartitionWriter, part_count
from pipeline.gate.reference import Reference
from pipeline.gate.shapes import Shapes, compile_shapes, load_shapes
from pipeline.gate.small_graph import SmallGraph

__all__ = [
    "PART_SIZE",
    "GateDisagreement",
    "GateLimit",
    "PartitionWriter",
    "Reference",
    "ShaclResult",
    "Shapes",
    "ShapesError",
    "SmallGraph",
    "compile_shapes",
    "load_shapes",
    "part_count",
    "validate_graph",
    "validate_parts",
    "validate_text",
]
