"""Damaged reports: records add up, nothing ends in a traceback, and nothing personal comes out anywhere."""

import gc
import json
import os
import random
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from saksflyt.cli.main import main
from saksflyt.connectors.key_file import make_key
from saksflyt.connectors.kostra.layouts import layouts
from saksflyt.connectors.registry import import_log, inspect
from saksflyt.mining.errors import SaksflytError

from .kostra_lines import FNR, program, report, support

NOW = datetime(2027, 2, 1, tzinfo=UTC)
# Ten thousand take some minutes, so they are asked for: SAKSFLYT_DIRTY_FILES=10000.
MANY = int(os.environ.get("SAKSFLYT_DIRTY_FILES", "200"))
_ODD = ("\0", "\x85", "\xa0", "\xff", "ø", "'", '"', ";", "\t", "-", "9", "A", "{", "%", "\x1a")


def clean(dice: random.Random) -> list[str]:
    of, year = dice.choice((program, support)), dice.randint(2022, 2026)
    lines = []
    for number in range(dice.randint(1, 12)):
        start = date(year, 1, 1) + timedelta(days=dice.randrange(300))
        said: dict[str, Any] = {"KOMMUNE_NR": dice.choice(("4601", "0301")), "BYDELSNR": dice.choice(("  ", "03"))}
        if of is program:
            said |= {"BEGYNT_DATO": start, "STATUS": dice.choice("1234567"), "AVSL_DATO": dice.choice((None, start))}
        else:
            said |= {"UTBETDATO": dice.choice((None, start)), "VILKARSOSLOV": dice.choice("12")}
        lines.append(of(year, f"J{dice.randint(0, number)}", **said))
    return lines


def damaged(dice: random.Random) -> bytes:
    """A report of one to thirteen lines with some of the damages that files suffer."""
    lines = clean(dice)
    for _ in range(dice.randint(0, 5)):
        place = dice.randrange(len(lines))
        text = lines[place]
        at = dice.randrange(len(text) + 1)
        other = dice.randrange(len(text) + 1)
        low, high = sorted((at, other))
        lines[place] = dice.choice(
            (
                text[:at],
                text[:at] + dice.choice(_ODD) + text[at + 1 :],
                text[:low] + text[high:] + text[low:high],
                text[:low] + " " * (high - low) + text[high:],
                text[:low] + "0" * (high - low) + text[high:],
                text[:low] + "9" * (high - low) + text[high:],
                text[:at] + text[at:] * 3,
                text[:4] + f"{dice.randint(20, 28)}" + text[6:],
                text[: at // 2] + f"{dice.randint(0, 10**8):08}" + text[at // 2 + 8 :],
                "", " ", text + " ", dice.choice(lines),
                support(2025) if len(text) < 200 else program(2025),
            )
        )  # fmt: skip
        if not lines[place]:
            lines[place] = " " * dice.randint(0, 3)
    if dice.random() < 0.1:
        lines.insert(dice.randrange(len(lines)), "KOMMUNE;ÅR;BYDEL")
    end = dice.choice(("\n", "\r\n", "\r\n", "\n\n"))
    encoding = dice.choice(("iso-8859-1", "iso-8859-1", "utf-8", "utf-8-sig"))
    content = end.join(lines).encode(encoding, "replace") + dice.choice((b"", end.encode()))
    if dice.random() < 0.1:
        content = content[: dice.randrange(len(content) + 1)]
    if dice.random() < 0.1:
        flipped = bytearray(content)
        for _ in range(dice.randint(1, 20)):
            if flipped:
                flipped[dice.randrange(len(flipped))] = dice.randrange(256)
        content = bytes(flipped)
    return content


def hold(seed: int, folder: Path) -> bool:
    dice = random.Random(seed)
    paths = []
    for number in range(dice.choice((1, 1, 1, 2, 3))):
        paths.append(folder / f"{number}.dat")
        paths[-1].write_bytes(damaged(dice))
    try:
        done = import_log(paths, folder / "log", now=NOW, replace=True)
    except SaksflytError as error:
        assert "\n" not in str(error).split("\n[columns]")[0] and str(error).endswith((".", '"', "}"))
        return False
    for source in done.receipt.sources:
        assert source.adds_up
        if done.receipt.quarantine is None:
            assert not source.quarantined
    kept = [
        line.split(",")
        for line in (done.receipt.quarantine.read_text().splitlines()[1:] if done.receipt.quarantine else [])
    ]
    assert sum("no" in line for line in kept) == sum(sum(s.quarantined.values()) for s in done.receipt.sources)
    assert sum("yes" in line for line in kept) == sum(done.receipt.cells.values())
    assert (
        sum(s.events for s in done.receipt.sources)
        == len(done.log.sql("select 1 from events")) + done.log.manifest.after_window
    )
    return True


def test_damaged_reports_add_up_and_end_in_no_traceback(tmp_path: Path) -> None:
    assert sum(hold(seed, tmp_path) for seed in range(5)) >= 1


@pytest.mark.slow
def test_many_damaged_reports(tmp_path: Path) -> None:
    read = sum(hold(seed, tmp_path) for seed in range(1000, 1000 + MANY))
    assert read > MANY / 3  # the others are refused


# Canaries

NAME = "Zebulon Kanarifugl"
CANARY: dict[str, Any] = {
    "PERSON_FODSELSNR": FNR,
    "PERSON_DUF": "202012345600",
    "PERSON_JOURNALNR": "KANARI77",
    "SAKSBEHANDLER": "Zebulon Ka",
    "FODSELSDATO": "17051990",
}
NEEDLES = (FNR, "109155 96784", "202012345600", "KANARI77", "Zebulon", "17051990", "1990-05-17")


def planted(form: str, year: int, dice: random.Random) -> list[str]:
    """Records with canaries in their own fields, in any other place, and in lines that cannot be used."""
    of = program if form == "11CF" else support
    layout = next(each for each in layouts().values() if (each.form, each.year) == (form, year))
    said: list[dict[str, Any]] = [CANARY, CANARY | {"PERSON_JOURNALNR": "A"}]
    lines = [of(year, **each) for each in said]
    lines += [of(year, "B"), of(year, "C")]
    for field in layout.fields.values():
        if field.name in ("KOMMUNE_NR", "VERSION", "PERSON_JOURNALNR"):
            continue
        text = of(year, f"F{len(lines)}")
        canary = dice.choice((FNR, "Zebulon", "202012345600"))
        at = min(field.start - 1, layout.length - len(canary))
        lines.append(text[:at] + canary + text[at + len(canary) :])
    bad = of(year, "D", PERSON_FODSELSNR=FNR, SAKSBEHANDLER="Zebulon Ka")
    return [*lines, bad + FNR, bad[:-3], FNR, NAME, "KANARI77" + bad, bad[:4] + "99" + bad[6:]]


def everything(paths: list[Path], folder: Path, key: Path | None) -> str:
    """All that comes out of an import, or of its refusal; and of inspect and the command line."""
    folder.mkdir()
    said: list[str] = []
    shown = inspect(paths)
    said += [str([shown, shown.rows, *shown.others]), *shown.lines()]
    done = import_log(paths, folder / "log", now=NOW, key=key)
    for table in ("events", "cases", "variants"):
        said.append(done.log.sql(f"select * from {table}").to_csv(date_format="%m"))
    said += [*done.receipt.lines(), str(done.receipt)]
    for command in (["quality", str(folder / "log.saksflyt"), "--format", "json"], ["inspect", *map(str, paths)]):
        result = CliRunner().invoke(main, command)
        said += [result.stdout, result.stderr]
    written = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return "\n".join([*said, *(str(path) + path.read_bytes().decode("utf-8", "replace") for path in written)])


@pytest.mark.parametrize("keyed", [False, True], ids=["ordinals", "key"])
@pytest.mark.parametrize("form", ["11CF", "11F"])
def test_nothing_personal_of_any_field_comes_out(
    form: str, keyed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    dice = random.Random(form)
    paths = [report(tmp_path / f"{form}_{year}.dat", *planted(form, year, dice)) for year in (2024, 2025)]
    assert all(needle in paths[1].read_text("iso-8859-1") for needle in (FNR, "Zebulon", "KANARI77"))
    key = tmp_path / "office.key"
    if keyed:
        make_key(key)
    text = everything(paths, tmp_path / "out", key if keyed else None)
    assert [needle for needle in NEEDLES if needle in text] == []
    gc.collect()
    assert list(temporary.iterdir()) == []
    plain = json.loads((tmp_path / "out" / "log.saksflyt" / "log.json").read_text(encoding="utf-8"))
    assert plain["applicants"] >= 1 and plain["sources"][1]["quarantined"]


def test_the_message_of_a_refusal_quotes_nothing(tmp_path: Path) -> None:
    lines = ["460121" + FNR + NAME.ljust(130)] * 3
    with pytest.raises(SaksflytError) as refused:
        import_log(report(tmp_path / "r.dat", *lines), tmp_path / "log", now=NOW)
    assert "is of no layout that is known" in str(refused.value)
    assert not any(needle in str(refused.value) for needle in NEEDLES)
