import pytest

from pipeline.findings.accounting import Accounting
from pipeline.model.finding import Severity


def test_rows_add_up_when_each_is_accounted_for() -> None:
    assert Accounting(rows_in=10, used=6, repeated=2, blank=1, quarantined=1).adds_up()
    assert not Accounting(rows_in=10, used=6, repeated=2, blank=1).adds_up()


def test_a_summary_says_all_numbers_in_few_lines() -> None:
    accounting = Accounting(1241, 1230, 5, 3, 3, 1100, 1, 2, violations=3, warnings=1, infos=2)
    assert accounting.sentences() == (
        "1,241 rows in: 1,230 used, 5 repeated, 3 blank, 3 quarantined.",
        "1,100 practices from the rows used.",
        "1 record of the last release withdrawn.",
        "2 records held back: the last good version stays published.",
        "3 violations, 1 warning, 2 remarks.",
    )


def test_a_summary_leaves_out_what_did_not_happen() -> None:
    assert Accounting(rows_in=1, used=1, practices=1).sentences() == (
        "1 row in: 1 used.",
        "1 practice from the rows used.",
        "0 violations, 0 warnings, 0 remarks.",
    )


def test_numbers_that_do_not_add_up_are_called_a_fault() -> None:
    assert any("do not add up" in sentence for sentence in Accounting(rows_in=2, used=1).sentences())


@pytest.mark.parametrize(
    ("severity", "count"), [(Severity.VIOLATION, 1), (Severity.WARNING, 2), (Severity.INFO, 3)]
)
def test_findings_are_counted_by_severity(severity: Severity, count: int) -> None:
    assert Accounting(violations=1, warnings=2, infos=3).count(severity) == count


def test_data_are_accepted_without_violations_and_when_strict_without_warnings() -> None:
    assert Accounting(infos=1).is_accepted(strict=True)
    assert Accounting(warnings=1).is_accepted()
    assert not Accounting(warnings=1).is_accepted(strict=True)
    assert not Accounting(violations=1).is_accepted()


def test_data_conform_when_there_is_no_result_of_any_severity() -> None:
    assert Accounting(rows_in=1, used=1).conforms
    assert Accounting(warnings=1).conforms
    assert not Accounting(shacl_results=1).conforms
