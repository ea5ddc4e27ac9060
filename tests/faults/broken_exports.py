"""The ways in which an export breaks: each takes the rows of February's file and gives what the file says instead."""

from collections.abc import Callable
from datetime import datetime, timedelta

from faults.office import NEW, Row, rows, text

BEGINS = 780  # the number of February's first case
Broken = str | dict[str, str]  # in the place of February's file, or by name of file; "" is no file


def each(change: Callable[[Row], Row]) -> Callable[[list[Row]], str]:
    """All rows, changed."""
    return lambda said: text(change(row) for row in said)


def only(keeps: Callable[[Row], bool]) -> Callable[[list[Row]], str]:
    """Some of the rows."""
    return lambda said: text(row for row in said if keeps(row))


def stepped(name: Callable[[str], str]) -> Callable[[list[Row]], str]:
    return each(lambda row: (row[0], name(row[1]), *row[2:]))


def placed(name: Callable[[str], str]) -> Callable[[list[Row]], str]:
    return each(lambda row: (*row[:3], name(row[3]), row[4]))


def timed(at: Callable[[datetime], datetime]) -> Callable[[list[Row]], str]:
    return each(lambda row: (*row[:2], at(row[2]), *row[3:]))


def numbered(case: Callable[[str], str]) -> Callable[[list[Row]], str]:
    return each(lambda row: (case(row[0]), *row[1:]))


def mojibake(word: str) -> str:
    return word.encode("utf-8").decode("latin-1")


def swapped(said: list[Row]) -> str:
    """As a spreadsheet does it: what can be a month is one, and the rest stands as it was."""
    return text(
        (case, step, at.replace(month=at.day, day=at.month) if at.day <= 12 else at, unit, kind)
        for case, step, at, unit, kind in said
    )


def closed_only(said: list[Row]) -> str:
    """Those that were closed when the month ended."""
    closed = {row[0] for row in said if row[1] == "Utbetalt" and row[2].month == 2}
    return text(row for row in said if row[0] in closed)


def test_system(said: list[Row]) -> str:
    return text((f"T{case}", step, at, f"Test {n % 2}", kind) for n, (case, step, at, _, kind) in enumerate(said[::3]))


def old() -> list[Row]:
    return [row for row in rows() if row[2] < NEW]


def cut(said: list[Row]) -> str:
    """In the middle of a line, and of the month."""
    whole = text(said)
    return whole[: len(whole) * 2 // 5]


def reused(said: list[Row]) -> str:
    """The numbers of last year, for cases that begin now."""
    return text(
        (f"2025/{number - BEGINS:04}" if (number := int(row[0][-4:])) >= BEGINS else row[0], *row[1:]) for row in said
    )


# By name: how it breaks, and the kinds of fault that refuse the month.
REFUSED: dict[str, tuple[Callable[[list[Row]], Broken], set[str]]] = {
    "half a file, cut within a line": (cut, {"stale"}),
    "last month's file again": (lambda said: "", {"stale", "few", "unit", "type", "gone steps"}),
    "an empty month": (only(lambda row: row[2].month == 3), {"few", "unit"}),
    "one office missing": (only(lambda row: row[3] != "Sør"), {"unit"}),
    "a renamed activity": (stepped(lambda step: step.removesuffix(" fattet")), {"new steps", "gone steps"}),
    "a new system's names": (stepped(lambda step: f"STEG_{len(step)}"), {"new steps", "gone steps"}),
    "an encoding misread": (lambda said: mojibake(text(said)), {"new steps", "gone steps", "unit"}),
    "day and month swapped where they can be": (swapped, {"days"}),
    "day and month swapped": (lambda said: text(said, form="%m.%d.%Y %H:%M"), {"quarantine"}),
    "repeated rows": (lambda said: text([*said, *said]), {"repeated"}),
    "another system's test data": (test_system, {"unit"}),
    "the offices renamed": (placed(lambda unit: f"Nav {unit}"), {"unit"}),
    "case numbers used again": (reused, {"few cases"}),
    "case numbers in another form": (numbered(lambda case: case.replace("/", "-")), {"torn"}),
    "case numbers rounded by a spreadsheet": (numbered(lambda case: case[:-2] + "00"), {"few cases"}),
    "all registered on one day": (timed(lambda at: datetime(2026, 2, 27, at.hour, at.minute)), {"gap", "days"}),
    "a filter on one type left on": (only(lambda row: row[4] == "Livsopphold"), {"type"}),
    "closed cases only": (closed_only, {"open"}),
    "decisions only": (only(lambda row: row[1] == "Vedtak fattet"), {"few"}),
    "a week missing in the middle": (only(lambda row: not 6 <= row[2].day <= 17), {"gap"}),
    "another year": (timed(lambda at: at.replace(year=2062)), {"few", "stale"}),
    "columns swapped": (lambda said: text((row[0], row[3], row[2], row[1], row[4]) for row in said), {"new steps"}),
    "without its heading": (lambda said: text(said).partition("\n")[2], set()),
    "an empty file": (lambda said: "\n", set()),
    "an error page": (lambda said: "<html><body>Sesjonen er utløpt</body></html>\n", set()),
    "the column of times empty": (lambda said: text(said, form=" "), set()),
    "half of an office": (only(lambda row: row[3] != "Nord" or int(row[0][-4:]) % 5 > 2), {"unit"}),
    "old months gone": (lambda said: {"a.csv": text(row for row in old() if row[2].year == 2026), "b.csv": text(said)}, {"short"}),
    "old cases gone": (lambda said: {"a.csv": text(row for row in old() if int(row[0][-4:]) % 9), "b.csv": text(said)}, {"lost"}),
    "all case numbers rounded by a spreadsheet": (
        lambda said: {name: text((f"{row[0][:-2]}00", *row[1:]) for row in of) for name, of in (("a.csv", old()), ("b.csv", said))},
        {"lost"},
    ),
}  # fmt: skip

# Those that are judged, and what is said.
SAID: dict[str, tuple[Callable[[list[Row]], Broken], str]] = {
    "the zone shifted": (timed(lambda at: at + timedelta(hours=2)), "minutes later in the day than usual"),
    "no times of day": (timed(lambda at: at.replace(hour=0, minute=0)), "without a time of day"),
    "made too early": (only(lambda row: row[2] < datetime(2026, 2, 24)), "was the export made too early?"),
    "half of a small office": (only(lambda row: row[3] != "Vest" or int(row[0][-4:]) % 4 == 1), "Vest has"),
    "some dates in the future": (
        each(lambda row: (*row[:2], row[2].replace(year=2062), *row[3:]) if int(row[0][-4:]) % 5 == 0 else row),
        "dated after the day of the run",
    ),
}  # fmt: skip

# Not broken: another form that is understood.
UNDERSTOOD: dict[str, Callable[[list[Row]], Broken]] = {
    "commas for semicolons": lambda said: text(said, between=","),
    "the file twice": lambda said: {"b.csv": text(said), "copy of b.csv": text(said)},
    "the other way round": lambda said: text(reversed(said)),
    "dates written as in a database": lambda said: text(said, form="%Y-%m-%d %H:%M"),
}
