"""Does a large export become a report in time and in memory? (Promise 12 of the design.)

    python tests/bench/scale.py [--events 1000000] [--lite]

Runs ``saksflyt report`` on a made-up export as a user would, and prints whole seconds, peak memory and the size of
the page. One million events are to take under 60 s and 2 GB on two cores, ten million under 8 GB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from large_log import write_large_log


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--lite", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        export, page = Path(folder) / "export.csv", Path(folder) / "report.html"
        events = write_large_log(export, given.events)
        before = os.times().elapsed
        command = [sys.executable, "-m", "saksflyt", "report", str(export), "-o", str(page)]
        process = subprocess.Popen([*command, *(["--lite"] if given.lite else [])])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = os.times().elapsed - before
        if status:
            raise SystemExit(f"the report failed with status {status}")
        gigabytes = usage.ru_maxrss / 1024 / 1024
        print(f"{events} events: {seconds:.1f} s, {gigabytes:.2f} GB, {page.stat().st_size / 1e6:.2f} MB of page")


if __name__ == "__main__":
    main()
