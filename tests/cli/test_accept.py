"""``saksflyt accept`` and what ``conform`` makes of it: set apart until a day, in every format, and then counted again."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from saksflyt.cli.accepting import lock_of
from saksflyt.cli.main import main
from saksflyt.mining.accepted import Accepted

FLOW = """\
name = "Søknad"
flow = "Mottatt -> Vurdert -> Brev -> Utbetalt"
[[deadlines]]
name = "Utbetalt i tide"
from = "Mottatt"
to = ["Utbetalt"]
within = "5 days"
law = "egen praksis"
severity = "high"
[[rules]]
kind = "response"
before = "Vurdert"
after = "Brev"
severity = "high"
"""
CASES = {  # steps, unit; one each day from 2026-01-01 on
    "1": ("Mottatt Vurdert Brev Utbetalt", "Nord"),
    "2": ("Mottatt Vurdert Utbetalt", "Nord"),
    "3": ("Mottatt Vurdert Utbetalt", "Sør"),
    "4": ("Mottatt Brev Vurdert Brev Utbetalt Utbetalt", "Sør"),
    "5": ("Mottatt Vurdert Annet Brev Pause Pause Pause Utbetalt", "Sør"),
}
SKIPPED, RULE, LATE = (
    "conform.skipped:brev",
    "rules.broken_share:response-vurdert-brev",
    "deadlines.met_share:utbetalt-i-tide",
)
DAY = "2026-06-01"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and a flow, where the commands are run."""
    rows = ["case,activity,time,unit"]
    for case, (steps, unit) in CASES.items():
        rows += [f"{case},{step},2026-01-{day:02d} 10:00,{unit}" for day, step in enumerate(steps.split(), start=1)]
    (tmp_path / "e.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "f.toml").write_text(FLOW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAKSFLYT_NOW", DAY)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def accept(finding: str, *arguments: str, until: str = "2026-12-31", reason: str = "Nytt system i høst.") -> Result:
    return run("accept", finding, *arguments, "--flow", "f.toml", "--reason", reason, "--until", until)


def conform(*arguments: str, flow: str = "f.toml") -> Result:
    return run("conform", "e.csv", "--flow", flow, *arguments)


def records(*arguments: str, part: str = "records") -> dict[str, dict]:
    return {each["id"]: each for each in json.loads(conform(*arguments, "--format", "json").stdout)[part]}


def accept_all() -> None:
    for finding in (SKIPPED, RULE, LATE):
        assert accept(finding).exit_code == 0


def test_with_a_log_the_cases_are_written_down(place: Path) -> None:
    result = accept(SKIPPED, "e.csv", "--accepted-by", "leder")
    assert result.exit_code == 0 and result.stdout == "", result.stderr
    assert (
        "Accepted until 2026-12-31: Brev was skipped. Found now in 2 cases. It stands in f.accepted.toml."
        in result.stderr
    )
    assert (
        (place / "f.accepted.toml")
        .read_text(encoding="utf-8")
        .endswith(
            f'[[accepted]]\nid = "{SKIPPED}"\nsentence = "Brev was skipped"\nreason = "Nytt system i høst."\n'
            'until = 2026-12-31\naccepted_on = 2026-06-01\naccepted_by = "leder"\ncases = 2\n'
        )
    )
    assert [each.name for each in place.iterdir() if each.name.startswith(".")] == []


def test_without_a_log_the_flow_says_what_it_is(place: Path) -> None:
    result = accept(LATE)
    assert (
        "The flow names a law for it (egen praksis); an acceptance does not change what the law asks." in result.stderr
    )
    (entry,) = Accepted.read(place / "f.accepted.toml").entries
    assert entry.sentence == "Utbetalt i tide: missed" and entry.cases is None


@pytest.mark.parametrize(
    ("finding", "cases"),
    [(LATE, 1), (RULE, 2), ("conform.unknown:annet", 1), (f"{SKIPPED}@nord", 1), (f"{RULE}@sor", 1)],
)
def test_every_kind_of_finding_is_looked_up(place: Path, finding: str, cases: int) -> None:
    assert accept(finding, "e.csv").exit_code == 0
    (entry,) = Accepted.read(place / "f.accepted.toml").entries
    assert (entry.id, entry.cases) == (finding, cases)
    assert entry.sentence in ("Brev was skipped", "Annet is not part of the flow") or not finding.startswith("conform")


def test_renewing_says_what_it_was(place: Path) -> None:
    accept(SKIPPED, "e.csv", until="2026-07-01", reason="Sommer.")
    result = accept(SKIPPED)
    assert "Before, it was accepted until 2026-07-01: Sommer." in result.stderr
    (entry,) = Accepted.read(place / "f.accepted.toml").entries
    assert entry.reason == "Nytt system i høst." and entry.cases is None  # nobody counted this time


def test_conform_sets_apart_and_passes(place: Path) -> None:
    assert conform().exit_code == 1
    accept_all()
    result = conform()
    assert result.exit_code == 0
    assert "3 findings are accepted in f.accepted.toml: set apart, no cause to fail." in result.stderr
    *_, first, second, third = result.stdout.splitlines()
    assert re.split("  +", first) == [
        "Brev was skipped: 2 cases (40.0 %)", "2026-12-31", "Nytt system i høst.", SKIPPED
    ]  # fmt: skip
    assert "Utbetalt i tide: 1 of 5 missed, 0 of them still open" in second
    assert "After Vurdert, Brev comes sometime: broken in 2 of 5 cases" in third
    assert result.stdout.count(SKIPPED) == result.stdout.count(LATE) == result.stdout.count(RULE) == 1
    assert "| accepted | accepted_until | reason | id |" in conform("--format", "markdown").stdout


def test_json_and_csv_have_it_among_the_rest(place: Path) -> None:
    before = records()
    assert all(not row["accepted"] and row["accepted_until"] is None and row["reason"] == "" for row in before.values())
    accept_all()
    after = records()
    marks = {"accepted": True, "accepted_until": "2026-12-31", "reason": "Nytt system i høst."}
    assert after == before | {SKIPPED: before[SKIPPED] | marks}
    assert records(part="rules")[RULE]["accepted"] and records(part="deadlines")[LATE]["accepted"]
    told = json.loads(conform("--format", "json").stdout)["parameters"]
    assert (told["accepted"], told["accepted_as_of"]) == ("f.accepted.toml", DAY)
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(conform("--format", "csv").stdout))}
    assert [rows[SKIPPED][name] for name in marks] == ["true", "2026-12-31", "Nytt system i høst."]
    assert {row["accepted"] for id_, row in rows.items() if id_ != SKIPPED} == {"false"}


def test_junit_skips_it_with_the_reason(place: Path) -> None:
    accept_all()
    accept("conform.too_often:brev")  # not found: nothing to skip
    suite = ElementTree.fromstring(conform("--format", "junit", "--fail-on", "info").stdout.split("\n", 1)[1])
    skipped = {test.get("name"): test.find("skipped") for test in suite.findall("testcase")}
    found = {name: mark.get("message") for name, mark in skipped.items() if mark is not None}
    assert found == dict.fromkeys((SKIPPED, LATE, RULE), "accepted until 2026-12-31: Nytt system i høst.")
    assert (suite.get("skipped"), int(suite.get("failures", ""))) == ("3", len(suite.findall("testcase/failure")))


def test_the_case_list_keeps_it_apart(place: Path) -> None:
    accept(SKIPPED)
    accept("conform.unknown:annet@nord")  # for one group: not used where cases are listed
    rows = {row["case_id"]: row for row in json.loads(conform("--cases", "--format", "json").stdout)["records"]}
    assert (rows["2"]["deviations"], rows["2"]["accepted_deviations"]) == ([], [SKIPPED])
    assert "conform.unknown:annet" in rows["5"]["deviations"] and rows["5"]["accepted_deviations"] == []
    assert "accepted_deviations" in conform("--cases").stdout
    without = conform("--cases", "--accepted", "none")
    assert "accepted_deviations" not in without.stdout and without.exit_code == 1


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2026-12-31", 0),
        ("2026-12-31T22:59:59+00:00", 0),  # 23:59:59 in Oslo
        ("2026-12-31T23:00:00+00:00", 1),  # midnight in Oslo
        ("2026-12-31T23:59:59", 0),  # a time without a zone is Oslo's
        ("2027-01-01", 1),
    ],
)
def test_it_holds_through_its_last_day(place: Path, now: str, code: int) -> None:
    accept_all()
    result = conform("--now", now)
    assert result.exit_code == code
    assert (f"The acceptance of {RULE} expired on 2026-12-31, so it counts again." in result.stderr) == bool(code)
    junit = conform("--now", now, "--format", "junit").stdout
    assert ("accepted until 2026-12-31, which is over" in junit) == bool(code)
    row = records("--now", now)[SKIPPED]
    assert (row["accepted"], row["accepted_until"]) == (not code, "2026-12-31")


def test_the_last_day_is_that_of_the_logs_zone(place: Path) -> None:
    accept_all()
    (place / "m.toml").write_text('zone = "America/New_York"\n', encoding="utf-8")
    for now, code in (("2027-01-01T04:59:59+00:00", 0), ("2027-01-01T05:00:00+00:00", 1)):
        assert conform("--now", now, "--mapping", "m.toml").exit_code == code


def test_one_group_only_and_all_groups(place: Path) -> None:
    accept(f"{SKIPPED}@nord", "e.csv")
    split = records("--by", "unit")
    assert split[f"{SKIPPED}@nord"]["accepted"] and not split[f"{SKIPPED}@sor"]["accepted"]
    assert not records()[SKIPPED]["accepted"]
    assert "not found" not in conform().stderr + conform("--by", "unit").stderr
    accept(SKIPPED)
    assert all(row["accepted"] for id_, row in records("--by", "unit").items() if id_.startswith(SKIPPED))
    first = conform("--by", "unit").stdout.split("\n\n")[-1].splitlines()
    assert first[0].split() == ["unit", "accepted", "accepted_until", "reason", "id"] and first[2].startswith("Nord")


def test_a_group_whose_name_is_a_column_of_ours(place: Path) -> None:
    text = (place / "e.csv").read_text(encoding="utf-8").replace("unit\n", "reason\n", 1)
    (place / "e.csv").write_text(text, encoding="utf-8")
    accept(f"{SKIPPED}@nord", "e.csv", "--by", "reason")
    row = records("--by", "reason")[f"{SKIPPED}@nord"]
    assert (row["reason_2"], row["reason"]) == ("Nord", "Nytt system i høst.")
    assert conform("--by", "reason").stdout.split("\n\n")[-1].split()[:2] == ["reason_2", "accepted"]


def test_what_is_not_found_any_longer_is_said(place: Path) -> None:
    for finding in (f"{SKIPPED}@nord", "conform.too_often:brev", "conform.other_unit:brev@nord"):
        accept(finding)
    assert "but not found in these cases: conform.too_often:brev. What is gone" in conform().stderr
    split = conform("--by", "unit").stderr
    assert "cases: conform.other_unit:brev@nord, conform.too_often:brev. What is gone for good" in split
    for step in ("mottatt", "vurdert", "utbetalt", "brev"):
        accept(f"conform.other_unit:{step}")
    accept("conform.repeated:mottatt")
    assert "conform.other_unit:vurdert, conform.repeated:mottatt and 1 more. What" in conform().stderr


def test_other_files_and_none(place: Path) -> None:
    accept_all()
    assert conform("--accepted", "none").exit_code == 1
    (place / "f.accepted.toml").rename(place / "g.toml")
    assert (conform().exit_code, conform("--accepted", "g.toml").exit_code) == (1, 0)
    missing = conform("--accepted", "f.accepted.toml")
    assert missing.exit_code == 2 and "There is no file f.accepted.toml" in missing.stderr
    (place / "g.toml").write_text("[[accepted]]\nid = 3\n", encoding="utf-8")
    wrong = conform("--accepted", "g.toml")
    assert wrong.exit_code == 2 and "g.toml, line 1: Number 1 of [[accepted]] lacks 'reason'." in wrong.stderr


def test_a_template_needs_a_file(place: Path) -> None:
    arguments = ["conform.skipped:kartlegging", "--flow", "sosialhjelp", "--reason", "r", "--until", "2026-12-31"]
    result = run("accept", *arguments)
    assert result.exit_code == 2 and "sosialhjelp is a template, and no file stands beside it." in result.stderr
    assert run("accept", *arguments, "--accepted", "vår.toml").exit_code == 0
    assert "not found in these cases" in conform("--accepted", "vår.toml", flow="sosialhjelp").stderr
    assert "not found" not in conform(flow="sosialhjelp").stderr


def test_a_drawing_has_its_file_beside_it(place: Path) -> None:
    assert run("flow", "convert", "f.toml", "-o", "tegnet.bpmn").exit_code == 0
    assert run("accept", SKIPPED, "--flow", "tegnet.bpmn", "--reason", "r", "--until", "2026-12-31").exit_code == 0
    assert (place / "tegnet.accepted.toml").is_file()
    assert "1 finding is accepted in tegnet.accepted.toml" in conform(flow="tegnet.bpmn").stderr


def test_the_list(place: Path) -> None:
    empty = run("accept", "--list", "--flow", "f.toml")
    assert empty.exit_code == 0 and "0 findings are accepted in f.accepted.toml." in empty.stderr
    accept(SKIPPED, until="2026-06-01")
    accept(LATE, until="2026-06-03")
    listed = run("accept", "--list", "--flow", "f.toml", "--format", "json", "--now", "2026-06-02")
    assert "2 findings are accepted in f.accepted.toml, of which 1 has expired." in listed.stderr
    rows = json.loads(listed.stdout)["records"]
    assert [(row["id"], row["days_left"], row["state"]) for row in rows] == [
        (SKIPPED, -1, "expired"),
        (LATE, 1, "holds"),
    ]
    assert set(rows[0]) > {"sentence", "reason", "until", "accepted_on", "accepted_by", "cases"}
    assert run("accept", "--list", "--flow", "f.toml").stdout.splitlines()[0].split()[-1] == "id"


def test_taking_it_back(place: Path) -> None:
    accept_all()
    file = place / "f.accepted.toml"
    text = file.read_text(encoding="utf-8").replace(
        f'[[accepted]]\nid = "{RULE}"', f'# Til høsten\n[[accepted]]\nid = "{RULE}"'
    )
    file.write_text(text, encoding="utf-8")
    result = run("accept", RULE, "--withdraw", "--flow", "f.toml")
    assert result.exit_code == 0
    assert f"No longer accepted: {RULE}. It is out of f.accepted.toml. The comment above it is left" in result.stderr
    assert file.read_text(encoding="utf-8").endswith("\n\n# Til høsten\n")
    assert {entry.id for entry in Accepted.read(file).entries} == {SKIPPED, LATE}
    assert conform().exit_code == 1
    again = run("accept", "conform.skiped:brev", "--withdraw", "--flow", "f.toml")
    assert again.exit_code == 2 and f"Did you mean {SKIPPED}?" in again.stderr


_TOLD = ["--flow", "f.toml", "--reason", "r", "--until", "2026-12-31"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--flow", "f.toml"], "Name the FINDING by its id"),
        ([SKIPPED, "--flow", "f.toml", "--until", "2026-12-31"], "An acceptance needs a --reason and a last day"),
        ([SKIPPED, "--flow", "f.toml", "--reason", "r"], "An acceptance needs a --reason and a last day"),
        ([SKIPPED, "--flow", "f.toml", "--reason", " ", "--until", "2026-12-31"], "An acceptance needs a --reason"),
        ([SKIPPED, "--flow", "f.toml", "--reason", "r", "--until", "31.12.2026"], "'31.12.2026' is not a date such as"),
        ([SKIPPED, "--flow", "f.toml", "--reason", "r", "--until", "2026-05-31"], "--until 2026-05-31 is over: today is 2026-06-01."),
        ([SKIPPED, *_TOLD[:2], "--reason", "r" * 2001, *_TOLD[4:]], "--reason may have 2000 characters, not 2001"),
        ([SKIPPED, *_TOLD[:2], "--reason", "r\udcff", *_TOLD[4:]], "--reason holds broken characters"),
        (["--list", SKIPPED, "--flow", "f.toml"], "--list shows everything"),
        (["--list", "--withdraw", "--flow", "f.toml"], "--list shows everything"),
        ([SKIPPED, "--withdraw", "--reason", "r", "--flow", "f.toml"], "--withdraw takes only FINDING"),
        ([SKIPPED, "e.csv", "--withdraw", "--flow", "f.toml"], "--withdraw takes only FINDING"),
        ([SKIPPED, "--withdraw", "--flow", "f.toml"], "There is no file f.accepted.toml of accepted deviations"),
        ([SKIPPED, *_TOLD, "--by", "unit"], "--by says what the groups of a log are"),
        ([SKIPPED, "e.csv", *_TOLD, "--by", "unit"], "conform.skipped:brev has none; leave --by out"),
        ([SKIPPED, *_TOLD, "--where", "unit=Nord"], "Without a log there are no cases to choose"),
        ([SKIPPED, *_TOLD, "--accepted", "none"], "--accepted none is for saksflyt conform"),
        (["conform.skipped:bref", "e.csv", *_TOLD], "The flow has no step 'bref'. Did you mean conform.skipped:brev?"),
        (["conform.skipped:vurdert", "e.csv", *_TOLD], "e.csv has no finding conform.skipped:vurdert."),
        ([f"{SKIPPED}@nor", "e.csv", *_TOLD], "Did you mean conform.skipped:brev@nord"),
        ([f"{RULE}@nord", "e.csv", *_TOLD, "--where", "case_id=1"], f"e.csv has no finding {RULE}@nord."),
        (["conform.unknown:anet", "e.csv", *_TOLD], "Did you mean conform.unknown:annet?"),
        (["conform.skipped:bref", *_TOLD], "The flow has no step 'bref'. Did you mean conform.skipped:brev?"),
        (["Brev", *_TOLD], "'Brev' is not the id of a finding"),
        ([SKIPPED, "--flow", "none.toml", *_TOLD[2:]], "There is no flow 'none.toml'"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_sentence_and_writes_nothing(place: Path, arguments: list[str], said: str) -> None:
    result = run("accept", *arguments)
    assert result.exit_code == 2 and said in result.stderr, result.stderr
    assert "Traceback" not in result.stderr and not (place / "f.accepted.toml").exists()


def test_a_file_with_a_fault_is_left_as_it_is(place: Path) -> None:
    file = place / "f.accepted.toml"
    file.write_text('[[accepted]]\nid = "conform.skipped:brev"\nuntill = 2026-01-01\n', encoding="utf-8")
    for result in (
        accept(LATE),
        run("accept", "--list", "--flow", "f.toml"),
        run("accept", SKIPPED, "--withdraw", "--flow", "f.toml"),
    ):
        assert result.exit_code == 2 and "f.accepted.toml, line 3: " in result.stderr
    assert "untill" in file.read_text(encoding="utf-8")


def test_of_several_at_once_none_is_lost(place: Path) -> None:
    steps = ["mottatt", "vurdert", "brev", "utbetalt"]
    command = [sys.executable, "-m", "saksflyt", "accept", "--flow", "f.toml", "--reason", "r", "--until", "2026-12-31"]
    runs = [subprocess.Popen([*command, f"conform.skipped:{step}"], stderr=subprocess.DEVNULL) for step in steps]
    assert [each.wait(120) for each in runs] == [0] * 4
    entries = Accepted.read(place / "f.accepted.toml").entries
    assert {entry.id for entry in entries} == {f"conform.skipped:{step}" for step in steps}


def test_who_does_not_let_go_is_one_sentence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saksflyt.cli.accepting._PATIENCE", 0.1)
    with FileLock(lock_of(place / "f.accepted.toml")):
        result = accept(SKIPPED)
    assert result.exit_code == 5 and "Another run is changing f.accepted.toml" in result.stderr
    assert not (place / "f.accepted.toml").exists() and accept(SKIPPED).exit_code == 0


def test_who_may_read_it_stays_as_it_was(place: Path) -> None:
    accept(SKIPPED)
    (place / "f.accepted.toml").chmod(0o600)
    assert accept(LATE).exit_code == 0
    assert (place / "f.accepted.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("target", ["f.accepted.toml", "gone.toml"])
def test_a_link_to_nothing_is_not_taken_for_no_file(target: str, place: Path) -> None:
    (place / "f.accepted.toml").symlink_to(place / target)
    for result in (conform(), run("accept", "--list", "--flow", "f.toml")):
        assert result.exit_code == 2 and "There is no file f.accepted.toml" in result.stderr
    if target == "f.accepted.toml":
        result = accept(SKIPPED)
        assert result.exit_code == 2 and "leads back to itself" in result.stderr


def test_a_link_stays_a_link(place: Path) -> None:
    (place / "felles").mkdir()
    (place / "f.accepted.toml").symlink_to(place / "felles" / "godkjent.toml")
    assert accept(SKIPPED).exit_code == 0
    assert (place / "f.accepted.toml").is_symlink() and len(
        Accepted.read(place / "felles" / "godkjent.toml").entries
    ) == 1


def test_what_is_left_when_one_of_two_is_accepted_still_fails(place: Path) -> None:
    accept(SKIPPED)
    result = conform("--where", "case_id=2", "--fail-on", "warn", "--by", "unit")
    assert result.exit_code == 1  # the rule is broken, and not accepted
    accept(RULE)
    assert conform("--where", "case_id=2", "--fail-on", "warn", "--by", "unit").exit_code == 0


LATE_MONTH = "limit:deadlines.met_share:utbetalt-i-tide"


@pytest.fixture
def judged(place: Path) -> Path:
    """A project whose latest month has a finding in all and one of a unit, which the history holds."""
    from saksflyt.cli.monthly.history import History, Recorded
    from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED, Finding

    (place / "saksflyt.toml").write_text('name = "N"\nflow = "f.toml"\n[source]\nfiles = ["e.csv"]\n', encoding="utf-8")
    indicator = LATE_MONTH.removeprefix("limit:")
    found = [
        Finding(LATE_MONTH, indicator, "", "warn", 0.8),
        Finding(f"{LATE_MONTH}@Nav Nord", indicator, "Nav Nord", "high", 0.4),
        Finding("drift:mix", "drift.mix", "", "info", 0.2, "gone"),
    ]
    with History(place / "history") as history:
        month = Recorded("2026-05", 1, "2026-06-05T21:59:59+00:00", "c", "i", "p", "high", "2026-05-r1", "d")
        history.record(month, pd.DataFrame(columns=[*FIGURES, "plotted", *JUDGED]), found, {}, {})
    return place


def test_a_finding_of_the_monthly_check_is_accepted_as_bad_as_it_is(judged: Path) -> None:
    said = ["--project", ".", "--reason", "Ledig stilling", "--until", "2026-12-31"]
    done = run("accept", f"{LATE_MONTH}@Nav Nord", *said)
    assert done.exit_code == 0 and "Deadline Utbetalt i tide met: beyond the limit" in done.stderr, done.stderr
    (entry,) = Accepted.read(judged / "f.accepted.toml").entries
    assert (entry.id, entry.severity, str(entry.accepted_on)) == (f"{LATE_MONTH}@Nav Nord", "high", DAY)
    assert run("accept", LATE_MONTH, *said).exit_code == 0
    listed = json.loads(run("accept", "--list", "--project", ".", "--format", "json").stdout)["records"]
    assert [row["severity"] for row in listed] == ["warn", "high"]
    unseen = run("conform", "e.csv", "--flow", "f.toml", "--fail-on", "never").stderr
    assert "not found" not in unseen, "conform judges no months"
    assert run("accept", LATE_MONTH, "--withdraw", "--project", ".").exit_code == 0
    assert len(Accepted.read(judged / "f.accepted.toml").entries) == 1


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ((f"{LATE_MONTH}@Nav Nor", "--project", "."), "has no finding"),
        (("drift:mix", "--project", "."), "has no finding"),
        (("drift:mix", "--project", ".", "--flow", "f.toml"), "Name the --flow, or"),
        (("drift:mix",), "Name the --flow, or"),
        (("drift:mix", "e.csv", "--flow", "f.toml"), "leave LOG out"),
    ],
)
def test_a_finding_of_the_check_that_is_not_there_is_said(judged: Path, words: tuple[str, ...], wrong: str) -> None:
    done = run("accept", *words, "--reason", "r", "--until", "2026-12-31")
    assert done.exit_code == 2 and wrong in done.stderr and not (judged / "f.accepted.toml").exists()
