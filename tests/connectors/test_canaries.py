"""One test for all: what is planted in any column but the case id, in any shape of table, comes out nowhere.

Looked at are the log and its tables, the manifest, the receipt, the quarantine, every message, what inspect shows, what the
command line prints, and the folder for temporary files when all is over.
"""

import gc
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import python_calamine
from click.testing import CliRunner
from pyarrow import parquet
from workbooks import write_book

from saksflyt.cli.main import main
from saksflyt.connectors.key_file import make_key
from saksflyt.connectors.registry import import_log, inspect
from saksflyt.mining.errors import SaksflytError
from saksflyt.mining.identifiers import account_number, duf_number, email_in, national_id

from .shape_population import WRITERS, population

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TABLES = ("events", "wide", "audit", "intervals", "joined", "xlsx", "wide xlsx")
# Synthetic: a national id (month + 80), the same as people write it, a DUF number, two forms of an account, an address.
CANARIES = {
    "id": "10915596784",
    "spaced id": "109155 96784",
    "id in a text": "Brev til søker 10915596784 sendt",
    "stand-in": "01019000100",
    "duf": "202012345600",
    "account": "12345678903",
    "dotted account": "1234.56.78903",
    "e-mail": "kari.nordmann@example.no",
}
NAME = "Zebulon Kanarifugl"
# Where only the name of a column says that people stand in it.
NAMED = {"Saksbehandler": NAME, "Søker": NAME, "Navn": NAME, "Telefon": "98 76 54 32", "Adresse": f"{NAME}s vei 1"}
NAMED["Merknad"] = f"{NAME} ringte og sa at alt var avtalt med banken i går"


def duf() -> str:
    return next(text for end in range(100) if duf_number(text := f"2020123456{end:02}"))


CANARIES["duf"] = duf()
# Every canary and every form, but not each with each: those are run by the slow line.
_PAIRS = [(form, canary) for form in TABLES for canary in CANARIES]
_SOME = {(TABLES[n % len(TABLES)], canary) for n, canary in enumerate(CANARIES)}
_SOME |= {(form, list(CANARIES)[n % len(CANARIES)]) for n, form in enumerate(TABLES)}
SOME_AND_THE_REST = [pair if pair in _SOME else pytest.param(*pair, marks=pytest.mark.slow) for pair in _PAIRS]
# In a text among others: a form's columns take turns, and in the slow line each has both.
_IN_TEXTS = ("id in a text", "e-mail")
_TURNS = [(form, (n % 2,)) for n, form in enumerate(TABLES)]
TURNS_AND_BOTH = [*_TURNS, *(pytest.param(form, (0, 1), marks=pytest.mark.slow) for form in TABLES)]
_KEYED = [(form, keyed) for form in TABLES for keyed in (False, True)]
KEYED = [
    pair if pair[1] == (TABLES.index(pair[0]) % 2 == 1) else pytest.param(*pair, marks=pytest.mark.slow)
    for pair in _KEYED
]
SOME_CANARIES = [
    c if c in ("id", "dotted account", "e-mail") else pytest.param(c, marks=pytest.mark.slow) for c in CANARIES
]
NEEDLES = ("10915596784", "109155 96784", "01019000100", duf(), "12345678903", "1234.56.78903", "kari.nordmann")
Rows = list[list[Any]]


def rows_of(path: Path) -> Rows:
    if path.suffix == ".csv":
        return [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()]
    return python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()


def write(path: Path, rows: Rows) -> None:
    if path.suffix == ".csv":
        path.write_text("".join(";".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    else:
        write_book(path, {"Ark1": [[cell if cell != "" else None for cell in row] for row in rows]})


def planted(rows: Rows, column: int, canary: str, every: int) -> Rows:
    head, *rest = rows
    return [
        head,
        *([*row[:column], canary, *row[column + 1 :]] if n % every == 1 else row for n, row in enumerate(rest)),
    ]


def without_dates(frame: Any) -> str:
    return frame.to_csv(date_format="%m")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, which must be empty when all is over."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    gc.collect()  # a log that was read on the fly lives as long as the object
    assert list(folder.iterdir()) == []


def everything(paths: list[Path], folder: Path, columns: dict[str, Any] | None = None, key: Path | None = None) -> str:
    """All that comes out of an import, or of its refusal; and of inspect."""
    folder.mkdir()
    said: list[str] = []
    try:
        shown = inspect(paths, mapping={"columns": columns or {}})
        said += [str([shown, shown.rows, *shown.others]), *shown.lines()]
    except SaksflytError as error:
        said.append(str(error))
    try:
        done = import_log(paths, folder / "log", mapping={"columns": columns or {}}, now=NOW, key=key)
    except SaksflytError as error:
        said.append(str(error))
    else:
        said += [without_dates(done.log.sql(f"select * from {table}")) for table in ("events", "cases", "variants")]
        said += [*done.receipt.lines(), str(done.receipt)]
    written = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    said += [str(path) + path.read_bytes().decode("utf-8", "replace") for path in written]
    return "\n".join(said)


def leaks(text: str) -> list[str]:
    return [needle for needle in NEEDLES if needle in text]


def test_the_canaries_are_what_they_are_said_to_be() -> None:
    assert national_id("10915596784") and national_id("01019000100") and account_number("12345678903")
    assert email_in(CANARIES["e-mail"]) and duf_number(CANARIES["duf"])
    assert leaks("x 10915596784") == ["10915596784"]


@pytest.mark.parametrize(("form", "canary"), SOME_AND_THE_REST)
def test_nothing_that_is_planted_in_half_of_a_column_comes_out(
    form: str, canary: str, tmp_path: Path, temporary: Path
) -> None:
    paths = WRITERS[form][0](population(5, 12), tmp_path)
    tried = 0
    for path in paths:
        rows = rows_of(path)
        for column in range(1, len(rows[0])):
            write(path, planted(rows, column, CANARIES[canary], 2))
            assert leaks(everything(paths, tmp_path / f"{path.stem} {column}")) == []
            tried += 1
        header = [*rows[0][:-1], f"{rows[0][-1]} {CANARIES[canary]}"]
        write(path, [header, *rows[1:]])
        assert leaks(everything(paths, tmp_path / f"{path.stem} header")) == []
        write(path, rows)
    assert tried >= 4


@pytest.mark.parametrize(("form", "turns"), TURNS_AND_BOTH)
def test_one_in_a_column_that_reports_show_or_that_holds_times_does_not_come_out(
    form: str, turns: tuple[int, ...], tmp_path: Path, temporary: Path
) -> None:
    """In an attribute, one number among many is a hint: there it stays."""
    paths = WRITERS[form][0](population(7, 12), tmp_path)
    for path in paths:
        rows = rows_of(path)
        for column in range(1, len(rows[0])):
            if rows[0][column] in ("Felt", "Gammel verdi"):
                continue
            for canary in (_IN_TEXTS[(column + turn) % 2] for turn in turns):
                write(path, planted(rows, column, CANARIES[canary], len(rows)))
                assert leaks(everything(paths, tmp_path / f"{path.stem} {column} {canary}")) == []
        write(path, rows)


@pytest.mark.parametrize("form", TABLES)
def test_names_do_not_come_out_of_columns_of_people_and_of_times(form: str, tmp_path: Path, temporary: Path) -> None:
    paths = WRITERS[form][0](population(6), tmp_path)
    for path in paths:
        head, *rows = rows_of(path)
        times = [n for n, name in enumerate(head) if name in ("Tidspunkt", "Frist", "Endret", "Fra", "Til", "Utbetalt")]
        for number, row in enumerate(rows[:4]):
            for column in times[number % max(1, len(times)) :][:1]:
                row[column] = NAME
        write(path, [[*head, *NAMED], *([*row, *NAMED.values()] for row in rows)])
    out = everything(paths, tmp_path / "out")
    assert [word for word in ("Zebulon", "Kanarifugl", "banken", "98 76") if word in out] == []
    assert "left out" in out


@pytest.mark.parametrize(("form", "keyed"), KEYED)
def test_what_is_declared_does_not_come_out_either(form: str, keyed: bool, tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    make_key(tmp_path / "keys" / "k")
    paths = WRITERS[form][0](population(6), tmp_path)
    canary = CANARIES["id"]
    prose = f"Et langt notat om søker {canary} med konto 1234.56.78903 og adressen kari.nordmann@example.no her"
    for path in paths:
        head, *rows = rows_of(path)
        more = [[canary, canary, f"{prose} {n}", f"{canary}"] for n in range(len(rows))]
        for row in rows:
            row[0] = f"{canary}/{row[0]}"
        write(
            path,
            [[*head, "Klientref", "Person", "Notat", "Fnr"], *([*row, *m] for row, m in zip(rows, more, strict=True))],
        )
    columns = {
        "Saksnr": {"role": "case", "personal": "pseudonymise"}, "Klientref": "pseudonymise", "Person": "applicant",
        "Notat": {"role": "free text", "personal": "keep", "reason": "leter etter tema"}, "Fnr": "drop",
    }  # fmt: skip
    out = everything(paths, tmp_path / "out", columns, tmp_path / "keys" / "k" if keyed else None)
    assert leaks(out) == [] and "Et langt notat om søker [national id]" in out
    assert (tmp_path / "keys" / "k").read_text().strip() not in out


def test_the_command_line_tells_nothing_either(tmp_path: Path, temporary: Path) -> None:
    [path] = WRITERS["events"][0](population(5, 12), tmp_path)
    rows = rows_of(path)
    for column in range(1, len(rows[0])):
        for canary in ("id", "e-mail", "dotted account"):
            write(path, planted(rows, column, CANARIES[canary], 2))
            for command in (["import", str(path), "-o", str(tmp_path / "log"), "--replace", "--format", "json"],
                            ["variants", str(path)], ["inspect", str(path)]):  # fmt: skip
                done = CliRunner().invoke(main, [*command, "--now", "2026-11-01"])
                assert leaks(done.output) == [] and done.exit_code in (0, 3)


@pytest.mark.parametrize("canary", SOME_CANARIES)
def test_nothing_comes_out_of_xes_and_parquet(canary: str, tmp_path: Path, temporary: Path) -> None:
    text = CANARIES[canary]
    [log] = WRITERS["xes"][0](population(5, 8), tmp_path)
    clean = log.read_text(encoding="utf-8")
    extra = f'<string key="KEY" value="{text}"/></event>'
    for key in ("org:resource", "org:group", "note", "cost:total", "concept:instance", "time:timestamp", f"k {text}"):
        log.write_text(clean.replace("</event>", extra.replace("KEY", key)), encoding="utf-8")
        assert leaks(everything([log], tmp_path / f"xes {key[:4]} {len(key)}")) == []
    for key in ("applicant", "case:type", "anything"):
        log.write_text(clean.replace("<event>", f'<string key="{key}" value="{text}"/><event>'), encoding="utf-8")
        assert leaks(everything([log], tmp_path / f"xes of case {key}".replace(":", ""))) == []
    [path] = WRITERS["parquet"][0](population(5, 8), tmp_path)
    table = parquet.read_table(path)
    for column, name in enumerate(table.column_names[1:], 1):
        if str(table.schema.field(name).type) == "string":
            parquet.write_table(table.set_column(column, name, pa.array([text] * len(table))), path)
            assert leaks(everything([path], tmp_path / f"parquet {name}")) == []
    parquet.write_table(table.append_column("more", pa.array([text] * len(table))), path)
    assert leaks(everything([path], tmp_path / "parquet more")) == []
