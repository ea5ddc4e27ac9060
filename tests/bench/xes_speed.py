"""How fast is XES read, in how much memory, and how fast does plain lxml make an Arrow table of the same file?

    python tests/bench/xes_speed.py [--megabytes 222] [--rounds 3] [--memory 300MB]

Prints seconds on the clock and of the processor, and peak memory, median of the rounds, the programs in turn: the reader
alone (from the file to the typed table that the import works on, with the fingerprint), plain lxml, and the whole import. `--memory` is what DuckDB may
take before it spills; the reader itself takes the same for every size.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
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

# The leanest that lxml's iterparse allows: trace by trace, one list per key, no fingerprint, no types, no checks.
PLAIN_LXML = """
import sys
import pyarrow as pa
from lxml import etree
tables, columns, cases = [], {}, []
def table():
    filled = {key: texts + [None] * (len(cases) - len(texts)) for key, texts in columns.items()}
    tables.append(pa.table({"case": pa.array(cases, pa.string())} | {k: pa.array(v, pa.string()) for k, v in filled.items()}))
    columns.clear()
    cases.clear()
for _, trace in etree.iterparse(sys.argv[1], events=("end",), tag="{*}trace"):
    case = None
    for element in trace:
        if element.tag.endswith("event"):
            for attribute in element:
                key = attribute.get("key")
                texts = columns.get(key)
                if texts is None:
                    texts = columns[key] = []
                if len(texts) < len(cases):
                    texts.extend([None] * (len(cases) - len(texts)))
                texts.append(attribute.get("value"))
            cases.append(case)
        elif element.get("key") == "concept:name":
            case = element.get("value")
    trace.clear()
    while trace.getprevious() is not None:
        del trace.getparent()[0]
    if len(cases) >= 50_000:
        table()
table()
print(pa.concat_tables(tables, promote_options="default").num_rows)
"""

IMPORT = """
import sys
from saksflyt.connectors.registry import read
print(read(sys.argv[1]).event_count)
"""


def run(program: str, path: Path, memory: str) -> tuple[float, float, float]:
    """Seconds on the clock and of the processor, and peak megabytes."""
    command = [sys.executable, "-W", "ignore", "-c", program, str(path)]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"SAKSFLYT_MEMORY": memory})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"a run failed with status {status}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


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
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in programs}
        for _ in range(given.rounds):
            for name, program in programs.items():
                found[name].append(run(program, path, given.memory))
    for name, runs in found.items():
        clock, processor, megabytes = (statistics.median(part) for part in zip(*runs, strict=True))
        print(f"{name:20s}{clock:8.2f} s{processor:8.2f} s of the processor{megabytes:8.0f} MB")


if __name__ == "__main__":
    main()
