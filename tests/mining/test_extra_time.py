"""Time that goes together with a deviation: where there is no effect none is found, and where there is one it is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isnan

import numpy as np
import pandas as pd
import pytest

from saksflyt.mining.case_rows import CaseRows, rows_of
from saksflyt.mining.clock import DAY
from saksflyt.mining.deviations import What
from saksflyt.mining.extra_time import Compared, ExtraTime

Way = tuple[Sequence[tuple[str, float]], float]
Walk = Callable[[np.random.Generator], Way]

CALL: What = ("unknown", ("Call",), ())
WINDOW = 700.0


def simulated(
    walk: Walk, cases: int, rng: np.random.Generator, each: int = 1, latest: float = WINDOW
) -> tuple[CaseRows, list]:
    """Cases received until the latest day; walk : the steps with their days since the first, and when the case is over.

    each : cases of one applicant
    """
    begun = np.sort(rng.uniform(0, latest, cases))
    told, events, rows = [], [], []
    for start in begun.tolist():
        steps, over = walk(rng)
        told.append((start, steps, over))
        inside = [(step, start + day) for step, day in steps if start + day <= WINDOW]
        events += [round(time * DAY) for _, time in inside]
        closed = start + over <= WINDOW
        rows.append((tuple(step for step, _ in inside), closed, round((start + over) * DAY), round(start * DAY)))
    frame = pd.DataFrame(rows, columns=["order", "is_closed", "closed", "begun"])
    frame["applicant"] = [str(number // each) for number in range(cases)]
    frame = frame.assign(type="", half_year=(begun // 182).astype(int), since=0, until=round(WINDOW * DAY))
    orders = {order: place for place, order in enumerate(frame["order"])}
    numbers = {order: place for place, order in enumerate(orders)}
    variant = np.array([numbers[order] for order in frame["order"]])
    seen = pd.DataFrame({"time": events, "elsewhere": False})
    whole, nobody = np.ones(cases, bool), np.zeros(cases, np.int64)
    return rows_of(list(numbers), variant, whole, nobody, frame, seen), told


def called(rows: CaseRows, step: str = "Call") -> tuple[np.ndarray, np.ndarray]:
    """The first call of each case, with its place."""
    at = np.flatnonzero(rows.step(np.arange(len(rows.case))) == rows.code(step))
    cases, first = np.unique(rows.case[at], return_index=True)
    return cases, rows.number[at[first]]


def compared(rows: CaseRows) -> Compared:
    return ExtraTime(rows).of(CALL, *called(rows))


def calls(extra: float, rate: float = 0.02, pace: float = 1) -> Walk:
    """A, B and C; calls come at any time, and the first one puts off what is left by `extra` days."""

    def walk(rng: np.random.Generator) -> Way:
        stays = rng.gamma([1.0, 2.0, 0.7], [10.0, 8.0, 20.0]) * rng.lognormal(0, 0.4) * pace
        times = np.concatenate(([0.0], stays.cumsum()))
        steps = list(zip(("A", "B", "C"), times[:-1].tolist(), strict=True))
        call = rng.exponential(1 / rate)
        if call >= times[-1]:
            return steps, float(times[-1])
        after = [(step, day + extra * (day > call)) for step, day in steps]
        return sorted([*after, ("Call", float(call))], key=lambda each: each[1]), float(times[-1]) + extra

    return walk


def naive(told: list) -> float:
    """What the difference of the medians of closed cases says."""
    over = [(any(step == "Call" for step, _ in steps), end) for start, steps, end in told if start + end <= WINDOW]
    return float(np.median([end for had, end in over if had]) - np.median([end for had, end in over if not had]))


@pytest.mark.parametrize("cases", [150, pytest.param(400, marks=pytest.mark.slow)])
def test_what_changes_nothing_is_not_found_though_long_cases_have_more_of_it(cases: int) -> None:
    right, naively, said = 0, [], 0
    for seed in range(200):
        rows, told = simulated(calls(0), cases, np.random.default_rng(seed))
        found = compared(rows).found
        if not isnan(found.days):
            said += 1
            right += found.low <= 0 <= found.high
            naively.append(naive(told))
    assert said > 190 and right >= 0.93 * said
    assert np.mean(naively) > 15  # days, of nothing


def called_on_the_fifth_day(extra: float) -> Walk:
    """Half of the cases that are at B for five days have a call then, which puts off what is left."""

    def walk(rng: np.random.Generator) -> Way:
        at_a, at_b, at_c = rng.gamma([1.0, 2.0, 0.7], [10.0, 12.0, 20.0]) * rng.lognormal(0, 0.4)
        steps = [("A", 0.0), ("B", at_a)]
        if at_b > 5 and rng.random() < 0.5:
            steps, at_b = [*steps, ("Call", at_a + 5)], at_b + extra
        return [*steps, ("C", at_a + at_b)], at_a + at_b + at_c

    return walk


@pytest.mark.parametrize(("cases", "each"), [pytest.param(400, 1, marks=pytest.mark.slow), (300, 3)])
def test_a_planted_effect_is_in_the_interval(cases: int, each: int) -> None:
    right = said = 0
    for seed in range(300):
        rows, _ = simulated(called_on_the_fifth_day(9), cases, np.random.default_rng(seed), each)
        time = ExtraTime(rows)
        time.within_days = 250.0  # so that no time is cut, and the truth is 9
        found = time.of(CALL, *called(rows)).found
        if not isnan(found.days):
            said += 1
            right += found.low <= 9 <= found.high
    assert said > 200 and 0.93 <= right / said <= 0.97


def test_skipping_what_changes_nothing() -> None:
    """Long cases skip B more often; what is left after C is the same for all."""
    skipped: What = ("skipped", ("B",), ())
    right = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)

        def walk(rng: np.random.Generator) -> Way:
            long = rng.exponential(20)
            done = rng.random() > long / (long + 20)
            return [("A", 0.0), *([("B", long / 2)] if done else []), ("C", long)], long + rng.exponential(15)

        rows, _ = simulated(walk, 300, rng)
        at_c = np.flatnonzero(rows.step(np.arange(len(rows.case))) == rows.code("C"))
        without = at_c[rows.first_done(("B",))[rows.case[at_c]] > rows.number[at_c]]
        found = ExtraTime(rows).of(skipped, rows.case[without], rows.number[without]).found
        right += found.low <= 0 <= found.high
    assert right >= 91


def by_hand(copies: int = 1, applicants: bool = True) -> Compared:
    """40 cases with a call after a day at A take 3 or 5 days more; 40 without one, at A for two days, 3 or 1 from then.

    Ten others left A after half a day and took long: nobody can be compared with them. As many copies of each case, all of
    one applicant, if the applicants are known.
    """
    ways: list[Way] = [((("A", 0.0), ("Call", 1.0)), 4.0 + 2 * (n % 2)) for n in range(40)]
    ways += [((("A", 0.0), ("B", 2.0)), 4.0 - 2 * (n % 2) + 0.5 * (n % 2)) for n in range(40)]
    ways += [((("A", 0.0), ("B", 0.5)), 60.0) for _ in range(10)]
    queue: list[Way] = [way for way in ways for _ in range(copies)]
    rows, _ = simulated(
        lambda _: queue.pop(0), len(ways) * copies, np.random.default_rng(1), copies if applicants else 1
    )
    time = ExtraTime(rows)
    time.within_days = 10.0
    return time.of(CALL, *called(rows))


def test_a_worked_example() -> None:
    found = by_hand()
    # With: 3 and 5 days left, mean 4. Without, from the first day at A on: 3 and 1.5 days, mean 2.25.
    assert (found.cases, found.others, found.within) == (40, 40, "")
    assert found.found.days == pytest.approx(1.75)
    error = np.sqrt((1**2 / 40 + 0.75**2 / 40) * 40 / 39)
    assert found.found.high - found.found.low == pytest.approx(2 * 2.0227 * error, rel=0.01)


def test_copies_of_one_applicant_say_no_more_and_of_many_they_do() -> None:
    once, copied, many = by_hand().found, by_hand(4).found, by_hand(4, applicants=False).found
    assert copied.days == pytest.approx(once.days, rel=1e-3) and copied.days == many.days
    assert copied.high == pytest.approx(once.high, rel=0.01)
    assert many.high - many.low == pytest.approx((once.high - once.low) / 2, rel=0.05)


def test_fewer_than_thirty_on_a_side_are_not_compared() -> None:
    found = [compared(simulated(calls(0), cases, np.random.default_rng(3))[0]) for cases in (25, 40, 60, 400)]
    assert [isnan(each.found.days) for each in found] == [True, True, True, False]
    assert all(isnan(each.found.p) == isnan(each.found.low) for each in found)


def test_types_are_compared_with_their_own() -> None:
    """Calls come to slow types; within a type they change nothing."""
    rng = np.random.default_rng(8)
    slow = rng.random(800) < 0.5
    queue = slow.tolist()
    rows, _ = simulated(lambda rng: calls(0, *((0.02, 3) if queue.pop(0) else (0.002, 1)))(rng), 800, rng)
    mixed = compared(rows)
    typed = replace(rows, strata=[("type", slow.astype(np.int64)), *rows.strata])
    apart = ExtraTime(typed).of(CALL, *called(rows))
    assert (mixed.within, apart.within) == ("half-year", "type")
    assert apart.found.low < 0 < apart.found.high
    assert mixed.found.low > 5


def test_who_came_before_the_window_is_left_out() -> None:
    """Cases over before the window are not in the log, so of those that began before it only the slow ones are."""
    right = 0
    for seed in range(100):
        rows, _ = simulated(calls(0), 600, np.random.default_rng(seed))
        late = _observed_from(rows, 350.0)
        found = ExtraTime(late).of(CALL, *called(late)).found
        right += found.low <= 0 <= found.high
    assert right >= 91


def _observed_from(rows: CaseRows, day: float) -> CaseRows:
    since = round(day * DAY)
    return replace(rows, since=since, known=rows.end >= since)


def test_where_nearly_only_one_side_began_before_the_window() -> None:
    """Calls come to old cases alone, most of which began before the window."""
    right = said = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        queue = (np.sort(np.random.default_rng(seed).uniform(0, WINDOW, 2000)) < 380).tolist()
        rows, _ = simulated(lambda rng: calls(0, 0.05 if queue.pop(0) else 1e-6)(rng), 2000, rng)  # noqa: B023
        late = _observed_from(replace(rows, strata=[("", np.zeros(2000, np.int64))]), 350.0)
        found = ExtraTime(late).of(CALL, *called(late)).found
        said += not isnan(found.days)
        right += found.low <= 0 <= found.high
    assert said > 30 and right >= 0.9 * said


def test_whoever_has_had_a_call_is_not_compared_with() -> None:
    """40 have a call at A and then stand at B; of 80 others at B 40 have one there, after a day."""
    early = ((("A", 0.0), ("Call", 1.0), ("B", 2.0), ("C", 4.0)), 9.0)
    late = ((("A", 0.0), ("B", 2.0), ("Call", 3.0), ("C", 4.0)), 7.0)
    never = ((("A", 0.0), ("B", 2.0), ("C", 4.0)), 6.0)
    queue = [way for way in (early, late, never) for _ in range(40)]
    rows, _ = simulated(lambda _: queue.pop(0), 120, np.random.default_rng(1), latest=600)
    cases, places = called(rows)
    time = ExtraTime(rows)
    assert time.of(CALL, cases, places).others == 80  # at A all others; at B those who never have one
    time._deviates[cases] = places
    first_at_b = rows.place[np.flatnonzero(rows.step(np.arange(len(rows.case))) == rows.code("B"))[0]]
    pool, stay = time._others(CALL, int(first_at_b))
    assert len(pool) == 80
    assert sorted((stay / DAY).tolist()) == pytest.approx([1.0] * 40 + [2.0] * 40)


def test_the_horizon_is_the_p90_of_all_cases() -> None:
    rows, told = simulated(calls(0), 2000, np.random.default_rng(5))
    over = np.quantile([end for _, _, end in told], 0.9)
    assert ExtraTime(rows).within_days == pytest.approx(over, rel=0.1)


def test_nothing_is_said_where_the_others_wait_for_the_same() -> None:
    """Whoever stands at A for a week is to have the call; beside each other the called have the least time left."""

    def sent_back(rng: np.random.Generator) -> Way:
        if rng.random() < 0.6:
            return [("A", 0.0), ("B", 1 + rng.random())], 12.0
        day = 7 + 3 * rng.random()
        return [("A", 0.0), ("Call", day), ("B", day + 1)], day + 11

    rows, _ = simulated(sent_back, 500, np.random.default_rng(4))
    assert compared(rows).cases == 0 and isnan(compared(rows).found.days)
