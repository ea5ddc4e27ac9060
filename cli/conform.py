"""``saksflyt conform``: do the cases go as they were meant to go?"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import click

from ..mining.errors import UsageError
from ..mining.local_time import local_day
from .accepting import accepted_option, read_accepted, sentences
from .asked import FORMATS, Asked
from .cells import NOTHING
from .flow_reading import read_flow
from .junit import junit
from .messages import say
from .notes import closing, counted, figures
from .options import asks_a_log_as, flow_option, pool_option
from .output import answer, document
from .severity import fail_on_option
from .verdicts import Verdicts

if TYPE_CHECKING:
    import pandas as pd

    from ..mining.conform import Conformance
    from ..mining.flow import Flow

_FIGURES = (
    *("cases", "open_cases", "not_computed", "fitting_cases", "fitting_share", "conforming_cases", "conforming_share"),
    *("fitness", "closing_known"),
)


@click.command()
@flow_option(required=True)
@pool_option
@click.option("--cases", "per_case", is_flag=True, help="The cases that deviate, one row each: a list for the team.")
@fail_on_option("a deviation (which is warn), missed deadline or broken rule")
@accepted_option
@asks_a_log_as(*FORMATS, "junit")
@click.pass_context
def conform(
    ctx: click.Context,
    asked: Asked,
    flow: str,
    pool: str | None,
    per_case: bool,
    fail_on: str,
    accepted: str | None,
) -> None:
    """Do the cases go as they were meant to go, and where they do not, what happened?

    Every case is held against the flow exactly, an open one against what should have been done so far; then its deadlines
    and rules are judged. F is a TOML, BPMN or PNML file, or the name of a template. What is accepted (see: saksflyt accept)
    is shown apart and fails nothing; --accepted none counts it.
    """
    from ..mining.conform import conform as hold

    if per_case and asked.by:
        raise UsageError("--cases has one row per case, so there is nothing to put together with --by.")
    if per_case and asked.form == "junit":
        raise UsageError("JUnit is for deviations, not for cases; leave --cases out or choose another --format.")
    read = read_flow(flow, pool)
    acceptances = read_accepted(flow, accepted)
    log = asked.selection.log()
    found = hold(log, read, by=asked.by)
    day = local_day(asked.selection.now, log.zone)
    verdicts = Verdicts.of(found, log, read, asked.by).accepting(acceptances, day)
    for line in (*summary(found, read), *without_due(verdicts), *sentences(verdicts)):
        say(line)
    judged = verdicts.failing(fail_on)
    parameters = {"flow": flow, "per_case": per_case, "fail_on": fail_on, **verdicts.parameters}
    if per_case:
        answer(asked, "conform", _listed(verdicts.case_list(found), asked.form), figures(found, *_FIGURES), parameters)
    elif asked.form == "junit":
        click.echo(junit(found, read.name, judged), nl=False)
    else:
        _show(asked, verdicts, figures(found, *_FIGURES), parameters)
    if found.not_computed == found.cases:
        ctx.exit(3)  # nothing was checked, and no run may take that for a pass
    failing = judged.loc[judged["fails"], "id"].tolist()
    if failing:
        say(
            f"Ends with 1: {counted(len(failing), 'finding is', 'findings are')} {_so_severe(fail_on)}, first {failing[0]}."
        )
    ctx.exit(1 if failing else 0)


def _so_severe(fail_on: str) -> str:
    return "high" if fail_on == "high" else f"{fail_on} or worse"


def _listed(cases: pd.DataFrame, form: str) -> pd.DataFrame:
    """The cases, for a reader without the column of what is accepted where nothing is."""
    needed = form not in ("table", "markdown") or cases["accepted_deviations"].map(len).any()
    return cases if needed else cases.drop(columns="accepted_deviations")


def _show(asked: Asked, verdicts: Verdicts, singles: dict[str, Any], parameters: dict[str, Any]) -> None:
    """Deviations first, then deadlines and rules. A CSV is one table, so it holds the deviations alone."""
    if asked.form == "json":
        parts = {"records": verdicts.deviations, "deadlines": verdicts.deadlines, "rules": verdicts.rules}
        records = {name: frame.to_dict("records") for name, frame in parts.items()}
        click.echo(document("conform", parameters=asked.parameters(**parameters), figures=singles, **records), nl=False)
        return
    if asked.form == "csv":
        answer(asked, "conform", verdicts.deviations, singles, parameters)
        if len(verdicts.deadlines) or len(verdicts.rules):
            say("The CSV holds the deviations; --format json has the deadlines and rules, too.")
        return
    for place, frame in enumerate(verdicts.to_read()):
        if place:
            click.echo("")
        answer(asked, "conform", frame, singles, parameters)


def summary(found: Conformance, flow: Flow) -> list[str]:
    """What the figures say, and what they rest on."""
    looked_at = found.cases - found.not_computed
    if not looked_at:
        return [
            f"No case could be held against {flow.name} in time: the flow allows too many orders, or cases are long."
        ]
    lines = [
        f"{found.conforming_cases} of {counted(looked_at, 'case', 'cases')} ({100 * found.conforming_share:.1f} %) "
        f"go as {flow.name} intends; fitness {_per_cent(found.fitness)}. {closing(found.closing_known)}".rstrip()
    ]
    if found.open_cases:
        lines.append(f"{counted(found.open_cases, 'case is', 'cases are')} open, held against what was due so far.")
    if found.not_computed:
        many = counted(found.not_computed, "case is", "cases are")
        lines.append(f"{many} not computed: the flow allows too many orders to hold them against it.")
    return [*lines, *unknown_steps(found)]


def _per_cent(share: float) -> str:
    return NOTHING if isnan(share) else f"{100 * share:.1f} %"  # where there was no step to match


def without_due(verdicts: Verdicts) -> list[str]:
    """A sentence for each deadline of which the data do not name every day: what is not judged must not pass for kept."""
    return [
        f"{row['name']}: the data name no due date {counted(row['without_due'], 'time', 'times')}, which are not judged."
        for row in verdicts.deadlines.to_dict("records")
        if row["without_due"]
    ]


def unknown_steps(found: Conformance) -> list[str]:
    """A sentence, where the log has activities that the flow does not know."""
    strange = found.frame.loc[found.frame["kind"] == "unknown", "step"].nunique()
    many = counted(strange, "activity is", "activities are")
    told = f"{many} no step of the flow; saksflyt flow check names them, and aliases make them steps."
    return [told] if strange else []
