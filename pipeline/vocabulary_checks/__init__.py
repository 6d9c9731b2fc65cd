"""Checks of the vocabulary itself: the ontology, the SKOS schemes, the shapes and the JSON-LD context."""

from pipeline.vocabulary_checks.checks_run import run_checks

__all__ = ["run_checks"]
