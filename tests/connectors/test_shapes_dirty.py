"""Random dirty tables of every shape: records add up, nothing is accepted wrongly, and nothing ends in a traceback."""

import csv
import os
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors import tables
from saksflyt.connectors.registry import Reading, import_log
from saksflyt.mining.errors import SaksflytError

from .shape_dirt import HEADS, MAPPINGS, Truth, counts, dirty

NOW = datetime(2026, 11, 1, tzinfo=UTC)
# Of each shape; ten thousand take a quarter of an hour per shape, so they are asked for: SAKSFLYT_DIRTY_FILES=10000.
MANY = int(os.environ.get("SAKSFLYT_DIRTY_FILES", "200"))


def imported(form: str, seed: int, folder: Path) -> tuple[Reading, dict[str, Truth]]:
    files, truth = dirty(form, seed)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    mapping = MAPPINGS[form] | {"table": {"shape": form} | MAPPINGS[form].get("table", {})}
    return import_log([folder / name for name in files], folder / "log", mapping=mapping, now=NOW, replace=True), truth


def hold(form: str, seed: int, folder: Path) -> None:
    done, truth = imported(form, seed, folder)
    for source in done.receipt.sources:
        told = truth[source.name]
        assert source.adds_up
        found = (
            source.records,
            source.accepted,
            *map(counts, (source.quarantined, source.set_aside, source.duplicates)),
        )
        assert found == (told.records, told.accepted, told.quarantined, told.set_aside, told.duplicates), source
        assert source.events == len(told.events)
    assert counts(done.receipt.cells) == sum(told.cells for told in truth.values())
    rows = done.log.sql(
        "select case_id, activity, strftime(timezone('Europe/Oslo', end_time), '%d.%m.%Y %H:%M') as t "
        "from events join cases using (case_no)"
    )
    assert Counter(rows.itertuples(index=False, name=None)) == Counter(
        e for told in truth.values() for e in told.events
    )
    listed = list(csv.DictReader(done.receipt.quarantine.open())) if done.receipt.quarantine else []
    assert Counter(row["kept"] for row in listed) == +Counter(
        no=sum(counts(s.quarantined) for s in done.receipt.sources), yes=counts(done.receipt.cells)
    )


@pytest.mark.parametrize("form", HEADS)
@pytest.mark.parametrize("reader", ["as it comes", "patient"])
def test_every_row_ends_where_it_should(
    form: str, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reader == "patient":
        monkeypatch.setattr(tables, "_fast", lambda *_: None)
    hold(form, 0 if reader == "patient" else 1, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", HEADS)
def test_every_row_of_many_files_ends_where_it_should(form: str, tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        hold(form, seed, tmp_path)


def garbage(form: str, dice: random.Random) -> str:
    """A header and lines of anything, guessed without a mapping."""
    alphabet = 'a1;;;".: \næ\t=-/2024'
    head = ";".join(dice.sample(HEADS[form], len(HEADS[form])) if dice.random() < 0.3 else HEADS[form])
    files, _ = dirty("events" if form == "joined" else form, dice.randrange(10**9))
    lines = next(iter(files.values())).splitlines()[1:]
    for _ in range(dice.randint(1, 8)):
        lines.insert(dice.randint(0, len(lines)), "".join(dice.choices(alphabet, k=dice.randint(0, 40))))
    return "\n".join([head, *lines[dice.randint(0, len(lines)) :]])


def survive(form: str, seed: int, folder: Path) -> None:
    path = folder / "x.csv"
    path.write_text(garbage(form, random.Random(f"{form} {seed}")), encoding="utf-8")
    try:
        done = import_log(path, folder / "log", now=NOW, replace=True)
    except SaksflytError as error:
        assert str(error)
        return
    [source] = done.receipt.sources
    assert source.adds_up and done.log.sql("select count(*) as n from events")["n"].iloc[0] == source.events


@pytest.mark.parametrize("form", HEADS)
def test_anything_adds_up_or_is_refused(form: str, tmp_path: Path) -> None:
    for seed in range(3):
        survive(form, seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", HEADS)
def test_many_files_of_anything_add_up_or_are_refused(form: str, tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        survive(form, seed, tmp_path)
