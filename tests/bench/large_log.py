"""A large made-up log as a CSV file, fast: a random walk over twelve steps with loops, ties and long tails."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

STEPS = [
    *("Søknad mottatt", "Kontrollert", "Dokumentasjon etterspurt", "Dokumentasjon levert", "Tildelt", "Vurdert"),
    *("Uttalelse", "Kvalitetssikret", "Vedtak fattet", "Vedtak sendt", "Utbetaling", "Lukket"),
]
# From each step to the next, and how often of a hundred; what is left over ends the case.
NEXT = {
    0: {1: 93, 4: 7},
    1: {2: 35, 4: 63, 11: 2},
    2: {3: 88, 2: 7, 11: 5},
    3: {1: 45, 4: 50, 3: 5},
    4: {5: 72, 6: 20, 4: 8},
    5: {6: 22, 7: 50, 8: 20, 2: 8},
    6: {5: 35, 7: 55, 6: 10},
    7: {8: 84, 5: 16},
    8: {9: 90, 7: 10},
    9: {10: 62, 11: 36, 2: 2},
    10: {11: 93, 10: 7},
    11: {0: 3},
}
EVENTS_PER_CASE = 11.13


def write_large_log(path: Path, events: int, seed: int = 7) -> int:
    """Write about `events` events in order of time; returns how many it became."""
    rng = np.random.default_rng(seed)
    case, step, place = _walks(rng, round(events / EVENTS_PER_CASE))
    order = np.lexsort((place, case))
    case, step = case[order], step[order]
    first = np.r_[True, case[1:] != case[:-1]]
    pauses = np.exp(rng.normal(8 + 0.3 * (step % 5), 1.6)).astype(np.int64)
    pauses[rng.random(len(pauses)) < 0.05] = 0
    pauses[first] = 0
    elapsed = np.cumsum(pauses)
    begun = rng.integers(1_577_836_800, 1_577_836_800 + 3 * 365 * 86_400, first.sum())
    seconds = (begun - elapsed[first])[np.cumsum(first) - 1] + elapsed
    _write(path, case, step, seconds, rng.integers(0, 200, len(case)))
    return len(case)


def _walks(rng: np.random.Generator, cases: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chances = np.zeros((len(STEPS), len(STEPS)))
    for source, targets in NEXT.items():
        for target, percent in targets.items():
            chances[source, target] = percent / 100
    cumulative = chances.cumsum(axis=1)
    alive, state = np.arange(cases), np.zeros(cases, np.int64)
    walked = []
    while len(alive) and len(walked) < 60:
        walked.append((alive, state, np.full(len(alive), len(walked))))
        following = (rng.random(len(alive))[:, None] > cumulative[state]).sum(axis=1)
        alive, state = alive[following < len(STEPS)], following[following < len(STEPS)]
    case, step, place = (np.concatenate(parts) for parts in zip(*walked, strict=True))
    return case, step, place


def _write(path: Path, case: np.ndarray, step: np.ndarray, seconds: np.ndarray, person: np.ndarray) -> None:
    order = np.argsort(seconds, kind="stable")
    numbers = pa.array(np.char.add("S-", np.char.zfill(np.unique(case).astype("U8"), 8)))
    columns = {
        "case_id": numbers.take(pa.array(case[order])),
        "activity": pa.array(STEPS).take(pa.array(step[order])),
        "timestamp": pa.array(seconds[order], pa.timestamp("s")),
        "resource": pa.array([f"R{n:03d}" for n in range(200)]).take(pa.array(person[order])),
        "unit": pa.array([f"Kontor {n}" for n in range(12)]).take(pa.array(case[order] % 12)),
    }
    options = pyarrow.csv.WriteOptions(quoting_style="none")
    pyarrow.csv.write_csv(pa.table(columns), path, options)
