"""Damaged Digisos files: records add up, nothing ends in a traceback, and what was not damaged is all there."""

import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from saksflyt.connectors.registry import connector_for
from saksflyt.mining.errors import SaksflytError

from .digisos_files import (
    asked,
    complaint,
    condition,
    decision,
    demand,
    event,
    file,
    matter,
    office,
    payment,
    status,
    taken_in,
    wrapper,
)

# Ten thousand take a long while, so they are asked for: SAKSFLYT_DIRTY_FILES=10000.
MANY = int(os.environ.get("SAKSFLYT_DIRTY_FILES", "200"))
WEIRD: list[Any] = [
    None, "", "x", 0, -1, 1e300, 10**30, True, [], {}, [[]], {"a": 1}, "\ud800", "\0", "æ" * 5000, "2025-02-30T00:00:00Z",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2025-03-01", "UNDER_BEHANDLING", -(10**18), 10**18, "' or 1=1",
    [None], ["x"], {"timestampSendt": "x"}, {"ettersendelser": 5}, {"ettersendelser": [5, {"timestampSendt": 1.5}]},
]  # fmt: skip
GOOD = "bbbbbbbb-0000-4000-8000-00000000000"


def application(dice: random.Random) -> Any:
    """A file that holds a little of everything, or a complaint."""
    if dice.random() < 0.15:
        receipt = {"statusListe": [{"status": "SENDT", "timestamp": 1741000000000}]}
        return complaint(3, **({"sendtKvittering": receipt, "ettersendtInfoNAV": None} if dice.random() < 0.5 else {}))
    when = [dice.randint(0, 5000) for _ in range(12)]
    events = [
        status(when[0], "MOTTATT"), status(when[1], "UNDER_BEHANDLING"), matter(when[2], "S"), decision(when[3], "S"),
        payment(when[4], "U", "UTBETALT", belop=5, saksreferanse="S"), condition(when[5], "V", saksreferanse="S"),
        demand(when[6], "D"), asked(when[7], 9, 10), office(when[8], "0315"), status(when[9], "FERDIGBEHANDLET"),
        event("rammevedtak", when[10], rammevedtaksreferanse="R"), event("ukjent", when[11]),
    ]  # fmt: skip
    content = file(*dice.sample(events, dice.randint(1, len(events))))
    if dice.random() < 0.3:
        content["klager"] = [
            {"klageId": "k", "hendelser": [{"hendelseDato": "2025-03-10T12:00:00", "status": "SENDT"}]}
        ]
    return {**wrapper(), "soker": content} if dice.random() < 0.6 else content


def places(content: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and the name or number there."""
    for key, inner in content.items() if isinstance(content, dict) else enumerate(content):
        found.append((content, key))
        if isinstance(inner, dict | list):
            places(inner, found)
    return found


def damaged(dice: random.Random) -> bytes:
    content = application(dice)
    for _ in range(dice.randint(0, 3)):
        holder, key = dice.choice(places(content, []))
        if isinstance(holder, list) and key >= len(holder) or isinstance(holder, dict) and key not in holder:
            continue
        if dice.random() < 0.3:
            del holder[key]
        else:
            holder[key] = dice.choice(WEIRD)
    text = bytearray(json.dumps(content, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"))
    if dice.random() < 0.3:
        for _ in range(dice.randint(1, 5)):
            text[dice.randrange(len(text))] = dice.randrange(256)
    if dice.random() < 0.15:
        del text[dice.randrange(len(text)) :]
    if dice.random() < 0.05:
        return bytes(text).decode("utf-8", "replace").encode("utf-16")
    return bytes(text)


def survive(seed: int, folder: Path) -> None:
    dice = random.Random(f"digisos {seed}")
    texts = [damaged(dice) for _ in range(dice.randint(1, 8))]
    alone = folder / "x.json"
    alone.write_bytes(texts[0])
    try:
        one = taken_in(alone, folder)
        assert one.receipt.sources[0].adds_up
    except SaksflytError as error:
        assert str(error) and len(str(error)) < 600
    good = [{**wrapper(id=f"{GOOD}{n}"), "soker": file(status(1, "MOTTATT"), decision(5, "S"))} for n in range(3)]
    path = folder / dice.choice(("x.zip", "x.ndjson"))
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for n, text in enumerate([json.dumps(g).encode() for g in good] + texts):
                archive.writestr(f"{n:03}.json", text)
    else:
        path.write_bytes(b"\n".join([json.dumps(g).encode() for g in good] + [t.replace(b"\n", b" ") for t in texts]))
    assert connector_for(path).name == "digisos"
    done = taken_in(path, folder, case=dice.choice((None, "matter")))
    [source] = done.receipt.sources
    assert source.adds_up
    assert done.log.event_count == source.events == source.accepted + source.further
    kept = done.log.sql(f"select count(*) as n from events join cases using (case_no) where case_id like '{GOOD}%'")
    assert kept["n"].iloc[0] == 9
    listed = len(done.receipt.quarantine.read_text().splitlines()) - 1 if done.receipt.quarantine else 0
    assert listed == sum(source.quarantined.values())


@pytest.mark.parametrize("part", range(2))
def test_damaged_files_add_up_or_are_refused(part: int, tmp_path: Path) -> None:
    for seed in range(5 * part, 5 * part + 5):
        survive(seed, tmp_path)


@pytest.mark.slow
def test_many_damaged_files_add_up_or_are_refused(tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        survive(seed, tmp_path)
