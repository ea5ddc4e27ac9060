"""A run over a project: months in their order, each as it was known then, whatever happens to the run."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from faults.small_project import FLOW, SETTINGS

from saksflyt.cli.monthly import running
from saksflyt.cli.monthly.history import History
from saksflyt.cli.monthly.month_files import INDEX
from saksflyt.cli.monthly.project import Project, read_project
from saksflyt.cli.monthly.publishing import RUNS
from saksflyt.cli.monthly.reading import read_sources
from saksflyt.cli.monthly.run import Asked
from saksflyt.cli.monthly.running import Outcome, check
from saksflyt.mining.errors import DataError
from saksflyt.mining.judgement.month import Month

Row = tuple[str, str, datetime]


def rows(months: int = 6) -> list[Row]:
    """Ten cases a month from January on, of 4 days; in April of 14."""
    made = []
    for month in range(1, months + 1):
        for n in range(10):
            begins = datetime(2026, month, 1 + n, 9, n)
            days = 14 if month == 4 else 4
            steps = (("Mottatt", 0), ("Vurdert", 2), ("Vedtak", days))
            made += [(f"{month}/{n}", step, begins + timedelta(days=day)) for step, day in steps]
    return made


def exported(folder: Path, said: list[Row]) -> None:
    (folder / "exports").mkdir(exist_ok=True)
    with (folder / "exports" / "saker.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Saksnr", "Hendelse", "Tidspunkt"])
        writer.writerows((case, step, f"{at:%d.%m.%Y %H:%M}") for case, step, at in said)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of six months, whose pages are only their figures: quick to make."""
    monkeypatch.setattr(
        running, "month_files", lambda project, flow, log, month, made: {"figures.csv": made.judged.to_csv().encode()}
    )
    (tmp_path / "saksflyt.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "flow.toml").write_text(FLOW, encoding="utf-8")
    exported(tmp_path, rows())
    return read_project(tmp_path)


def on(month: int, day: int = 20) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def stored(project: Project) -> pd.DataFrame:
    with History(project.history) as history:
        assert history.faults() == []
        return history.figures()


def judged(outcome: Outcome) -> list[str]:
    return [each.recorded.folder for each in outcome.judged]


def test_months_are_judged_when_they_have_closed_oldest_first(project: Project) -> None:
    assert judged(check(project, on(1))) == []
    assert judged(check(project, on(2))) == ["2026-01-r1"]
    assert judged(check(project, on(2))) == []
    assert judged(check(project, on(4))) == ["2026-02-r1", "2026-03-r1"]
    assert sorted(entry.name for entry in (project.history / RUNS).iterdir()) == [
        "2026-01-r1",
        "2026-02-r1",
        "2026-03-r1",
    ]


def test_months_that_were_skipped_give_the_same_history(project: Project, tmp_path: Path) -> None:
    for month in range(2, 7):
        check(project, on(month))
    monthly = stored(project)
    other = Project(**{**vars(project), "history": tmp_path / "other"})
    assert len(check(other, on(6)).judged) == 5
    pd.testing.assert_frame_equal(stored(other), monthly)


def test_a_limit_that_is_broken_is_found_in_its_month(project: Project) -> None:
    found = {
        each.recorded.month: [(f.id, f.severity, f.status) for f in each.found] for each in check(project, on(6)).judged
    }
    limit = "limit:deadlines.met_share:in-time"
    assert found["2026-03"] == [] and found["2026-04"] == [(limit, "high", "new")]
    assert found["2026-05"] == [(limit, "info", "gone")]


def test_late_data_are_a_revision_and_nothing_else_is(project: Project) -> None:
    check(project, on(5))
    # Registered late: a case of March that nobody had told of.
    late = [
        ("3/late", step, datetime(2026, 3, 5 + day, 10))
        for step, day in (("Mottatt", 0), ("Vurdert", 3), ("Vedtak", 20))
    ]
    exported(project.folder, [*rows(), *late])
    again = check(project, on(5))
    assert judged(again) == ["2026-03-r2"] and again.judged[0].changed > 0
    assert check(project, on(5)).judged == ()
    with History(project.history) as history:
        assert [(each.month, each.revision) for each in history.revisions()] == [
            ("2026-01", 1), ("2026-02", 1), ("2026-03", 1), ("2026-03", 2), ("2026-04", 1),
        ]  # fmt: skip


def test_other_settings_are_for_months_to_come(project: Project) -> None:
    check(project, on(5))
    (project.folder / "saksflyt.toml").write_text(SETTINGS.replace("0.9", "1.1"), encoding="utf-8")
    changed = read_project(project.folder)
    assert judged(check(changed, on(5))) == []
    assert judged(check(changed, on(5), Asked(again=True))) == ["2026-01-r2", "2026-02-r2", "2026-03-r2", "2026-04-r2"]
    assert judged(check(changed, on(5), Asked(again=True))) == []


def test_one_month_can_be_asked_for_but_not_before_those_that_come_first(project: Project) -> None:
    with pytest.raises(DataError, match="2026-01 has not been judged"):
        check(project, on(6), Asked("2026-03", "2026-03"))
    assert judged(check(project, on(6), Asked(None, "2026-02"))) == ["2026-01-r1", "2026-02-r1"]


def test_data_that_are_not_fit_give_no_verdict_on_the_month_or_later_ones(project: Project) -> None:
    check(project, on(5))
    before = stored(project)
    # Of the months that were judged, half is gone.
    exported(project.folder, [row for row in rows() if row[2].month > 2 or row[2].day % 2])
    outcome = check(project, on(6))
    assert outcome.refused is not None and outcome.judged == ()
    assert [fault.kind for fault in outcome.refused.faults] == ["lost"]
    pd.testing.assert_frame_equal(stored(project), before)
    with pytest.raises(DataError):
        (project.folder / "exports" / "saker.csv").write_text("Saksnr;Hendelse\n1;a\n", encoding="utf-8")
        check(project, on(6))


def test_an_export_may_leave_out_old_months_but_not_those_that_a_month_is_held_against(project: Project) -> None:
    exported(project.folder, rows(9))
    check(project, on(9))
    later = rows(10)
    exported(project.folder, [row for row in later if not row[0].startswith(("1/", "2/"))])
    assert judged(check(project, on(10))) == ["2026-09-r1"]
    exported(project.folder, [row for row in later if row[0].partition("/")[0] in ("8", "9", "10")])
    outcome = check(project, on(11))
    assert outcome.refused is not None and outcome.refused.faults[0].kind == "short"
    assert outcome.refused.month.name == "2026-10" and outcome.judged == ()


def test_a_slip_of_the_pen_makes_no_months_due(project: Project) -> None:
    exported(project.folder, [("x", "Mottatt", datetime(1994, 5, 1, 10)), *rows()])
    assert judged(check(project, on(3))) == ["2026-02-r1"]  # of January nobody knows whether it is whole


class Killed(BaseException):
    """Not an error that anything would catch."""


@pytest.mark.parametrize("moment", ["made", "published", "recorded"])
def test_killed_at_any_moment_the_next_run_makes_up_for_it(
    moment: str, project: Project, tmp_path: Path, monkeypatch
) -> None:
    undisturbed = Project(**{**vars(project), "history": tmp_path / "undisturbed"})
    check(undisturbed, on(4))
    publish, record = running.publish, History.record

    def killed(*given, **how):
        if moment == "published":
            publish(*given, **how)
        raise Killed

    def killed_after(self, *given):
        record(self, *given)
        raise Killed

    with monkeypatch.context() as patch:
        if moment == "recorded":
            patch.setattr(History, "record", killed_after)
        else:
            patch.setattr(running, "publish", killed)
        with pytest.raises(Killed):
            check(project, on(4))
    check(project, on(4))
    pd.testing.assert_frame_equal(stored(project), stored(undisturbed))
    for one, other in zip(
        *(sorted((each.history / RUNS).rglob("*.csv")) for each in (project, undisturbed)), strict=True
    ):
        assert one.read_bytes() == other.read_bytes()


def test_the_page_of_all_months_follows_the_history(project: Project) -> None:
    check(project, on(3))
    place = project.history / INDEX
    first = place.read_bytes()
    assert b"runs/2026-02-r1/index.html" in first
    place.unlink()
    check(project, on(3))
    assert place.read_bytes() == first
    check(project, on(4))
    assert b"runs/2026-03-r1/index.html" in place.read_bytes()


def test_the_exports_are_read_in_the_zone_of_the_project(project: Project) -> None:
    settings = project.folder / "saksflyt.toml"
    settings.write_text(SETTINGS.replace("[source]", '[source]\nzone = "America/Nuuk"'), encoding="utf-8")
    said = read_project(project.folder)
    assert (said.zone, read_sources(said, on(6)).zone) == ("America/Nuuk", "America/Nuuk")


LIMIT = "limit:deadlines.met_share:in-time"


def accepting(project: Project, on: str, until: str, severity: str = "", id_: str = LIMIT) -> None:
    text = f'[[accepted]]\nid = "{id_}"\nreason = "r"\nuntil = {until}\naccepted_on = {on}\n'
    text += f'severity = "{severity}"\n' if severity else ""
    (project.folder / "flow.accepted.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("on_day", "until", "severity", "status", "worst"),
    [
        ("2026-03-01", "2026-12-31", "", "accepted", ""),
        ("2026-05-09", "2026-12-31", "", "new", "high"),  # April closes on the 8th of May
        ("2026-03-01", "2026-05-07", "", "new", "high"),
        ("2026-03-01", "2026-12-31", "warn", "new", "high"),
    ],
)
def test_what_was_accepted_when_the_month_closed_calls_nobody(
    project: Project, on_day: str, until: str, severity: str, status: str, worst: str
) -> None:
    accepting(project, on_day, until, severity)
    (april,) = check(since(project, "2026-04"), on(5)).judged
    assert [(each.id, each.severity, each.status) for each in april.found] == [(LIMIT, "high", status)]
    assert april.recorded.severity == worst


def test_an_acceptance_changes_no_old_verdict(project: Project) -> None:
    april = since(project, "2026-04")
    check(april, on(5))
    accepting(project, "2026-05-15", "2026-12-31")
    assert judged(check(april, on(5))) == [] and judged(check(april, on(5), Asked(again=True))) == []


def since(project: Project, month: str) -> Project:
    return Project(**{**vars(project), "first": Month(month, project.zone)})


def drifting(months: int = 14) -> list[Row]:
    """32 cases a month; in the last two, half of them skip a step."""
    made = []
    for month in range(months):
        for n in range(32):
            begins = datetime(2025 + month // 12, month % 12 + 1, 1 + n % 20, 9, n)
            skips = month >= months - 2 and n % 2
            steps = (("Mottatt", 0), *(() if skips else (("Vurdert", 2),)), ("Vedtak", 4))
            made += [(f"{month}/{n}", step, begins + timedelta(days=day)) for step, day in steps]
    return made


def test_other_ways_are_a_hint_told_as_new_once(project: Project, tmp_path: Path) -> None:
    exported(project.folder, drifting())
    project = since(project, "2025-12")
    at_once = Project(**{**vars(project), "history": tmp_path / "other"})
    by_month = {each.recorded.month: each for each in check(project, on(3)).judged}
    pair = "drift:pair:mottatt>vedtak"
    for month, status in (("2026-01", "new"), ("2026-02", "still")):
        found = {
            each.id: (each.severity, each.status) for each in by_month[month].found if each.id.startswith("drift:")
        }
        assert found == {
            "drift:mix": ("info", status),
            pair: ("info", status),
            **dict.fromkeys(found, ("info", status)),
        }
        assert by_month[month].recorded.severity in ("", "info")
    assert not [each for each in by_month["2025-12"].found if each.id.startswith("drift:")]
    check(at_once, datetime(2026, 2, 20, tzinfo=UTC))
    check(at_once, on(3))
    pd.testing.assert_frame_equal(stored(at_once), stored(project))
    assert judged(check(project, on(3), Asked(again=True))) == []
    accepting(project, "2026-01-01", "2026-12-31", id_=pair)
    again = check(project, on(3), Asked("2026-02", "2026-02", again=True)).judged[0]
    assert {each.id: each.status for each in again.found}[pair] == "accepted"
