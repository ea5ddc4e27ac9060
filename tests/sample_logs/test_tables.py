"""The same cases in every shape of table: what each can carry is what the export of events says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import read
from saksflyt.mining.log import EventLog
from saksflyt.sample_logs.generator import SEED, made_cases
from saksflyt.sample_logs.tables import MILESTONES, TABLES, write_tables

SAMPLES = Path(__file__).parents[2] / "sample_logs"
SMALL, IN_TABLES = 90, 30
THERE = tuple(case.application.number for case in made_cases(SEED, SMALL)[:IN_TABLES])
STEPS = "select case_id, activity, {time} as at from events join cases using (case_no) where case_id in {there} and {where} order by all"


def logged(*names: str) -> EventLog:
    return read([SAMPLES / name for name in names], now=datetime(2026, 11, 25, tzinfo=UTC), as_of="2026-06-30")


def steps(log: EventLog, time: str = "end_time", where: str = "true") -> list[tuple]:
    return list(log.sql(STEPS.format(there=THERE, time=time, where=where)).itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def events() -> EventLog:
    """The export of events; the tables hold the first of its cases."""
    return logged("soknader.csv")


@pytest.mark.parametrize("name", TABLES)
def test_committed_tables_are_what_the_generator_writes(name: str, tmp_path: Path) -> None:
    write_tables(made_cases(SEED, SMALL)[:IN_TABLES], tmp_path)
    assert (SAMPLES / name).read_bytes() == (tmp_path / name).read_bytes()


def test_joined_tables_say_all_that_the_export_says(events: EventLog) -> None:
    joined = logged("soknader-joined-events.csv", "soknader-joined-cases.csv")
    assert steps(joined) == steps(events)
    for column in ("unit", "type", "closed"):
        of_case = f"select case_id, {column} from cases where case_id in {THERE} order by 1"
        assert joined.sql(of_case).to_csv() == events.sql(of_case).to_csv()


def test_an_audit_tells_the_steps_and_their_times_but_those_that_follow_themselves(events: EventLog) -> None:
    again = "previous_activity is not distinct from activity"
    assert steps(logged("soknader-audit.csv")) == steps(events, where=f"not ({again})")
    assert steps(events, where=again)


def test_intervals_begin_with_their_steps(events: EventLog) -> None:
    intervals = logged("soknader-intervals.csv")
    # A span whose start stands in the hour that spring leaves out has none, and is quarantined where it begins.
    begun = [row for row in steps(intervals, "coalesce(start_time, end_time)", "start_time is not null")]
    running = steps(intervals, where="start_time is null")
    assert set(begun) <= set(steps(events)) and len(begun) + len(running) == intervals.event_count
    assert len(steps(events)) - len(begun) <= len(running) + 1


def test_a_wide_table_has_the_first_of_each_milestone(events: EventLog) -> None:
    first = (
        "select case_id, activity, min(end_time) as at from events join cases using (case_no) "
        f"where case_id in {THERE} and activity in {MILESTONES} group by all order by all"
    )
    expected = list(events.sql(first).itertuples(index=False, name=None))
    assert steps(logged("soknader-wide.csv"), where=f"activity in {MILESTONES}") == expected
