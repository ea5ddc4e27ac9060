"""How long does it take to import a spreadsheet, from the start of the process, and in how much memory?

    python tests/bench/spreadsheet.py [--rows 100000] [--rounds 3]

Writes the same eight columns as .xlsx, .ods, .xls (at most 65 535 rows) and CSV, and prints seconds on the clock and
of the processor, and peak megabytes of the import and of the process that opens the workbook: the median of the rounds,
the formats in turn.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from workbooks import write_ods, write_xls, write_xlsx

HEAD = ["Saksnr", "Hendelse", "Tidspunkt", "Enhet", "Saksbehandler", "Sakstype", "Beløp", "Kanal"]
IMPORT = """
import resource, sys
from pathlib import Path
from saksflyt.connectors.registry import import_log
done = import_log(sys.argv[1], sys.argv[2], replace=True)
own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
processor = sum(usage.ru_utime + usage.ru_stime for usage in (own, child))
print(done.log.event_count, own.ru_maxrss // 1024, child.ru_maxrss // 1024, processor)
"""
_OLD_MOST = 65_535


def rows(count: int) -> Iterator[list[Any]]:
    """A header and `count` events, eight to a case; no clock changes in the way."""
    yield HEAD
    start = datetime(2024, 4, 2, 8)
    for n in range(count):
        case = n // 8
        moment = start + timedelta(minutes=case % 200_000 + n % 8 * 60)
        yield [2_024_000_000 + case, f"Steg {n % 8}", moment, f"Enhet {case % 5}", f"S{n % 40}", f"Type {case % 3}",
               n * 0.5, "Nett"]  # fmt: skip


def write(path: Path, count: int) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerows(
                [f"{c:%d.%m.%Y %H:%M}" if isinstance(c, datetime) else c for c in row] for row in rows(count)
            )
        return
    writers = {".xlsx": write_xlsx, ".ods": write_ods, ".xls": write_xls}
    writers[path.suffix](path, {"Hendelser": list(rows(min(count, _OLD_MOST) if path.suffix == ".xls" else count))})


def run(path: Path) -> tuple[float, ...]:
    """Seconds on the clock, events, peak megabytes of the import and of its child, seconds of the processor."""
    begun = time.monotonic()
    command = [sys.executable, "-W", "ignore", "-c", IMPORT, str(path), str(path.with_suffix(".saksflyt"))]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return time.monotonic() - begun, *map(float, answer.stdout.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"events{kind}" for kind in (".xlsx", ".ods", ".xls", ".csv")]
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            # What this process takes would be counted as its children's.
            list(other.map(write, paths, [given.rows] * len(paths)))
        found: dict[Path, list[tuple[float, ...]]] = {path: [] for path in paths}
        for _ in range(given.rounds):
            for path in paths:
                found[path].append(run(path))
        for path, runs in found.items():
            seconds, events, megabytes, child, processor = (statistics.median(part) for part in zip(*runs, strict=True))
            size = path.stat().st_size / 1e6
            print(
                f"{path.suffix:6s}{size:6.1f} MB{events:9.0f} events{seconds:8.2f} s{processor:8.2f} s of the processor"
                f"{megabytes:6.0f} MB{child:6.0f} MB child"
            )


if __name__ == "__main__":
    main()
