"""``saksflyt discover``: which model do the cases follow, and how well does it describe them?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click
import pandas as pd

from ..mining.discover import Discovery
from ..mining.discover import discover as find_model
from ..mining.errors import UsageError
from .asked import FORMATS, Selection
from .cells import readable
from .messages import say, visible, working
from .notes import closing, counted
from .options import format_option, selects_logs
from .output import document, show

_NOISE, _DEPENDENCY = 0.2, 0.5
_MANY = 500  # measured: 1 200 activities in one sequence took the inductive miner four minutes
_SHARE = click.FloatRange(0, 1)


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write model.bpmn, model.pnml and model.tree.txt into this folder; earlier ones there are replaced.",
)
@click.option(
    "--miner",
    type=click.Choice(["inductive", "heuristics"]),
    default="inductive",
    show_default=True,
    help="How the model is found.",
)
@click.option(
    "--noise",
    type=_SHARE,
    metavar="SHARE",
    help=f"Inductive miner: leave out what is rarer than this part of the most common; {_NOISE} unless told, 0 keeps all.",
)
@click.option(
    "--dependency",
    type=_SHARE,
    metavar="SHARE",
    help=f"Heuristics miner: how sure it must be that a step leads to another; {_DEPENDENCY} unless told.",
)
@click.option(
    "--coverage",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    metavar="SHARE",
    help="Make the model of the most common variants that are this share of the cases: another model, found faster.",
)
@click.option("--open-cases", is_flag=True, help="Put open cases in, although they have not ended.")
@selects_logs
@format_option(*FORMATS)
def discover(
    selections: list[Selection],
    output: Path | None,
    miner: Literal["inductive", "heuristics"],
    noise: float | None,
    dependency: float | None,
    coverage: float,
    open_cases: bool,
    form: str,
) -> None:
    """Which model do the cases follow, and how well does it describe them?

    Prints what the model covers, its soundness, fitness and precision with their definitions, and the process tree. With
    -o it writes the model for Camunda Modeler or bpmn.io (BPMN), for pm4py or ProM (PNML), and as text.
    """
    if len(selections) > 1:
        raise UsageError("One model takes one LOG; import the files into one log first: saksflyt import A B -o LOG")
    if noise is not None and miner != "inductive":
        raise UsageError("--noise belongs to the inductive miner; the heuristics miner has --dependency.")
    if dependency is not None and miner != "heuristics":
        raise UsageError("--dependency belongs to the heuristics miner; the inductive miner has --noise.")
    options: dict[str, Any] = {
        "miner": miner,
        "noise": _NOISE if noise is None else noise,
        "dependency": _DEPENDENCY if dependency is None else dependency,
        "coverage": coverage,
        "open_cases": open_cases,
    }
    (selection,) = selections
    log = selection.log()
    if miner == "inductive" and coverage == 1 and (log.activity_count > _MANY or log.manifest.variants > 10 * _MANY):
        say(
            "So many steps and variants take the miner minutes; --coverage 0.9 makes the model of the most common ones."
        )
    with working("Discovering the model"):
        found = find_model(log, **options)
    for sentence in _sentences(found, closing_known=log.closing_known):
        say(sentence)
    _print(found, form, selection.parameters() | options)
    _write(found, output)


def _print(found: Discovery, form: str, parameters: dict[str, Any]) -> None:
    tree = None if found.tree is None else str(found.tree)
    if form == "json":
        figures = dict(
            zip((name.partition(".")[2] for name in found.frame["figure"]), found.frame["value"], strict=True)
        )
        records = found.frame.to_dict("records")
        click.echo(
            document("discover", parameters=parameters, figures=figures, tree=tree, notes=found.notes, records=records),
            nl=False,
        )
        return
    if form == "csv":
        show(found.frame, form, "discover")
        return
    show(for_people(found.frame), form, "discover")
    if tree is not None:
        click.echo(f"\nProcess tree (-> in sequence, X one of them, + in any order, * loop):\n{visible(tree)}")


def for_people(frame: pd.DataFrame) -> pd.DataFrame:
    """The overview with its values as text: shares in per cent, a dash for what is unknown."""
    shares = frame["unit"].str.startswith("share")
    values = [
        readable("share" if share else "value", [float(value) if share else value])[0]
        for share, value in zip(shares, frame["value"], strict=True)
    ]
    names = frame["figure"].str.removeprefix("discover.").str.replace("_", " ")
    return pd.DataFrame({"figure": names, "value": values, "definition": frame["definition"]})


def _sentences(found: Discovery, *, closing_known: bool) -> list[str]:
    described = counted(found.cases, "case", "cases")
    lines = [f"A model of {described} by the {found.miner} miner, threshold {found.threshold:g}."]
    if found.open_cases:
        lines.append(
            f"{counted(found.open_cases, 'open case is', 'open cases are')} left out; --open-cases puts them in."
        )
    if found.coverage < 1:
        lines.append(f"It is made of the most common variants, {100 * found.coverage:.1f} % of the cases.")
    lines += [closing(closing_known)] if not closing_known else []
    return [*lines, *found.notes]


def _write(found: Discovery, output: Path | None) -> None:
    if output is None:
        say("Write it as BPMN, PNML and text with -o DIR.")
        return
    written = found.write(output)
    say(f"The model is in {click.format_filename(output)}: {', '.join(path.name for path in written)}")
