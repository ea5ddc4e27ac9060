"""Which date format is a column in? One format for the whole column, never a guess per value.

A *family* is everything that decides how a date is read: the order of day, month and year, and what stands between
them. The time of day may be missing in some values, or have seconds in others: that changes a value's precision, not
its meaning. Dotted dates are always day first. With a slash or a hyphen and the year last, the order must be proved
by a value over 12, or said in the mapping.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

_CLOCK = r"(?P<hour>\d{1,2})(?P<colon>[:.])(?P<minute>\d{2})(?:(?P=colon)(?P<second>\d{2})(?:(?P<mark>[.,])\d{1,9})?)?"
_DATE = (
    r"(?:(?P<y>\d{4})(?P<ys>[-/.])(?P<ym>\d{1,2})(?P=ys)(?P<yd>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<year>\d{4}|\d{2})"
    r"|(?P<compact>(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])))"
)
_VALUE = re.compile(
    rf"{_DATE}(?:(?P<gap>[Tt]|,? +(?:kl\.? *)?){_CLOCK}(?P<half> ?[AaPp][Mm])?"
    r"(?P<offset> ?[Zz]| ?UTC| ?[+-]\d{2}(?::?\d{2})?)?)?"
)
_YEAR_FIRST, _DAY_FIRST, _YEAR_LAST, _COMPACT = "year first", "day first", "year last", "compact"
_LETTERS = (
    ("%d", "dd"), ("%m", "mm"), ("%Y", "yyyy"), ("%y", "yy"), ("%H", "HH"), ("%I", "HH"), ("%M", "MM"), ("%S", "SS"),
    ("%f", "fff"), (" %p", " AM/PM"), ("%z", "+offset"),
)  # fmt: skip
ORDERS = {"day first": ("%d", "%m"), "month first": ("%m", "%d")}


@dataclass(frozen=True)
class Family:
    """How the dates of a column are read. `order` "year last" means: day or month first, not yet proved."""

    order: str
    separator: str
    long_year: bool
    gap: str = ""  # between date and clock, as strptime wants it
    colon: str = ":"
    half: bool = False  # AM and PM
    offset: str = ""  # "%z" or " %z": every value says how far it is from UTC

    @property
    def day(self) -> str:
        """The date as a strptime format."""
        s, year = self.separator, "%Y" if self.long_year else "%y"
        if self.order == _YEAR_FIRST:
            return f"%Y{s}%m{s}%d"
        if self.order == _COMPACT:
            return "%Y%m%d"
        first, second = ORDERS.get(self.order, ORDERS["day first"])
        return f"{first}{s}{second}{s}{year}"

    def ordered(self, order: str) -> Family:
        """The same family with day and month in a proved order."""
        return Family(order, self.separator, self.long_year, self.gap, self.colon, self.half, self.offset)


@dataclass(frozen=True)
class Shape:
    """What one value looks like: its family and how much of the clock it shows."""

    family: Family
    depth: str  # "day", "minute", "second", "fraction"
    first: int = 0
    second: int = 0
    mark: str = "."
    zulu: str = ""


def looks_like_time(text: str) -> bool:
    """Could this text be a date, with or without a time of day?"""
    return shape_of(text.strip()) is not None


@lru_cache(maxsize=4096)
def shape_of(text: str) -> Shape | None:
    """The shape of one trimmed value, or None if it is no date."""
    match = _VALUE.fullmatch(text.replace("\xa0", " "))
    if match is None:
        return None
    part = match.groupdict()
    order, separator, first, second = _order(part)
    if order == "":
        return None
    offset = part["offset"] or ""
    family = Family(
        order=order,
        separator=separator,
        long_year=order != _YEAR_LAST and order != _DAY_FIRST or len(part["year"] or "") == 4,
        gap=_gap(part["gap"]),
        colon=part["colon"] or ":",
        half=bool(part["half"]),
        offset=(" %z" if offset[0] == " " else "%z") if offset else "",
    )
    depth = "day" if not part["hour"] else "minute" if not part["second"] else "fraction" if part["mark"] else "second"
    zulu = offset if offset.strip()[:1] in ("Z", "z", "U") else ""
    return Shape(family, depth, first, second, part["mark"] or ".", zulu)


def _order(part: dict[str, str | None]) -> tuple[str, str, int, int]:
    if part["compact"]:
        return _COMPACT, "", 0, 0
    if part["y"]:
        month, day = int(part["ym"] or 0), int(part["yd"] or 0)
        return (_YEAR_FIRST if 1 <= month <= 12 and 1 <= day <= 31 else "", part["ys"] or "", 0, 0)
    first, second, separator = int(part["a"] or 0), int(part["b"] or 0), part["s"] or ""
    if not (1 <= first <= 31 and 1 <= second <= 31) or (first > 12 and second > 12):
        return "", "", 0, 0
    if separator == ".":
        return (_DAY_FIRST if second <= 12 else "", ".", first, second)
    return _YEAR_LAST, separator, first, second


def _gap(text: str | None) -> str:
    if not text:
        return ""
    return "T" if text in "Tt" else re.sub(" +", " ", text).lower()


def families(values: Counter[str]) -> Counter[Family]:
    """The families in a sample of values with their counts; date-only values join the family with a clock.

    A date without a clock says nothing about what stands between the two, so it fits every such family.
    """
    counts: Counter[Family] = Counter()
    for text, count in values.items():
        if shape := shape_of(text.strip()):
            counts[shape.family] += count
    for family in [family for family in counts if not family.gap]:
        clocks = [f for f in counts if f.gap and not f.offset and same_layout(f, family)]
        if clocks:
            counts[max(clocks, key=lambda f: (counts[f], f.gap))] += counts.pop(family)
    return counts


def same_layout(one: Family, other: Family) -> bool:
    """Do two families write the date alike, whatever the clock?"""
    return (one.order, one.separator, one.long_year) == (other.order, other.separator, other.long_year)


def formats(family: Family, values: Counter[str]) -> list[tuple[str, str]]:
    """The strptime formats of a family with their precision, the most frequent in the sample first.

    Every depth is in the list, the ones that the sample lacks last.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for text, count in values.items():
        shape = shape_of(text.strip())
        if shape and (shape.family == family or (shape.depth == "day" and same_layout(shape.family, family))):
            seen[_format(family, shape.depth, shape.mark, shape.zulu)] += count
    ordered = [pair for pair, _ in seen.most_common()]
    depths = ["day"] if not family.gap else ["second", "fraction", "minute", *([] if family.offset else ["day"])]
    marks = {"fraction": ".,"}
    zulus = ("", family.offset.replace("%z", "Z")) if family.offset else ("",)
    all_pairs = [_format(family, depth, mark, z) for depth in depths for mark in marks.get(depth, ".") for z in zulus]
    return ordered + [pair for pair in dict.fromkeys(all_pairs) if pair not in seen]


def _format(family: Family, depth: str, mark: str, zulu: str) -> tuple[str, str]:
    if depth == "day":
        return family.day, "day"
    c = family.colon
    clock = f"%I{c}%M" if family.half else f"%H{c}%M"
    if depth != "minute":
        clock += f"{c}%S" + (f"{mark}%f" if depth == "fraction" else "")
    half = " %p" if family.half else ""
    return f"{family.day}{family.gap}{clock}{half}{zulu or family.offset}", "minute" if depth == "minute" else "second"


def shown(text: str) -> str:
    """A strptime format in the letters that people know from spreadsheets."""
    for code, letters in _LETTERS:
        text = text.replace(code, letters)
    return text


def precision_of(text: str) -> str:
    """The precision that a strptime format gives."""
    if "%S" in text or "%T" in text or "%f" in text or "%X" in text or "%c" in text:
        return "second"
    return "minute" if "%H" in text or "%I" in text else "day"
