"""The export: the same bytes everywhere, written as Norwegian case systems write."""

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

import saksflyt
from saksflyt.sample_logs.__main__ import SMALL
from saksflyt.sample_logs.generator import write_sample

COMMITTED = Path(saksflyt.__file__).parent / "sample_logs"
ELSEWHERE = """
import sys
from pathlib import Path
from saksflyt.sample_logs.generator import write_sample
write_sample(Path(sys.argv[1]), seed=7, cases=200)
"""


def digest(folder: Path) -> str:
    return sha256((folder / "soknader.csv").read_bytes() + (folder / "fasit.json").read_bytes()).hexdigest()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.parametrize("name", ["soknader.csv", "fasit.json"])
def test_committed_sample_is_what_the_generator_writes(tmp_path: Path, name: str) -> None:
    write_sample(tmp_path, cases=SMALL)
    again = "run: python -m saksflyt.sample_logs"
    assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes(), again


def test_same_bytes_across_hash_seeds_and_zones(tmp_path: Path) -> None:
    for hash_seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4711", "America/St_Johns")):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": zone}
        command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / hash_seed)]
        subprocess.run(command, check=True, env=environment, cwd=tmp_path)
    write_sample(tmp_path / "here", seed=7, cases=200)
    assert {digest(tmp_path / name) for name in ("0", "1", "4711")} == {digest(tmp_path / "here")}


def test_another_seed_is_another_export(tmp_path: Path) -> None:
    exports = [write_sample(tmp_path / str(seed), seed=seed, cases=50).export.read_bytes() for seed in (1, 2)]
    assert exports[0] != exports[1]


def test_written_as_norwegian_case_systems_do(tmp_path: Path) -> None:
    content = write_sample(tmp_path, cases=60).export.read_bytes()
    lines = content.decode("cp1252").split("\r\n")
    assert lines[0] == "Saksnr;Hendelse;Tidspunkt;Saksbehandler;Kontor;Søker;Sakstype;Avsluttet;Beløp"
    assert lines[-1] == "" and "\n" not in "".join(lines)
    assert {line.count(";") for line in lines[:-1]} == {8}
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    amounts = [line.rsplit(";", 1)[1] for line in lines[1:-1] if ";Utbetaling;" in line]
    assert amounts and all(amount[-3] == "," and amount.replace(",", "").isdecimal() for amount in amounts)


def test_what_belongs_to_the_case_is_the_same_on_all_its_rows(tmp_path: Path) -> None:
    rows = rows_of(write_sample(tmp_path, cases=300).export)
    for column in ("Kontor", "Søker", "Sakstype", "Avsluttet"):
        assert len({(row["Saksnr"], row[column]) for row in rows}) == len({row["Saksnr"] for row in rows})


def test_no_row_twice(tmp_path: Path) -> None:
    rows = [tuple(row.values()) for row in rows_of(write_sample(tmp_path, cases=1000).export)]
    assert len(set(rows)) == len(rows)


def test_one_case_is_enough_and_none_is_refused(tmp_path: Path) -> None:
    answers = write_sample(tmp_path, cases=1).answers
    assert (answers.cases, answers.median_days_before) == (1, None)
    with pytest.raises(ValueError, match="at least one case"):
        write_sample(tmp_path, cases=0)


def test_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_sample(tmp_path, cases=5)
    assert list(tmp_path.iterdir()) == []


def test_answers_are_json_and_every_figure_says_how_it_is_counted(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, cases=100)
    read = json.loads((tmp_path / "fasit.json").read_text(encoding="utf-8"))
    facts = list(sample.answers.facts())
    assert list(read) == [fact.name for fact in facts] == list(vars(sample.answers))
    assert all(fact.unit and fact.counted for fact in facts)
