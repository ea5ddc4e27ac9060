"""``saksflyt flow``: how was it meant to go?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..mining.errors import UsageError
from ..reports.output import write_whole
from .asked import FORMATS, Asked, Selection
from .flow_reading import read_flow
from .messages import say, visible
from .notes import counted, figures
from .options import LogOrExport, format_option, may_select_a_log, now_option, pool_option

if TYPE_CHECKING:
    from ..mining.flow import Flow
    from ..mining.flow_check import FlowCheck

_flow_file = click.argument("file", metavar="FILE")


@click.group(invoke_without_command=True)
@click.pass_context
def flow(ctx: click.Context) -> None:
    """How was it meant to go? Start, check, show and convert the intended flow.

    FILE is a TOML file (docs/intended-flow.md teaches it), a model in BPMN 2.0 or PNML, or the name of a template when
    there is no such file.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@flow.command()
@click.argument("template", metavar="[TEMPLATE]", required=False)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the flow goes; else it is printed.",
)
@click.option("--replace", is_flag=True, help="Put the new flow in the place of an old one.")
@may_select_a_log(
    click.option(
        "--from-log",
        "log",
        metavar="LOG",
        type=LogOrExport(),
        help="Propose a flow from the most common complete ways.",
    )
)
def new(template: str | None, output: Path | None, replace: bool, selection: Selection | None) -> None:
    """Start a flow: from a template (sosialhjelp, digisos, kvp, klage), or from what a log shows.

    What comes out is a start for you to change. A template's deadlines name their law; check the text of the law.
    """
    from ..mining.flow_file import template_names, template_text

    if (not template) == (selection is None):
        raise UsageError(f"Name a template ({', '.join(template_names())}), or a log with --from-log; one of the two.")
    text = template_text(template) if template else _from_log(selection)
    if output is None:
        click.echo(text, nl=False)
        return
    _write(output, text, replace)
    say(f"The flow is {output}. Change it, then: saksflyt flow check {output} LOG")


def _from_log(selection: Selection | None) -> str:
    from ..mining.flow_proposal import proposal

    assert selection is not None
    found = proposal(selection.log())
    ways = counted(len(found.variants), "way", "ways")
    say(f"Made from {ways} that {found.cases} of {found.complete_cases} complete cases took. Correct it before use.")
    return found.to_toml()


def _write(path: Path, text: str, replace: bool) -> None:
    if path.exists() and not replace:
        raise UsageError(f"{path} exists already. Add --replace to write it anew, or choose another name with -o.")
    write_whole(path, text)


@flow.command()
@_flow_file
@pool_option
@format_option(*FORMATS)
@may_select_a_log(click.argument("log", metavar="[LOG]", required=False, type=LogOrExport()))
def check(file: str, pool: str | None, form: str, selection: Selection | None) -> None:
    """Is the flow sound, and does it speak of the same steps as the log?

    With LOG: each activity, the step that it is, or the nearest name when it is none; then the steps never seen.
    Nothing is matched in silence: give a step its other names as aliases.
    """
    from .output import answer, document

    read = read_flow(file, pool)
    say(summary(read))
    if selection is None:
        if form == "json":
            click.echo(document("flow check", flow=read.name, steps=list(read.ordered)), nl=False)
        return
    from ..mining.flow_check import flow_check

    found = flow_check(selection.log(), read)
    for line in _remarks(found):
        say(line)
    asked = Asked(selection, form, by=None, top=0)
    beside = figures(found, "covered_share", "unmapped", "never_seen", "warnings")
    answer(asked, "flow check", found.frame, beside, {"flow": Path(file).name}, whole=True)


def summary(read: Flow) -> str:
    """What the flow holds, in one sentence."""
    beside = (
        f"{len(read.anytime)} anytime" * bool(read.anytime),
        counted(len(read.deadlines), "deadline", "deadlines") * bool(read.deadlines),
        counted(len(read.rules), "rule", "rules") * bool(read.rules),
    )
    more = "".join(f", {what}" for what in beside if what)
    return f"{read.name}: {counted(len(read.ordered), 'step', 'steps')} in order{more}."


def _remarks(found: FlowCheck) -> list[str]:
    lines = [f"{100 * found.covered_share:.1f} % of the events are steps of the flow."]
    if found.unmapped:
        lines.append(f"{counted(found.unmapped, 'activity is', 'activities are')} unmapped: no step, and no alias.")
    if found.never_seen:
        lines.append(f"{counted(found.never_seen, 'step was', 'steps were')} never seen in the log.")
    return [*lines, *found.warnings]


@flow.command()
@_flow_file
@pool_option
@now_option
def show(file: str, pool: str | None, now: datetime) -> None:
    """Draw the flow as a tree of text."""
    from .flow_tree import drawn

    click.echo("".join(f"{visible(line)}\n" for line in drawn(read_flow(file, pool))), nl=False)


@flow.command()
@_flow_file
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the flow goes: a name that ends in .toml, .bpmn or .pnml.",
)
@pool_option
@click.option("--replace", is_flag=True, help="Put the new file in the place of an old one.")
@now_option
def convert(file: str, output: Path, pool: str | None, replace: bool, now: datetime) -> None:
    """Write the flow in another format: TOML, BPMN 2.0 or PNML.

    What was read as something a little different, and what the new format cannot say, is said. See whether it is right.
    """
    from ..mining.flow_conversion import converted

    read = read_flow(file, pool)
    text, lost = converted(read, output.suffix.lower())
    _write(output, text, replace)
    for sentence in lost:
        say(sentence)
    say(f"{counted(len(read.ordered), 'step', 'steps')} written to {output}.")
