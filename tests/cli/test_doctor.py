"""The doctor looks at everything, and its exit code is its verdict."""

import json

import pytest
from click.testing import CliRunner

from saksflyt.cli import checkup
from saksflyt.cli.main import main


def doctor(*arguments: str, **environment: str) -> tuple[int, list[dict]]:
    result = CliRunner(env=environment).invoke(main, ["doctor", "--format", "json", *arguments])
    return result.exit_code, json.loads(result.stdout)["records"]


def test_it_looks_at_everything() -> None:
    code, checks = doctor()
    by_name = {check["name"]: check for check in checks}
    works = {
        "saksflyt",
        "Python",
        "platform",
        "SQLite",
        "time zones",
        "log",
        "DuckDB lock",
        "DuckDB spill",
        "pm4py works",
    }
    assert works <= set(by_name)
    assert {"click", "duckdb", "pandas", "pyarrow", "pm4py", "tzdata"} <= set(by_name)
    assert [name for name in works if by_name[name]["state"] != "ok"] == []
    assert "AGPL-3.0-or-later" in by_name["saksflyt"]["found"]
    assert code == (0 if all(check["state"] == "ok" for check in checks) else 4)


def test_a_wrong_setting_is_exit_2_unless_something_is_broken() -> None:
    code, checks = doctor(SAKSFLYT_MEMORY="lots")
    wrong = [check for check in checks if check["name"] in ("log", "DuckDB lock", "DuckDB spill")]
    assert {(check["state"], check["exit_code"]) for check in wrong} == {("error", 2)}
    assert all(check["to_do"] for check in wrong) and code in (2, 4)


def test_what_does_not_work_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ImportError("no such library")

    monkeypatch.setitem(checkup._LOOKS, "pm4py works", broken)
    code, checks = doctor()
    assert code == 4
    assert checks[-1] == {
        "name": "pm4py works",
        "state": "error",
        "found": "ImportError: no such library",
        "to_do": "Install saksflyt anew.",
        "exit_code": 4,
    }


def test_a_library_that_is_too_old_is_exit_4() -> None:
    assert (
        checkup._new_enough("x", "3.37.0", "3.37").state == "ok"
        and checkup._new_enough("x", "3.100", "3.37").state == "ok"
    )
    old = checkup._new_enough("x", "3.9.1", "3.37")
    assert (old.state, old.exit_code, old.found) == ("error", 4, "3.9.1, 3.37 or newer is needed")


def test_for_people() -> None:
    result = CliRunner().invoke(main, ["doctor"])
    assert result.stdout.startswith("ok       saksflyt ")
    assert result.stderr.strip() in ("All is well.", "Not everything is well; see the lines that are not ok.")
