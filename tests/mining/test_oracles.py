"""Our numbers against those of others: pm4py on every shared CSV log, its documented facts, Kronos' waiting times."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from pm4py_answers import assert_equals_pm4py

import saksflyt as sf
from saksflyt.mining.log import EventLog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOGS = Path(__file__).parents[2].parent / "shared" / "logs"
pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the shared logs are not beside this checkout")

# Logs that are no process: expected results, and copies with values taken away on purpose.
LEFT_OUT = ("_expected", "_fill_na", "_multicase", "_ordering", "_enabled")
CSV_LOGS = sorted(path for path in LOGS.rglob("*.csv*") if not any(word in path.name for word in LEFT_OUT))


@pytest.mark.parametrize("path", CSV_LOGS, ids=lambda path: path.name)
def test_equals_pm4py_on(path):
    assert_equals_pm4py(sf.read(path, now=NOW))


def trace_lengths(log: EventLog) -> list[int]:
    order = "select case_no from events group by case_no order by min(source_row)"
    lengths = [len(trace) for trace in log.traces()]
    return [lengths[number - 1] for number in log.sql(order)["case_no"]]


def durations(log: EventLog) -> dict[str, float]:
    seconds = log.sql("select epoch_us(last_time) - epoch_us(first_time) as s from cases")["s"] / 1e6
    result = sf.throughput(log)
    return {
        "mean": seconds.mean(),
        "median": result.median_days * 86_400,
        "p90": result.p90_days * 86_400,
        "max": seconds.max(),
    }


def ends(frame: pd.DataFrame) -> dict[str, int]:
    return dict(zip(frame["activity"], frame["cases"], strict=True))


def directly_follows(log: EventLog) -> dict[str, object]:
    graph = sf.graph(log)
    total = int(graph.frame["occurrences"].sum())
    start, end = ends(graph.starts), ends(graph.ends)
    top = graph.frame[["source", "target", "occurrences"]].head(25).to_numpy().tolist()
    return {"edges": len(graph.frame), "total": total, "start": start, "end": end, "n_end": len(end), "top25": top}


def reworked(log: EventLog) -> dict[str, int]:
    counts = {name: sum(trace.count(name) > 1 for trace in log.traces()) for name in log.activities}
    frame = sf.rework(log).frame
    assert set(frame.loc[frame["extra_times"] > 0, "activity"]) == {name for name, count in counts.items() if count}
    return {name: count for name, count in counts.items() if count}


# The facts of the running example that this version can answer; conformance and discovery come with their measures.
ANSWERS = {
    "cases": lambda log: log.case_count,
    "events": lambda log: log.event_count,
    "start_activities": lambda log: ends(sf.graph(log).starts),
    "end_activities": lambda log: ends(sf.graph(log).ends),
    "trace_lengths_in_order": trace_lengths,
    "cases_longer_than_5": lambda log: sum(length > 5 for length in trace_lengths(log)),
    "cases_ending_pay_compensation": lambda log: ends(sf.graph(log).ends)["pay compensation"],
    "pm4py:n": lambda log: {"events": log.event_count, "cases": log.case_count},
    "pm4py:variants": lambda log: len(sf.variants(log).frame),
    "pm4py:dfg": directly_follows,
    "pm4py:case_durations": durations,
    "pm4py:rework_cases_per_activity": reworked,
}


def facts() -> list[dict]:
    if not LOGS.is_dir():
        return []
    known = json.loads((LOGS / "oracles.json").read_text(encoding="utf-8"))
    return [
        fact for fact in known if fact["log"] in ("running_example", "running-example") and fact["metric"] in ANSWERS
    ]


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact["id"])
def test_running_example(fact):
    log = sf.read(LOGS / "restricted/small_unit/running_example.csv", now=NOW)
    found, expected = ANSWERS[fact["metric"]](log), fact["value"]
    if fact["metric"] == "pm4py:case_durations":
        assert found == pytest.approx({key: expected[key] for key in found})
    else:
        assert found == expected


@pytest.mark.parametrize("number", range(1, 6))
def test_waiting_equals_kronos_where_nothing_is_concurrent(number):
    folder = LOGS / "open/waiting_time_oracles"
    expected = pd.read_csv(folder / f"manual_log_{number}_expected.csv")
    total = expected.groupby(["source_activity", "target_activity"])["wt_total_seconds"].sum()
    result = sf.waiting(sf.read(folder / f"manual_log_{number}.csv", now=NOW))
    assert result.kind == "waiting"
    ours = result.frame.set_index(["source", "target"])["total_days"] * 86_400
    assert ours.sort_index().to_dict() == pytest.approx(total.sort_index().to_dict())
