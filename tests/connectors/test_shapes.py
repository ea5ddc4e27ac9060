"""One population in every shape gives one log; shapes are recognised, shown, and overruled."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors import tables
from saksflyt.connectors.mapping import SHAPES
from saksflyt.connectors.registry import import_log, inspect, read
from saksflyt.mining.errors import DataError, UsageError

from .shape_population import WRITERS, population

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "logs"
TABLES = ("events", "wide", "audit", "intervals", "joined")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("form", WRITERS)
def test_one_population_gives_one_log_in_every_form(form: str, seed: int, tmp_path: Path) -> None:
    cases = population(seed)
    write, carries_starts, carries_cases = WRITERS[form]
    done = import_log(write(cases, tmp_path), tmp_path / "log", now=NOW)
    log = done.log
    found = log.sql(
        "select case_id, activity, start_time, end_time from events join cases using (case_no) order by case_no, position"
    )
    expected = {case.id: case.steps for case in cases}
    rows = {case_id: group for case_id, group in found.groupby("case_id")}
    assert set(rows) == set(expected)
    for case_id, steps in expected.items():
        assert rows[case_id]["activity"].to_list() == [step.name for step in steps]
        assert [t.to_pydatetime() for t in rows[case_id]["end_time"]] == [step.end for step in steps]
        starts = [t.to_pydatetime() for t in rows[case_id]["start_time"].dropna()]
        assert starts == ([step.start for step in steps] if carries_starts else [])
    if carries_cases:
        told = log.sql("select case_id, type, due from cases").itertuples(index=False)
        assert {(c, kind, due.to_pydatetime()) for c, kind, due in told} == {(c.id, c.kind, c.due) for c in cases}
    assert all(source.adds_up for source in done.receipt.sources) and done.receipt.quarantine is None


@pytest.mark.parametrize("form", TABLES)
def test_shapes_are_recognised_and_shown_and_the_mapping_keeps_them(form: str, tmp_path: Path) -> None:
    paths = WRITERS[form][0](population(7), tmp_path)
    shown = inspect(paths)
    last = [shown, *shown.others][-1]
    assert last.shape == {"joined": "cases"}.get(form, form)
    assert any(line.startswith("  shape: ") and last.why in line for line in last.lines())
    if form != "joined":
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(shown.mapping, encoding="utf-8")
        assert read(paths, mapping=mapping, now=NOW).traces() == read(paths, now=NOW).traces()


@pytest.mark.parametrize("form", TABLES)
def test_the_mapping_that_a_log_keeps_makes_it_again(form: str, tmp_path: Path) -> None:
    paths = WRITERS[form][0](population(8), tmp_path)
    log = read(paths, now=NOW)
    again = read(paths, mapping=dict(log.manifest.mapping), now=NOW)
    assert again.traces() == log.traces() and again.manifest.mapping == log.manifest.mapping


@pytest.mark.parametrize("form", TABLES)
def test_the_fast_reader_and_the_patient_one_make_the_same_log(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = WRITERS[form][0](population(9), tmp_path)
    fast = import_log(paths, tmp_path / "fast", now=NOW)
    monkeypatch.setattr(tables, "_fast", lambda *_: None)
    patient = import_log(paths, tmp_path / "patient", now=NOW)
    query = "select * from events order by case_no, position"
    assert fast.log.sql(query).equals(patient.log.sql(query))
    assert fast.receipt.sources == patient.receipt.sources


@pytest.mark.skipif(not SHARED.exists(), reason="the public logs are not on this machine")
@pytest.mark.parametrize("path", sorted(SHARED.rglob("*.csv*")), ids=lambda path: path.name)
def test_a_public_event_list_is_never_taken_for_another_shape(path: Path) -> None:
    assert inspect(path).shape == "events"


EVENT_LISTS = {
    "each case has one event": "Saksnr;Hendelse;Tidspunkt;Frist\n1;a;01.02.2024;05.02.2024\n2;b;03.02.2024;09.02.2024\n",
    "a status with its time": "Saksnr;Status;Tidspunkt;Registrert\n1;a;01.02.2024;05.02.2024\n2;b;03.02.2024;09.02.2024\n",
    "starts and ends": "Case ID,Activity,Start Timestamp,Complete Timestamp\n1,a,2024-02-01 10:00,2024-02-01 11:00\n",
    "an event that says what it changed": "Saksnr;Hendelse;Felt;Gammel verdi;Ny verdi;Tidspunkt\n1;a;x;y;z;01.02.2024\n",
    "offices from and to": "Saksnr;Hendelse;Fra;Til;Tidspunkt\n1;a;Åsen;Nordvik;01.02.2024\n",
    "spans beside a time": "Saksnr;Status;Fra;Til;Tidspunkt\n1;a;01.01.2024;02.01.2024;01.02.2024\n",
}


@pytest.mark.parametrize("text", EVENT_LISTS.values(), ids=EVENT_LISTS)
def test_what_looks_a_little_like_another_shape_stays_an_event_list(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    assert inspect(path).shape == "events"
    assert read(path, now=NOW).event_count == text.count("\n") - 1


def test_two_exports_of_events_are_not_joined(tmp_path: Path) -> None:
    one, two = (
        WRITERS["events"][0](population(seed, 5), tmp_path)[0].rename(tmp_path / f"{seed}.csv") for seed in (1, 2)
    )
    shown = inspect([one, two])
    assert [shown.shape, shown.others[0].shape] == ["events", "events"]


def test_two_wide_exports_are_not_joined(tmp_path: Path) -> None:
    one, two = (WRITERS["wide"][0](population(seed), tmp_path)[0].rename(tmp_path / f"{seed}.csv") for seed in (1, 2))
    shown = inspect([one, two])
    assert [shown.shape, shown.others[0].shape] == ["wide", "wide"]


def test_every_shape_can_be_asked_for(tmp_path: Path) -> None:
    [path] = WRITERS["intervals"][0](population(3), tmp_path)
    assert inspect(path, mapping={"table": {"shape": "events"}}).shape == "events"
    with pytest.raises(UsageError, match="no shape 'width' of tables. Did you mean 'wide'"):
        inspect(path, mapping={"table": {"shape": "width"}})
    with pytest.raises(DataError, match="cases = "):
        inspect([path, *WRITERS["events"][0](population(4), tmp_path)], mapping={"table": {"shape": "joined"}})
    assert set(SHAPES) == set(TABLES)
