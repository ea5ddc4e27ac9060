"""Our numbers against those of others: pm4py on every shared log, published facts, Kronos' waiting times."""

import json
from datetime import UTC, datetime
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from oracle_answers import ANSWERS, SKIPPED, close, expected
from pm4py_answers import assert_equals_pm4py

import saksflyt as sf
from saksflyt.mining.log import EventLog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOGS = Path(__file__).parents[2].parent / "shared" / "logs"
pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the shared logs are not beside this checkout")

# Logs that are no process: expected results, and copies with values taken away on purpose.
LEFT_OUT = ("_expected", "_fill_na", "_multicase", "_ordering", "_enabled")
FILES = sorted(
    path
    for pattern in ("*.csv*", "*.xes*")
    for path in LOGS.rglob(pattern)
    if not any(word in path.name for word in LEFT_OUT)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_equals_pm4py_on(path):
    assert_equals_pm4py(sf.read(path, now=NOW))


# Each log of the facts, and the file it is read from.
FACTS_OF = {
    "running_example": "restricted/small_unit/running_example.csv",
    "running-example": "restricted/small_unit/running-example.xes",
    "Receipt": "restricted/municipal/Receipt_WABO_CoSeLoG.xes.gz",
    "Sepsis": "restricted/real/Sepsis.xes.gz",
    "BPIC13_closed_problems": "restricted/real/BPIC13_closed_problems.xes.gz",
    "bpic2020_PrepaidTravelCost (cleaned)": "restricted/real/bpic2020_PrepaidTravelCost.xes.gz",
    "bupaR patients": "open/small_unit/bupaR_patients.csv",
}


@cache
def log_named(name: str) -> EventLog:
    return sf.read(LOGS / FACTS_OF[name], now=NOW)


def facts() -> list[dict]:
    if not LOGS.is_dir():
        return []
    known = json.loads((LOGS / "oracles.json").read_text(encoding="utf-8"))
    return [fact for fact in known if fact["log"] in FACTS_OF]


def skipped(metric: str) -> str | None:
    return next((pattern for pattern in SKIPPED if fnmatch(metric, pattern)), None)


@pytest.mark.parametrize("name", FACTS_OF)
def test_published_facts(name):
    """All the facts of a log at once, so that it is read once however the tests are spread over processes."""
    wrong = []
    for fact in (fact for fact in facts() if fact["log"] == name and fact["metric"] in ANSWERS):
        found, wanted = ANSWERS[fact["metric"]](log_named(name)), expected(fact["metric"], fact["value"])
        if not close(found, wanted, fact["tolerance"] or 0):
            wrong.append((fact["id"], fact["metric"], found, wanted))
    assert wrong == []


def test_every_fact_of_these_logs_is_met_or_left_out_for_a_reason():
    asked = {fact["metric"] for fact in facts()}
    assert ANSWERS.keys() <= asked
    assert {skipped(metric) for metric in asked - ANSWERS.keys()} == SKIPPED.keys()


@pytest.mark.parametrize("number", range(1, 6))
def test_waiting_equals_kronos_where_nothing_is_concurrent(number):
    folder = LOGS / "open/waiting_time_oracles"
    expected = pd.read_csv(folder / f"manual_log_{number}_expected.csv")
    total = expected.groupby(["source_activity", "target_activity"])["wt_total_seconds"].sum()
    result = sf.waiting(sf.read(folder / f"manual_log_{number}.csv", now=NOW))
    assert result.kind == "waiting"
    ours = result.frame.set_index(["source", "target"])["total_days"] * 86_400
    assert ours.sort_index().to_dict() == pytest.approx(total.sort_index().to_dict())
