"""The published schema of reports in JSON. Every report in a test must match it."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator


@cache
def validator() -> Draft202012Validator:
    schema = json.loads(
        files("pipeline.findings.reports").joinpath("findings.schema.json").read_text("utf-8")
    )
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def held(report: Any) -> Any:
    """Return a report that has the published form; fail where it has not."""
    found = [f"{error.json_path}: {error.message}" for error in validator().iter_errors(report)]
    assert found == []
    return report
