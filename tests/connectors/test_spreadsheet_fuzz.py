"""Spreadsheets drawn at random: dirty ones give the truth they were made of, wild and damaged ones a log or a sentence.

`slow` does the same with 300 files.
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from workbooks import HEAD, ROWS, write_book

from saksflyt.connectors.registry import Reading, import_log
from saksflyt.mining.errors import PersonalData, SaksflytError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KINDS = (".xlsx", ".xls", ".ods")
STEPS = ["Søknad mottatt", 'Sendt "haster"', "Vedtak;\tdelvis", " Klage ", "Linje\nskift", "=1+1", "ÆØÅ 🙂", "'a"]
LOST: list[Any] = [None, "", "  ", "#N/A", "NULL"]
NO_TIMES: list[Any] = [*LOST, "ukjent", 5, True, time(6, 30), date(1900, 1, 1), "31.02.2024", -3.5, "#REF!"]
ANYTHING: list[Any] = [
    *NO_TIMES, *STEPS, 1e15, 123456789012345678, 1e300, 0.1, "1/2/2024", "2024-02-30", date(2024, 2, 1), "Sum", "Totalt",
    datetime(2024, 3, 31, 2, 30), timedelta(hours=40), "x" * 3000, "\x01", "\u2028", "01819000049", "a@b.no", *HEAD,
]  # fmt: skip


def step_of(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def record(draw: random.Random) -> tuple[list[Any], tuple[str, str, datetime] | None]:
    """One row, and the event that it tells of; None where it tells of none."""
    number = draw.randint(1, 9)
    case: Any = draw.choice([number, float(number), str(number), f"{number:04}", f"2024/{number}"])
    step = draw.choice(STEPS)
    moment = datetime(2024, draw.randint(4, 9), draw.randint(1, 28), draw.randint(1, 23), draw.randint(0, 59))
    day = datetime(moment.year, moment.month, moment.day)
    when, meant = draw.choice([(moment, moment)] * 6 + [(day.date(), day), (f"{moment:%d.%m.%Y %H:%M}", moment)])
    event = (str(int(case) if isinstance(case, float) else case), step_of(step), meant)
    spoilt = draw.random()
    if spoilt < 0.06:
        return [draw.choice(LOST), step, when], None
    if spoilt < 0.12:
        return [case, draw.choice(LOST), when], None
    if spoilt < 0.3:
        return [case, step, draw.choice(NO_TIMES)], None
    return [case, step, when], event


def dirty(draw: random.Random) -> tuple[list[list[Any]], list[tuple[str, str, datetime]]]:
    """A table with titles, gaps, spoilt cells and a sum, somewhere on its sheet; and its truth."""
    left, gap = [""] * draw.randint(0, 3), [""] * draw.randint(0, 1)
    rows: list[list[Any]] = [[] for _ in range(draw.randint(0, 4))]
    rows += [[*left, text] for text in draw.sample(["Saksliste", "Uttrekk 01.07.2024", ""], draw.randint(0, 3))]
    rows.append([*left, *HEAD, *gap, "Enhet", "Beløp"])
    # The first ones are sound: a column is judged by what most of it says.
    sound = [[[n, "a", datetime(2024, 4, 1, 10, n)], (str(n), "a", datetime(2024, 4, 1, 10, n))] for n in range(1, 7)]
    made = [*sound, *(record(draw) for _ in range(draw.randint(0, 20)))]
    truth = []
    for cells, event in made:
        extra = [draw.choice(["Nord", "Sør", None]), draw.choice([100, 99.5, "#DIV/0!", None])]
        rows.append([*left, *cells, *gap, *extra])
        truth += [event] if event else []
        rows += [[]] if draw.random() < 0.05 else []
    rows += [[], [*left, "Sum", "", "", *gap, "", 1234.5]] if draw.random() < 0.4 else []
    return rows, truth


def events_of(done: Reading) -> list[tuple[str, str, datetime]]:
    found = done.log.sql("select case_id, activity, end_time as t from events join cases using (case_no)")
    times = found["t"].dt.tz_convert("Europe/Oslo").dt.tz_localize(None).dt.to_pydatetime()
    return sorted(zip(found["case_id"], found["activity"], times, strict=True))


def the_truth_comes_out(seed: int, folder: Path) -> None:
    draw = random.Random(seed)
    rows, truth = dirty(draw)
    sheets = {"Forside": [["Laget av"], ["Nav Nord"]], "Data": rows} if draw.random() < 0.3 else {"Data": rows}
    done = import_log(write_book(folder / f"x{draw.choice(KINDS)}", sheets), folder / "log", now=NOW, replace=True)
    (source,) = done.receipt.sources
    assert source.adds_up and source.accepted == len(truth)
    assert events_of(done) == sorted(truth)
    filled = [n for n, row in enumerate(rows) if any(cell not in (None, "") for cell in row)]
    header = next(n for n in filled if "Saksnr" in rows[n])
    assert filled[-1] - filled[0] - 3 <= source.records <= filled[-1] - filled[0] and header >= filled[0]


def import_or_sentence(path: Path, folder: Path) -> None:
    try:
        done = import_log(path, folder / "log", now=NOW, replace=True)
    except SaksflytError as error:
        assert error.exit_code in (2, 3)
        assert isinstance(error, PersonalData) or ("\n" not in str(error) and len(str(error)) < 700)
    else:
        assert all(source.adds_up for source in done.receipt.sources)


def wild(seed: int, folder: Path) -> None:
    """Any cell anywhere, with a header or without one."""
    draw = random.Random(seed)
    rows = [[draw.choice(ANYTHING) for _ in range(draw.randint(0, 6))] for _ in range(draw.randint(0, 30))]
    if draw.random() < 0.7:
        rows.insert(draw.randint(0, 3), [*HEAD, *draw.sample(["Enhet", "", "Saksnr", "Sum", "Frist"], 3)])
    sheets = {"A": rows, "B": ROWS} if draw.random() < 0.3 else {"A": rows}
    import_or_sentence(write_book(folder / f"x{draw.choice(KINDS)}", sheets), folder)


def damaged(seed: int, folder: Path) -> None:
    """A sound workbook with some bytes changed, left out or cut off."""
    draw = random.Random(seed)
    path = write_book(folder / f"x{draw.choice(KINDS)}", {"A": ROWS})
    content = bytearray(path.read_bytes())
    for _ in range(draw.randint(1, 8)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    if draw.random() < 0.3:
        del content[draw.randrange(len(content)) :]
    path.write_bytes(content)
    import_or_sentence(path, folder)


@pytest.mark.parametrize("kind", [the_truth_comes_out, wild, damaged])
@pytest.mark.parametrize("seed", range(8))
def test_drawn_at_random(kind: Callable[[int, Path], None], seed: int, tmp_path: Path) -> None:
    kind(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [the_truth_comes_out, wild, damaged])
@pytest.mark.parametrize("block", range(10))
def test_three_hundred_drawn_at_random(kind: Callable[[int, Path], None], block: int, tmp_path: Path) -> None:
    for seed in range(1000 + block * 10, 1010 + block * 10):
        kind(seed, tmp_path)
