"""The colours can be told apart: by people with low vision, in both themes. axe cannot judge drawings."""

import re
from importlib.resources import files

import pytest

SHEETS = sorted(
    (sheet for sheet in files("saksflyt.reports").joinpath("templates").iterdir() if sheet.name.endswith(".css")),
    key=lambda sheet: sheet.name != "style.css",  # the themes stand in it
)
STYLE = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    light, dark, printed = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks)
    return {"light": light, "dark": dark, "print": printed}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXT = [(text, ground) for text in ("ink", "soft", "blue", "orange", "steel-ink") for ground in ("paper", "card")]
TEXT += [("ink", pale) for pale in ("blue-pale", "yellow-pale", "grey-pale")] + [("soft", "grey-pale")]
MARKS = [(mark, ground) for mark in ("blue", "orange") for ground in ("paper", "card", "ground")]
MARKS += [("steel", ground) for ground in ("paper", "card")] + [("ink", "paper"), ("soft", "paper")]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_contrast(theme: str) -> None:
    colours = themes()[theme]
    assert all(contrast(colours[text], colours[ground]) >= 4.5 for text, ground in TEXT)
    assert all(contrast(colours[mark], colours[ground]) >= 3 for mark, ground in MARKS)


def test_every_theme_has_every_colour() -> None:
    light, dark, printed = themes().values()
    assert set(light) == set(dark) == set(printed)
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE)) == set(light)


def test_no_colour_is_written_outside_the_themes() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", rules)
