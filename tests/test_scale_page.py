"""docs/scale.md and its charts: what scale.csv says, and nothing else."""

import sys

from locations import ROOT

sys.path.append(str(ROOT / "tests" / "benchmarks"))

from scale_charts import DOCS, drawn, results


def test_tables_and_charts_are_those_of_the_measurements() -> None:
    texts = drawn(results())

    assert {name: (DOCS / name).read_text(encoding="utf-8") for name in texts} == texts
