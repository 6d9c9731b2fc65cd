import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.findings.accounting import Accounting
from pipeline.findings.reports import FORMATS, report_format, save_report, write_report
from pipeline.findings.reports.csv_report import COLUMNS
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.text import write_findings
from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from tests.findings_form import held

pytestmark = pytest.mark.thorough

ITLAY = Finding(
    Severity.VIOLATION,
    "country-unknown",
    "“House of Peace”: “Itlay” is no country.",
    Place("practices.csv", row=17, column="country", value="Itlay"),
    focus="http://localhost:8000/practice/house-of-peace",
    path="https://w3id.org/intercultural-practices/ns#country",
    suggestion=Suggestion("Italy", 0.9),
)
SYNTAX = Finding(
    Severity.VIOLATION, "syntax", "data.ttl, line 3: no dot.", Place("data.ttl", line=3, column=9)
)
POINTER = Finding(Severity.INFO, "value-unused", "“x” is not used.", Place("data.json", pointer="/0/x"))
ALONE = Finding(Severity.WARNING, "nothing-new", "Nothing is new.")
ALL = (POINTER, ALONE, ITLAY, SYNTAX)
NUMBERS = Accounting(rows_in=20, used=19, quarantined=1, practices=19, violations=2, warnings=1, infos=1)
OUTCOME = ReportOutcome(NUMBERS, conforms=False, accepted=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def report(findings: Iterable[Finding], format: str, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    write_report(findings, OUTCOME, format, stream)
    if format == "json" and stream.getvalue():
        held(json.loads(stream.getvalue()))
    return stream.getvalue()


def dateless(row: int, title: str = "A") -> Finding:
    place = Place("practices.csv", row=row, column="date")
    return Finding(Severity.WARNING, "date-missing", f"“{title} {row}”: no date is stated.", place)


def test_json_has_the_form_that_is_the_same_everywhere() -> None:
    assert json.loads(report(ALL, "json")) == {
        "conforms": False,
        "accepted": False,
        "verdict": "not-accepted",
        "language": "en",
        "describedby": "https://w3id.org/intercultural-practices/schemas/findings.json",
        "summary": {
            "rows_in": 20,
            "used": 19,
            "repeated": 0,
            "blank": 0,
            "quarantined": 1,
            "practices": 19,
            "withdrawn": 0,
            "held_back": 0,
            "violations": 2,
            "warnings": 1,
            "infos": 1,
            "shacl_results": 0,
        },
        "findings": [
            {
                "severity": "info",
                "code": "value-unused",
                "message": "“x” is not used.",
                "place": {"file": "data.json", "pointer": "/0/x"},
            },
            {"severity": "warning", "code": "nothing-new", "message": "Nothing is new."},
            {
                "severity": "violation",
                "code": "country-unknown",
                "message": "“House of Peace”: “Itlay” is no country.",
                "place": {"file": "practices.csv", "row": 17, "column": "country", "value": "Itlay"},
                "focus": "http://localhost:8000/practice/house-of-peace",
                "path": "https://w3id.org/intercultural-practices/ns#country",
                "suggestion": {"value": "Italy", "confidence": 0.9},
                "advice": "Write the name or the ISO 3166 code of the country.",
                "example": "Italy",
                "rule": "https://w3id.org/intercultural-practices/rules#country-unknown",
            },
            {
                "severity": "violation",
                "code": "syntax",
                "message": "data.ttl, line 3: no dot.",
                "place": {"file": "data.ttl", "line": 3, "column": 9},
            },
        ],
    }


def test_json_without_findings_is_json() -> None:
    stream = io.StringIO()
    write_report((), ReportOutcome(Accounting(), conforms=True, accepted=True), "json", stream)
    found = json.loads(stream.getvalue())
    assert (found["conforms"], found["accepted"], found["findings"]) == (True, True, [])


def test_json_holds_any_text_as_utf8_and_cuts_a_huge_value() -> None:
    place = Place("pr\udce9s.csv", row=2, column="title", value="x" * 10_000_000)
    text = report([Finding(Severity.WARNING, "long", "é\0", place)], "json")
    (found,) = json.loads(text.encode("utf-8").decode("utf-8"))["findings"]
    assert found["place"]["file"] == "pr\udce9s.csv"
    assert len(found["place"]["value"]) == 2000


def test_csv_has_a_row_for_each_finding() -> None:
    header, *rows = csv.reader(io.StringIO(report(ALL, "csv")))
    assert tuple(header) == COLUMNS
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["code"] for row in table] == ["value-unused", "nothing-new", "country-unknown", "syntax"]
    assert {key: value for key, value in table[2].items() if value} == {
        "verdict": "not-accepted",
        "severity": "violation",
        "code": "country-unknown",
        "message": "“House of Peace”: “Itlay” is no country.",
        "file": "practices.csv",
        "row": "17",
        "column": "country",
        "value": "Itlay",
        "focus": "http://localhost:8000/practice/house-of-peace",
        "path": "https://w3id.org/intercultural-practices/ns#country",
        "suggestion": "Italy",
        "confidence": "0.9",
        "advice": "Write the name or the ISO 3166 code of the country.",
        "example": "Italy",
        "rule": "https://w3id.org/intercultural-practices/rules#country-unknown",
    }


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx"])
def test_csv_gives_a_spreadsheet_no_formula(value: str) -> None:
    place = Place("a.csv", row=2, column="title", value=value)
    (_, row) = csv.reader(io.StringIO(report([Finding(Severity.INFO, "x", "m", place)], "csv")))
    assert row[COLUMNS.index("value")] == "'" + value


def test_text_in_a_pipe_groups_by_rule_the_worst_first_and_has_no_escapes() -> None:
    assert report(ALL, "text") == (
        "country-unknown (1 violation)\n"
        "  practices.csv:17:country  “House of Peace”: “Itlay” is no country. Perhaps “Italy” is meant.\n"
        "\n"
        "syntax (1 violation)\n"
        "  data.ttl:3:9  no dot.\n"
        "\n"
        "nothing-new (1 warning)\n"
        "  Nothing is new.\n"
        "\n"
        "value-unused (1 remark)\n"
        "  data.json:/0/x  “x” is not used.\n"
        "\n"
        "20 rows in: 19 used, 1 quarantined.\n"
        "19 practices from the rows used.\n"
        "2 violations, 1 warning, 1 remark.\n"
        "Not accepted.\n"
    )


def test_text_says_a_cause_that_a_whole_column_shares_once() -> None:
    text = report([dateless(row) for row in range(2, 243)], "text")
    assert (
        "date-missing (241 warnings)\n  practices.csv:2:date  no date is stated. (241 times: rows 2-242)\n"
        in text
    )


def test_text_sees_one_cause_behind_titles_with_quotation_marks() -> None:
    findings = [
        dateless(2),
        dateless(3, "“Enrich your Neighborhood”: a bottom-up approach"),
        dateless(4, "The “New”"),
    ]
    assert "  practices.csv:2:date  no date is stated. (3 times: rows 2-4)\n" in report(findings, "text")


def test_text_names_the_first_rows_of_a_scattered_cause() -> None:
    text = report([dateless(row) for row in [*range(2, 400, 7)]], "text")
    assert "(57 times: rows 2, 9, 16, 23, 30, 37, 44, 51, …)" in text


def test_text_names_the_lines_of_a_cause_that_subjects_of_a_graph_share() -> None:
    findings = [
        Finding(Severity.WARNING, "x", f"“P{line}”: no date.", Place("a.ttl", line=line))
        for line in (7, 9, 9, 10)
    ]
    assert "  a.ttl:7  no date. (4 times: lines 7, 9-10)\n" in report(findings, "text")


def test_text_cuts_a_long_group_and_says_how_much_is_left_out() -> None:
    findings = [
        Finding(
            Severity.WARNING,
            "topic-unknown",
            f"“A”: “{row}” is no topic.",
            Place("a.csv", row=row, column="topics"),
        )
        for row in range(2, 44)
    ]
    lines = report(findings, "text").splitlines()
    assert lines[:7] == [
        "topic-unknown (42 warnings)",
        *[f"  a.csv:{row}:topics  “A”: “{row}” is no topic." for row in range(2, 7)],
        "  and 37 more (all in --report)",
    ]
    assert "and 37 more (all in --report)" in report(findings, "text", Terminal())


def test_text_shows_the_sheet_and_drops_a_place_said_twice() -> None:
    place = Place("a.xlsx", sheet="2024", row=3, column="date")
    assert "  a.xlsx#2024:3:date  no date.\n" in report(
        [Finding(Severity.INFO, "x", f"{place}: no date.", place)], "text"
    )
    same_start = Finding(Severity.INFO, "x", "a.xlsx.csv was read: fine.", Place("a.xlsx"))
    assert "  a.xlsx  a.xlsx.csv was read: fine.\n" in report([same_start], "text")


def test_text_shortens_a_message_that_fills_the_screen() -> None:
    (line,) = [
        line
        for line in report([Finding(Severity.INFO, "x", "word " * 5000)], "text").splitlines()
        if "word" in line
    ]
    assert len(line) == 402
    assert line.endswith("…")


def test_text_writes_what_a_terminal_would_obey_or_hide_as_escapes() -> None:
    hostile = Finding(Severity.INFO, "x", "a\x1b[2Jb\u202ec\nd", Place("e\x07.csv", row=2))
    for stream in (io.StringIO(), Terminal()):
        text = report([hostile], "text", stream)
        assert "a\\x1b[2Jb\\u202ec d" in text
        assert "e\\x07.csv:2" in text


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_text_on_a_terminal_fits_its_width(monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    long = Finding(
        Severity.WARNING,
        "x",
        "[bold] " + "word " * 60,
        Place("a-long-name-of-a-file.csv", row=2, column="topics"),
    )
    stream = Terminal()
    write_findings([ITLAY, long], stream)
    text = re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue())
    assert all(len(line) <= int(width) for line in text.splitlines())
    assert "".join(text.split()).count("word") == 60
    assert "[bold]" in text


def test_text_on_a_terminal_has_colours_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31mcountry-unknown" in report([ITLAY], "text", Terminal())
    assert "\x1b[33mdate-missing" in report([dateless(2)], "text", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in report([ITLAY], "text", Terminal())


def test_memory_does_not_grow_with_the_number_of_findings() -> None:
    def many() -> Iterable[Finding]:
        return (
            Finding(Severity.WARNING, "x", f"“{row}” is wrong.", Place("a.csv", row=row * 2, column="date"))
            for row in range(4_000)
        )

    class Nowhere(io.StringIO):
        def write(self, text: str) -> int:
            return len(text)

    for name in FORMATS:
        report(ALL, name, Nowhere())  # what is loaded once does not count
    tracemalloc.start()
    for name in FORMATS:
        report(many(), name, Nowhere())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize(("name", "format"), [("r.json", "json"), ("R.CSV", "csv"), ("r.txt", "text")])
def test_a_report_is_written_in_the_format_of_its_suffix(tmp_path: Path, name: str, format: str) -> None:
    path = tmp_path / name
    assert report_format(path) == format
    save_report(ALL, OUTCOME, path)
    assert path.read_bytes().decode("utf-8-sig") == report(ALL, format)


def test_a_table_on_disk_opens_as_utf8_in_a_spreadsheet(tmp_path: Path) -> None:
    save_report(ALL, OUTCOME, tmp_path / "r.csv")
    save_report(ALL, OUTCOME, tmp_path / "r.json")
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbfseverity")
    assert (tmp_path / "r.json").read_bytes().startswith(b"{")


def test_an_unknown_suffix_is_a_usage_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r'"report.docx" names no report format\. .*\.txt, \.json, \.csv'):
        report_format(Path("report.docx"))


def test_a_report_that_cannot_be_written_is_a_fault_of_the_environment(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be written: No such file or directory"):
        save_report((), OUTCOME, tmp_path / "absent" / "r.json")
