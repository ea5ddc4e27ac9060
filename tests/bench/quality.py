"""What does ``saksflyt quality`` find in real logs, and how long does it take?

    python tests/bench/quality.py FOLDER [FOLDER ...]     the table of docs/quality.md, one row per log
    python tests/bench/quality.py --events 1000000        seconds for a made-up log of that size, after it is read

Logs of fewer cases than --cases are left out of the table: they are made to show one thing.
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from large_log import write_large_log

from saksflyt.connectors.registry import read
from saksflyt.mining.errors import SaksflytError
from saksflyt.mining.quality import Quality, quality, share_text

_ENDINGS = (".csv", ".gz", ".xes", ".parquet")


def table(folders: list[Path], least: int) -> None:
    """Markdown: one row per log that can be read."""
    print("| log | cases | findings | not usable | with care |\n|---|---:|---|---|---|")
    seen = set()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _ENDINGS):
        try:
            log = read(path)
        except SaksflytError:
            continue
        if log.case_count >= least and (facts := (log.case_count, log.event_count)) not in seen:
            seen.add(facts)
            print(row(path.name, quality(log)))


def row(name: str, found: Quality) -> str:
    """The kinds that were found, with the number of findings where there are several, and the largest share."""
    many = Counter(each.kind.name for each in found.findings)
    largest = {kind: max(each.share for each in found.findings if each.kind.name == kind) for kind in many}
    said = [
        f"`{kind}` {f'{times} times, up to ' if times > 1 else ''}{share_text(largest[kind])}"
        for kind, times in many.items()
    ]
    verdicts = found.questions.groupby("verdict", sort=False)["question"].apply(", ".join)
    answers = [str(verdicts.get(verdict, "")) for verdict in ("not usable", "usable with care")]
    return f"| {name} | {found.cases} | {'; '.join(said)} | {' | '.join(answers)} |"


def speed(events: int, rounds: int) -> None:
    """Seconds, median of the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        write_large_log(path, events)
        log = read(path)
        log.sql("select 1")
        took = []
        for _ in range(rounds):
            start = time.perf_counter()
            quality(log)
            took.append(time.perf_counter() - start)
    print(f"{log.event_count} events, {log.case_count} cases: {statistics.median(took):.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--events", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.events:
        speed(options.events, options.rounds)
    if options.folders:
        table(options.folders, options.cases)


if __name__ == "__main__":
    main()
