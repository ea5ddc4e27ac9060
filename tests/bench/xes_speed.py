"""How fast is XES read, in how much memory, and how fast does plain lxml make an Arrow table of the same file?

    python tests/bench/xes_speed.py [--megabytes 222] [--rounds 3] [--memory 300MB]

Prints seconds of the processor and peak memory, median of the rounds, the two programs in turn: the reader alone (from
the file to the table that the import works on), plain lxml, and the whole import to a log. `--memory` is what DuckDB may
take before it spills; the reader itself takes the same for every size.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from large_xes import write_large_xes

READER = """
import sys
from pathlib import Path
from saksflyt.connectors.importing import desk_for
from saksflyt.connectors.mapping import Mapping
from saksflyt.connectors.xes import XesLogs
with desk_for(Mapping()) as desk:
    print(XesLogs().records(Path(sys.argv[1]), desk, 0)[0].count)
"""

PLAIN_LXML = """
import sys
import pyarrow as pa
from lxml import etree
rows, tables = [], []
for _, event in etree.iterparse(sys.argv[1], events=("end",), tag="{*}event"):
    rows.append({attribute.get("key"): attribute.get("value") for attribute in event})
    event.clear()
    while event.getprevious() is not None:
        del event.getparent()[0]
    if len(rows) == 50_000:
        tables.append(pa.Table.from_pylist(rows))
        rows = []
tables.append(pa.Table.from_pylist(rows))
print(pa.concat_tables(tables).num_rows)
"""

IMPORT = """
import sys
from saksflyt.connectors.registry import read
print(read(sys.argv[1]).event_count)
"""


def run(program: str, path: Path, memory: str) -> tuple[float, float]:
    """Seconds of the processor, and peak megabytes."""
    command = [sys.executable, "-W", "ignore", "-c", program, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"SAKSFLYT_MEMORY": memory})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"a run failed with status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=222)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="2GB")
    given = parser.parse_args()
    programs = {"reader": READER, "plain lxml to Arrow": PLAIN_LXML, "whole import": IMPORT}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xes"
        print(f"{write_large_xes(path, given.megabytes)} events, {path.stat().st_size / 1e6:.0f} MB")
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(given.rounds):
            for name, program in programs.items():
                found[name].append(run(program, path, given.memory))
    for name, runs in found.items():
        seconds, megabytes = (statistics.median(part) for part in zip(*runs, strict=True))
        print(f"{name:20s}{seconds:8.2f} s{megabytes:8.0f} MB")


if __name__ == "__main__":
    main()
