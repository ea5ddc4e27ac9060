"""Deadlines worked by hand, then agreement with a slow walk from day to day."""

import calendar
import json
import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pandas as pd
import pytest

from saksflyt.mining.calendar import Calendar, UnitCalendars
from saksflyt.mining.deadlines import deadlines
from saksflyt.mining.definitions import definitions
from saksflyt.mining.errors import DataError, EmptyLog, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import CalendarSettings
from saksflyt.mining.log import EventLog

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "deadlines.toml").read_text(encoding="utf-8"))["case"]
OFF = holidays.country_holidays("NO", years=range(2023, 2030))
DAY = timedelta(days=1)


def flow_of(**said) -> Flow:
    """A flow with one deadline from S to E, and the keys that are said. X is a step that opens a closed case again."""
    closed_by, after = said.pop("closed_by", []), said.pop("closing_after", False)
    keys = {"name": "Svar", "from": "S", "to": ["E"], **said}
    steps = [f"[steps.{step}]\nanytime = true" for step in "EPLQRC"]
    start = ["[steps.S]\nafter_closing = true"] if after else []
    lines = [f"{key} = {_toml(value)}" for key, value in keys.items()]
    head = ['name = "F"', 'flow = "S -> X?"', f"closed_by = {closed_by}"]
    return Flow.from_toml("\n".join([*head, *steps, *start, "[[deadlines]]", *lines]))


def _toml(value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def log_of(events, seen=None, **columns) -> EventLog:
    rows = []
    for text in events:
        activity, day, *clock = text.split()
        rows.append(
            ("1", activity, pd.Timestamp(f"{day} {clock[0] if clock else '00:00'}"), "second" if clock else "day")
        )
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "precision"]).assign(**columns)
    return EventLog.from_frame(frame, as_of=seen)


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_worked_by_hand(case):
    keys = ("within", "roll", "pauses", "occurrence", "valid_from", "where", "to", "closed_by", "closing_after")
    flow = flow_of(**{key: case[key] for key in keys if key in case})
    columns: dict[str, object] = {"type": "vanlig"}
    if "due_in_data" in case:
        name = case["within"]["attribute"]
        columns[name] = pd.Timestamp(case["due_in_data"]) if name == "due" else case["due_in_data"]
    found = deadlines(log_of(case["events"], case.get("seen"), **columns), flow).case_list()
    if isinstance(case["state"], str):
        rows = [(case["state"], str(case["due"]), case.get("late", 0), case["gross"], case.get("net", case["gross"]))]
    else:
        days = (case["state"], map(str, case["due"]), case["late"], case["gross"], case.get("net", case["gross"]))
        rows = list(zip(*days, strict=True))
    due = ["" if day == "NaT" else day for day in found["due"].to_numpy().astype("datetime64[D]").astype(str)]
    figures = (found[f"{name}_days"].tolist() for name in ("late", "gross", "net"))
    assert list(zip(found["state"], due, *figures, strict=True)) == rows


def test_there_are_enough_of_them():
    assert len(CASES) >= 60


# A slow reference: one case after the other, one day after the other.


def random_frame(seed: int, cases: int = 250) -> pd.DataFrame:
    """Cases of up to twelve steps in any order, close together, some known to the day only."""
    chance = Random(seed)
    rows = []
    for case in range(cases):
        moment = datetime(2023, 12, 1) + timedelta(minutes=chance.randrange(60 * 24 * 800))
        for _ in range(chance.randint(1, 12)):
            by_day = chance.random() < 0.3
            at = moment.replace(hour=0, minute=0) if by_day else moment
            if not (at.hour in (2, 3) and at.month == 3):  # an hour that may never have been
                rows.append((f"{case:04}", chance.choice("SSEPLQRXC"), at, "day" if by_day else "second"))
            moment += timedelta(minutes=chance.choice([0, 30, 600, 1440, 5000, 15000]))
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "precision"])
    frame["frist"] = frame["case_id"].map({f"{case:04}": str(date(2024, 6, 1) + case * DAY) for case in range(cases)})
    return frame


def reference(log: EventLog, within, pauses, roll, occurrence, closed_by):
    events = log.sql(
        """select case_id, activity, "position", end_time, "precision", frist,
                  timezone('Europe/Oslo', end_time)::date as day
           from events join cases using (case_no) order by case_no, "position" """
    )
    assert log.observed_to is not None
    seen = log.observed_to.astimezone(ZoneInfo("Europe/Oslo")).date()
    for case_id, rows in events.groupby("case_id", sort=True):
        case = [
            (row.activity, day, row.end_time, row.precision)
            for row, day in zip(rows.itertuples(), rows["day"].dt.date, strict=True)
        ]
        starts = [place for place, step in enumerate(case) if step[0] == "S"]
        for place in {"first": starts[:1], "last": starts[-1:], "each": starts}[occurrence]:
            yield case_id, *_judge(case, place, within, pauses, roll, closed_by, seen, rows["frist"].iloc[0])


def _judge(case, place, within, pauses, roll, closed_by, seen, frist):
    start = case[place][1]
    end = next((day for activity, day, *_ in case[place + 1 :] if activity == "E"), None)
    closed = None if end else _closed(case, place, closed_by)
    stop = end or closed or seen
    stretches = []
    for stops, goes in pauses:
        for at, (activity, day, *_) in enumerate(case):
            if activity == stops:
                until = next((later for name, later, *_ in case[at + 1 :] if name == goes), None)
                stretches.append((day, until))
    paused = {day for day in _every(start, stop) if any(a < day and (b is None or day <= b) for a, b in stretches)}
    due, last = _walk(start, within, paused, roll, frist)
    standing = any(until is None for _, until in stretches)
    if end:
        state = "met" if end <= due else "late"
    elif stop > due:
        state = "late" if closed else "overdue"
    elif closed:
        state = "withdrawn"
    else:
        state = "paused" if standing and last > stop else "running"
    gross = (stop - start).days
    return state, due, max((stop - due).days, 0), gross, gross - len(paused)


def _every(after: date, until: date) -> list[date]:
    return [after + number * DAY for number in range(1, (until - after).days + 1)]


def _closed(case, place, closed_by):
    if not closed_by:
        return None
    names = [activity for activity, *_ in case]
    opens = max((at for at, name in enumerate(names) if name in "SX"), default=-1)
    first = next((at for at, name in enumerate(names) if name == "C" and at > opens), None)
    if first is None:
        return None
    _, day, moment, precision = case[first]
    _, start, began, begun_precision = case[place]
    if "day" in (precision, begun_precision):
        return day if day >= start else None
    return day if moment > began else None


def _walk(start: date, within, paused: set[date], roll: str, frist: str) -> tuple[date, date]:
    if isinstance(within, dict):
        left = (date.fromisoformat(frist) - start).days
    else:
        amount, unit = within.split(maxsplit=1)
        if unit.startswith("month"):
            shifted = start.year * 12 + start.month - 1 + int(amount)
            year, month = shifted // 12, shifted % 12 + 1
            left = (date(year, month, min(start.day, calendar.monthrange(year, month)[1])) - start).days
        else:
            left = int(amount) * (7 if unit.startswith("week") else 1)
    if left <= 0:
        last = start + left * DAY
    else:
        last = start
        while left:
            last += DAY
            works = last.weekday() < 5 and last not in OFF
            left -= last not in paused and (works or "working" not in str(within))
    due = last
    while roll == "next_working_day" and (due.weekday() >= 5 or due in OFF):
        due += DAY
    return due, last


SETTINGS = [
    ("14 days", [["P", "L"]], "none", "first", []),
    ("3 weeks", [["P", "L"], ["Q", "R"]], "next_working_day", "each", ["C"]),
    ("1 month", [], "next_working_day", "last", ["C"]),
    ("2 months", [["P", "L"], ["Q", "R"]], "none", "each", []),
    ("10 working days", [["P", "L"], ["Q", "R"], ["P", "R"]], "none", "each", ["C"]),
    ("1 working day", [["Q", "L"]], "next_working_day", "first", []),
    ({"attribute": "frist"}, [["P", "L"], ["Q", "R"]], "next_working_day", "each", ["C"]),
]


def test_a_start_in_a_year_without_holidays_is_set_apart():
    log = log_of(["S 1899-12-30", "E 2026-01-06"])
    assert deadlines(log, flow_of(within="5 working days")).case_list()["state"].tolist() == ["without_due"]
    assert deadlines(log, flow_of(within="5 days")).case_list()["state"].tolist() == ["late"]


@pytest.mark.parametrize("seed", range(2))
def test_equals_a_walk_from_day_to_day(seed):
    log = EventLog.from_frame(random_frame(seed), as_of="2026-01-10")
    told = set()
    for within, pauses, roll, occurrence, closed_by in SETTINGS:
        keys = {"within": within, "pauses": pauses, "roll": roll, "occurrence": occurrence, "closed_by": closed_by}
        found = deadlines(log, flow_of(**keys)).case_list()
        days = (found[f"{name}_days"] for name in ("late", "gross", "net"))
        rows = list(zip(found["case_id"], found["state"], found["due"].dt.date, *days, strict=True))
        assert rows == list(reference(log, *keys.values()))
        told |= set(found["state"])
    assert told == {"met", "late", "running", "overdue", "paused", "withdrawn"}


# What the table says


FOUR = [
    ("1", "S 2026-01-05", "E 2026-01-10"),
    ("2", "S 2026-01-05", "E 2026-01-22"),
    ("3", "S 2026-01-05"),
    ("4", "S 2026-01-28"),
]


def four_cases(**columns) -> EventLog:
    rows = [(case, *text.split()) for case, *events in FOUR for text in events]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"]).assign(precision="day", **columns)
    frame["end_time"] = pd.to_datetime(frame["end_time"])
    frame["unit"] = frame["case_id"].map({"1": "Nordvik", "2": "Nordvik", "3": "Sør", "4": "Sør"})
    return EventLog.from_frame(frame, as_of="2026-01-31")


def test_an_overdue_case_counts_at_once():
    row = deadlines(four_cases(), flow_of(within="14 days", law="fvl § 11 a", severity="high")).frame.iloc[0]
    assert (row["id"], row["name"], row["law"], row["severity"]) == (
        "deadlines.met_share:svar",
        "Svar",
        "fvl § 11 a",
        "high",
    )
    assert row[["triggered", "met", "late", "running", "overdue", "paused", "withdrawn", "without_due"]].tolist() == [
        4,
        1,
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    assert row["met_share"] == pytest.approx(1 / 3)
    assert (row["median_late_days"], row["p90_late_days"]) == (7.5, pytest.approx(11.1))  # 3 late, 12 overdue so far
    assert (row["median_gross_days"], row["median_net_days"]) == (11, 11)


def test_by_unit():
    frame = deadlines(four_cases(), flow_of(within="14 days"), by="unit").frame
    assert frame[["unit", "id", "met", "late", "running", "overdue"]].to_numpy().tolist() == [
        ["Nordvik", "deadlines.met_share:svar@nordvik", 1, 1, 0, 0],
        ["Sør", "deadlines.met_share:svar@sor", 0, 0, 1, 1],
    ]
    assert pd.isna(frame["met_share"]).tolist() == [False, False]


@pytest.mark.parametrize("column", ["law", "late", "start_day", "severity"])
def test_by_a_column_with_the_name_of_a_figure(column):
    frame = deadlines(four_cases(**{column: "north"}), flow_of(within="14 days", law="fvl"), by=column).frame
    named = [name for name in frame.columns if name.startswith(column) and name.endswith("_2")]
    assert frame[named[0]].tolist() == ["north"]
    assert (frame["law"].tolist(), frame["late"].tolist(), frame["triggered"].tolist()) == (["fvl"], [1], [4])


def test_by_a_column_with_quotes_in_its_name():
    frame = deadlines(four_cases(**{'a"b': "north"}), flow_of(within="14 days"), by='a"b').frame
    assert frame[['a"b', "triggered"]].to_numpy().tolist() == [["north", 4]]


def test_units_may_keep_other_holidays():
    log = log_of(["S 2026-01-05", "E 2026-01-07"], unit="Haparanda")
    own = UnitCalendars(Calendar(), {"Haparanda": Calendar(holidays="SE")})  # 6 January is Epiphany there
    flow = flow_of(within="1 working day")
    assert deadlines(log, flow).case_list()["state"].tolist() == ["late"]
    assert deadlines(log, flow, calendar=own).case_list()["state"].tolist() == ["met"]
    in_the_flow = replace(flow, calendar=CalendarSettings(units={"Haparanda": CalendarSettings(holidays="SE")}))
    assert deadlines(log, in_the_flow).case_list()["state"].tolist() == ["met"]


def test_judged_at_the_end_of_the_window_and_not_after():
    whole = log_of(["S 2026-01-05", "E 2026-01-10", "P 2026-03-01"])
    then = whole.as_of("2026-01-08")
    assert deadlines(then, flow_of(within="14 days")).case_list()["state"].tolist() == ["running"]
    poisoned = log_of(["S 2026-01-05", "E 2026-06-10", "S 2026-07-01"], seen="2026-01-08")
    assert deadlines(poisoned, flow_of(within="14 days", occurrence="last")).case_list()["state"].tolist() == [
        "running"
    ]


def test_the_export_says_what_is_closed():
    log = log_of(["S 2026-01-05 10:00"], seen="2026-03-01", closed=pd.Timestamp("2026-01-08 12:00"))
    found = deadlines(log, flow_of(within="14 days"))
    assert found.closing_known
    assert found.case_list()[["state", "gross_days"]].to_numpy().tolist() == [["withdrawn", 3]]
    log = log_of(["S 2026-01-05 10:00", "X 2026-01-07 10:00"], seen="2026-03-01", closed=True)
    assert deadlines(log, flow_of(within="14 days")).case_list()["state"].tolist() == ["withdrawn"]


def test_aliases_are_the_steps():
    log = log_of(["Inn 2026-01-05", "E 2026-01-06"])
    flow = Flow.from_toml(
        """name = "F"
flow = "S -> E"
[steps.S]
aliases = ["Inn"]
[[deadlines]]
name = "Svar"
from = "S"
to = ["E"]
within = "1 day"
"""
    )
    assert deadlines(log, flow).frame["met"].tolist() == [1]


def test_one_deadline_and_some_states():
    found = deadlines(four_cases(), flow_of(within="14 days"))
    late = found.case_list("Svar", ["late", "overdue"])
    assert late[["case_id", "unit", "state", "late_days"]].to_numpy().tolist() == [
        ["2", "Nordvik", "late", 3],
        ["3", "Sør", "overdue", 12],
    ]
    assert "Deadlines(" in repr(found)


def test_every_figure_is_defined():
    found = deadlines(four_cases(), flow_of(within="14 days"))
    named = {*found.frame.columns, *found.case_list().columns}
    assert {f"deadlines.{name}" for name in named} <= set(definitions())


def test_no_deadlines_and_none_triggered():
    none = Flow.from_toml('name = "F"\nflow = "S"')
    assert deadlines(four_cases(), none).frame.empty
    assert deadlines(four_cases(), none).case_list().empty
    row = deadlines(log_of(["X 2026-01-05"]), flow_of(within="14 days")).frame.iloc[0]
    assert (row["triggered"], pd.isna(row["met_share"])) == (0, True)


def test_what_cannot_be_asked():
    log = four_cases()
    with pytest.raises(UsageError, match="The deadline 'Svar': .*no case has"):
        deadlines(log, flow_of(within={"attribute": "frsit"}))
    with pytest.raises(UsageError, match="The deadline 'Svar': There is no column 'typ'"):
        deadlines(log, flow_of(within="1 day", where=["typ=x"]))
    with pytest.raises(UsageError, match="no deadline 'Svr'. Did you mean 'Svar'"):
        deadlines(log, flow_of(within="1 day")).case_list("Svr")
    with pytest.raises(UsageError, match="no state 'lat'"):
        deadlines(log, flow_of(within="1 day")).case_list(states=["lat"])
    with pytest.raises(EmptyLog):
        deadlines(log.where("unit=Vest"), flow_of(within="1 day"))


def test_more_starts_and_pauses_in_a_case_than_can_be_held_against_each_other() -> None:
    frame = pd.DataFrame({"case_id": "1", "activity": ["A", "B"] * 4600})
    frame["end_time"] = pd.Timestamp("2025-01-06 09:00") + pd.to_timedelta(np.arange(len(frame)), unit="min")
    text = """
name = "f"
flow = "A -> B -> C"
[[deadlines]]
name = "Mange"
from = "A"
to = ["C"]
within = "3 days"
occurrence = "each"
pauses = [["B", "C"]]
"""
    with pytest.raises(DataError, match="'Mange' starts and pauses too often"):
        deadlines(EventLog.from_frame(frame), Flow.from_toml(text))
