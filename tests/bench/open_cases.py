"""By how much do the closed cases flatter, and what does it help to count the open ones?

    python tests/bench/open_cases.py

Draws 2 000 exponential times of a known median, of which four in ten are still open, and writes docs/open-cases.svg: the
curve of the closed cases alone and the one in which the open ones count, with their medians beside the true one.
"""

import re
from importlib.resources import files
from math import log
from pathlib import Path

import numpy as np

from saksflyt.mining.kaplan_meier import Curve, kaplan_meier
from saksflyt.reports.charts import parts, places
from saksflyt.reports.section import Chart, Panel, Series, Table, Tick

PICTURE = Path(__file__).parents[2] / "docs" / "open-cases.svg"
MEAN, CASES, WINDOW = 20, 2_000, 80  # days; cases; days
TRUTH = MEAN * log(2)
WIDTH, EDGE, UNTIL, _STEP = 860, 10, 60, 0.004  # pixels; pixels; days; a smaller step is thinner than the line
_NOTHING = Table("", (), ())


def simulated() -> tuple[Curve, Curve]:
    """The curves of the closed cases alone, and of all."""
    rng = np.random.default_rng(11)
    seen_for, days = WINDOW * rng.uniform(0, 1, CASES) ** 1.75, rng.exponential(MEAN, CASES)  # more come in than before
    over = days <= seen_for
    return kaplan_meier(days[over], over[over]), kaplan_meier(np.minimum(days, seen_for), over)


def medians() -> tuple[float, float]:
    """In days: of the closed cases alone, and of all."""
    alone, counted = (curve.percentile(0.5).value for curve in simulated())
    return alone, counted


def chart() -> Chart:
    alone, counted = simulated()
    half, all_half = medians()
    lines = (
        Tick(half, f"half of the closed cases: {half:.1f} days"),
        Tick(TRUTH, f"the truth: {TRUTH:.1f} days"),
        Tick(all_half, f"half of all, the open ones counted: {all_half:.1f} days"),
    )
    series = (_series("closed only", alone, "side"), _series("open counted", counted, "main"))
    shares = tuple(Tick(share, f"{share:.0%}") for share in (0, 0.25, 0.5, 0.75, 1))
    ticks = tuple(Tick(day, f"{day}", "days" if day == 0 else "") for day in range(0, UNTIL + 1, 10))
    panel = Panel("Part of the cases that is not over", shares, series, lines)
    return Chart("open-cases", "", "", (), ticks, (panel,), "", _NOTHING, UNTIL)


def _series(name: str, curve: Curve, tone: str) -> Series:
    """The steps of the curve that can be seen, from 0 to the end of the axis."""
    shown: list[tuple[float, ...]] = [(0.0, 1.0, 1.0, 1.0)]
    part = 1.0
    inside = curve.times <= UNTIL
    for step in zip(
        *(line[inside].tolist() for line in (curve.times, curve.survival, curve.low, curve.high)), strict=True
    ):
        if part - step[1] >= _STEP:
            shown.append(step)
            part = step[1]
    shown.append((float(UNTIL), *shown[-1][1:]))
    at, values, lows, highs = zip(*shown, strict=True)
    unfinished = (False,) * len(at)
    return Series(name, "steps", values, ("",) * len(at), unfinished, tone, at, (lows, highs) if tone == "main" else ())


def picture() -> str:
    """The chart as one drawing with the page's colours in it, so that it stands on its own."""
    shown = chart()
    height = places(shown)[1]
    drawings, left = [], 0
    drawn = parts(shown)
    rest = WIDTH - EDGE - sum(width or 0 for _, _, width in drawn)
    for name, inner, width in drawn:
        drawings.append(f'<svg class="{name}" x="{left}" width="{width or rest}" height="{height}">{inner}</svg>')
        left += width or rest
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="still" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}"><title>Closed cases alone, and with the open ones counted</title>'
        f'<style>{_style()}</style><rect class="paper" width="100%" height="100%"/>{"".join(drawings)}</svg>\n'
    )


def _style() -> str:
    sheets = files("saksflyt.reports").joinpath("templates")
    themes = sheets.joinpath("style.css").read_text(encoding="utf-8").split("*, ::before")[0]
    rules = re.findall(r"^\.still [^@]*?\}$", sheets.joinpath("chart.css").read_text(encoding="utf-8"), re.MULTILINE)
    own = ["text { font-family: system-ui, 'Segoe UI', Roboto, Arial, sans-serif; }", ".paper { fill: var(--paper); }"]
    kept = [rule for rule in rules if ".field {" not in rule]
    return "\n".join([re.sub(r"/\*.*?\*/", "", themes, flags=re.DOTALL).strip(), *kept, *own])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
    (_, counted), (half, all_half) = simulated(), medians()
    _, low, high = counted.percentile(0.5)
    print(f"closed cases alone {half:.2f} days; all {all_half:.2f} ({low:.2f} to {high:.2f}); truth {TRUTH:.2f}")
