"""``saksflyt conform``: deviations in every format, the list of cases, and the exit code that a scheduler waits for."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from report_logs import HOSTILE, log_of

from saksflyt.cli.demo import read_sample
from saksflyt.cli.junit import junit
from saksflyt.cli.main import main
from saksflyt.cli.verdicts import Verdicts
from saksflyt.mining.conform import conform as hold
from saksflyt.mining.expression import Sequence, Step
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import SUFFIX
from saksflyt.sample_logs.generator import Sample, write_sample

NOTICE = "conform.skipped:underretning-om-vedtak"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The made-up export, and the log of it beside it (that both give the same: ``test_asking.py``)."""
    sample = write_sample(tmp_path_factory.mktemp("sample"), cases=200)
    read_sample(sample, now=datetime(2026, 7, 1, tzinfo=UTC))
    return sample


def conform(sample: Sample, *arguments: object) -> Result:
    flow = [] if "--flow" in arguments else ["--flow", "sosialhjelp"]
    return CliRunner().invoke(main, ["conform", str(sample.export.with_suffix(SUFFIX)), *flow, *map(str, arguments)])


def test_the_planted_deviations_in_words(sample: Sample) -> None:
    result = conform(sample)
    assert result.exit_code == 1, result.stderr  # a rule of high severity is broken
    planted = {
        "Underretning om vedtak was skipped": sample.answers.unnoticed_decisions,
        "Individuell vurdering og utmåling was done after Vedtak fattet": sample.answers.late_assessments,
        "Back to Individuell vurdering og utmåling after Vedtak fattet": sample.answers.decisions_taken_back,
        "Dokumentasjon etterspurt was done more often than intended": sample.answers.asked_too_often,
    }
    for sentence, cases in planted.items():
        (line,) = [line for line in result.stdout.splitlines() if line.startswith(sentence)]
        assert int(re.split(r"  +", line)[1]) == cases > 0
    assert re.search(r"\d+ of 200 cases \(\d+\.\d %\) go as Søknad om økonomisk sosialhjelp intends", result.stderr)


def test_json_loses_nothing(sample: Sample) -> None:
    told = json.loads(conform(sample, "--format", "json").stdout)
    assert told["command"] == "conform" and told["parameters"]["flow"] == "sosialhjelp"
    assert {"conforming_cases", "fitness", "not_computed", "closing_known"} <= set(told["figures"])
    by_id = {record["id"]: record for record in told["records"]}
    assert by_id[NOTICE]["cases"] == sample.answers.unnoticed_decisions
    assert {"kind", "step", "alternatives", "severity", "example", "sentence"} <= set(by_id[NOTICE])


@pytest.mark.parametrize(("fail_on", "code"), [("high", 1), ("never", 0), ("warn", 1), ("info", 1)])
def test_exit_code(sample: Sample, fail_on: str, code: int) -> None:
    assert conform(sample, "--fail-on", fail_on).exit_code == code


def test_deadlines_and_rules_are_judged(sample: Sample) -> None:
    told = json.loads(conform(sample, "--format", "json").stdout)
    (notice,) = [rule for rule in told["rules"] if rule["name"] == "Underretning etter vedtak"]
    assert notice["broken"] == sample.answers.unnoticed_decisions and notice["severity"] == "high"
    (reply,) = [deadline for deadline in told["deadlines"] if deadline["name"].startswith("Foreløpig svar")]
    assert reply["triggered"] == 200 and reply["late"] + reply["overdue"] > 0
    table = conform(sample).stdout
    assert "Foreløpig svar innen én måned" in table and "broken_share" in table
    junit_rows = conform(sample, "--format", "junit").stdout
    assert "rules.broken_share:underretning-etter-vedtak" in junit_rows and 'type="high"' in junit_rows
    assert "--format json has the deadlines and rules" in conform(sample, "--format", "csv").stderr


def test_nothing_found_is_an_empty_frame() -> None:
    log = log_of([("", ["A", "B"])])
    assert hold(log, Flow(name="f", order=Sequence((Step("A"), Step("B"))))).frame.empty


def test_the_cases_for_the_team(sample: Sample) -> None:
    result = conform(sample, "--cases", "--format", "json")
    records = json.loads(result.stdout)["records"]
    assert sum(NOTICE in record["deviations"] for record in records) == sample.answers.unnoticed_decisions
    assert all(record["case_id"] and record["deviations"] for record in records)


def test_by_unit_the_cases_add_up(sample: Sample) -> None:
    result = conform(sample, "--by", "unit", "--format", "json")
    rows = pd.DataFrame(json.loads(result.stdout)["records"])
    assert rows[rows["kind"] == "skipped"]["cases"].sum() == sample.answers.unnoticed_decisions
    assert rows["id"].str.contains("@nav-").all()


def test_junit_counts_its_failures(sample: Sample) -> None:
    for fail_on, fails in (("warn", True), ("never", False)):
        result = conform(sample, "--format", "junit", "--fail-on", fail_on)
        suite = ElementTree.fromstring(result.stdout.split("\n", 1)[1])
        tests = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(tests) and len(tests) > 4
        failed = [test for test in tests if test.find("failure") is not None]
        assert int(suite.get("failures", "")) == len(failed)
        assert bool(failed) == fails
        assert NOTICE in {test.get("name") for test in tests}


def test_junit_holds_any_name() -> None:
    flow = Flow(name=HOSTILE[0] + "\0", order=Step("Start"))
    found = hold(log_of([("", ["Start", name, "a\0b"]) for name in HOSTILE]), flow)
    rows = Verdicts(found.frame, pd.DataFrame(), pd.DataFrame(), None).failing("info")
    suite = ElementTree.fromstring(junit(found, flow.name, rows).split("\n", 1)[1])
    assert len(suite.findall("testcase/failure")) == len(found.frame)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cases", "--by", "unit"), "--cases has one row per case"),
        (("--cases", "--format", "junit"), "JUnit is for deviations"),
        (("--flow", "sosialhjelpen"), "sosialhjelp"),
        (("--by", "nothing"), "nothing"),
    ],
)
def test_wrong_use_is_one_sentence(sample: Sample, arguments: tuple[str, ...], said: str) -> None:
    result = conform(sample, *arguments)
    assert result.exit_code == 2 and said in result.stderr and "Traceback" not in result.stderr


def test_the_report_takes_the_flow(sample: Sample, tmp_path: Path) -> None:
    page = tmp_path / "side.html"
    arguments = ["report", str(sample.export), "--flow", "sosialhjelp", "--lite", "-o", str(page)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0 and "Not in the report" not in result.stderr
    text = page.read_text(encoding="utf-8")
    assert "«Underretning om vedtak» er hoppet over" in text and "av sakene går som tiltenkt" in text
    assert "holder fristen «Foreløpig svar innen én måned»" in text and "saker bryter en regel: etter" in text


def test_nothing_computed_is_no_pass(tmp_path: Path) -> None:
    export, flow = tmp_path / "e.csv", tmp_path / "f.toml"
    export.write_text("case,activity,time\nc1,A,2024-01-01 10:00\nc1,B,2024-01-02 10:00\n", encoding="utf-8")
    flow.write_text(f'name = "many"\nflow = "{" -> ".join(["A?"] * 12_000)}"\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["conform", str(export), "--flow", str(flow)])
    assert result.exit_code == 3 and "No case could be held against many" in result.stderr
    assert "nan" not in result.stdout + result.stderr


def test_a_due_date_that_the_data_do_not_name_is_said(tmp_path: Path) -> None:
    export, flow = tmp_path / "x.csv", tmp_path / "f.toml"
    export.write_text("Saksnr;Hendelse;Tidspunkt;Sakstype\n1;A;01.01.2024;t\n1;C;05.01.2024;t\n2;A;01.01.2024;t\n")
    flow.write_text(
        'name="x"\nflow="A -> C"\n[[deadlines]]\nname="Frist"\nfrom="A"\nto=["C"]\nwithin={attribute="type"}\nseverity="high"\n'
    )
    found = CliRunner().invoke(main, ["conform", str(export), "--flow", str(flow)])
    assert "Frist: the data name no due date 2 times, which are not judged." in found.stderr
    assert found.exit_code == 0 and "Ends with 1" not in found.stderr
    strict = CliRunner().invoke(main, ["conform", str(export), "--flow", str(flow), "--fail-on", "warn"])
    assert strict.exit_code == 1
    assert "Ends with 1: 1 finding is warn or worse, first conform.skipped:c." in strict.stderr
