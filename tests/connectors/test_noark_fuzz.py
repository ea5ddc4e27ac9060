"""Random archives against a slow reading of them, and files damaged at random: one sentence, or records that add up."""

import os
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import import_log
from saksflyt.mining.errors import SaksflytError

from .noark_archive import Slow, random_archive, write

NOW = datetime(2026, 11, 22, tzinfo=UTC)
# Of each kind; ten thousand take a while, so they are asked for: SAKSFLYT_DIRTY_FILES=10000.
MANY = int(os.environ.get("SAKSFLYT_DIRTY_FILES", "200"))
EVENTS = """
select case_id, activity, case when "precision" = 'day' then strftime(timezone('Europe/Oslo', end_time), '%Y-%m-%d')
else strftime(timezone('UTC', end_time), '%Y-%m-%d %H:%M:%S') end as t from events join cases using (case_no)
"""


def hold(seed: int, folder: Path) -> None:
    structure, changes = random_archive(seed)
    slow = Slow(structure, changes)
    path = write(folder / "noark5", structure, changes)
    try:
        done = import_log(path, folder / "log", now=NOW, replace=True)
    except SaksflytError as error:
        assert "No record of" in str(error) and not slow.structure.accepted + slow.log.accepted
        return
    for source, told in zip(done.receipt.sources, (slow.structure, slow.log), strict=True):
        assert source.adds_up
        found = (source.records, source.accepted + sum(source.duplicates.values()), sum(source.quarantined.values()))
        assert found == (told.records, told.accepted, told.quarantined), (seed, source)
        assert Counter(source.set_aside) == told.set_aside, seed
    if not any(source.duplicates for source in done.receipt.sources):
        rows = done.log.sql(EVENTS)
        found = Counter((_known(case), step, t) for case, step, t in rows.itertuples(index=False, name=None))
        told = slow.structure.events + slow.log.events
        assert found == Counter((_known(case), step, t) for case, step, t in told.elements()), seed


def _known(case: str) -> str:
    """Folders without an id go by their place, which the slow reading does not know."""
    return "mappe" if case.startswith("mappe ") else case.removeprefix("systemID ")


def damaged(seed: int) -> bytes:
    dice = random.Random(seed)
    content = bytearray(random_archive(seed)[seed % 4 == 0].encode())
    for _ in range(dice.randint(1, 3)):
        at, how = dice.randrange(len(content)), dice.randrange(12)
        if how == 0:
            del content[at:]
        elif how == 1:
            content[at] = dice.randrange(256)
        elif how == 2:
            del content[at : at + dice.randint(1, 60)]
        elif how == 3:
            content[at:at] = dice.choice(
                (b"<", b"&", b"\xff", b"\0", b"<mappe>", b"</mappe>", b"<registrering>", b"]]>")
            )
        elif how == 4:
            content[at:at] = dice.choice((b"9" * 5000, "ø".encode("cp1252"), b"<!-- x -->", b"<x/>", b"&amp;", b"\n\n"))
        elif how == 5:
            content[at:at] = content[at : at + dice.randint(1, 400)]
        elif how < 11:
            if (at := content.find(b">2", at)) > 0:  # within a value
                content[at + 1 : at + 1] = dice.choice(
                    (b"9" * 5000, b"x", b"&#9;", b"<x>y</x>", b"-", "ø".encode(), b"<![CDATA[2]]>")
                )
        else:
            content[:0] = dice.choice((b"\xef\xbb\xbf", b"\n ", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b", b"x"))
        content = content or bytearray(b" ")
    return bytes(content)


def survive(seed: int, folder: Path) -> bool:
    """Of every fourth archive the change log is damaged, of the others the archive itself."""
    structure, changes = (text.encode() for text in random_archive(seed))
    path = write(folder / "noark5", *((structure, damaged(seed)) if seed % 4 == 0 else (damaged(seed), changes)))
    try:
        done = import_log(path, folder / "damaged", now=NOW, replace=True)
    except SaksflytError as error:
        assert str(error) and "\n" not in str(error)
        return False
    assert all(source.adds_up for source in done.receipt.sources)
    assert done.log.event_count == sum(source.events for source in done.receipt.sources)
    return True


def test_random_archives_are_read_as_the_slow_reading_reads_them(tmp_path: Path) -> None:
    for seed in range(15):
        hold(seed, tmp_path)


def test_damaged_files_are_refused_or_add_up(tmp_path: Path) -> None:
    read = [survive(seed, tmp_path) for seed in range(8)]
    assert any(read) and not all(read)


@pytest.mark.slow
def test_many_random_archives_are_read_as_the_slow_reading_reads_them(tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        hold(seed, tmp_path)


@pytest.mark.slow
def test_many_damaged_files_are_refused_or_add_up(tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        survive(seed, tmp_path)
