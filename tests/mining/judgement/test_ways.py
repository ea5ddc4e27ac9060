"""The ways of a month against the year before: what is compared, what is said, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from saksflyt.mining.flow import Flow
from saksflyt.mining.judgement.month import Month
from saksflyt.mining.judgement.verdicts import findings
from saksflyt.mining.judgement.ways import unlike, ways
from saksflyt.mining.log import EventLog

ZONE = "Europe/Oslo"
STRAIGHT, LONG, NEW = ("a", "b", "d"), ("a", "b", "b", "d"), ("a", "c", "d")


@dataclass(frozen=True)
class Mark:
    month: str
    unit: str = ""


def month(number: int) -> str:
    return str(pd.Period("2024-01", "M") + number)


def counts(months: int = 20, change: int = 99, unit: str = "", times: int = 1) -> pd.DataFrame:
    """60 cases straight and 40 with a step done again; from `change` on 30 of them go a new way."""
    rows = []
    for number in range(months):
        shares = ((STRAIGHT, 60), (LONG, 40)) if number < change else ((STRAIGHT, 60), (LONG, 10), (NEW, 30))
        rows += [(unit, month(number), way, cases * times) for way, cases in shares]
    return pd.DataFrame(rows, columns=["unit", "month", "way", "cases"])


def said(rows: pd.DataFrame) -> dict[str, str]:
    return {f"{row['id']}@{row['unit']}": row["rule"] for row in rows.to_dict("records") if row["rule"]}


def judged(found: pd.DataFrame, number: int, *marks: Mark, known: tuple[str, ...] = ()) -> pd.DataFrame:
    return unlike(found, Month(month(number), ZONE), marks, known)


def test_what_is_as_before_is_usual() -> None:
    (row,) = judged(counts(), 18).to_dict("records")
    assert (row["id"], row["unit"], row["meaning"], row["value"], row["total"]) == ("drift.mix", "", "usual", 0.0, 100)


def test_a_new_way_is_said_with_both_shares() -> None:
    rows = judged(counts(change=18), 18)
    found = said(rows)
    assert found["drift.mix@"] == "mix" and found["drift.pair:a>c@"] == found["drift.pair:c>d@"] == "new"
    assert found["drift.pair:b>b@"] == "less" and "drift.pair:a>b@" not in found
    by_id = rows.set_index("id")
    assert dict(zip(rows["id"], rows["value"], strict=True))["drift.mix"] == pytest.approx(0.3)
    less = by_id.to_dict("index")["drift.pair:b>b"]
    assert (less["plotted"], less["centre"], less["total"]) == (0.1, 0.4, 100)
    assert set(by_id.loc[by_id.index.str.startswith("drift.way"), "name"]) == {"a → c → d", "a → b → b → d"}
    ids = {each.id: each.severity for each in findings(rows, [])}
    assert set(ids.values()) == {"info"} and "drift:pair:a>c" in ids and not any("way" in id_ for id_ in ids)


def test_it_becomes_the_usual_within_a_year() -> None:
    whole = counts(months=40, change=18)
    lasted = [n for n in range(18, 34) if "drift.mix@" in said(judged(whole, n))]
    assert lasted == list(range(18, 18 + len(lasted))) and 6 <= len(lasted) <= 12
    assert said(judged(whole, 31)) == {}


def test_a_marked_change_begins_anew() -> None:
    whole = counts(months=40, change=18)
    assert judged(whole, 20, Mark(month(18)))["meaning"].tolist() == [""], "two months are too few to compare with"
    assert said(judged(whole, 24, Mark(month(18)))) == {} and said(judged(whole, 24))
    assert said(judged(whole, 24, Mark(month(18), "Nord"))), "of a unit only"


@pytest.mark.parametrize(("number", "tested"), [(8, False), (9, True)])
def test_the_first_months_of_an_export_are_left_out(number: int, tested: bool) -> None:
    assert judged(counts(change=number), number)["value"].notna().iloc[0] == tested


def test_too_few_cases_are_not_tested_and_small_counts_not_told() -> None:
    few = counts()
    few["cases"] //= 4
    assert judged(few, 18)["value"].isna().all() and judged(few, 18)["total"].tolist() == [25]
    rare = pd.concat([counts(), pd.DataFrame([("", month(9), NEW, 3), ("", month(18), NEW, 20)], columns=few.columns)])
    row = judged(rare, 18).set_index("id").to_dict("index")["drift.pair:a>c"]
    assert (row["rule"], row["value"]) == ("more", 20) and np.isnan(row["centre"])


def test_a_unit_is_told_from_the_others() -> None:
    both = pd.concat([counts(unit="Nord", change=18), counts(unit="Sør", times=3)])
    found = said(judged(both, 18))
    assert "drift.mix@Nord" in found and not any(id_.endswith("@Sør") for id_ in found)
    assert set(judged(both, 18)["unit"]) == {"", "Nord", "Sør"}


def test_what_was_known_is_asked_about_by_itself_and_is_not_new() -> None:
    mild = counts(unit="Nord")
    mild.loc[(mild["month"] == month(18)) & (mild["way"] == STRAIGHT), "cases"] = 73
    mild.loc[(mild["month"] == month(18)) & (mild["way"] == LONG), "cases"] = 27
    many = pd.concat([mild, *(counts(unit=f"u{number}") for number in range(8))])
    assert said(judged(many, 18)) == {}, "one of so many differs as much by chance"
    known = ("drift:mix@Nord",)
    (found,) = findings(judged(many, 18, known=known), [], [], known)
    assert (found.id, found.status) == ("drift:mix@Nord", "still")


FLOW = Flow.from_toml(
    'name = "f"\nflow = "a -> b -> d -> paid?"\nclosed_by = ["d"]\n[steps.paid]\nafter_closing = true\n'
)


def a_log(cut: tuple[str, ...] = ("a", "b", "d", "paid")) -> EventLog:
    """32 cases a month, of which the payment comes 40 days after the closing."""
    rows = []
    for number in range(14):
        for case in range(32):
            begins = datetime(2024 + number // 12, number % 12 + 1, 1 + case % 20, 9)
            for step, day in (("a", 0), ("b", 2), ("d", 4), ("paid", 44)):
                if step in cut:
                    rows.append((f"{number}/{case}", step, begins + timedelta(days=day), "Nord"))
    return EventLog.from_frame(pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "unit"]), zone=ZONE)


def test_what_comes_after_the_closing_has_no_part_in_it() -> None:
    now = Month("2025-02", ZONE)
    rows = ways(a_log().as_of(now.closes(5)), FLOW, now)
    assert rows[["id", "value", "total", "meaning"]].values.tolist() == [["drift.mix", 0.0, 32, "usual"]]


def test_without_closings_nothing_is_compared() -> None:
    open_ended = Flow.from_toml('name = "f"\nflow = "a -> b -> d"\n')
    assert ways(a_log(("a", "b")), open_ended, Month("2025-02", ZONE)).empty
