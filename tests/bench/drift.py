"""How often does the monthly check say that the cases go other ways, when they do not, and how soon does it say so when they do?

    python tests/bench/drift.py [--runs 40]

Units whose cases go ways by the same shares month after month, 24 months judged one after another as the check does it: the part
of the months in which something new is said. Then one way in five is given up for another from one month on: the part that is found at once,
the months that it is said for, and how often it is called new.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd

from saksflyt.mining.judgement.month import Month
from saksflyt.mining.judgement.ways import unlike

MONTHS, FIRST = 40, 16
STEPS = ["mottatt", "vurdert", "etterspurt", "kontrollert", "vedtak", "brev", "utbetalt"]


def _ways(dice: np.random.Generator, count: int) -> list[tuple[str, ...]]:
    """Ways through the process: the straight one, and ever rarer ones that leave out, repeat or exchange steps."""
    found = [tuple(STEPS)]
    while len(found) < count:
        way = list(found[dice.integers(len(found))])
        place = int(dice.integers(1, len(way) - 1)) if len(way) > 3 else 1
        change = dice.integers(3)
        if change == 0 and len(way) > 4:
            del way[place]
        elif change == 1:
            way.insert(place, way[place])
        else:
            way[place], way[place - 1] = way[place - 1], way[place]
        if tuple(way) not in found:
            found.append(tuple(way))
    return found


def _counts(dice: np.random.Generator, units: int, cases: int, changed: int | None) -> pd.DataFrame:
    """changed : the month from which on the second way is gone over to one that nobody went before"""
    ways = _ways(dice, 60)
    usual = 1 / np.arange(1, 60) ** 1.3
    usual = np.append(usual / usual.sum(), 0)
    if changed is not None:
        usual[1:59] *= (1 - usual[0] - 0.2) / (usual[1:59].sum() - usual[1])
        usual[1] = 0.2
    rows = []
    for number in range(MONTHS):
        shares = usual.copy()
        if changed is not None and number >= changed:
            shares[-1], shares[1] = shares[1], 0
        for unit in range(units):
            drawn = dice.multinomial(dice.poisson(cases), shares)
            rows += [(f"u{unit}", _name(number), ways[n], int(c)) for n, c in enumerate(drawn) if c]
    return pd.DataFrame(rows, columns=["unit", "month", "way", "cases"])


def _name(number: int) -> str:
    return str(pd.Period("2020-01", "M") + number)


def judged(counts: pd.DataFrame) -> Iterator[tuple[set[str], set[str]]]:
    """By month what is said, and what of it is new."""
    earlier: list[set[str]] = []
    for number in range(FIRST, MONTHS):
        known = {id_ for ids in earlier[-12:] for id_ in ids}
        rows = unlike(counts, Month(_name(number), "Europe/Oslo"), (), known)
        said = rows[rows["rule"].ne("") & ~rows["id"].str.startswith("drift.way")]
        ids = {
            f"drift:{id_[6:]}" + (f"@{unit}" if unit else "")
            for id_, unit in zip(said["id"], said["unit"], strict=True)
        }
        yield ids, ids - known
        earlier.append(ids)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=40)
    runs = parser.parse_args().runs
    for units, cases in ((1, 35), (1, 100), (1, 1000), (5, 35), (5, 100), (20, 60)):
        dice = np.random.default_rng(1)
        new = [bool(new) for _ in range(runs) for _, new in judged(_counts(dice, units, cases, None))]
        print(
            f"{units:2} units of {cases:4} cases, nothing changes: something new in {np.mean(new):.2%} of {len(new)} months",
            flush=True,
        )
    at = FIRST + 6
    for units, cases in ((1, 40), (1, 150), (5, 40)):
        dice = np.random.default_rng(2)
        said = [list(judged(_counts(dice, units, cases, at))) for _ in range(runs)]
        again = [sum("drift:mix" in new for _, new in months[6:]) for months in said]
        long = [sum("drift:mix" in ids for ids, _ in months[6:]) for months in said]
        print(
            f"{units:2} units of {cases:4} cases, a fifth changes: mix said at once in {np.mean(['drift:mix' in m[6][0] for m in said]):.0%}, "
            f"for {np.median(long):.0f} months at the median, called new {np.mean(again):.2f} times; "
            f"{np.median([len(m[6][0]) for m in said]):.0f} findings in the first month"
        )
