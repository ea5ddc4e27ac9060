"""An export of another form than the one before is said to be, and is imported all the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import Reading, import_log

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HEAD = ["Saksnr", "Hendelse", "Tidspunkt", "Enhet", "Tema"]


def export(
    path: Path, month: int, head=HEAD, steps=("a", "b"), units=("Nord", "Sør"), form="", encoding="utf-8"
) -> Path:
    lines = [";".join(head)]
    for n in range(40):
        time = datetime(2026, month, 1 + n % 28, 10, n)
        when = f"{time:{form or '%d.%m.%Y %H:%M'}}"
        lines.append(
            ";".join([f"{month}-{n // 2}", steps[n % len(steps)], when, units[n % len(units)], f"tema {n // 2 % 4} å"])
        )
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def second(tmp_path: Path, **how) -> Reading:
    """The second import of a log, whose export differs in `how`."""
    import_log(export(tmp_path / "a.csv", 1), tmp_path / "log", now=NOW)
    return import_log(export(tmp_path / "b.csv", 2, **how), tmp_path / "log", now=NOW, append=True)


def heads(**other: str) -> list[str]:
    return [other.get(name, name) for name in HEAD]


DRIFTS = [
    ({}, []),
    ({"head": heads(Hendelse="Aktivitet")}, [("renamed column", "Hendelse")]),
    ({"head": heads(Tema="Gjelder")}, [("renamed column", "Tema")]),
    ({"form": "%Y-%m-%d %H:%M"}, [("format", "Tidspunkt")]),
    ({"encoding": "cp1252"}, [("encoding", "cp1252")]),
    ({"steps": ("a", "b", "ny")}, [("new activity", "ny")]),
    ({"steps": ("a",)}, [("activity gone", "b")]),
    ({"units": ("Nord", "Nord", "Øst")}, [("new unit", "Øst"), ("unit gone", "Sør")]),
]


@pytest.mark.parametrize(("how", "found"), DRIFTS)
def test_every_kind_of_drift_is_said_and_stops_nothing(how: dict, found: list, tmp_path: Path) -> None:
    done = second(tmp_path, **how)
    assert [(said["kind"], said["name"]) for said in done.receipt.manifest.drift] == found
    lines = [line for line in done.receipt.lines() if line.startswith("Other than in the import before: ")]
    assert len(lines) == len(found) and done.log.event_count == 80


def test_a_log_that_is_replaced_is_compared_too_and_may_be_damaged(tmp_path: Path) -> None:
    import_log(export(tmp_path / "a.csv", 1), tmp_path / "log", now=NOW)
    path = export(tmp_path / "b.csv", 2, steps=("a", "b", "ny"))
    done = import_log(path, tmp_path / "log", now=NOW, replace=True)
    assert [said["kind"] for said in done.receipt.manifest.drift] == ["new activity"]
    (tmp_path / "log.saksflyt" / "events.parquet").write_bytes(b"PAR1")
    assert import_log(path, tmp_path / "log", now=NOW, replace=True).receipt.manifest.drift == []


def test_the_last_import_is_what_is_compared_with(tmp_path: Path) -> None:
    second(tmp_path, head=heads(Tema="Gjelder"))
    done = import_log(export(tmp_path / "c.csv", 3, head=heads(Tema="Gjelder")), tmp_path / "log", now=NOW, append=True)
    assert done.receipt.manifest.drift == []
