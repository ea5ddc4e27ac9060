"""XES damaged at random and made at random: one sentence, or a log whose records add up; and pm4py sees the same.

`slow` does the same with 500 files.
"""

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pm4py
import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from saksflyt.connectors.registry import import_log, read
from saksflyt.mining.errors import DataError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="u"/>
<global scope="trace"><string key="concept:name" value="U"/></global>
<global scope="event"><string key="org:resource" value="U"/></global>
<classifier name="A" keys="concept:name"/>
<string key="source" value="x"><int key="y" value="2"/></string>
<trace><string key="concept:name" value="sak 1"/><int key="antall" value="3"/><date key="frist" value="2024-05-01T00:00:00Z"/>
<event><string key="concept:name" value="søkt"/><date key="time:timestamp" value="2024-03-01T10:01:00.000+01:00"/>
<string key="lifecycle:transition" value="start"/><string key="org:resource" value="Kari"/></event>
<event><string key="concept:name" value="søkt"/><date key="time:timestamp" value="2024-03-02T10:02:00.000+01:00"/>
<string key="lifecycle:transition" value="complete"/><string key="org:resource" value="Kari"/><float key="beløp" value="1.5"/></event>
<event><string key="concept:name" value="vedtatt"/><date key="time:timestamp" value="2024-03-03T10:03:00.000+01:00"/>
<boolean key="ja" value="true"/><list key="l"><values><string key="m" value="a"/><string key="m" value="b"/></values></list></event>
</trace>
<trace><string key="concept:name" value="sak 2"><string key="kilde" value="k"/></string>
<event><string key="concept:name" value="søkt"/><date key="time:timestamp" value="2024-03-04T10:04:00.000+01:00"/>
<id key="identity:id" value="e-1"/></event>
<event><string key="concept:name" value="avslått"/><date key="time:timestamp" value="2024-03-05T10:05:00.000+01:00"/>
<string key="lifecycle:transition" value="schedule"/></event>
<event><string key="concept:name" value="avslått"/><date key="time:timestamp" value="2024-03-06T10:06:00.000+01:00"/>
<string key="lifecycle:transition" value="start"/></event>
<string key="sent" value="z"/></trace>
</log>
""".encode()
TAGS = [
    "log",
    "trace",
    "event",
    "string",
    "date",
    "int",
    "float",
    "boolean",
    "id",
    "list",
    "container",
    "values",
    "global",
    "extension",
    "classifier",
    "x",
]
KEYS = [
    "concept:name", "time:timestamp", "lifecycle:transition", "concept:instance", "org:resource", "org:group",
    "identity:id", "start_timestamp", "case:concept:name", "case:frist", "saksflyt:closed", "saksflyt:due",
    "saksflyt:precision", "saksflyt:rank", "saksflyt:applicant", "l", "l:m", "antall", "ANTALL", "type", "end_time", "",
    " ", "a;b", "'\"", "æ" * 300,
]  # fmt: skip
VALUES = [
    "", " ", "x", "start", "COMPLETE", "schedule", "day", "second", "-1", "99999999999999999999", "1e999", "NaN", "true",
    "ja", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-30T00:00:00", "2024-02-29", "2024-03-01 10:00",
    "2024-03-01T10:00", "2024-03-01T10:00:00", "24-3-1", "1709546400", "45000.5", "e-1", "saksflyt", "\t\n", "💾",
    "y" * 300, "=cmd()", "'; drop table x", "<b>", "event", "trace",
]  # fmt: skip
SCRAPS = [
    b"<",
    b">",
    b'"',
    b"&",
    b"&x;",
    b"&#0;",
    b"\0",
    b"\xff",
    b"<!--",
    b"<![CDATA[",
    b"<!DOCTYPE log>",
    b"</trace>",
]


def damaged_elements(chance: random.Random) -> bytes:
    """Well-formed, but elements, keys and values are not where and what they were."""
    root = etree.fromstring(WHOLE)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        every = list(root.iter())
        one, other = chance.choice(every), chance.choice(every)
        match chance.randrange(8):
            case 0 if one is not root:
                one.getparent().remove(one)
            case 1 if one not in other.iter():
                other.insert(chance.randrange(len(other) + 1), etree.fromstring(etree.tostring(one)))
            case 2:
                one.tag = chance.choice(("", "{http://www.xes-standard.org/}")) + chance.choice(TAGS)
            case 3 | 4:
                one.set("key", chance.choice(KEYS))
            case 5:
                one.attrib.pop(chance.choice(("key", "value")), None)
            case _:
                one.set("value", chance.choice(VALUES))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def damaged_bytes(chance: random.Random) -> bytes:
    data = bytearray(WHOLE)
    for _ in range(chance.choice((1, 1, 3))):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                data[place : place + chance.choice((1, 20, 400))] = b""
            case 2:
                data[place:place] = chance.choice(SCRAPS)
            case _:
                data = data[:place] + data[chance.randrange(len(data)) :]
    return bytes(data or b"x")


def assert_read_or_refused(data: bytes, folder: Path) -> bool:
    path = folder / "fil.xes"
    path.write_bytes(data)
    try:
        done = import_log(path, folder / "log", now=NOW, replace=True)
    except DataError as error:
        message = str(error)
        assert "\n" not in message and "fil.xes" in message and len(message) < 600
        return False
    (source,) = done.receipt.sources
    assert source.adds_up
    assert source.events == done.log.event_count
    if done.log.event_count:
        done.log.to_xes(folder / "ut.xes")
        back = read(folder / "ut.xes", now=NOW)
        assert sorted(back.traces()) == sorted(done.log.traces())
    return True


@pytest.mark.parametrize("damage", [damaged_elements, damaged_bytes])
@pytest.mark.parametrize("count", [5, pytest.param(250, marks=pytest.mark.slow)])
def test_damaged_files(damage, count, tmp_path):
    for seed in range(count):
        data = damage(random.Random(seed))
        try:
            assert_read_or_refused(data, tmp_path)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


def random_log(chance: random.Random) -> str:
    """XES in which the standard leaves no doubt: every event has a name and a time with an offset, every trace a name."""
    parts = ['<log xes.version="1849-2016">']
    for number in range(chance.randint(1, 12)):
        parts.append("<trace>" if chance.random() < 0.8 else "<trace><!-- note -->")
        named = f'<string key="concept:name" value="sak {number}"/>'
        late = chance.random() < 0.2
        parts.append("" if late else named)
        for _ in range(chance.randint(1, 9)):
            moment = datetime(2024, 1, 1, 8) + timedelta(
                seconds=chance.randrange(10**7), milliseconds=chance.randrange(999)
            )
            offset = chance.choice(("Z", "+00:00", "+01:00", "-05:30", "+02:00"))
            cells = [
                f'<string key="concept:name" value="{chance.choice(("søkt", "a &amp; b", "&lt;c&gt;", "d&#10;e"))}"/>',
                f'<date key="time:timestamp" value="{moment.isoformat(timespec="milliseconds")}{offset}"/>',
                *(f'<int key="n{k}" value="{k}"/>' for k in range(4) if chance.random() < 0.4),
                *(['<list key="l"><values><string key="m" value="x"/></values></list>'] if chance.random() < 0.2 else []),
            ]  # fmt: skip
            chance.shuffle(cells)
            parts.append(f"<event>{''.join(cells)}</event>")
        parts.append((named if late else "") + "</trace>\n")
    return "".join([*parts, "</log>"])


def records_of_pm4py(path: Path) -> list[tuple[str, str, datetime]]:
    theirs: Any = pm4py.read_xes(str(path), variant="iterparse", show_progress_bar=False)
    frame = pm4py.convert_to_dataframe(theirs)
    times = pd.to_datetime(frame["time:timestamp"], utc=True)
    return list(zip(frame["case:concept:name"], frame["concept:name"], times, strict=True))


def records_of(path: Path) -> list[tuple[str, str, datetime]]:
    found = read(path, now=NOW).sql(
        "select case_id, activity, end_time from events join cases using (case_no) order by source_row"
    )
    return list(zip(found["case_id"], found["activity"], found["end_time"], strict=True))


def test_random_logs_are_read_as_pm4py_reads_them(tmp_path):
    for seed in range(20):
        path = tmp_path / f"{seed}.xes"
        path.write_text(random_log(random.Random(seed)), encoding="utf-8")
        assert records_of(path) == records_of_pm4py(path), f"seed {seed}"


SHARED = Path(__file__).parents[2].parent / "shared" / "logs"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not beside this checkout")
@pytest.mark.parametrize("path", sorted(SHARED.rglob("*.xes*")), ids=lambda path: path.name)
def test_shared_logs_are_read_as_pm4py_reads_them(path):
    """Case, activity and time of every event, in the order of the file, each program reading it by itself."""
    assert records_of(path) == records_of_pm4py(path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not beside this checkout")
@pytest.mark.parametrize("path", sorted(SHARED.rglob("*.xes*")), ids=lambda path: path.name)
def test_no_trace_of_the_shared_logs_is_empty(path, tmp_path):
    """A published fact about these logs, which only the receipt can tell."""
    notes = import_log(path, tmp_path / "log", now=NOW).receipt.notes
    assert not [note for note in notes if re.search("Traces without events", note)]
