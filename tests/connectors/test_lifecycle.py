"""Starts and completions become one event each: worked cases of the rule, and agreement with a slow reference."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.connectors.registry import Reading, import_log

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "logs"
START = datetime(2025, 3, 3, 8)
Row = tuple[int, str, str, str, str]  # hour, activity, transition, instance, resource


def imported(folder: Path, rows: list[Row], *, instances: bool = True, cases: list[str] | None = None) -> Reading:
    """Rows of one case (or of `cases`) as a CSV file, imported."""
    lines = ["Saksnr;Aktivitet;Tidspunkt;lifecycle:transition;concept:instance;Saksbehandler"]
    for number, (hour, activity, transition, instance, resource) in enumerate(rows):
        moment = START + timedelta(hours=hour)
        case = cases[number] if cases else "sak 1"
        lines.append(
            f"{case};{activity};{moment:%Y-%m-%d %H:%M:%S};{transition};{instance if instances else ''};{resource}"
        )
    path = folder / "fil.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    roles = {"lifecycle:transition": "lifecycle", "concept:instance": "instance"}
    return import_log(path, folder / "log", mapping={"columns": roles, "zone": "UTC"}, now=NOW, replace=True)


def hours(done: Reading) -> list[tuple[str, int | None, int]]:
    """(activity, hour of start, hour of end), in the order of the log."""
    rows = done.log.sql(
        f"""select activity, (epoch(start_time) - epoch(timestamptz '{START}+00')) / 3600 as a,
                   (epoch(end_time) - epoch(timestamptz '{START}+00')) / 3600 as b
            from events join cases using (case_no) order by case_id, "position" """
    ).itertuples(index=False)
    return [(name, None if isnan(a) else round(a), round(b)) for name, a, b in rows]


WORKED: dict[str, tuple[str, list[tuple[str, int | None, int]], dict[str, dict[str, int]]]] = {
    "a pair": ("1 A start, 2 A complete", [("A", 1, 2)], {"paired": {"start": 1}}),
    "capitals": ("1 A START, 2 A Complete", [("A", 1, 2)], {"paired": {"start": 1}}),
    "no start": (
        "1 A complete, 2 B start, 3 B complete",
        [("A", None, 1), ("B", 2, 3)],
        {"paired": {"start": 1}, "unpaired": {"end without a start": 1}},
    ),
    "first in, first out": (
        "1 A start, 2 A start, 3 A complete, 5 A complete",
        [("A", 1, 3), ("A", 2, 5)],
        {"paired": {"start": 2}},
    ),
    "by instance": (
        "1 A start x, 2 A start y, 3 A complete y, 5 A complete x",
        [("A", 2, 3), ("A", 1, 5)],
        {"paired": {"start": 2}},
    ),
    "by resource": (
        "1 A start - Kari, 2 A start - Ola, 3 A complete - Ola, 5 A complete - Kari",
        [("A", 2, 3), ("A", 1, 5)],
        {"paired": {"start": 2}},
    ),
    "another resource ends it": ("1 A start - Kari, 3 A complete - Ola", [("A", 1, 3)], {"paired": {"start": 1}}),
    "still going on": (
        "1 A start, 2 A complete, 4 A start",
        [("A", 1, 2), ("A", 4, 4)],
        {"paired": {"start": 1}, "unpaired": {"start without an end": 1}},
    ),
    "started anew": (
        "1 A start, 2 A start, 4 A complete",
        [("A", 1, 4)],
        {"paired": {"start": 1, "further start": 1}},
    ),
    "ended twice": (
        "1 A start, 2 A complete, 4 A complete",
        [("A", 1, 2), ("A", None, 4)],
        {"paired": {"start": 1}, "unpaired": {"end without a start": 1}},
    ),
    "an end before all starts takes none": (
        "1 A complete, 2 A start, 3 A complete",
        [("A", None, 1), ("A", 2, 3)],
        {"paired": {"start": 1}, "unpaired": {"end without a start": 1}},
    ),
    "aborted work is work": (
        "1 A start, 2 A ate_abort, 3 A start, 4 A complete",
        [("A", 1, 2), ("A", 3, 4)],
        {"paired": {"start": 2}},
    ),
    "plans and pauses are set aside": (
        "0 A schedule, 1 A assign, 2 A start, 3 A suspend, 4 A resume, 5 A complete, 6 B schedule, 7 B withdraw",
        [("A", 2, 5)],
        {
            "paired": {"start": 1},
            "set_aside": {f"lifecycle {w}": 1 for w in ("assign", "resume", "suspend", "withdraw")}
            | {"lifecycle schedule": 2},
        },
    ),
    "an unknown word is an event": (
        "1 A start, 2 A complete, 3 A venter",
        [("A", 1, 2), ("A", None, 3)],
        {"paired": {"start": 1}},
    ),
    "on one moment the start comes first": ("2 A complete, 2 A start", [("A", 2, 2)], {"paired": {"start": 1}}),
    "a status is no lifecycle": ("1 A Venter, 2 A I arbeid", [("A", None, 1), ("A", None, 2)], {}),
    "plans alone are events": ("1 A schedule, 2 A assign", [("A", None, 1), ("A", None, 2)], {}),
    "nothing said is complete": ("1 A start, 2 A ", [("A", 1, 2)], {"paired": {"start": 1}}),
}


def rows_of(text: str) -> list[Row]:
    rows = []
    for part in text.split(", "):
        hour, activity, transition, *rest = part.split(" ")
        if transition == "I":
            transition, rest = "I arbeid", []
        instance, resource = [*rest, "", ""][:2]
        rows.append((int(hour), activity, transition, instance.replace("-", ""), resource))
    return rows


@pytest.mark.parametrize("case", WORKED)
def test_worked_cases(case: str, tmp_path: Path) -> None:
    text, expected, counted = WORKED[case]
    done = imported(tmp_path, rows_of(text))
    source = done.receipt.sources[0]
    assert hours(done) == expected
    found = {"paired": source.paired, "unpaired": source.unpaired, "set_aside": source.set_aside}
    assert found == {key: counted.get(key, {}) for key in found}
    assert source.adds_up and source.events == done.log.event_count


# A slow reference, event by event as the rule is told.


def paired_slowly(rows: list[tuple[str, Row]]) -> list[tuple[str, str, int | None, int]]:
    lives = sorted(
        (case, row[1], row[3], row[0], row[2] != "start", number, row[4]) for number, (case, row) in enumerate(rows)
    )
    made = []
    for (case, activity, _), group in groupby(lives, key=lambda life: life[:3]):
        records = list(group)
        starts: dict[int, int] = {}  # place of an end: place of its start
        for by_resource in (True, False):
            waiting: list[int] = []
            for place, record in enumerate(records):
                if not record[4]:
                    waiting += [place] if place not in starts.values() else []
                elif place not in starts:
                    fits = [w for w in waiting if not by_resource or records[w][6] == record[6]]
                    if fits:
                        starts[place] = fits[0]
                        waiting.remove(fits[0])
        for place, record in enumerate(records):
            if record[4]:
                made.append((case, activity, records[starts[place]][3] if place in starts else None, record[3]))
            elif place not in starts.values() and not any(later[4] for later in records[place + 1 :]):
                made.append((case, activity, record[3], record[3]))
    return made


records = st.tuples(
    st.sampled_from([f"sak {number}" for number in range(1, 9)]),
    st.tuples(
        st.integers(0, 12),
        st.sampled_from("AB"),
        st.sampled_from(["start", "complete"]),
        st.sampled_from(["", "", "x"]),
        st.sampled_from(["Kari", "Ola", ""]),
    ),
)


@examples(6, 15)
@given(st.lists(records, min_size=30, max_size=90))
def test_equals_slow_reference(rows: list[tuple[str, Row]]) -> None:
    # Both kinds must occur, or the column is no lifecycle.
    rows = [*rows, ("sak 9", (0, "C", "start", "", "")), ("sak 9", (1, "C", "complete", "", ""))]
    with TemporaryDirectory() as folder:
        done = imported(Path(folder), [row for _, row in rows], cases=[case for case, _ in rows])
        found = done.log.sql("select case_id from events join cases using (case_no) order by case_id, position")
        ours = [(case, *rest) for case, rest in zip(found["case_id"], hours(done), strict=True)]
        assert Counter(ours) == Counter(paired_slowly(rows))
        source = done.receipt.sources[0]
        assert source.adds_up and source.accepted == len(rows) == source.events + sum(source.paired.values())


def test_starts_in_one_file_end_in_another(tmp_path: Path) -> None:
    head = "Saksnr,Aktivitet,Tidspunkt,lifecycle:transition\n"
    one, two = tmp_path / "mars.csv", tmp_path / "april.csv"
    one.write_text(head + "1,A,2025-03-31 10:00:00,start\n2,A,2025-03-31 10:00:00,complete\n")
    two.write_text(head + "1,A,2025-04-01 10:00:00,complete\n3,A,2025-04-01 10:00:00,start\n")
    roles = {"columns": {"lifecycle:transition": "lifecycle"}}
    done = import_log([one, two], tmp_path / "log", mapping=roles, now=NOW)
    assert done.log.sql("select count(*) as n, count(start_time) as s from events").to_numpy().tolist() == [[3, 2]]
    assert [source.paired for source in done.receipt.sources] == [{"start": 1}, {}]


@pytest.mark.skipif(not SHARED.exists(), reason="the public logs are not on this machine")
def test_patients_with_a_row_per_transition_and_a_row_per_instance(tmp_path: Path) -> None:
    folder = SHARED / "open/small_unit"
    one, other = (
        import_log(folder / f"bupaR_{name}.csv", tmp_path / name, now=NOW) for name in ("patients", "patients_act")
    )
    query = (
        "select case_id, position, activity, start_time, end_time, resource from events join cases using (case_no) "
        "order by case_id, position"
    )
    assert one.log.sql(query).equals(other.log.sql(query))
    assert one.log.sql("select * from variants").equals(other.log.sql("select * from variants"))
    source = one.receipt.sources[0]
    assert (source.records, source.accepted, source.events) == (21, 19, 12)
    assert source.set_aside == {"lifecycle schedule": 2}
