"""A later export becomes part of a log: each record once, changes listed and never taken unasked, old or new log whole."""

import csv
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.cli.main import main
from saksflyt.connectors.key_file import make_key
from saksflyt.connectors.registry import Reading, import_log, read
from saksflyt.mining import publish as publishing
from saksflyt.mining.errors import DataError, UsageError
from saksflyt.mining.log import EventLog
from saksflyt.mining.rework import rework
from saksflyt.mining.throughput import throughput

from .shape_population import WRITERS, Case, Step, population

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HEAD = "Saksnr;Hendelse;Tidspunkt;Enhet;Beløp"
Row = tuple[str, str, datetime, str, str]


def row(case: str, step: str, day: int, minute: int = 0, unit: str = "Nord", amount: str = "") -> Row:
    return case, step, datetime(2026, 1, 1, 9) + timedelta(days=day, minutes=minute), unit, amount


def written(path: Path, rows: list[Row], head: str = HEAD) -> Path:
    lines = [f"{case};{step};{time:%d.%m.%Y %H:%M};{unit};{amount}" for case, step, time, unit, amount in rows]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def imported(path: Path | list[Path], target: Path, **how) -> Reading:
    return import_log(path, target, now=NOW, **how)


def facts(log: EventLog) -> dict:
    """What the measures see of a log, without the numbers that hold inside it only."""
    events = log.sql(
        'select case_id, "position", activity, end_time, start_time, e.unit, c.unit as case_unit, "precision", '
        "micros_since_previous from events e join cases c using (case_no) order by case_id, position"
    )
    m = log.manifest
    counts = (m.cases, m.events, m.activities, m.variants, m.units, m.tied_events, m.identical_rows, m.after_window)
    return {
        "events": events.to_csv(),
        "counts": counts,
        "window": (m.observed_from, m.observed_to),
        "variants": log.sql("select variant_key, cases from variants order by 1").to_csv(),
        "throughput": throughput(log).frame.to_csv(),
        "rework": rework(log).frame.to_csv(),
    }


def amounts(log: EventLog) -> Counter:
    rows = log.sql("select case_id, activity, end_time, Beløp from events join cases using (case_no)")
    return Counter(map(str, rows.itertuples(index=False)))


ROWS = [
    row("1", "a", 0), row("1", "b", 3, unit="Sør"), row("1", "telefon", 5), row("1", "telefon", 5), row("2", "a", 4),
    row("2", "b", 9), row("1", "c", 12), row("3", "a", 11), row("2", "c", 14),
]  # fmt: skip


def through(rows: list[Row], day: int) -> list[Row]:
    return [r for r in rows if r[2] < datetime(2026, 1, 1) + timedelta(days=day)]


def since(rows: list[Row], day: int) -> list[Row]:
    return [r for r in rows if r[2] >= datetime(2026, 1, 1) + timedelta(days=day)]


def test_a_later_export_is_added_and_each_record_counts_once(tmp_path: Path) -> None:
    whole = read(written(tmp_path / "all.csv", ROWS), now=NOW)
    imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log")
    done = imported(written(tmp_path / "b.csv", since(ROWS, 4)), tmp_path / "log", append=True)
    first, second = done.receipt.sources
    assert (first.accepted, first.duplicates, first.set_aside) == (6, {}, {})
    assert (second.records, second.accepted, second.duplicates) == (7, 3, {"overlapping file": 4})
    assert all(source.adds_up for source in done.receipt.sources)
    assert facts(done.log) == facts(whole)
    assert done.receipt.manifest.appended[0]["events_in_both"] == 4
    assert not (tmp_path / "log.changes.csv").exists()


def test_the_same_export_twice_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ROWS)
    once = facts(imported(path, tmp_path / "log").log)
    again = imported(path, tmp_path / "log", append=True)
    assert facts(again.log) == once and again.receipt.sources[1].accepted == 0


@pytest.mark.parametrize(("old", "new", "together"), [(1, 2, 2), (2, 1, 2), (2, 2, 2)])
def test_equal_rows_are_as_many_as_in_the_export_that_has_most(old: int, new: int, together: int, tmp_path) -> None:
    call = row("1", "telefon", 2)
    end = [row("1", "z", 2, 30)]
    imported(written(tmp_path / "a.csv", [row("1", "a", 0)] + [call] * old + end * (old <= 2)), tmp_path / "log")
    path = written(tmp_path / "b.csv", [row("1", "a", 0)] + [call] * new + end)
    done = imported(path, tmp_path / "log", append=True, accept_changes=True)
    # A call too few in the export is another history, and the export's word holds.
    expected = new if new < old else together
    assert done.log.sql("select count(*) as n from events where activity = 'telefon'")["n"].iloc[0] == expected


@st.composite
def _splits(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row]]:
    """An export, and two that overlap and have all of it between them, in any order of rows."""
    seed = draw(st.integers(0, 10_000))
    rng = random.Random(seed)
    rows = []
    for case in range(draw(st.integers(1, 8))):
        # Moments differ within a case, so that no order rests on that of the file; whole rows may be repeated.
        for minute in sorted(rng.sample(range(40 * 8), rng.randint(1, 7))):
            one = row(
                str(case), rng.choice("abc"), minute // 8, minute % 8, rng.choice(["Nord", "Sør"]), rng.choice("12")
            )
            rows += [one] * rng.choice([1, 1, 1, 2])
    starts, ends = sorted((draw(st.integers(0, 41)), draw(st.integers(0, 41))))
    first, later = through(rows, ends), since(rows, starts)
    for part in (rows, first, later):
        rng.shuffle(part)
    return rows, first, later


@examples(4, 12)
@given(_splits())
def test_appending_equals_one_import(tmp_path_factory: pytest.TempPathFactory, split) -> None:
    rows, first, later = split
    if not first or not later:
        return
    folder = tmp_path_factory.mktemp("split")
    whole = read(written(folder / "all.csv", rows), now=NOW)
    imported(written(folder / "a.csv", first), folder / "log")
    done = imported(written(folder / "b.csv", later), folder / "log", append=True)
    assert facts(done.log) == facts(whole)
    assert amounts(done.log) == amounts(whole)
    assert all(source.adds_up for source in done.receipt.sources)
    assert sum(source.events for source in done.receipt.sources) == len(rows)


CHANGES = [
    ("missing", [r for r in ROWS if r[:2] != ("1", "b")], [("1", "events gone", "b", "")]),
    ("new", [*ROWS, row("1", "x", 1)], [("1", "new events", "", "x")]),
    ("time", [row("1", "b", 4) if r[:2] == ("1", "b") else r for r in ROWS], [("1", "another time", "b", "b")]),
    ("activity", [(*r[:1], "B", *r[2:]) if r[:2] == ("2", "b") else r for r in ROWS], [("2", "another step", "b", "B")]),
    ("details", [(*r[:3], "Øst", r[4]) if r[:2] == ("1", "b") else r for r in ROWS],
     [("1", "other details of an event", "b", "b")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rows", "listed"), CHANGES, ids=[kind for kind, _, _ in CHANGES])
def test_a_changed_history_is_listed_and_never_taken_unasked(kind: str, rows, listed, tmp_path: Path) -> None:
    before = facts(imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log").log)
    path = written(tmp_path / "b.csv", rows)
    with pytest.raises(DataError, match=r"another history of 1 case .*--accept-changes"):
        imported(path, tmp_path / "log", append=True)
    assert facts(EventLog.open(tmp_path / "log.saksflyt")) == before
    with (tmp_path / "log.changes.csv").open(encoding="utf-8", newline="") as file:
        found = [(r["case_id"], r["change"], r["activity_before"], r["activity_after"]) for r in csv.DictReader(file)]
    assert found == listed
    done = imported(path, tmp_path / "log", append=True, accept_changes=True)
    assert facts(done.log) == facts(read(path, now=NOW))
    assert done.receipt.manifest.appended[-1]["changes"] == {kind: 1}
    assert done.receipt.changes == tmp_path / "log.changes.csv"
    assert all(source.adds_up for source in done.receipt.sources)


def test_a_closing_that_is_taken_back_is_a_change(tmp_path: Path) -> None:
    def export(name: str, closed: str) -> Path:
        path = tmp_path / name
        path.write_text(
            "Saksnr;Hendelse;Tidspunkt;Lukket\n" + f"1;a;01.01.2026 10:00;{closed}\n1;b;04.01.2026 10:00;{closed}\n"
            "2;a;09.01.2026 10:00;\n2;b;12.01.2026 10:00;12.01.2026 11:00\n",
            encoding="utf-8",
        )
        return path

    mapping = {"columns": {"Lukket": "closed"}}
    imported(export("a.csv", "04.01.2026 12:00"), tmp_path / "log", mapping=mapping)
    for closed in ("", "05.01.2026 12:00"):
        with pytest.raises(DataError, match="another closing: 1"):
            imported(export("b.csv", closed), tmp_path / "log", mapping=mapping, append=True)
    path = export("b.csv", "")
    done = imported(path, tmp_path / "log", mapping=mapping, append=True, accept_changes=True)
    assert done.log.sql("select count(closed) as n from cases")["n"].iloc[0] == 1


def test_a_case_that_closes_later_and_one_that_is_gone_are_no_change(tmp_path: Path) -> None:
    imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log")
    path = written(tmp_path / "b.csv", [r for r in ROWS if r[0] != "2"])
    done = imported(path, tmp_path / "log", append=True)
    assert done.log.case_count == 3 and not (tmp_path / "log.changes.csv").exists()


def test_work_that_had_begun_and_is_finished_is_no_change(tmp_path: Path) -> None:
    head = "Saksnr;Hendelse;Tidspunkt;Fase\n1;a;01.01.2026 10:00;start\n1;a;02.01.2026 10:00;complete\n"
    begun = "1;b;03.01.2026 10:00;start\n"
    mapping = {"columns": {"Fase": "lifecycle"}}
    (tmp_path / "a.csv").write_text(head + begun, encoding="utf-8")
    (tmp_path / "b.csv").write_text(head + begun + "1;b;09.01.2026 10:00;complete\n", encoding="utf-8")
    imported(tmp_path / "a.csv", tmp_path / "log", mapping=mapping)
    done = imported(tmp_path / "b.csv", tmp_path / "log", mapping=mapping, append=True)
    assert done.log.event_count == 2 and done.receipt.manifest.appended[0]["events_finished"] == 1
    assert facts(done.log) == facts(read(tmp_path / "b.csv", mapping=mapping, now=NOW))
    assert all(source.adds_up for source in done.receipt.sources)


def test_the_wide_shape_is_appended_too(tmp_path: Path) -> None:
    head = "Saksnr;Mottatt;Behandlet;Vedtak\n"
    (tmp_path / "a.csv").write_text(head + "1;01.01.2026;03.01.2026;\n2;02.01.2026;;\n", encoding="utf-8")
    later = head + "1;01.01.2026;03.01.2026;09.01.2026\n2;02.01.2026;;\n3;08.01.2026;;\n"
    (tmp_path / "b.csv").write_text(later, encoding="utf-8")
    imported(tmp_path / "a.csv", tmp_path / "log")
    done = imported(tmp_path / "b.csv", tmp_path / "log", append=True)
    assert facts(done.log) == facts(read(tmp_path / "b.csv", now=NOW))
    second = done.receipt.sources[1]
    assert (second.accepted, second.events, second.duplicates) == (2, 2, {"overlapping file": 1})
    assert all(source.adds_up for source in done.receipt.sources)


def _seen_on(cases: list[Case], day: datetime) -> list[Case]:
    """The cases as an export of that day has them: what has happened, and what has only begun."""
    seen = []
    for case in cases:
        steps = [s for s in case.steps if s.start <= day]
        steps = [s if s.end <= day else Step(s.name, s.start, s.start) for s in steps]
        if steps:
            seen.append(Case(case.id, case.kind, case.due, tuple(steps)))
    return seen


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_grows_to_what_one_import_gives(form: str, tmp_path: Path) -> None:
    write, has_starts, _ = WRITERS[form]
    cases = [
        # A form without starts knows a step when it is done; so that what has begun is not in the earlier export.
        Case(c.id, c.kind, c.due, tuple(s if has_starts else Step(s.name, s.end, s.end) for s in c.steps))
        for c in population(7)
    ]
    early, late = tmp_path / "early", tmp_path / "late"
    early.mkdir()
    late.mkdir()
    imported(write(_seen_on(cases, datetime(2024, 6, 1, tzinfo=UTC)), early), tmp_path / "log")
    files = write(cases, late)
    done = imported(files, tmp_path / "log", append=True)
    assert facts(done.log) == facts(read(files, now=NOW))
    assert all(source.adds_up for source in done.receipt.sources)
    assert done.receipt.manifest.appended[0]["events_in_both"] > 0
    assert not done.receipt.manifest.drift


@pytest.mark.parametrize(("later", "listed"), [("Ja", 0), ("Nei", 1)])
def test_closing_as_yes_and_no_is_a_change_only_where_it_is_taken_back(later: str, listed: int, tmp_path: Path) -> None:
    head = "Saksnr;Hendelse;Tidspunkt;Avsluttet\n"
    (tmp_path / "a.csv").write_text(
        head + "1;a;01.01.2026 10:00;Ja\n2;a;02.01.2026 10:00;Nei\n3;a;09.01.2026 10:00;Nei\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text(
        head + f"1;a;01.01.2026 10:00;{later}\n2;a;02.01.2026 10:00;Ja\n2;b;12.01.2026 10:00;Ja\n", encoding="utf-8"
    )
    imported(tmp_path / "a.csv", tmp_path / "log")
    done = imported(tmp_path / "b.csv", tmp_path / "log", append=True, accept_changes=True)
    assert done.receipt.manifest.appended[0]["changes"] == ({"closing": 1} if listed else {})
    closed = done.log.sql("select case_id from cases where closed order by 1")["case_id"].tolist()
    assert closed == (["1", "2"] if later == "Ja" else ["2"])


# What must fit


def test_people_need_a_key(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Saksnr;Hendelse;Tidspunkt;Saksbehandler\n1;a;01.01.2026 10:00;Kari\n", encoding="utf-8")
    mapping = {"columns": {"Saksbehandler": "resource"}}
    imported(path, tmp_path / "log", mapping=mapping)
    with pytest.raises(UsageError, match="are ordinals"):
        imported(path, tmp_path / "log", mapping=mapping, append=True)
    (tmp_path / "keys").mkdir(mode=0o700)
    keys = [tmp_path / "keys" / name for name in "kl"]
    for key in keys:
        make_key(key)
    imported(path, tmp_path / "log", mapping=mapping, replace=True, key=keys[0])
    done = imported(path, tmp_path / "log", mapping=mapping, append=True, key=keys[0])
    assert done.log.event_count == 1 and done.receipt.manifest.resources == 1
    for key in (keys[1], None):
        with pytest.raises(UsageError, match="key"):
            imported(path, tmp_path / "log", mapping=mapping, append=True, key=key)


def test_what_does_not_fit_is_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ROWS)
    with pytest.raises(UsageError, match="leave out --append"):
        imported(path, tmp_path / "log", append=True)
    imported(path, tmp_path / "log")
    for how, sentence in (
        ({"append": True, "replace": True}, "choose --append or --replace"),
        ({"accept_changes": True}, "leave out --accept-changes"),
        ({"append": True, "mapping": {"zone": "UTC"}}, "the same zone"),
        ({"append": True, "as_of": "2026-01-10"}, "known up to 2026-01-15"),
        ({}, "--append to add"),
    ):
        with pytest.raises(UsageError, match=sentence):
            imported(path, tmp_path / "log", **how)


def test_the_window_moves_on_and_never_back(tmp_path: Path) -> None:
    imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log", as_of="2026-01-20")
    done = imported(written(tmp_path / "b.csv", ROWS), tmp_path / "log", append=True, accept_changes=True)
    assert done.log.observed_to == datetime(2026, 1, 20, 22, 59, 59, 999999, tzinfo=UTC)
    done = imported(tmp_path / "b.csv", tmp_path / "log", append=True, as_of="2026-02-01")
    assert done.log.observed_to == datetime(2026, 2, 1, 22, 59, 59, 999999, tzinfo=UTC)


def test_the_quarantine_grows(tmp_path: Path) -> None:
    bad = "1;a;tull;Nord;\n"
    for name, day in (("a.csv", 10), ("b.csv", 20)):
        path = written(tmp_path / name, through(ROWS, day))
        path.write_text(path.read_text() + bad, encoding="utf-8")
    imported(tmp_path / "a.csv", tmp_path / "log")
    imported(tmp_path / "b.csv", tmp_path / "log", append=True)
    lines = (tmp_path / "log.quarantine.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["source", "a.csv", "b.csv"]


# Killed at any moment


class Killed(BaseException):
    """Not an error that anything would catch."""


@pytest.mark.parametrize("moment", range(4))
def test_killed_while_it_is_published_the_old_or_the_new_log_is_whole(moment: int, tmp_path, monkeypatch) -> None:
    old = facts(imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log").log)
    path = written(tmp_path / "b.csv", ROWS)
    new = facts(read(path, now=NOW))
    steps = 0

    def step(then):
        def stepped(*given, **how):
            nonlocal steps
            if steps == moment:
                raise Killed
            steps += 1
            return then(*given, **how)

        return stepped

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_settle_on_disk", step(publishing._settle_on_disk))
        patch.setattr(Path, "rename", step(Path.rename))
        patch.setattr(publishing, "_build", step(publishing._build))
        with pytest.raises(Killed):
            imported(path, tmp_path / "log", append=True)
    assert facts(EventLog.open(tmp_path / "log.saksflyt")) == old
    done = imported(path, tmp_path / "log", append=True)
    assert facts(done.log) == new and not done.receipt.manifest.notes
    assert not (tmp_path / "log.saksflyt.old").exists()


def test_another_run_meanwhile_is_not_lost(tmp_path: Path, monkeypatch) -> None:
    imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log")
    path, build = written(tmp_path / "b.csv", ROWS), publishing._build

    def meanwhile(*given):
        monkeypatch.setattr(publishing, "_build", build)
        with monkeypatch.context() as other:
            other.setattr("os.getpid", lambda: 0)  # the other run builds beside this one
            imported(path, tmp_path / "log", append=True)
        return build(*given)

    monkeypatch.setattr(publishing, "_build", meanwhile)
    with pytest.raises(UsageError, match="changed by another run"):
        imported(path, tmp_path / "log", append=True)
    assert len(EventLog.open(tmp_path / "log.saksflyt").manifest.appended) == 1


# The command


def test_patterns_are_expanded_and_sorted(tmp_path: Path) -> None:
    for month in ("02", "01", "03"):
        written(tmp_path / f"2026-{month}.csv", [row(month, "a", int(month))])
    pattern = str(tmp_path / "2026-*.csv")
    done = CliRunner().invoke(
        main, ["import", pattern, "-o", str(tmp_path / "log"), "--now", "2026-12-01", "--format", "json"]
    )
    assert done.exit_code == 0, done.stderr
    assert [s["name"] for s in json.loads(done.stdout)["sources"]] == ["2026-01.csv", "2026-02.csv", "2026-03.csv"]
    done = CliRunner().invoke(main, ["import", str(tmp_path / "x*.csv"), "-o", str(tmp_path / "other")])
    assert done.exit_code == 2 and "No file matches" in done.stderr and len(done.stderr.splitlines()) == 1
    done = CliRunner().invoke(main, ["import", str(tmp_path), "-o", str(tmp_path / "other")])
    assert done.exit_code == 3 and "is a folder" in done.stderr
    written(tmp_path / "a[1].csv", ROWS)
    assert read(tmp_path / "a[1].csv", now=NOW).case_count == 3


def test_changes_exit_with_three(tmp_path: Path) -> None:
    target = str(tmp_path / "log")
    imported(written(tmp_path / "a.csv", through(ROWS, 10)), tmp_path / "log")
    path = written(tmp_path / "b.csv", [*ROWS, row("1", "x", 1)])
    done = CliRunner().invoke(main, ["import", str(path), "-o", target, "--append"])
    assert done.exit_code == 3 and "log.changes.csv" in done.stderr
    done = CliRunner().invoke(main, ["import", str(path), "-o", target, "--append", "--accept-changes"])
    assert done.exit_code == 0 and "accepted" in done.stderr
