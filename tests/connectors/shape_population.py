"""One made-up population of cases, written in every shape that a table can have."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

STEPS = ("Søknad mottatt", "Kartlegging", "Dokumentasjon bedt om", "Vedtak fattet", "Utbetalt", "Ferdig")
OSLO = ZoneInfo("Europe/Oslo")
OTHER_FIELDS = ("saksbehandler", "prioritet", "tittel")


@dataclass(frozen=True)
class Step:
    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Case:
    id: str
    kind: str
    due: datetime
    steps: tuple[Step, ...]


def population(seed: int, size: int = 40) -> list[Case]:
    """Cases in which each step happens at most once, at minutes of their own; the last step may still be going on."""
    dice = random.Random(seed)
    cases = []
    for number in range(size):
        moment = datetime(2024, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 300))
        chosen = dice.sample(STEPS, dice.randint(1, len(STEPS)))
        if dice.random() < 0.7:
            chosen.sort(key=STEPS.index)
        steps = []
        for place, name in enumerate(chosen):
            start = moment + timedelta(minutes=dice.randint(1, 3000))
            going_on = place == len(chosen) - 1 and dice.random() < 0.5
            end = start if going_on else start + timedelta(minutes=dice.randint(1, 3000))
            steps.append(Step(name, start, end))
            moment = end
        kind = dice.choice(("Livsopphold", "KVP"))
        cases.append(Case(f"2024/{number}", kind, moment + timedelta(days=30), tuple(steps)))
    return cases


def stamp(moment: datetime) -> str:
    """As Norwegian exports write it."""
    return moment.astimezone(OSLO).strftime("%d.%m.%Y %H:%M")


def _write(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("".join(";".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _shuffled(rows: list[list[str]]) -> list[list[str]]:
    random.Random(len(rows)).shuffle(rows)
    return rows


def _each(cases: list[Case]) -> Iterator[tuple[Case, Step]]:
    return ((case, step) for case in cases for step in case.steps)


def events(cases: list[Case], folder: Path) -> list[Path]:
    rows = [[case.id, step.name, stamp(step.end), case.kind, stamp(case.due)] for case, step in _each(cases)]
    return [_write(folder / "events.csv", [["Saksnr", "Hendelse", "Tidspunkt", "Sakstype", "Frist"], *_shuffled(rows)])]


def wide(cases: list[Case], folder: Path) -> list[Path]:
    rows = [["Saksnr", "Sakstype", "Frist", *STEPS]]
    for case in cases:
        dates = {step.name: stamp(step.end) for step in case.steps}
        rows.append([case.id, case.kind, stamp(case.due), *(dates.get(name, "") for name in STEPS)])
    return [_write(folder / "wide.csv", rows)]


def audit(cases: list[Case], folder: Path) -> list[Path]:
    dice, rows = random.Random(1), []
    for case in cases:
        before = ""
        for step in case.steps:
            rows.append([case.id, "Status", before, step.name, stamp(step.end), case.kind, stamp(case.due)])
            before = step.name
            if dice.random() < 0.4:
                at = stamp(step.end + timedelta(minutes=dice.randint(0, 99)))
                rows.append([case.id, dice.choice(OTHER_FIELDS), "x", "y", at, case.kind, stamp(case.due)])
    head = ["Saksnr", "Felt", "Gammel verdi", "Ny verdi", "Endret", "Sakstype", "Frist"]
    return [_write(folder / "audit.csv", [head, *_shuffled(rows)])]


def intervals(cases: list[Case], folder: Path) -> list[Path]:
    rows = [
        [
            case.id,
            step.name,
            stamp(step.start),
            "" if step.end == step.start else stamp(step.end),
            case.kind,
            stamp(case.due),
        ]
        for case, step in _each(cases)
    ]
    return [
        _write(folder / "intervals.csv", [["Saksnr", "Status", "Fra", "Til", "Sakstype", "Frist"], *_shuffled(rows)])
    ]


def joined(cases: list[Case], folder: Path) -> list[Path]:
    rows = [[case.id, step.name, stamp(step.end)] for case, step in _each(cases)]
    table = [[case.id, case.kind, stamp(case.due)] for case in cases]
    return [
        _write(folder / "hendelser.csv", [["Saksnr", "Hendelse", "Tidspunkt"], *_shuffled(rows)]),
        _write(folder / "saker.csv", [["Saksnr", "Sakstype", "Frist"], *_shuffled(table)]),
    ]


def parquet_file(cases: list[Case], folder: Path) -> list[Path]:
    each = list(_each(cases))
    table = pa.table(
        {
            "case_id": [case.id for case, _ in each],
            "activity": [step.name for _, step in each],
            "start_time": pa.array([step.start for _, step in each], pa.timestamp("us", "UTC")),
            "timestamp": pa.array([step.end for _, step in each], pa.timestamp("us", "UTC")),
            "case_type": [case.kind for case, _ in each],
            "due": pa.array([case.due for case, _ in each], pa.timestamp("us", "UTC")),
        }
    )
    parquet.write_table(table, folder / "events.parquet")
    return [folder / "events.parquet"]


def xes(cases: list[Case], folder: Path) -> list[Path]:
    lines = ['<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0">']
    for case in cases:
        lines.append(f'<trace><string key="concept:name" value="{case.id}"/>')
        for step in case.steps:
            for moment, word in ((step.start, "start"), (step.end, "complete")):
                if word == "complete" and step.end == step.start:
                    continue
                lines.append(
                    f'<event><string key="concept:name" value="{step.name}"/><string key="lifecycle:transition" '
                    f'value="{word}"/><date key="time:timestamp" value="{moment.isoformat()}"/></event>'
                )
        lines.append("</trace>")
    path = folder / "log.xes"
    path.write_text("\n".join([*lines, "</log>"]), encoding="utf-8")
    return [path]


def _workbook(path: Path, head: list[str], rows: list[list[str | datetime | None]]) -> list[Path]:
    """Dates as a spreadsheet has them: numbers of days, on a clock without a zone."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy hh:mm"})
    sheet = book.add_worksheet()
    for number, row in enumerate([head, *rows]):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(number, column, value.astimezone(OSLO).replace(tzinfo=None))
            elif value is not None:
                sheet.write_string(number, column, value)
    book.close()
    return [path]


def xlsx(cases: list[Case], folder: Path) -> list[Path]:
    rows: list[list[str | datetime | None]] = [
        [case.id, step.name, step.end, case.kind, case.due] for case, step in _each(cases)
    ]
    random.Random(len(rows)).shuffle(rows)
    return _workbook(folder / "events.xlsx", ["Saksnr", "Hendelse", "Tidspunkt", "Sakstype", "Frist"], rows)


def wide_xlsx(cases: list[Case], folder: Path) -> list[Path]:
    rows: list[list[str | datetime | None]] = []
    for case in cases:
        dates = {step.name: step.end for step in case.steps}
        rows.append([case.id, case.kind, case.due, *(dates.get(name) for name in STEPS)])
    return _workbook(folder / "wide.xlsx", ["Saksnr", "Sakstype", "Frist", *STEPS], rows)


Writer = Callable[[list[Case], Path], list[Path]]
# What each form can carry besides variants and times: starts, and the cases' type and due time.
WRITERS: dict[str, tuple[Writer, bool, bool]] = {
    "events": (events, False, True),
    "wide": (wide, False, True),
    "audit": (audit, False, True),
    "intervals": (intervals, True, True),
    "joined": (joined, False, True),
    "parquet": (parquet_file, True, True),
    "xes": (xes, True, False),
    "xlsx": (xlsx, False, True),
    "wide xlsx": (wide_xlsx, False, True),
}
