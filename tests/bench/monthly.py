"""Does the monthly check find what is planted in the demo's project, and how often does an alarm go off besides?

    python tests/bench/monthly.py [--seeds 20] [--keep DIR]

Judges the 18 months of `saksflyt demo --project` from other seeds, without the pages: about a minute each. --keep keeps the figures, so
that another run is a matter of seconds.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from judged_seeds import BACKLOG, Judgement, alarm_rate, figures_of, judgement, settings_of


def kept(seed: int, folder: Path | None) -> pd.DataFrame:
    """The figures of a seed, from the folder where they are there."""
    if folder is None:
        return figures_of(seed)
    place = folder / f"{seed}.parquet"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        figures_of(seed).to_parquet(place, index=False)
    return pd.read_parquet(place)


def said(seed: int, judged: Judgement) -> str:
    breaches = "; ".join(f"{month} {id_} ({status})" for month, id_, status in judged.breaches())
    return (
        f"seed {seed:3}  improvement {judged.improved_in()}  alarms {len(judged.alarms()):2}  better {len(judged.better()):2}"
        f"  of {len(judged.judged)}  limit {breaches}"
    )


def summary(all_: list[Judgement]) -> str:
    rows = pd.concat([each.judged for each in all_])
    moving = rows[rows["lower"] < rows["upper"]]
    backlog = moving["id"].isin(BACKLOG)
    better = sum(len(each.better()) for each in all_)
    return (
        f"Onsets per indicator-month: {rows['onset'].mean():.2%} of {len(rows)}; of those that move at all "
        f"{alarm_rate(all_):.2%} of {len(moving)}; backlog {moving.loc[backlog, 'onset'].mean():.2%} of {backlog.sum()}, "
        f"the others {moving.loc[~backlog, 'onset'].mean():.2%}. Improvements that were not planted: {better / len(rows):.2%}."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory() as place:
        project = settings_of(Path(place))
    done = []
    for seed in range(asked.seeds):
        done.append(judgement(kept(seed, asked.keep), project))
        print(said(seed, done[-1]), flush=True)
    print(summary(done))
    counts = pd.concat([each.alarms() for each in done]).groupby(["id", "unit"]).size().sort_values(ascending=False)
    print(counts.to_string())
