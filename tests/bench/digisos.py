"""How long do 100 000 Digisos files in a zip take? Run: python tests/bench/digisos.py [--files 100000]

The files are those of the sample, under other ids; printed are seconds of the import and of the processor.
"""

import argparse
import json
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import saksflyt
from saksflyt.connectors.registry import import_log

BAR = 60.0
SAMPLE = Path(saksflyt.__file__).parent / "sample_logs" / "digisos.ndjson"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=100_000)
    files = parser.parse_args().files
    known = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines() if '"soker"' in line]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "digisos.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(files):
                one = {**known[number % len(known)], "fiksDigisosId": f"{number:08x}-0000-4000-8000-000000000000"}
                archive.writestr(f"{number:06}.json", json.dumps(one))
        begun, busy = perf_counter(), process_time()
        done = import_log(path, Path(folder) / "log", now=datetime(2026, 11, 1, tzinfo=UTC))
        seconds, busy = perf_counter() - begun, process_time() - busy
        size = path.stat().st_size
    [source] = done.receipt.sources
    print(
        f"{files} files, {size / 1e6:.0f} MB, {source.records} records: {seconds:.1f} s ({busy:.1f} s busy); bar {BAR:.0f} s"
    )


if __name__ == "__main__":
    main()
