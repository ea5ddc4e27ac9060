"""Names of people that stand in a table do not come out of it, whatever its shape; ids and addresses: ``test_canaries.py``."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import import_log
from saksflyt.mining.errors import SaksflytError

from .shape_population import WRITERS, population

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TABLES = ("events", "wide", "audit", "intervals", "joined")
NAME = "Zebulon Kanarifugl"
NAMED = {"Saksbehandler": NAME, "Søker": NAME, "Merknad": f"{NAME} ringte og sa at alt var avtalt med banken i går"}


def everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def what_came_out(paths: list[Path], folder: Path) -> str:
    folder.mkdir()
    try:
        done = import_log(paths, folder / "log", now=NOW)
    except SaksflytError as error:
        return str(error) + everything_written(folder).decode("latin-1")
    texts = [str(done.log.sql(f"select * from {table}").to_dict()) for table in ("events", "cases", "variants")]
    written = everything_written(folder).decode("utf-8", "replace")
    return "\n".join([*texts, *done.receipt.lines(), str(done.receipt), written])


@pytest.mark.parametrize("form", TABLES)
def test_names_of_people_stay_behind(form: str, tmp_path: Path) -> None:
    paths = WRITERS[form][0](population(6), tmp_path)
    for path in paths:
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        lines = [head + ";" + ";".join(NAMED), *(f"{row};{';'.join(NAMED.values())}" for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
    out = what_came_out(paths, tmp_path / "out")
    assert "Zebulon" not in out and "Kanarifugl" not in out and "banken" not in out
    assert "Merknad" in out  # said to be left out


def test_a_name_in_an_audit_that_changes_the_caseworker_stays_behind(tmp_path: Path) -> None:
    [path] = WRITERS["audit"][0](population(6), tmp_path)
    text = path.read_text(encoding="utf-8").replace(";x;y;", f";{NAME};{NAME} Hansen;")
    assert text.count(NAME) > 10
    path.write_text(text, encoding="utf-8")
    out = what_came_out([path], tmp_path / "out")
    assert NAME not in out and "other field" in out
