"""A large made-up XES file, fast: the log of :mod:`large_log` with a lifecycle, people and units.

python tests/bench/large_xes.py FILE [--megabytes 222]
"""

import argparse
from pathlib import Path

import numpy as np
from large_log import EVENTS_PER_CASE, STEPS, _walks

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <classifier name="Activity" keys="concept:name"/>
"""
EVENT = """    <event>
      <string key="org:resource" value="R%03d"/>
      <date key="time:timestamp" value="%s.000+00:00"/>
      <string key="concept:name" value="%s"/>
      <string key="lifecycle:transition" value="complete"/>
    </event>
"""
_BYTES_PER_EVENT = 253


def write_large_xes(path: Path, megabytes: int, seed: int = 7) -> int:
    """Write a file of about that size; returns its number of events."""
    rng = np.random.default_rng(seed)
    case, step, place = _walks(rng, round(megabytes * 1e6 / _BYTES_PER_EVENT / EVENTS_PER_CASE))
    order = np.lexsort((place, case))
    case, step = case[order], step[order]
    begun = rng.integers(1_577_836_800, 1_577_836_800 + 3 * 365 * 86_400, case.max() + 1)
    pauses = np.exp(rng.normal(8, 1.6, len(case))).astype(np.int64)
    seconds = begun[case] + np.cumsum(pauses) - np.cumsum(pauses)[np.searchsorted(case, case)]
    times = np.datetime_as_string(seconds.astype("datetime64[s]"))
    people = rng.integers(0, 200, len(case))
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        last = -1
        for number, name, person, time in zip(case.tolist(), step.tolist(), people.tolist(), times, strict=True):
            if number != last:
                file.write("  </trace>\n" if last >= 0 else "")
                file.write(f'  <trace>\n    <string key="concept:name" value="S-{number:08d}"/>\n')
                last = number
            file.write(EVENT % (person, time, STEPS[name]))
        file.write("  </trace>\n</log>\n")
    return len(case)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--megabytes", type=int, default=222)
    given = parser.parse_args()
    print(f"{write_large_xes(given.file, given.megabytes)} events, {given.file.stat().st_size / 1e6:.0f} MB")
