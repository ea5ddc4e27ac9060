"""Over twenty seeds of the sample: do the printed intervals hold what is true of the generator, and is anything claimed that
nobody planted?

An *uncertain planted fact* is a figure of the generator, not of one sample (``true_figures.py``), that a sample shows with an
interval. Every seed has sixteen:

- of the improved office, for cases received in July to December 2025 and in January to April 2026, by both clocks (first
  event to closing; the flow's, from application to decision): median, P90 and restricted mean. That is twelve.
- of all cases and of each of the three offices: the share answered within a month. That is four.

A fact is held when it lies in the interval as printed, the ends counted in. An interval without a higher end has no end; one
that is not printed (too few cases) is no fact of that seed.

A *claim* is one of these statements of the report on the whole sample. It is unplanted unless the generator made it so:

- The newest finished months beside the same a year before, where no monthly median of the one lies among those of the other:
  a change. Shorter is planted (the improved office is a third of the cases), longer is not.
- A deviation after which cases clearly took longer (q at most 0.05). Planted after the third request for documentation.
- A deviation that is not one of the four that were planted, however few cases have it.
- A rule that is broken, but for the one on telling the applicant.
- Emergency aid after its day: no case was made so.
- Little's law does not hold.

A clear difference the other way (less time after a deviation) is no claim that cases take longer, and is not counted here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan
from typing import Any

import pytest
from true_figures import FILE, MONTHS_AFTER, MONTHS_BEFORE, SEEDS, WITHIN_DAYS, true_figures

from saksflyt.cli.demo import read_sample
from saksflyt.mining.deadlines import deadlines
from saksflyt.mining.extra_time import clear
from saksflyt.mining.findings import Findings, mine
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog
from saksflyt.mining.throughput import Throughput, throughput
from saksflyt.reports.sections.throughput import comparison
from saksflyt.sample_logs.generator import write_sample

pytestmark = pytest.mark.slow

NOW = datetime(2026, 7, 1, tzinfo=UTC)
OFFICE = "Nav Elvestad"
TRUE = json.loads(FILE.read_text(encoding="utf-8"))
INTERVALS = {
    "median_days": ("low", "high"),
    "p90_days": ("p90_low", "p90_high"),
    "restricted_mean_days": ("mean_low", "mean_high"),
    "met_share": ("met_share_low", "met_share_high"),
}
ASKED_AGAIN = "conform.too_often:dokumentasjon-etterspurt"
PLANTED_DEVIATIONS = {
    ASKED_AGAIN,
    "conform.skipped:underretning-om-vedtak",
    "conform.out_of_order:individuell-vurdering-og-utmaling>vedtak-fattet",
    "conform.went_back:vedtak-fattet>individuell-vurdering-og-utmaling",
}
FLOW = Flow.read("sosialhjelp")


@dataclass(frozen=True)
class Fact:
    """A true figure with the interval that one sample prints for it."""

    name: str
    true: float
    low: float
    high: float

    @property
    def held(self) -> bool:
        return self.low <= self.true and (isnan(self.high) or self.true <= self.high)


@dataclass(frozen=True)
class Seed:
    facts: list[Fact]
    trend: list[Fact]
    claims: list[str]
    before: Throughput
    after: Throughput


def facts_of(name: str, row: dict[Any, Any], true: dict[str, float]) -> Iterator[Fact]:
    for figure, (low, high) in INTERVALS.items():
        if figure in true and figure in row and not isnan(row[low]):
            yield Fact(f"{name}, {figure}", true[figure], row[low], row[high])


def received_in(log: EventLog, months: tuple[str, ...]) -> EventLog:
    return log.where(f"unit={OFFICE}").period(f"{months[0]}..{months[-1]}")


def uncertain(log: EventLog) -> Iterator[Fact]:
    for clock, flow in (("closing", None), ("decision", FLOW)):
        for span, months in (("before", MONTHS_BEFORE), ("after", MONTHS_AFTER)):
            found = throughput(received_in(log, months), flow, within_days=WITHIN_DAYS)
            yield from facts_of(f"{clock} {span}", found.groups.to_dict("records")[0], TRUE[clock][span])
    for by in (None, "unit"):
        for row in deadlines(log, FLOW, by=by).frame.to_dict("records"):
            if row["name"] == "Foreløpig svar innen én måned":
                group = row["unit"] if by else "all"
                yield from facts_of(f"reply {group}", row, TRUE["reply"][group])


def by_month(log: EventLog) -> Iterator[Fact]:
    """The trend of the report: every month that has an interval."""
    for row in throughput(log, FLOW, within_days=WITHIN_DAYS).frame.to_dict("records"):
        yield from facts_of(f"decision {row['month']}", row, TRUE["decision"][row["month"]])


def unplanted(found: Findings) -> Iterator[str]:
    beside = comparison(found)
    if beside is not None and min(beside.medians) > max(beside.medians_before):
        yield f"longer than a year before: {beside}"
    assert found.intended is not None and found.rules is not None and found.deadlines is not None
    for row in found.intended.conformance.frame.to_dict("records"):
        if clear(row["extra_q"]) and row["extra_days"] > 0 and row["id"] != ASKED_AGAIN:
            yield f"longer after {row['id']}"
        if row["id"] not in PLANTED_DEVIATIONS:
            yield f"deviation {row['id']} in {row['cases']} cases"
    for row in found.rules.frame.to_dict("records"):
        if row["broken"] and row["name"] != "Underretning etter vedtak":
            yield f"rule broken: {row['name']}"
    for row in found.deadlines.frame.to_dict("records"):
        if row["name"] == "Nødhjelp innen neste arbeidsdag" and row["late"] + row["overdue"]:
            yield f"emergency aid late in {row['late'] + row['overdue']} cases"
    if found.backlog.little_holds is False:
        yield f"Little's law: {found.backlog.little_gap:.3f}"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Seed]:
    found = []
    for seed in range(20):
        log = read_sample(write_sample(tmp_path_factory.mktemp("sample"), seed=seed), now=NOW)
        before, after = (throughput(received_in(log, months)) for months in (MONTHS_BEFORE, MONTHS_AFTER))
        claims = list(unplanted(mine(log, FLOW)))
        found.append(Seed(list(uncertain(log)), list(by_month(log)), claims, before, after))
    return found


def held_of(facts: list[Fact]) -> tuple[float, str]:
    missed = [
        f"{fact.name}: {fact.true:.3f} not in {fact.low:.3f} to {fact.high:.3f}" for fact in facts if not fact.held
    ]
    return 1 - len(missed) / len(facts), "\n".join(missed)


def test_nine_of_ten_facts_lie_in_their_interval(seeds: list[Seed]) -> None:
    facts = [fact for seed in seeds for fact in seed.facts]
    assert len(facts) == 20 * 16
    share, missed = held_of(facts)
    print(f"{share:.1%} of {len(facts)} facts lie in their interval.\n{missed}")
    assert share >= 0.9, missed


def test_the_trend_holds_what_is_true_of_each_month(seeds: list[Seed]) -> None:
    share, missed = held_of([fact for seed in seeds for fact in seed.trend])
    print(f"{share:.1%} of the monthly figures lie in their interval.")
    assert share >= 0.9, missed


def test_the_improvement_is_found_in_every_sample(seeds: list[Seed]) -> None:
    """The intervals of before and after do not touch, and the factor between the medians is near the true one."""
    true = TRUE["closing"]["after"]["median_days"] / TRUE["closing"]["before"]["median_days"]
    factors = []
    for seed in seeds:
        assert seed.after.high < seed.before.low
        assert seed.after.groups["mean_high"].iloc[0] < seed.before.groups["mean_low"].iloc[0]
        factors.append(seed.after.median_days / seed.before.median_days)
    print(f"Factor {min(factors):.3f} to {max(factors):.3f}, on average {sum(factors) / 20:.3f}; true {true:.3f}")
    assert sum(factors) / 20 == pytest.approx(true, abs=0.03)


def test_at_most_one_claim_in_a_report_that_nobody_planted(seeds: list[Seed]) -> None:
    claims = [claim for seed in seeds for claim in seed.claims]
    print(f"{len(claims) / 20:.2f} unplanted claims per report\n" + "\n".join(claims))
    assert len(claims) / 20 <= 1, claims


def test_the_true_figures_are_those_of_the_generator_as_it_is() -> None:
    again = true_figures(SEEDS[:5])
    for clock in ("closing", "decision"):
        for group in ("all", "before", "after"):
            assert again[clock][group]["median_days"] == pytest.approx(TRUE[clock][group]["median_days"], abs=1)
    assert again["reply"]["all"]["met_share"] == pytest.approx(TRUE["reply"]["all"]["met_share"], abs=0.015)
