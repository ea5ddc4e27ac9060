"""The history: nothing is overwritten, a crash leaves it sound, and a newer or damaged one is refused."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from saksflyt.cli.monthly.history import FILE, REPLACED, SENT, VERDICT, VERSION, WAITING, History, Message, Recorded
from saksflyt.mining.errors import StorageError
from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED, Finding

NAN = float("nan")


def recorded(month: str, revision: int = 1, told: str = "a") -> Recorded:
    return Recorded(
        month, revision, "2026-04-10", "config", told, "saksflyt 1", "warn", f"{month}-r{revision}", "digest"
    )


def figures(month: str, value: float = 0.5) -> pd.DataFrame:
    row = [month, "s", "Nord", "", "share", "lower", 5.0, 10, value, NAN, NAN, NAN, False, "", "", "ok", True]
    return pd.DataFrame([row], columns=[*FIGURES, "plotted", *JUDGED])


def put(history: History, made: Recorded, value: float = 0.5) -> None:
    history.record(
        made,
        figures(made.month, value),
        [Finding("limit:s@Nord", "s", "Nord", "warn", NAN)],
        {(made.month, "Nord", "a"): 7, ("2020-01", "", "b"): 1},
        [Message("mail", f"{made.folder}-verdict", VERDICT, made.month, "{}")],
    )


def test_what_is_put_in_comes_out_and_revisions_stay(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        for made, value in ((recorded("2026-01"), 0.1), (recorded("2026-02"), 0.2), (recorded("2026-01", 2, "b"), 0.3)):
            put(history, made, value)
    with History(tmp_path) as history:
        assert history.months() == [recorded("2026-01", 2, "b"), recorded("2026-02")]
        assert [each.revision for each in history.revisions()] == [1, 2, 1]
        assert history.figures()["plotted"].tolist() == [0.3, 0.2]
        pd.testing.assert_frame_equal(history.figures("2026-02"), figures("2026-01", 0.3))
        (found,) = history.findings("2026-01")
        assert found.id == "limit:s@Nord" and found.value != found.value
        assert history.events() == {(month, "Nord", "a"): 7 for month in ("2026-01", "2026-02")} and history.inputs(
            "2026-01"
        ) == {"a", "b"}
        history.looked_at("2026-01", "c")
        assert history.inputs("2026-01") == {"a", "b", "c"} and history.faults() == []
        # The newer month stands for the older one; a revision of an old month takes no newer one's place.
        assert [(each.id, each.state) for each in history.messages()] == [
            ("2026-01-r1-verdict", REPLACED),
            ("2026-02-r1-verdict", WAITING),
            ("2026-01-r2-verdict", WAITING),
        ]
        history.sent(history.messages()[1])
        assert [each.state for each in history.messages()] == [REPLACED, SENT, WAITING]


def test_all_of_a_month_or_nothing(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        put(history, recorded("2026-01"))
        twice = pd.concat([figures("2026-02")] * 2)
        with pytest.raises(StorageError, match="cannot be used"):
            history.record(recorded("2026-02"), twice, [], {}, [])
        assert [each.month for each in history.months()] == ["2026-01"] and history.inputs("2026-02") == set()


def test_a_newer_or_damaged_one_is_refused(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        put(history, recorded("2026-01"))
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute(f"pragma user_version = {VERSION + 1}")
    with pytest.raises(StorageError, match="newer version"):
        History(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match="cannot be used"):
        History(tmp_path)
