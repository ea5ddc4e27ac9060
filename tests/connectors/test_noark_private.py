"""What is planted in any field of a Noark 5 extraction comes out nowhere, and nothing need be set for that."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from saksflyt.cli.main import main
from saksflyt.connectors.registry import import_log
from saksflyt.sample_logs.noark import CHANGES_NAME, STRUCTURE_NAME, write_noark_sample

from .noark_archive import archive, change, change_log, folder, post, write
from .test_canaries import CANARIES, NAME, SOME_CANARIES, everything, leaks, temporary  # noqa: F401 (a fixture)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
FIELD = re.compile(r"<(\w+)>([^<]*)</\1>")
FNR = re.compile(r"\d{11}")
NAMES = ("Alvina", "Birk", "Steinlund", "Myrvoll", "Zebulon", "Kanarifugl", "Tittel")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    target = tmp_path_factory.mktemp("sample")
    write_noark_sample(target, cases=4)
    texts = {name: (target / name).read_text(encoding="utf-8") for name in (STRUCTURE_NAME, CHANGES_NAME)}
    party = "<part><partNavn>x</partNavn></part><merknad><merknadstekst>x</merknadstekst></merknad>"
    more = "<flytTil>x</flytTil><flytMerknad>x</flytMerknad>"
    texts[STRUCTURE_NAME] = (
        texts[STRUCTURE_NAME].replace("<part>", f"{party}<part>").replace("<flytTil>", f"{more}<flytTil>")
    )
    return texts


def planted(texts: dict[str, str], name: str, text: str) -> dict[str, str]:
    """Every other field of that name holds the text."""
    found = {}
    for file, content in texts.items():
        counts = iter(range(10**9))

        def put(match: re.Match[str], counts=counts) -> str:
            return f"<{name}>{text}</{name}>" if match[1] == name and next(counts) % 2 == 0 else match[0]

        found[file] = FIELD.sub(put, content)
    return found


@pytest.mark.parametrize("canary", [*SOME_CANARIES, "name"])
def test_nothing_that_is_planted_in_a_field_comes_out(
    canary: str,
    sample: dict[str, str],
    tmp_path: Path,
    temporary: Path,  # noqa: F811
) -> None:
    text = CANARIES.get(canary, NAME)
    kept = {"administrativEnhet"} if canary == "name" else set()  # the name of an office may be anything
    ids = {"mappeID", "systemID", "referanseArkivenhet"} if canary == "name" else set()
    names = sorted({name for content in sample.values() for name, _ in FIELD.findall(content)} - kept - ids)
    assert len(names) >= 30
    for batch in (names[::3], names[1::3], names[2::3]):
        texts = sample
        for name in batch:
            texts = planted(texts, name, text)
        path = write(tmp_path / "n5", texts[STRUCTURE_NAME], texts[CHANGES_NAME])
        out = everything([path], tmp_path / f"out {batch[0]}")
        assert leaks(out) == [] and NAME not in out and "cases" in out
        assert (tmp_path / f"out {batch[0]}" / "log.saksflyt").exists(), out[:500]


def test_the_sample_is_full_of_numbers_and_names_and_its_log_has_none(tmp_path: Path, temporary: Path) -> None:  # noqa: F811
    path = ROOT / "sample_logs" / "noark5"
    text = (path / STRUCTURE_NAME).read_text(encoding="utf-8")
    numbers = set(FNR.findall(text))
    assert len(numbers) > 5 and "Steinlund" in text
    out = everything([path], tmp_path / "out")
    assert [number for number in numbers if number in out] == [] and [name for name in NAMES if name in out] == []


def test_titles_do_not_come_out_with_a_lexicon_either(tmp_path: Path, temporary: Path) -> None:  # noqa: F811
    path = write(tmp_path / "n5", archive(folder("1", post(tittel=f"Søknad fra {NAME} 10915596784"))))
    done = import_log(path, tmp_path / "log", mapping={"titles": {"*søknad*": "Søknad mottatt"}}, now=NOW)
    written = b"".join(
        file.read_bytes() for file in sorted(tmp_path.rglob("*")) if file.is_file() and "n5" not in str(file)
    )
    assert "Søknad mottatt" in str(done.log.sql("select activity from events"))
    assert b"Zebulon" not in written and b"10915596784" not in written


def test_the_command_line_and_the_quarantine_tell_nothing(tmp_path: Path, temporary: Path) -> None:  # noqa: F811
    canary = CANARIES["id"]
    structure = archive(folder("1", post("U", sendtDato=canary), opened=f"{NAME} 2024"), folder("2", post(system="s")))
    path = write(tmp_path / "n5", structure, change_log(change(canary), change("m-2", new=f"{NAME} {canary}")))
    for command in (["import", str(path), "-o", str(tmp_path / "log"), "--replace", "--format", "json"],
                    ["variants", str(path)], ["inspect", str(path)]):  # fmt: skip
        done = CliRunner().invoke(main, [*command, "--now", "2026-11-01"])
        assert done.exit_code == 0 and leaks(done.output) == [] and NAME not in done.output
    quarantined = (tmp_path / "log.quarantine.csv").read_text(encoding="utf-8")
    assert quarantined.count("\n") == 4 and leaks(quarantined) == [] and "Zebulon" not in quarantined
