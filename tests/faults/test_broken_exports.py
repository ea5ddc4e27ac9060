"""A broken export never looks like an improvement: it is refused, or it is said what is odd, and no verdict is another one for it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from faults.broken_exports import REFUSED, SAID, UNDERSTOOD, Broken
from faults.office import MONTH, NEW, check, rows

pytestmark = pytest.mark.slow
Verdict = tuple[str, str, str, str]


def verdicts(place: Path) -> list[Verdict]:
    """Every finding of every month in its latest revision."""
    query = """select month, id, severity, status from finding
               where (month, revision) in (select month, max(revision) from month group by month) order by month, id"""
    with closing(sqlite3.connect(place / "history" / "history.sqlite")) as database:
        return database.execute(query).fetchall()


def history(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes() for path in (place / "history").rglob("*") if path.is_file()
    }


@pytest.fixture
def place(office: Path, tmp_path: Path) -> Path:
    return shutil.copytree(office, tmp_path / "project")


@pytest.fixture(scope="module")
def right(office: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """What the right export says."""
    place = shutil.copytree(office, tmp_path_factory.mktemp("right") / "project")
    done = check(place)
    assert done.exit_code == 0 and f"{MONTH}: " in done.stderr, done.stderr
    found = verdicts(place)
    worse = {
        id_
        for month, id_, severity, status in found
        if month == MONTH and severity in ("warn", "high") and status != "gone"
    }
    assert {"alarm:deadlines.met_share:in-time@Sør", "limit:deadlines.met_share:in-time@Sør"} <= worse
    return found


def put(place: Path, said: Broken) -> None:
    for name, text in ({"b.csv": said} if isinstance(said, str) else said).items():
        if text:
            (place / "exports" / name).write_text(text, encoding="utf-8")
        else:
            (place / "exports" / name).unlink()


def february() -> list:
    return [row for row in rows() if row[2] >= NEW]


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_export_is_refused(name: str, place: Path) -> None:
    broken, kinds = REFUSED[name]
    before = history(place)
    put(place, broken(february()))
    done = check(place)
    assert done.exit_code == 3 and "Traceback" not in done.stderr, done.stderr
    assert {kind for kind in kinds if f'"{MONTH} {kind}"' not in done.stderr} == set(), done.stderr
    assert history(place) == before


@pytest.mark.parametrize("name", SAID)
def test_what_is_odd_is_said_and_the_verdicts_stay(name: str, place: Path, right: list[Verdict]) -> None:
    broken, sentence = SAID[name]
    put(place, broken(february()))
    done = check(place)
    assert done.exit_code == 0 and sentence in done.stderr, done.stderr
    now = verdicts(place)
    assert [each for each in now if each[0] < MONTH] == [each for each in right if each[0] < MONTH]
    assert better(now, right) == []


def better(now: list[Verdict], right: list[Verdict]) -> list[Verdict]:
    """What the right export finds in the month, and this one does not, or less of."""
    severities = {id_: severity for month, id_, severity, status in now if month == MONTH and status != "gone"}
    rank = {None: 0, "info": 1, "warn": 2, "high": 3}
    return [
        each
        for each in right
        if each[0] == MONTH and each[3] != "gone" and rank[severities.get(each[1])] < rank[each[2]]
    ]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_another_form_says_the_same(name: str, place: Path, right: list[Verdict]) -> None:
    put(place, UNDERSTOOD[name](february()))
    done = check(place)
    assert done.exit_code == 0 and "is the" not in done.stderr, done.stderr
    assert verdicts(place) == right


def test_what_is_right_all_the_same_is_accepted(place: Path) -> None:
    """An office is closed for good: the project says so, and the months go on."""
    put(place, REFUSED["one office missing"][0](february()))
    settings = place / "saksflyt.toml"
    settings.write_text(
        f'{settings.read_text(encoding="utf-8")}[fitness]\naccepted = ["{MONTH} unit"]\n', encoding="utf-8"
    )
    done = check(place)
    assert done.exit_code == 0 and "Sør has 0 events" in done.stderr, done.stderr
