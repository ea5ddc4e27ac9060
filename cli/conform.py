"""``saksflyt conform``: do the cases go as they were meant to go?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..mining.errors import UsageError
from .asked import FORMATS, Asked
from .flow_reading import read_flow, say_what_is_not_judged
from .messages import say
from .notes import closing, counted, figures
from .options import asks_a_log_as, flow_option, pool_option
from .output import answer

if TYPE_CHECKING:
    import pandas as pd

    from ..mining.conform import Conformance
    from ..mining.flow import Flow

_FIGURES = (
    *("cases", "open_cases", "not_computed", "fitting_cases", "fitting_share", "conforming_cases", "conforming_share"),
    *("fitness", "closing_known"),
)
_TO_READ = ["sentence", "cases", "share", "occurrences", "timed_cases", "median_days", "extra_days", "severity", "id"]
_LEVELS = ("info", "warn", "high", "never")


@click.command()
@flow_option(required=True)
@pool_option
@click.option("--cases", "per_case", is_flag=True, help="The cases that deviate, one row each: a list for the team.")
@click.option(
    "--fail-on",
    type=click.Choice(_LEVELS),
    default="high",
    show_default=True,
    help="Exit with 1 when a deviation is at least this severe: warn for all but unknown steps.",
)
@asks_a_log_as(*FORMATS, "junit")
@click.pass_context
def conform(ctx: click.Context, asked: Asked, flow: str, pool: str | None, per_case: bool, fail_on: str) -> None:
    """Do the cases go as they were meant to go, and where they do not, what happened?

    Every case is held against the flow exactly, an open one against what should have been done so far. F is a TOML,
    BPMN or PNML file, or the name of a template.
    """
    from ..mining.conform import conform as hold

    if per_case and asked.by:
        raise UsageError("--cases has one row per case, so there is nothing to put together with --by.")
    if per_case and asked.form == "junit":
        raise UsageError("JUnit is for deviations, not for cases; leave --cases out or choose another --format.")
    read = read_flow(flow, pool)
    say_what_is_not_judged(read)
    found = hold(asked.selection.log(), read, by=asked.by)
    for line in summary(found, read):
        say(line)
    fails = failing(found.frame, fail_on)
    if asked.form == "junit":
        from .junit import junit

        click.echo(junit(found, read.name, fails), nl=False)
    else:
        parameters = {"flow": flow, "per_case": per_case, "fail_on": fail_on}
        answer(asked, "conform", _shown(found, asked, per_case), figures(found, *_FIGURES), parameters)
    ctx.exit(1 if any(fails) else 0)


def failing(frame: pd.DataFrame, fail_on: str) -> list[bool]:
    """For every deviation, is it at least so severe?"""
    return [_LEVELS.index(severity) >= _LEVELS.index(fail_on) for severity in frame["severity"]]


def summary(found: Conformance, flow: Flow) -> list[str]:
    """What the figures say, and what they rest on."""
    looked_at = found.cases - found.not_computed
    lines = [
        f"{found.conforming_cases} of {counted(looked_at, 'case', 'cases')} ({100 * found.conforming_share:.1f} %) "
        f"go as {flow.name} intends; fitness {100 * found.fitness:.1f} %. {closing(found.closing_known)}".rstrip()
    ]
    if found.open_cases:
        lines.append(f"{counted(found.open_cases, 'case is', 'cases are')} open, held against what was due so far.")
    if found.not_computed:
        many = counted(found.not_computed, "case is", "cases are")
        lines.append(f"{many} not computed: the flow allows too many orders to hold them against it.")
    return [*lines, *unknown_steps(found)]


def unknown_steps(found: Conformance) -> list[str]:
    """A sentence, where the log has activities that the flow does not know."""
    strange = found.frame.loc[found.frame["kind"] == "unknown", "step"].nunique()
    many = counted(strange, "activity is", "activities are")
    told = f"{many} no step of the flow; saksflyt flow check names them, and aliases make them steps."
    return [told] if strange else []


def _shown(found: Conformance, asked: Asked, per_case: bool) -> pd.DataFrame:
    if per_case:
        return found.case_list()
    if asked.form not in ("table", "markdown"):
        return found.frame
    return found.frame[[*([found.frame.columns[0]] if asked.by else []), *_TO_READ]]
