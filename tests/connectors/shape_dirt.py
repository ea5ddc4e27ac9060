"""Dirty tables of every shape, with the truth of what an import must make of each row."""

import random
from collections import Counter
from dataclasses import dataclass, field

MAPPINGS = {
    "events": {"columns": {"Tidspunkt": {"role": "time", "format": "%d.%m.%Y %H:%M"}}},
    "wide": {
        "columns": {
            name: {"role": "milestone", "format": "%d.%m.%Y %H:%M"} for name in ("Mottatt", "Vedtak", "Utbetalt")
        }
    },
    "audit": {"columns": {"Endret": {"role": "time", "format": "%d.%m.%Y %H:%M"}}, "table": {"fields": ["status"]}},
    "intervals": {
        "columns": {
            "Fra": {"role": "start", "format": "%d.%m.%Y %H:%M"},
            "Til": {"role": "time", "format": "%d.%m.%Y %H:%M"},
        }
    },
    "joined": {"columns": {"Tidspunkt": {"role": "time", "format": "%d.%m.%Y %H:%M"}}, "table": {"cases": "saker.csv"}},
}
HEADS = {
    "events": ["Saksnr", "Hendelse", "Tidspunkt", "Kanal"],
    "wide": ["Saksnr", "Mottatt", "Vedtak", "Utbetalt", "Kanal"],
    "audit": ["Saksnr", "Felt", "Gammel verdi", "Ny verdi", "Endret", "Kanal"],
    "intervals": ["Saksnr", "Status", "Fra", "Til", "Kanal"],
    "joined": ["Saksnr", "Sakstype", "Frist"],
}
_BAD = ("x", "31.02.2024 10:00", "99.99.2024 10:00", "01.01.1900 10:00", "31.03.2024 02:30", "?", '"', "10:00")
_CASES = ("1", "2", "2024/7", "0301")
_STEPS = ("a", "b b", "ø")


@dataclass
class Truth:
    """What must come out of one file: records by what became of them, events, and cells left empty."""

    records: int = 0
    accepted: int = 0
    quarantined: int = 0
    set_aside: int = 0
    duplicates: int = 0
    cells: int = 0
    events: list[tuple[str, str, str]] = field(default_factory=list)  # case, activity, time as written
    seen: set[tuple[str, ...]] = field(default_factory=set)


def dirty(form: str, seed: int) -> tuple[dict[str, str], dict[str, Truth]]:
    """The files of one dirty import and the truth about each."""
    dice = random.Random(f"{form} {seed}")
    if form == "joined":
        events, truth = _file("events", dice)
        known = {case for case, _, _ in truth.events}
        table, told = _case_table(dice, known)
        return {"hendelser.csv": events, "saker.csv": table}, {"hendelser.csv": truth, "saker.csv": told}
    text, truth = _file(form, dice)
    return {f"{form}.csv": text}, {f"{form}.csv": truth}


def _file(form: str, dice: random.Random) -> tuple[str, Truth]:
    truth, lines = Truth(), [";".join(HEADS[form])]
    # Clean rows first, so that no column is mostly unreadable; the format is given, so that none must be proved.
    rows = [_clean(form, dice, n) for n in range(30)] + [_row(form, dice) for _ in range(dice.randint(0, 14))]
    if form == "wide":
        rows += [list(dice.choice(rows)) for _ in range(dice.randint(0, 3))]
    for row in rows:
        _JUDGES[form](row, truth)
        lines.append(";".join(_quoted(cell, dice) for cell in row))
        if dice.random() < 0.1:
            lines.append(dice.choice(("", "  ")))  # no record
    if dice.random() < 0.3:
        lines.append(";".join(["Sum", *[""] * (len(rows[0]) - 1)]))
        truth.records, truth.set_aside = truth.records + 1, truth.set_aside + 1
    return dice.choice(("\n", "\r\n")).join(lines) + dice.choice(("", "\n")), truth


def _quoted(cell: str, dice: random.Random) -> str:
    if '"' in cell or dice.random() < 0.1:
        return '"' + cell.replace('"', '""') + '"'
    return f" {cell} " if cell and dice.random() < 0.1 else cell


def _when(dice: random.Random) -> str:
    return f"{dice.randint(1, 28):02}.{dice.randint(4, 9):02}.2024 {dice.randint(0, 23):02}:{dice.randint(0, 59):02}"


def _perhaps(dice: random.Random) -> str:
    return dice.choice((_when(dice), _when(dice), "", "NULL", dice.choice(_BAD)))


def _clean(form: str, dice: random.Random, number: int) -> list[str]:
    case = f"c{number}"
    early, late = sorted((_when(dice) for _ in range(2)), key=_order)
    return {
        "events": [case, "a", early, f"k{number}"],
        "wide": [case, early, late, late, f"k{number}"],
        "audit": [case, "status", "", "a", early, f"k{number}"],
        "intervals": [case, "a", early, late, f"k{number}"],
    }[form]


def _row(form: str, dice: random.Random) -> list[str]:
    case = dice.choice((*_CASES, ""))
    extra = f"k{dice.randrange(10**6)}"
    if dice.random() < 0.1:
        return [""] * len(HEADS[form])
    step = dice.choice((*_STEPS, ""))
    return {
        "events": lambda: [case, step, _perhaps(dice), extra],
        "wide": lambda: [case, _perhaps(dice), _perhaps(dice), _perhaps(dice), dice.choice((extra, "same"))],
        "audit": lambda: [
            case,
            dice.choice(("status", "Status", "tittel", "")),
            dice.choice((*_STEPS, "")),
            step,
            _perhaps(dice),
            extra,
        ],
        "intervals": lambda: [
            case,
            step,
            _perhaps(dice),
            dice.choice((_perhaps(dice), "31.12.9999 00:00")),
            extra,
        ],
    }[form]()


def _order(text: str) -> tuple[str, ...]:
    day, month, year, clock = text[:2], text[3:5], text[6:10], text[11:]
    return year, month, day, clock


def _empty(cell: str) -> bool:
    return cell in ("", "NULL")


def _bad(cell: str) -> bool:
    return cell in _BAD


def _aside(row: list[str], truth: Truth) -> bool:
    truth.records += 1
    if all(map(_empty, row)):
        truth.set_aside += 1
        return True
    return False


def _judge_events(row: list[str], truth: Truth) -> None:
    case, step, time, _ = row
    if _aside(row, truth):
        return
    if any(map(_empty, (case, step, time))) or _bad(time):
        truth.quarantined += 1
        return
    truth.accepted += 1
    truth.events.append((case, step, time))


def _judge_wide(row: list[str], truth: Truth) -> None:
    if _aside(row, truth):
        return
    case, *dates, _ = row
    good = {
        name: t
        for name, t in zip(("Mottatt", "Vedtak", "Utbetalt"), dates, strict=True)
        if not _empty(t) and not _bad(t)
    }
    if _empty(case) or (not good and any(map(_bad, dates))):
        truth.quarantined += 1
    elif not good:
        truth.set_aside += 1
    elif (content := tuple("" if _empty(cell) else cell for cell in row)) in truth.seen:
        truth.duplicates += 1
    else:
        truth.seen.add(content)
        truth.accepted += 1
        truth.cells += sum(map(_bad, dates))
        truth.events += [(case, name, time) for name, time in good.items()]


def _judge_audit(row: list[str], truth: Truth) -> None:
    if _aside(row, truth):
        return
    case, name, old, new, time, _ = row
    if _empty(name):
        truth.quarantined += 1
    elif name.lower() != "status" or _empty(new) or old == new:
        truth.set_aside += 1
    elif _empty(case) or _empty(time) or _bad(time):
        truth.quarantined += 1
    else:
        truth.accepted += 1
        truth.events.append((case, new, time))


def _judge_intervals(row: list[str], truth: Truth) -> None:
    if _aside(row, truth):
        return
    case, step, start, end, _ = row
    begun = not _empty(start) and not _bad(start)
    going_on = _empty(end) or "9999" in end
    if _empty(case) or _empty(step) or _bad(end) or (going_on and not begun):
        truth.quarantined += 1
        return
    truth.accepted += 1
    late = begun and not going_on and _order(start) > _order(end)
    truth.cells += _bad(start) + late
    truth.events.append((case, step, start if going_on else end))


_JUDGES = {"events": _judge_events, "wide": _judge_wide, "audit": _judge_audit, "intervals": _judge_intervals}


def _case_table(dice: random.Random, known: set[str]) -> tuple[str, Truth]:
    truth, lines = Truth(), [";".join(HEADS["joined"])]
    rows = [[case, "KVP", "01.12.2024"] for case in sorted(known) if case.startswith("c")]
    for _ in range(dice.randint(0, 10)):
        due = dice.choice(("01.12.2024", "", "99.99.2024", "x"))
        rows.append([dice.choice((*_CASES, "u1", "u2", "")), dice.choice(("KVP", "")), due])
    first: dict[str, list[str]] = {}
    for row in rows:
        lines.append(";".join(row))
        if _aside(row, truth):
            continue
        case = row[0]
        if not case or (case in first and first[case] != row):
            truth.quarantined += 1
        elif case in first:
            truth.duplicates += 1
        elif case not in known:
            first[case] = row
            truth.set_aside += 1
        else:
            first[case] = row
            truth.accepted += 1
            truth.cells += row[2] in ("99.99.2024", "x")
    return "\n".join(lines) + "\n", truth


def counts(found: dict[str, int]) -> int:
    """A receipt's reasons, added up."""
    return sum(Counter(found).values())
