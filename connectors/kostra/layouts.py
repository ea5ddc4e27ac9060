"""Where does which field stand? One data file per form and year, in ``layouts/``; VERSION and the length choose."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PROGRAM, SUPPORT = "11CF", "11F"  # kvalifiseringsstønad, økonomisk sosialhjelp


@dataclass(frozen=True)
class Field:
    """A field of a record. start : its first position, counted from 1; type : of the description, or a date's form"""

    name: str
    start: int
    length: int
    type: str

    @property
    def place(self) -> str:
        """For people, who look it up in the file."""
        end = self.start + self.length - 1
        return f"{self.name} (position{f's {self.start}-{end}' if end > self.start else f' {end}'})"


@dataclass(frozen=True)
class Layout:
    """The fields of one form in one reporting year."""

    form: str
    year: int
    length: int
    fields: dict[str, Field]

    @property
    def version(self) -> str:
        """What the record itself says of its year."""
        return f"{self.year % 100:02}"


@cache
def layouts() -> dict[tuple[str, int], Layout]:
    """All layouts there are, by VERSION and record length."""
    folder = files("saksflyt.connectors.kostra").joinpath("layouts")
    found = [_layout(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    found.sort(key=lambda layout: (layout.form, layout.year))
    return {(layout.version, layout.length): layout for layout in found}


def _layout(text: str) -> Layout:
    plain = tomllib.loads(text)
    fields = [Field(*field) for field in plain["fields"]]
    return Layout(plain["form"], plain["year"], plain["length"], {field.name: field for field in fields})


def known() -> str:
    """The forms, years and lengths that can be read, for messages."""
    lengths: dict[str, dict[int, list[int]]] = {}
    for layout in layouts().values():
        lengths.setdefault(layout.form, {}).setdefault(layout.length, []).append(layout.year)
    return "; ".join(
        f"{form} of " + ", ".join(f"{' and '.join(map(str, years))} ({length})" for length, years in of.items())
        for form, of in lengths.items()
    )
