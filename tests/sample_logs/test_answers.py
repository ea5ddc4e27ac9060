"""The answer key equals a slow recount from the text of the export, and every fact is there for twenty seeds."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median, median_low
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from saksflyt.sample_logs.generator import Sample, write_sample
from saksflyt.sample_logs.planted import AnswerKey

OSLO = ZoneInfo("Europe/Oslo")
ASKED, DELIVERED, DECIDED = "Dokumentasjon etterspurt", "Dokumentasjon levert", "Vedtak fattet"
Row = dict[str, str]


@cache
def wall(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M")


@cache
def utc(text: str) -> datetime:
    return wall(text).replace(tzinfo=OSLO).astimezone(UTC)


@cache
def is_missing(text: str) -> bool:
    return utc(text).astimezone(OSLO).replace(tzinfo=None) != wall(text)


def is_ambiguous(text: str) -> bool:
    second = wall(text).replace(tzinfo=OSLO, fold=1).astimezone(UTC)
    return not is_missing(text) and second != utc(text)


def days(first: str, last: str) -> float:
    return (utc(last) - utc(first)) / timedelta(days=1)


def a_month_after(moment: datetime) -> datetime:
    year, month = (moment.year, moment.month + 1) if moment.month < 12 else (moment.year + 1, 1)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError


class Recount:
    """The export read again, without a line of the generator."""

    def __init__(self, export: Path) -> None:
        with export.open(encoding="cp1252", newline="") as file:
            self.written = list(csv.DictReader(file, delimiter=";"))
        self.rows = [row for row in self.written if not is_missing(row["Tidspunkt"])]
        self.cases: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: utc(row["Tidspunkt"])):  # stable: ties stay as in the file
            self.cases[row["Saksnr"]].append(row)

    def of(self, step: str) -> list[tuple[list[Row], list[str]]]:
        found = [(case, [row["Tidspunkt"] for row in case if row["Hendelse"] == step]) for case in self.cases.values()]
        return [(case, times) for case, times in found if times]

    def sizes(self) -> dict[str, Any]:
        per_person = Counter(case[0]["Søker"] for case in self.cases.values())
        return {
            "rows": len(self.written),
            "events": len(self.rows),
            "cases": len(self.cases),
            "applicants": len(per_person),
            "returning_applicants": len([count for count in per_person.values() if count > 1]),
        }

    def loop(self) -> dict[str, Any]:
        loops = [days(times[0], times[-1]) for _, times in self.of(ASKED) if len(times) > 1]
        waits = [
            days(before["Tidspunkt"], after["Tidspunkt"])
            for case in self.cases.values()
            for before, after in pairwise(case)
            if before["Hendelse"] == ASKED and after["Hendelse"] == DELIVERED
        ]
        return {
            "loop_cases": len(loops),
            "loop_share": len(loops) / len(self.cases),
            "loop_extra_times": sum(len(times) for _, times in self.of(ASKED)) - len(self.of(ASKED)),
            "loop_total_days": sum(loops),
            "loop_median_days": median(loops),
            "documentation_waits": len(waits),
            "documentation_total_days": sum(waits),
            "documentation_median_days": median(waits),
        }

    def thursdays(self) -> dict[str, Any]:
        decided = [(row["Kontor"], wall(row["Tidspunkt"]).weekday()) for row in self.rows if row["Hendelse"] == DECIDED]
        meeting = [weekday for office, weekday in decided if office == "Nav Fjellbygda"]
        other = [weekday for office, weekday in decided if office != "Nav Fjellbygda"]
        return {
            "meeting_unit": "Nav Fjellbygda",
            "meeting_decisions": len(meeting),
            "meeting_thursday_decisions": meeting.count(3),
            "other_decisions": len(other),
            "other_thursday_decisions": other.count(3),
        }

    def improvement(self, key: AnswerKey) -> dict[str, Any]:
        def received(months: tuple[str, ...]) -> list[list[Row]]:
            return [
                case
                for case in self.cases.values()
                if case[0]["Kontor"] == "Nav Elvestad" and wall(case[0]["Tidspunkt"]).strftime("%Y-%m") in months
            ]

        def closed(months: tuple[str, ...]) -> list[list[Row]]:
            return [case for case in received(months) if case[0]["Avsluttet"]]

        def length(months: tuple[str, ...]) -> float:
            whole = [case[0] for case in received(months)]
            assert all(days(row["Tidspunkt"], "01.07.2026 00:00") > 40 for row in whole if not row["Avsluttet"])
            return median_low(
                days(row["Tidspunkt"], row["Avsluttet"]) if row["Avsluttet"] else float("inf") for row in whole
            )

        def talk(months: tuple[str, ...]) -> float:
            times = [{row["Hendelse"]: row["Tidspunkt"] for row in case} for case in closed(months)]
            return median(days(case["Tildelt saksbehandler"], case["Kartlegging"]) for case in times)

        before, after = key.months_before, key.months_after
        return {
            "cases_before": len(received(before)),
            "cases_after": len(received(after)),
            "closed_before": len(closed(before)),
            "closed_after": len(closed(after)),
            "median_days_before": length(before),
            "median_days_after": length(after),
            "talk_days_before": talk(before),
            "talk_days_after": talk(after),
            "median_days_by_month": {month: pytest.approx(length((month,))) for month in before + after},
        }

    def replies_and_payments(self) -> dict[str, Any]:
        late = before = after = 0
        paid_after: set[str] = set()
        answered = dict.fromkeys(
            ("answered_within_a_month", "answered_later", "unanswered_too_long", "unanswered_in_time"), 0
        )
        for case in self.cases.values():
            decided = min((utc(row["Tidspunkt"]) for row in case if row["Hendelse"] == DECIDED), default=None)
            due = a_month_after(wall(case[0]["Tidspunkt"]))
            came = [wall(row["Tidspunkt"]).date() for row in case if row["Hendelse"] in (DECIDED, "Foreløpig svar")]
            if came:
                answered["answered_within_a_month" if came[0] <= due.date() else "answered_later"] += 1
            else:
                answered["unanswered_too_long" if due.date() < date(2026, 6, 30) else "unanswered_in_time"] += 1
            for row in case:
                undecided = decided is None or utc(row["Tidspunkt"]) < decided
                late += row["Hendelse"] == "Foreløpig svar" and undecided and wall(row["Tidspunkt"]) > due
                paid = row["Hendelse"] == "Utbetaling"
                before += paid and undecided
                if paid and row["Avsluttet"] and utc(row["Tidspunkt"]) > utc(row["Avsluttet"]):
                    after += 1
                    paid_after.add(row["Saksnr"])
        return {
            "interim_replies": sum(row["Hendelse"] == "Foreløpig svar" for row in self.rows),
            "late_interim_replies": late,
            "payments": sum(row["Hendelse"] == "Utbetaling" for row in self.rows),
            "payments_before_decision": before,
            "payments_after_closing": after,
            "paid_after_closing": len(paid_after),
            **answered,
        }

    def months(self, office: str = "") -> dict[str, float]:
        """The share of closed cases by month received."""
        closed: dict[str, list[bool]] = defaultdict(list)
        for case in self.cases.values():
            if office in ("", case[0]["Kontor"]):
                closed[wall(case[0]["Tidspunkt"]).strftime("%Y-%m")].append(bool(case[0]["Avsluttet"]))
        return {month: sum(flags) / len(flags) for month, flags in sorted(closed.items())}

    def deviations(self) -> dict[str, Any]:
        """By the order of the letters: V decision, I assessment, N notice, U payment or refusal, D request."""
        letters = {"Vedtak fattet": "V", "Individuell vurdering og utmåling": "I", "Underretning om vedtak": "N"}
        letters |= {"Utbetaling": "U", "Avslag sendt": "U", ASKED: "D"}
        letters_of = {
            number: "".join(letters.get(row["Hendelse"], "") for row in case) for number, case in self.cases.items()
        }
        words = list(letters_of.values())
        unnoticed = [
            number
            for number, word in letters_of.items()
            if "V" in word and "N" not in word and "U" in word[word.index("V") :]
        ]
        return {
            "unnoticed_decisions": len(unnoticed),
            "unnoticed_closed": sum(bool(self.cases[number][0]["Avsluttet"]) for number in unnoticed),
            "late_assessments": sum(
                "V" in word and "I" in word and word.index("V") < word.index("I") for word in words
            ),
            "decisions_taken_back": sum("VIV" in word for word in words),
            "asked_too_often": sum(word.count("D") > 2 for word in words),
        }

    def still_open(self) -> dict[str, Any]:
        offices = Counter(case[0]["Kontor"] for case in self.cases.values() if not case[0]["Avsluttet"])
        return {
            "open_cases": offices.total(),
            "open_cases_by_unit": dict(offices),
            "unfinished_months": tuple(month for month, share in self.months().items() if share < 0.95),
        }

    def clock(self) -> dict[str, Any]:
        tied = Counter(
            before["Saksnr"]
            for case in self.cases.values()
            for before, after in pairwise(case)
            if before["Tidspunkt"] == after["Tidspunkt"]
        )
        return {
            "tied_events": tied.total(),
            "tied_cases": len(tied),
            "missing_times": len(self.written) - len(self.rows),
            "ambiguous_times": sum(is_ambiguous(row["Tidspunkt"]) for row in self.rows),
        }

    def easter(self) -> dict[str, Any]:
        by_hand = sorted(
            {row["Tidspunkt"] for row in self.rows if row["Saksbehandler"] not in ("", "nattjobb")}, key=utc
        )
        closed = ((date(2025, 4, 17), date(2025, 4, 21)), (date(2026, 4, 2), date(2026, 4, 6)))
        gaps = []
        for first, last in closed:
            before = [text for text in by_hand if wall(text).date() < first]
            after = [text for text in by_hand if wall(text).date() > last]
            gaps.append(pytest.approx(days(before[-1], after[0])))
        within = [text for text in by_hand if any(first <= wall(text).date() <= last for first, last in closed)]
        return {
            "easter_days": tuple((str(first), str(last)) for first, last in closed),
            "easter_office_events": len(within),
            "easter_gap_days": tuple(gaps),
        }


@pytest.mark.parametrize(("seed", "cases"), [(2026, 3000), (1, 700), (2, 700), (3, 90)])
def test_answers_equal_a_slow_recount(tmp_path: Path, seed: int, cases: int) -> None:
    sample = write_sample(tmp_path, seed=seed, cases=cases)
    key, count = sample.answers, Recount(sample.export)
    assert (key.seed, key.cases) == (seed, cases)
    expected = {"seed": seed, "improvement_unit": "Nav Elvestad", "improvement_month": "2026-01"}
    expected |= {"improvement_working_days": 10, "months_before": key.months_before, "months_after": key.months_after}
    for part in (
        count.sizes,
        count.loop,
        count.thursdays,
        count.replies_and_payments,
        count.deviations,
        count.still_open,
    ):
        expected |= part()
    expected |= count.improvement(key) | count.clock() | count.easter()
    assert set(expected) == set(vars(key))
    for name, value in expected.items():
        assert getattr(key, name) == (pytest.approx(value) if isinstance(value, float) else value), name


@pytest.fixture(scope="module", params=range(1, 21), ids="seed {}".format)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_sample(tmp_path_factory.mktemp("sample"), seed=request.param, cases=1200)


def test_every_fact_is_there(sample: Sample) -> None:
    key = sample.answers
    assert 0.15 < key.loop_share < 0.30
    assert key.loop_extra_times >= key.loop_cases
    assert key.meeting_thursday_decisions / key.meeting_decisions > 0.75
    assert key.other_thursday_decisions / key.other_decisions < 0.30
    assert key.late_interim_replies >= 3
    assert min(key.answered_later, key.unanswered_too_long, key.unanswered_in_time) > 0
    assert min(key.unnoticed_decisions, key.late_assessments, key.decisions_taken_back, key.asked_too_often) > 10
    assert min(key.payments_before_decision, key.payments_after_closing, key.tied_events) > 20
    assert min(key.open_cases_by_unit.values()) > 0
    assert {"2026-05", "2026-06"} & set(key.unfinished_months)
    assert min(key.missing_times, key.ambiguous_times) >= 2
    assert key.easter_office_events == 0 and min(key.easter_gap_days) > 5


def test_the_improvement_is_seen_in_finished_months_on_both_sides(sample: Sample) -> None:
    key, finished = sample.answers, Recount(sample.export).months("Nav Elvestad")
    assert key.months_before[-1] == "2025-12" and key.months_after[0] == "2026-01"
    assert len(key.months_before) >= 3 and len(key.months_after) >= 3
    assert all(finished[month] >= 0.95 for month in key.months_before + key.months_after)
    assert key.median_days_before is not None and key.median_days_after is not None
    assert key.median_days_before - key.median_days_after > 5
    assert key.talk_days_before is not None and key.talk_days_after is not None
    assert key.talk_days_before - key.talk_days_after == pytest.approx(14, abs=1.5)
