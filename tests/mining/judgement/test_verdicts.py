"""What is bad, what is unlike before, and what is new since last month."""

from dataclasses import dataclass
from math import nan

import pandas as pd
import pytest

from saksflyt.mining.judgement.verdicts import FIGURES, Finding, charted, findings


@dataclass(frozen=True)
class Below:
    """A limit for the tests: high under 0.5, warn under 0.8."""

    indicator: str
    unit: str = ""

    def severity(self, value: float, total: int) -> str:
        return "" if total < 5 or not value < 0.8 else "high" if value < 0.5 else "warn"


def figures(
    values: list[float], id_: str = "s", unit: str = "", kind: str = "share", better: str = "higher"
) -> pd.DataFrame:
    months = [str(month) for month in pd.period_range("2024-01", periods=len(values), freq="M")]
    rows = [(month, id_, unit, "", kind, better, value, 100) for month, value in zip(months, values, strict=True)]
    return pd.DataFrame(rows, columns=list(FIGURES))


def judged(last: float, months: int = 14) -> pd.DataFrame:
    return charted(figures([*([85.0, 90.0] * 20)[:months], last]), [])


def test_the_last_month_is_judged_by_those_before():
    (row,) = judged(20).to_dict("records")
    assert (row["plotted"], row["rule"], row["meaning"], row["state"]) == (0.2, "outside", "worse", "watch")
    assert judged(nan)["plotted"].isna().all() or judged(nan)["meaning"].eq("worse").all()


def test_a_unit_that_is_gone_has_no_row():
    both = pd.concat([figures([85.0] * 15), figures([85.0] * 10, unit="Nord")])
    assert charted(both, [])["unit"].tolist() == [""]


@pytest.mark.parametrize(
    ("limits", "ids"),
    [
        ([], []),
        ([Below("s")], ["limit:s"]),
        ([Below("s", "Nord")], []),
        ([Below("s", "*")], ["limit:s"]),
        ([Below("other", "*")], []),
    ],
)
def test_limits_are_of_an_indicator_and_a_unit(limits: list[Below], ids: list[str]) -> None:
    assert [each.id for each in findings(judged(70), limits)] == ids


def test_of_several_limits_the_worst_counts():
    (found,) = findings(judged(40), [Below("s"), Below("s", "*")])
    assert (found.severity, found.value, found.status) == ("high", 0.4, "new")


@pytest.mark.parametrize(
    ("before", "last", "status"),
    [
        (Finding("limit:s", "s", "", "warn", 0.7), 70, "still"),
        (Finding("limit:s", "s", "", "warn", 0.7), 60, "worse"),
        (Finding("limit:s", "s", "", "warn", 0.7), 75, "better"),
        (Finding("limit:s", "s", "", "high", 0.4), 70, "better"),
        (Finding("limit:s", "s", "", "warn", 0.7), 40, "worse"),
        (Finding("limit:s", "s", "", "warn", 0.7, "gone"), 70, "new"),
    ],
)
def test_against_the_month_before(before: Finding, last: float, status: str) -> None:
    (found,) = findings(judged(last), [Below("s")], [before])
    assert found.status == status


def test_what_is_gone_is_told_once():
    before = [Finding("limit:s", "s", "", "warn", 0.7)]
    (gone,) = findings(judged(90), [Below("s")], before)
    assert (gone.id, gone.status, gone.value, gone.severity) == ("limit:s", "gone", 0.9, "info")
    assert findings(judged(90), [Below("s")], [gone]) == []


def test_an_alarm_is_a_finding_until_it_is_over():
    months = [85.0, 90.0] * 12
    rows = [charted(figures([*months, *[60.0] * 2, *[88.0, 87.0] * 3][:n]), []) for n in range(25, 32)]
    alarms = [[(each.id, each.severity) for each in findings(row, [])] for row in rows]
    assert alarms[0] == [] and alarms[1] == [("alarm:s", "warn")]
    assert alarms[2] == alarms[3] == [("alarm:s", "info")] and alarms[4] == []


def test_a_better_level_is_a_finding_that_worries_nobody():
    months = [85.0, 90.0] * 12
    rows = [charted(figures([*months, 99.0, 99.0, *[88.0, 87.0] * 3][:n]), []) for n in range(25, 31)]
    found: list[list[Finding]] = []
    for row in rows:
        found.append(findings(row, [], found[-1] if found else []))
    assert [[(each.id, each.severity, each.status) for each in month] for month in found] == [
        [],
        [("better:s", "info", "new")],
        [("better:s", "info", "worse")],
        [("better:s", "info", "worse")],
        [("better:s", "info", "gone")],
        [],
    ]
