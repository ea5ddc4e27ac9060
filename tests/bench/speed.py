"""How fast is Saksflyt, and how fast is pm4py on the same machine at the same minute?

    python tests/bench/speed.py [--events 1000000] [--rounds 3]

Prints a table: whole process from the CSV file to the measures, and the measures alone on what is loaded; seconds
(median of the rounds, the two programs in turn), peak memory, and the ratio. Numbers are of one machine; the ratio
is what lasts.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from large_log import write_large_log

# The same questions: variants; directly-follows with counts and times, starts and ends; throughput times; rework by
# activity and by case.
OURS = """
import sys, time
start = time.perf_counter()
from saksflyt.connectors.registry import read
from saksflyt.mining.graph import graph
from saksflyt.mining.rework import rework, rework_by_case
from saksflyt.mining.throughput import throughput
from saksflyt.mining.variants import variants
log = read(sys.argv[1])
log.sql("select 1")
made = time.perf_counter()
for measure in (variants, graph, throughput, rework):
    measure(log)
main = time.perf_counter()
rework_by_case(log)
print(made - start, main - made, time.perf_counter() - main)
"""

THEIRS = """
import sys, time
start = time.perf_counter()
import pandas, pm4py
from pm4py.statistics.rework.cases.pandas import get as rework_of_cases
frame = pandas.read_csv(sys.argv[1])
frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="activity", timestamp_key="timestamp")
made = time.perf_counter()
pm4py.get_variants(frame)
pm4py.discover_dfg(frame)
pm4py.discover_performance_dfg(frame)
pm4py.get_start_activities(frame)
pm4py.get_end_activities(frame)
pm4py.get_all_case_durations(frame)
pm4py.get_rework_cases_per_activity(frame)
main = time.perf_counter()
rework_of_cases.apply(frame)
print(made - start, main - made, time.perf_counter() - main)
"""


def run(program: str, *arguments: str) -> tuple[float, ...]:
    """Whole seconds, peak gigabytes, seconds to the log, of the main frames, of rework by case."""
    command = [sys.executable, "-W", "ignore", "-c", program, *arguments]
    with tempfile.TemporaryFile("w+") as out:
        before = os.times().elapsed
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        whole = os.times().elapsed - before
        if status:
            raise SystemExit(f"a run failed with status {status}")
        out.seek(0)
        parts = [float(word) for word in out.read().split()[-3:]]
    return whole, usage.ru_maxrss / 1024 / 1024, *parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours-only", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.csv"
        print(f"{write_large_log(export, given.events)} events, {export.stat().st_size / 1e6:.0f} MB")
        ours, theirs = [], []
        for _ in range(given.rounds):
            ours.append(run(OURS, str(export)))
            if not given.ours_only:
                theirs.append(run(THEIRS, str(export)))
        show(ours, theirs)


def show(ours: list[tuple[float, ...]], theirs: list[tuple[float, ...]]) -> None:
    labels = ["whole process, s", "peak memory, GB", "CSV to log, s", "main frames, s", "rework by case, s"]
    print(f"{'':18s}{'saksflyt':>10s}{'pm4py':>10s}{'ratio':>8s}")
    for place, label in enumerate(labels):
        our = statistics.median(round_[place] for round_ in ours)
        their = statistics.median(round_[place] for round_ in theirs) if theirs else float("nan")
        print(f"{label:18s}{our:10.2f}{their:10.2f}{their / our:8.1f}")


if __name__ == "__main__":
    main()
