"""``saksflyt quality``: how far can this log be trusted, and for which questions?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..mining.errors import UsageError
from .asked import FORMATS, Asked, Selection
from .flow_reading import flow_if_named
from .messages import say, working
from .notes import counted, figures
from .options import flow_option, format_option, selects_logs, top_option
from .output import answer, document
from .severity import LEVELS, fail_on_option, severe_enough

if TYPE_CHECKING:
    import pandas as pd

    from ..mining.quality import Quality

_FIGURES = (
    *("cases", "events", "tied_events", "tied_cases", "variants", "ordered_variants", "repetitions"),
    "ordered_repetitions",
)
_TO_READ = ["severity", "finding", "action", "examples", "id"]


@click.command()
@flow_option(required=False)
@click.option(
    "--questions", "only_questions", is_flag=True, help="Only what the log can be used for, question by question."
)
@fail_on_option("a finding")
@top_option
@selects_logs
@format_option(*FORMATS)
@click.pass_context
def quality(
    ctx: click.Context,
    selections: list[Selection],
    flow: str | None,
    only_questions: bool,
    fail_on: str,
    top: int | None,
    form: str,
) -> None:
    """How far can this log be trusted, and for which questions?

    Looks for the usual faults of event logs: missing and repeated values, times that cannot be right or are not those of the
    work, steps out of order, names that are one or two things, cases that are broken off, days that lack. First what can be
    asked, then the findings with rows of the export to look up and what to do. With --flow F its names and order hold.
    """
    if len(selections) > 1:
        raise UsageError("One LOG at a time; import the files into one log first: saksflyt import A B -o LOG")
    from ..mining.quality import quality as look_at

    read = flow_if_named(flow)
    log = selections[0].log()
    with working("Looking for faults"):
        found = look_at(log, read)
    for sentence in sentences(found):
        say(sentence)
    asked = Asked(selections[0], form, None, top)
    parameters = {"flow": flow, "questions": only_questions, "fail_on": fail_on}
    _show(asked, found, only_questions, parameters)
    ctx.exit(1 if any(severe_enough(found.frame["severity"], fail_on)) else 0)


def sentences(found: Quality) -> list[str]:
    """How many findings there are, and what rests on the order of events at the same time."""
    by_level = found.frame["severity"].value_counts()
    levels = ", ".join(f"{by_level[level]} {level}" for level in reversed(LEVELS) if level in by_level)
    size = f"{counted(found.cases, 'case', 'cases')}, {counted(found.events, 'event', 'events')}"
    lines = [f"{size}: {counted(len(found.frame), 'finding', 'findings')}{f' ({levels})' if levels else ''}."]
    if found.tied_events:
        lines.append(
            f"{counted(found.tied_events, 'event stands', 'events stand')} at the time of the event before. {_tied(found)}"
        )
    return lines


def _tied(found: Quality) -> str:
    """What rests on the order of events at the same time."""
    if (found.variants, found.repetitions) == (found.ordered_variants, found.ordered_repetitions):
        return "In the most common order variants and repetitions would be as many."
    return (
        f"In the most common order there would be {found.ordered_variants} variants, not {found.variants}, and "
        f"{found.ordered_repetitions} repetitions, not {found.repetitions}."
    )


def _show(asked: Asked, found: Quality, only_questions: bool, parameters: dict[str, Any]) -> None:
    """What can be asked first, then the findings. A CSV is one table, so it holds the findings alone."""
    singles = figures(found, *_FIGURES)
    if only_questions:
        answer(asked, "quality", found.questions, singles, parameters, whole=True)
    elif asked.form == "json":
        parts = {"records": found.frame, "questions": found.questions}
        records = {name: frame.to_dict("records") for name, frame in parts.items()}
        click.echo(document("quality", parameters=asked.parameters(**parameters), figures=singles, **records), nl=False)
    elif asked.form == "csv":
        answer(asked, "quality", _joined(found.frame), singles, parameters)
        say("The CSV holds the findings; --questions has what the log can be used for.")
    else:
        answer(asked, "quality", found.questions, singles, parameters, whole=True)
        click.echo("")
        answer(asked, "quality", _joined(found.frame)[_TO_READ], singles, parameters)


def _joined(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists as one text: they are sets, and no sequences of steps."""
    return frame.assign(**{name: [", ".join(items) for items in frame[name]] for name in ("spoils", "examples")})
