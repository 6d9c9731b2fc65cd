"""A short chaos run: processes killed, disks filled, releases switched; readers get right answers or clear errors."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.bench_chaos import QUESTIONS, run_chaos

pytestmark = pytest.mark.thorough


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")
def test_no_harm_done_to_a_server_makes_an_answer_wrong(tmp_path: Path) -> None:
    result = run_chaos(tmp_path, seconds=8)

    assert result.wrong == []
    assert "Traceback" not in result.log
    assert sum(result.deeds.values()) > 5
    assert [name for name in QUESTIONS if not result.statuses[name]["right"]] == []
