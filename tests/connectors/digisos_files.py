"""Digisos files for tests: short ways to write events, files, wrappers and complaints, and to read what came of them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from saksflyt.connectors.registry import Reading, import_log

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UUID = "12345678-9abc-4ef0-8234-56789abcdef0"
OTHER = "aaaaaaaa-9abc-4ef0-8234-56789abcdef0"
FILE = {"referanse": {"type": "dokumentlager", "id": UUID}}
Json = dict[str, Any]


def at(minute: int) -> str:
    return f"2025-03-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00.000Z"


def event(kind: str, minute: int, **more: Any) -> Json:
    return {"type": kind, "hendelsestidspunkt": at(minute), **more}


def status(minute: int, code: str) -> Json:
    return event("soknadsStatus", minute, status=code)


def matter(minute: int, name: str, code: str | None = None) -> Json:
    return event("saksStatus", minute, referanse=name, **({"status": code} if code else {}))


def decision(minute: int, name: str | None, outcome: str | None = "INNVILGET", document: str = UUID) -> Json:
    more = {"saksreferanse": name} if name is not None else {}
    more |= {"utfall": outcome} if outcome else {}
    return event("vedtakFattet", minute, vedtaksfil={"referanse": {"type": "dokumentlager", "id": document}}, **more)


def payment(minute: int, name: str, code: str | None = None, **more: Any) -> Json:
    return event("utbetaling", minute, utbetalingsreferanse=name, **({"status": code} if code else {}), **more)


def condition(minute: int, name: str, code: str | None = None, **more: Any) -> Json:
    return event("vilkar", minute, vilkarreferanse=name, **({"status": code} if code else {}), **more)


def demand(minute: int, name: str, code: str | None = None, **more: Any) -> Json:
    return event(
        "dokumentasjonkrav", minute, dokumentasjonkravreferanse=name, **({"status": code} if code else {}), **more
    )


def asked(minute: int, *deadlines: int) -> Json:
    return event(
        "dokumentasjonEtterspurt",
        minute,
        dokumenter=[{"dokumenttype": "Husleie", "innsendelsesfrist": at(due)} for due in deadlines],
    )


def office(minute: int, number: str) -> Json:
    return event("tildeltNavKontor", minute, navKontor=number)


def file(*events: Json) -> Json:
    return {
        "version": "1.3.0",
        "avsender": {"systemnavn": "Testsystemet", "systemversjon": "1"},
        "hendelser": [*events],
    }


def wrapper(id: str = UUID, sent: int | None = 0, **more: Any) -> Json:
    """A DigisosSak; sent : the minute, None for an application on paper."""
    epoch = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp() * 1000)
    original = None if sent is None else {"timestampSendt": epoch + 60_000 * sent}
    plain = {"fiksDigisosId": id, "kommunenummer": "0301", "sistEndret": epoch, "originalSoknadNAV": original}
    return {**plain, "ettersendtInfoNAV": None, "digisosSoker": None, "tilleggsinformasjon": None, **more}


def milliseconds(minute: int) -> int:
    return int(datetime(2025, 3, 1, tzinfo=UTC).timestamp() * 1000) + 60_000 * minute


def complaint(minute: int, **more: Any) -> Json:
    ids = {"klageId": OTHER, "vedtakId": UUID, "digisosId": UUID}
    return {**ids, "innsendingstidspunkt": at(minute), "navn": "Kari", "personIdentifikator": "01819000049", **more}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def lines(path: Path, *contents: Any) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in contents), encoding="utf-8")
    return path


def taken_in(path: Path | list[Path], folder: Path, case: str | None = None) -> Reading:
    return import_log(path, folder / "log", now=NOW, replace=True, case=case)


def events_of(done: Reading) -> pd.DataFrame:
    return done.log.sql("select * from events join cases using (case_no) order by case_no, position")


def steps(done: Reading) -> list[str]:
    return events_of(done)["activity"].to_list()


def told(folder: Path, *events: Json, **more: Any) -> Reading:
    """What comes of one application with these events. more : of its wrapper"""
    content = file(*events)
    return taken_in(write(folder / "x.json", {**wrapper(**more), "soker": content} if more else content), folder)


def aside(done: Reading) -> dict[str, int]:
    [source] = done.receipt.sources
    assert source.adds_up
    return source.set_aside
