"""``saksflyt report``: one HTML file that needs no network."""

from __future__ import annotations

from pathlib import Path

import click

from ..mining.errors import UsageError
from ..mining.findings import mine
from ..reports.page import report as write_report
from .asked import Selection
from .flow_reading import read_flow
from .messages import say, working
from .options import flow_option, pool_option, selects_logs


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Where the report goes; else LOG's name with .html, here; - is stdout.",
)
@flow_option(required=False)
@pool_option
@click.option(
    "--lang", type=click.Choice(["nb", "en"]), default="nb", show_default=True, help="Language of the report."
)
@click.option(
    "--lite",
    is_flag=True,
    help="No script and a fiftieth of the size: to send by e-mail. Charts do not answer to pointing.",
)
@click.option("--title", metavar="TEXT", help="Title of the report, else one made from the log's name.")
@selects_logs
def report(
    selections: list[Selection],
    output: Path | None,
    flow: str | None,
    pool: str | None,
    lang: str,
    lite: bool,
    title: str | None,
) -> None:
    """Write the report, one HTML file that needs no network.

    What is found first, then the process map, variants, rework, time between steps, throughput, method and data quality.
    With --flow the cases are held against how they were meant to go: the map has the flow as its straight line, the
    deviations are said in words, and its deadlines and rules are judged.
    """
    if len(selections) > 1:
        raise UsageError("One report takes one LOG; import the files into one log first: saksflyt import A B -o LOG")
    (selection,) = selections
    meant = read_flow(flow, pool) if flow else None
    log = selection.log()
    target = output or Path(f"{log.name}.html")
    streamed = str(target) == "-" or (target.exists() and not target.is_file() and not target.is_dir())
    if not streamed:
        spare_the_data(target)
    with working("Writing the report"):
        options = {"lang": lang, "now": selection.now, "title": title, "lite": lite}
        findings = mine(log, meant)
        text = write_report(findings, None if streamed else target, **options)
    if streamed:
        # Stdout, a pipe or a device: nothing that could be replaced as a whole.
        with click.open_file(str(target), "w", encoding="utf-8") as stream:
            stream.write(text)
    else:
        say(f"The report is {click.format_filename(target)}")


def spare_the_data(target: Path) -> None:
    """An earlier report is replaced without a question; anything else in its place may be somebody's export."""
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file, such as {target / 'report.html'}")
    if not target.is_file():
        return
    with target.open("rb") as file:
        start = file.read(100).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start and not start.startswith((b"<!doctype html", b"<html")):
        raise UsageError(f"{target} is no report and is left as it is; choose another name with -o.")
