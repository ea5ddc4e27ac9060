"""Numbers, names and addresses in any field of a Digisos file, without any option set: they come out nowhere."""

import copy
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from .digisos_files import (
    FILE,
    OTHER,
    UUID,
    asked,
    complaint,
    condition,
    decision,
    demand,
    event,
    file,
    lines,
    matter,
    milliseconds,
    office,
    payment,
    status,
    wrapper,
    write,
)
from .test_canaries import CANARIES, NAME, everything, leaks, temporary
from .test_digisos_dirty import places

__all__ = ["temporary"]  # a fixture
ATTACHED = [{"tittel": "Brev", "referanse": FILE["referanse"]}]
WORDS = [*CANARIES.values(), NAME]


def content() -> dict[str, Any]:
    """An application with every field that the format has, and texts in all of those that may hold any."""
    more = {"saksreferanse": "S", "beskrivelse": "tekst", "tittel": "tekst"}
    paid = {
        "mottaker": "tekst",
        "kontonummer": "12345678903",
        "annenMottaker": True,
        "utbetalingsmetode": "tekst",
        "belop": 5,
    }
    dates = {"forfallsdato": "2025-03-09", "utbetalingsdato": "2025-03-09", "fom": "2025-03-01", "tom": "2025-03-31"}
    letter = {"forvaltningsbrev": FILE, "vedlegg": ATTACHED}
    klager = [
        {
            "klageId": "k",
            "tittel": "x",
            "hendelser": [{"hendelseDato": "2025-03-10T12:00:00", "status": "MOTTATT", "hendelseTekst": "x"}],
        }
    ]
    events = [
        status(1, "MOTTATT"), office(2, "0315"), {**asked(3, 99), **letter}, event("forelopigSvar", 4, **letter),
        {**matter(5, "S"), "tittel": "Livsopphold"}, {**decision(6, "S"), "vedlegg": ATTACHED},
        payment(7, "U", "UTBETALT", **more, **paid, **dates, rammevedtaksreferanse="R"),
        condition(8, "V", **more, utbetalingsreferanse=["U"]), demand(9, "D", **more, frist="2025-03-20T10:00:00Z"),
        event("rammevedtak", 10, rammevedtaksreferanse="R", belop=5, **more), event("nyType", 11, felt="x"),
        status(12, "FERDIGBEHANDLET"),
    ]  # fmt: skip
    soknad = {"timestampSendt": milliseconds(0), "navEksternRefId": "x", "metadata": OTHER}
    soknad |= {
        "soknadDokument": {"filnavn": "x", "dokumentlagerDokumentId": OTHER, "storrelse": 5},
        "vedlegg": [{"filnavn": "x"}],
    }
    return {
        **wrapper(sokerFnr="10915596784", fiksOrgId=OTHER, originalSoknadNAV=soknad),
        "ettersendtInfoNAV": {"ettersendelser": [{"timestampSendt": milliseconds(50), "vedlegg": [{"filnavn": "x"}]}]},
        "digisosSoker": {
            "metadata": OTHER,
            "dokumenter": [{"filnavn": "x"}],
            "timestampSistOppdatert": milliseconds(60),
        },
        "tilleggsinformasjon": {"enhetsnummer": "0314", "kommentar": "x"},
        "soker": {**file(*events), "klager": klager, "nyttFelt": "x"},
    }


# The name of the program that wrote the file is kept: numbers and addresses in it are masked, a name would stay.
KEPT = "systemnavn"


def tried() -> list[int]:
    return [n for n, (holder, key) in enumerate(places(content(), [])) if not isinstance(holder[key], dict | list)]


def test_every_field_is_tried() -> None:
    assert len(tried()) > 100


@pytest.mark.parametrize("canary", [*CANARIES, "name"])
def test_what_is_planted_in_any_field_comes_out_nowhere(canary: str, tmp_path: Path, temporary: Path) -> None:
    word = CANARIES.get(canary, NAME)
    planted = []
    for number in tried():
        one = copy.deepcopy(content())
        holder, key = places(one, [])[number]
        if canary == "name" and key == KEPT:
            continue
        holder[key] = int(word) if isinstance(holder[key], int) and word.isdigit() else word
        if "fiksDigisosId" not in str(key):
            one["fiksDigisosId"] = f"{number:08}{UUID[8:]}"
        planted.append(one)
    path = lines(tmp_path / "x.ndjson", *planted)
    out = everything([path], tmp_path / "out")
    assert leaks(out) == [] and "Zebulon" not in out and "Kanarifugl" not in out
    assert "Vedtak fattet" in out


def test_the_message_of_a_refusal_tells_nothing(tmp_path: Path, temporary: Path) -> None:
    for number, word in zip(tried()[::7], itertools.cycle(WORDS), strict=False):
        one = copy.deepcopy(content())
        holder, key = places(one, [])[number]
        if key != KEPT:
            holder[key] = word
            out = everything([write(tmp_path / "x.json", one)], tmp_path / f"out {number}")
            assert leaks(out) == [] and "Zebulon" not in out


def test_complaints_and_their_writers_come_out_nowhere(tmp_path: Path, temporary: Path) -> None:
    for number, word in enumerate(WORDS):
        full = complaint(
            5, navn=word, personIdentifikator=word, mottaker=word, begrunnelse={"klageTekst": word, "kilde": word}
        )
        name = ("klageId", "vedtakId", "digisosId")[number % 3]
        out = everything([write(tmp_path / "x.json", {**full, name: word})], tmp_path / f"{number} {name}")
        assert leaks(out) == [] and "Zebulon" not in out


def test_names_of_fields_and_files_come_out_nowhere(tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "export"
    for word in WORDS:
        write(folder / f"{word}.json", {**file(status(1, "MOTTATT")), word: word})
        write(folder / word / "digisos-soker.json", {**file({**status(1, "MOTTATT"), word: 1})})
        write(folder / f"{word} 2.json", json.dumps(word))
    out = everything([folder], tmp_path / "out")
    assert leaks(out) == [] and "Zebulon" not in out and "Søknad mottatt" in out
