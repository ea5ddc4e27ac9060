"""The fast reader and the patient one give the same records; random dirty files always add up."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from saksflyt.connectors import tables
from saksflyt.connectors.connector import Desk
from saksflyt.connectors.importing import desk_for
from saksflyt.connectors.lines import records, split
from saksflyt.connectors.mapping import Mapping
from saksflyt.connectors.registry import import_log
from saksflyt.mining.errors import SaksflytError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "Saksnr;Hendelse;Tidspunkt;Notat\n"

cells = st.text(alphabet="aøÅ1 \";,\t'|.=\n\r\\#", max_size=6)
rows = st.lists(st.lists(cells, min_size=4, max_size=4), max_size=8)
raw_lines = st.lists(st.text(alphabet='a1;" \t', max_size=12), max_size=8)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with desk_for(Mapping()) as made:
        yield made


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('";\n\r') or cell[:1] in " \t" else cell


def both_ways(desk: Desk, text: str) -> tuple[list[tuple[object, ...]] | None, list[tuple[object, ...]]]:
    """The rows as each reader gives them; None where the fast one does not accept the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_text(text, encoding="utf-8", newline="")
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        file = tables.as_text(tables.Stream(path, plain=path), scratch)
        layout = tables.find_layout("x", file.path, ";")
        if layout.end is not None:
            file = tables._without_footer(file, layout, scratch)
        found = []
        for number, read in enumerate((tables._fast, None)):
            table = f"raw_{number}"
            desk.database.execute(f"drop table if exists {table}")
            made = read(desk.database, table, file, layout) if read else tables._slow(desk, number, file, layout)
            query = (
                f"select {made.line}, * exclude ({'line' if made.line == 'line' else 'c9'}) from {table}"
                if made
                else ""
            )
            query = query.replace(" exclude (c9)", "")
            found.append(desk.database.execute(query).fetchall() if made else None)
        return found[0], found[1]


@examples(30, 100, unchecked=[HealthCheck.function_scoped_fixture])
@given(rows=rows, end=st.sampled_from(["\n", "\r\n"]))
def test_both_readers_agree_on_well_made_files(desk: Desk, rows: list[list[str]], end: str) -> None:
    rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    body = "".join(";".join(map(quoted, row)) + end for row in rows)
    fast, slow = both_ways(desk, HEAD.replace("\n", end) + body)
    if fast is not None:
        assert fast == slow
    assert [row[1:] for row in slow] == [tuple(c or None for c in row) for row in rows]


@examples(30, 100, unchecked=[HealthCheck.function_scoped_fixture])
@given(lines=raw_lines)
def test_both_readers_agree_on_any_lines_the_fast_one_accepts(desk: Desk, lines: list[str]) -> None:
    fast, slow = both_ways(desk, HEAD + "\n".join(lines))
    assert fast is None or fast == slow


@given(row=st.lists(st.text(max_size=20).map(lambda t: t.replace("\r", " ")), min_size=2, max_size=5))
def test_what_is_quoted_is_read_back(row: list[str]) -> None:
    text = ";".join('"' + cell.replace('"', '""') + '"' for cell in row)
    assert split(text, ";") == row


CASES = [
    ('a;"b;c";d', [["a", "b;c", "d"]]),
    ('a;"b\nc";d', [["a", "b\nc", "d"]]),
    ('a;"Huset" AS;d', [["a", '"Huset" AS', "d"]]),
    ('a;"Huset;d\ne;f;g', [["a", '"Huset', "d"], ["e", "f", "g"]]),
    ('a;"b""c";d', [["a", 'b"c', "d"]]),
    ('a; "b" ;d', [["a", "b", "d"]]),
    ('a;b"c;d', [["a", 'b"c', "d"]]),
    ('a;"b\nc;d;e\nf;g;h', [None, ["c", "d", "e"], ["f", "g", "h"]]),
    ("\n \na;b;c\n\n", [["a", "b", "c"]]),
    (";;", [["", "", ""]]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_records(text: str, expected: list[list[str] | None]) -> None:
    assert [fields for _, _, fields, _ in records(iter(enumerate(text.split("\n"), 1)), ";", 3)] == expected


dirty = st.lists(
    st.one_of(
        st.text(alphabet='a1;".: \n', max_size=30),
        st.builds("{};{};{:02}.{:02}.2024 10:00;{}".format, st.sampled_from("12 "), st.sampled_from("ab "),
                  st.integers(1, 40), st.integers(1, 14), st.sampled_from(["", "x", '"y"', '"z'])),
    ),
    max_size=12,
)  # fmt: skip


@examples(8, 25)
@given(lines=dirty)
def test_records_of_dirty_files_add_up(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_text(HEAD + "1;a;01.01.2024 10:00;\n" * 5 + "\n".join(lines), encoding="utf-8")
        try:
            done = import_log(path, Path(folder) / "log", now=NOW)
        except SaksflytError as error:
            assert "\n" not in str(error)
            return
        source = done.receipt.sources[0]
        assert source.adds_up and source.events == source.accepted
        in_file = done.log.sql("select count(*) as n from events")["n"].iloc[0]
        assert in_file == source.accepted
        kept = 0 if not done.receipt.quarantine else len(done.receipt.quarantine.read_text().splitlines()) - 1
        assert kept == sum(source.quarantined.values())
