"""``saksflyt demo``: see it work on a made-up sample."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import pandas as pd

from ..connectors.registry import import_log
from ..mining.errors import UsageError
from ..mining.findings import mine
from ..mining.flow import Flow
from ..mining.flow_file import template_text
from ..mining.log import SUFFIX, EventLog
from ..reports.page import report as write_report
from ..sample_logs.clock import LAST_DAY
from ..sample_logs.generator import Sample, write_sample
from .cells import plain, readable
from .demo_project import PLACE, begin_project
from .messages import say, working
from .options import now_option
from .output import show
from .planted import compare_planted

_PLACE = "saksflyt-demo"
_TEMPLATE, _FLOW = "sosialhjelp", "flyt.toml"
_MARKER = ".saksflyt-demo"
_REPORTS = {"nb": "rapport.html", "en": "report.html"}
_TITLES = {
    "nb": "Slik går sakene – søknader om økonomisk sosialhjelp",
    "en": "How the cases go – applications for social assistance",
}


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Use DIR although it holds other files; only the demo's own are replaced.")
@click.option("--project", is_flag=True, help="Make a folder for saksflyt check instead; DIR must be new or empty.")
@now_option
@click.pass_context
def demo(ctx: click.Context, folder: Path | None, force: bool, project: bool, now: datetime) -> None:
    """See it work on a made-up sample: log, report and planted facts.

    Writes the export of three fictional offices to DIR, reads it as it would read yours, and writes the report in
    bokmål and English, held against the intended flow beside it. Then it looks for what was hidden in the sample. Run
    again, it replaces its own files. With --project it writes two years of exports, settings and what is hidden in them,
    and says how to judge them.
    """
    if project:
        if force:
            raise UsageError("--force does not go with --project; name a folder that is new or empty.")
        return begin_project(folder or Path(PLACE))
    folder = folder or Path(_PLACE)
    own(folder, force=force)
    with working("Making the sample"):
        sample = write_sample(folder)
    with working("Reading it"):
        log = read_sample(sample, now=now)
    with working("Writing the reports"):
        flow = write_flow(folder)
        findings = mine(log, flow)
        for lang, name in _REPORTS.items():
            write_report(findings, folder / name, lang=lang, now=now, title=_TITLES[lang])
    with working("Looking for what was planted"):
        compared = compare_planted(sample.answers, log, flow)
    show(for_people(compared), "table", "demo")
    _say_where(folder, sample, log)
    missed = int((~compared["agrees"]).sum())
    say(f"All {len(compared)} planted facts were found." if not missed else f"{missed} planted facts were NOT found.")
    ctx.exit(4 if missed else 0)


def read_sample(sample: Sample, *, now: datetime) -> EventLog:
    """Import the sample's export beside it, in place of an earlier one."""
    target = sample.export.with_suffix(SUFFIX)
    # The sample says when it was taken, so that a clock that is behind hides nothing of it.
    return import_log([sample.export], target, now=now, as_of=LAST_DAY, replace=target.exists()).log


def write_flow(folder: Path) -> Flow:
    """How the sample's cases were meant to go: the template, for the reader to look at and change."""
    path = folder / _FLOW
    path.write_text(template_text(_TEMPLATE), encoding="utf-8", newline="\n")
    return Flow.read(path)


def own(folder: Path, *, force: bool) -> None:
    """Make the folder and mark it as the demo's. A folder with other people's files is left alone."""
    marker = folder / _MARKER
    if folder.is_dir() and any(folder.iterdir()) and not marker.exists() and not force:
        raise UsageError(f"{folder} holds files that no demo made; name another folder, or use it with --force.")
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text("Made by saksflyt demo; it replaces its own files here.\n", encoding="utf-8")


def for_people(compared: pd.DataFrame) -> pd.DataFrame:
    """The comparison with values written as their units ask, and a word for each."""
    rows = [
        (each.fact, _written(each.planted, str(each.unit)), _written(each.found, str(each.unit)), _verdict(each.agrees))
        for each in compared.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=["planted in the sample", "planted", "found", "verdict"])


def _written(value: object, unit: str) -> str:
    value = plain(value)
    if isinstance(value, list):
        return ", ".join(value) or "none"
    text = readable(unit, [value])[0]
    return f"{text} days" if unit == "days" and value is not None else text


def _verdict(agrees: object) -> str:
    return "✓ found" if agrees else "✗ not found"


def _say_where(folder: Path, sample: Sample, log: EventLog) -> None:
    say(f"The sample    {sample.export}  (made up: no person in it exists)")
    say(f"The log       {log.path}")
    say(f"The flow      {folder / _FLOW}  (how it was meant to go)")
    for lang, name in _REPORTS.items():
        say(f"The report    {folder / name}  ({'bokmål' if lang == 'nb' else 'English'})")
