"""Which model do the cases follow, and how well does it describe them?

Discovery draws one model from what happened: the inductive miner (Leemans, Fahland and van der Aalst, 2014: IMf), which
always gives a sound process tree, or the heuristics miner (Weijters and Ribeiro, 2011), which gives a net that may be
unsound. The model comes with how much of what happened it allows (fitness), and how much more it allows (precision);
:mod:`.replay` says what they are.

An open case has not ended: taken as it stands, its last step would be drawn as an end. So the model is made of the closed
cases, where the log says which are closed, and all that is said of it is about them; `open_cases` puts the others in.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .answer import Answer
from .block_layout import tree_diagram
from .bpmn import bpmn_xml
from .clock import case_clock
from .database import writing
from .definitions import definition
from .errors import EmptyLog, TooBig, UsageError
from .grouping import grouping
from .log import EventLog
from .net_diagram import net_diagram
from .net_reduction import reduced
from .nets import heuristics_net, inductive_tree
from .petri_net import PetriNet, net_of
from .pnml import pnml
from .process_tree import ProcessTree
from .replay import NoWayOut, replay
from .state_space import Unbounded, state_space

if TYPE_CHECKING:
    import pandas as pd

Miner = Literal["inductive", "heuristics"]
Counted = dict[tuple[str, ...], int]

_COUNTED = """
with counted as (select variant_no, count(*) as cases from ({clock}) {where} group by variant_no)
select activities::varchar[] as activities, cases
from counted join (select variant_no, activities from sequences) using (variant_no) order by cases desc, variant_no
"""

_FIGURES = (
    "cases", "open_cases", "events", "activities", "variants", "coverage", "activities_in_model", "sound",
    "fitting_share", "fitness", "precision",
)  # fmt: skip

_TOO_MANY = "The model has too many states, or the cases too many steps, for all ways to be compared"
_PILES_UP = "Tokens can pile up without end in the model, so it is not sound"
_NO_WAY_OUT = "The model has no way to its end"
_UNKNOWN = "how well it describes the cases is unknown"


@dataclass(frozen=True, repr=False)
class Discovery(Answer):
    """A model of a log, and how well it describes the cases.

    frame : one row per figure: figure (its id), value (NaN or None where it is unknown), unit, definition
    miner : "inductive" or "heuristics"
    threshold : the noise threshold of the inductive miner, the dependency threshold of the heuristics miner
    cases, events, activities, variants : of the cases that are described
    open_cases : the open cases that are left out
    coverage : the share of the cases (0 to 1) that the model is made of; less than 1 only when asked for
    activities_in_model : the activities that the model has
    sound : true, false, or None when it could not be found out
    fitting_share, fitness, precision : 0 to 1; NaN when unknown, and the notes say why
    notes : sentences that belong to the answer
    tree : the process tree; None from the heuristics miner
    net : the Petri net
    name : of the log
    """

    frame: pd.DataFrame
    miner: Miner
    threshold: float
    cases: int
    open_cases: int
    events: int
    activities: int
    variants: int
    coverage: float
    activities_in_model: int
    sound: bool | None
    fitting_share: float
    fitness: float
    precision: float
    notes: tuple[str, ...]
    tree: ProcessTree | None
    net: PetriNet
    name: str

    @cached_property
    def bpmn(self) -> str:
        """The model as BPMN 2.0, with a drawing."""
        diagram = net_diagram(self.net) if self.tree is None else tree_diagram(self.tree)
        return bpmn_xml(diagram, self.name)

    @cached_property
    def pnml(self) -> str:
        """The model as a Petri net in PNML."""
        return pnml(self.net, self.name)

    @property
    def files(self) -> dict[str, str]:
        """The model's files by name: ``model.bpmn``, ``model.pnml`` and, from the inductive miner, ``model.tree.txt``."""
        files = {"model.bpmn": self.bpmn, "model.pnml": self.pnml}
        return files if self.tree is None else {**files, "model.tree.txt": f"{self.tree}\n"}

    def write(self, folder: str | Path) -> list[Path]:
        """Write the files into `folder`, which is made if need be; each is there whole or not at all.

        Raises UsageError if the place cannot be written to, StorageError if the disk fails.
        """
        home, written = Path(folder), []
        for name, text in self.files.items():
            path, beside = home / name, home / f".{name}.{os.getpid()}.part"
            with writing(path):
                home.mkdir(parents=True, exist_ok=True)
                try:
                    beside.write_text(text, encoding="utf-8", newline="\n")
                    beside.replace(path)
                finally:
                    beside.unlink(missing_ok=True)
            written.append(path)
        return written

    def _figures(self) -> dict[str, object]:
        return {name: value for name, value in super()._figures().items() if name not in ("net", "bpmn", "pnml")}


def discover(
    log: EventLog,
    *,
    miner: Miner = "inductive",
    noise: float = 0.2,
    dependency: float = 0.5,
    coverage: float = 1.0,
    open_cases: bool = False,
) -> Discovery:
    """Find a model of the closed cases; with `open_cases`, of all.

    noise : for the inductive miner, 0 to 1: ways rarer than this part of the most common one are left out; 0 leaves
        nothing out
    dependency : for the heuristics miner, 0 to 1: how sure it must be that a step leads to another
    coverage : make the model of the most common variants that are together this share of the cases; it is another
        model, found faster, and is still compared with all of them

    Raises EmptyLog if there is no such case, UsageError if an option is out of its range.
    """
    _in_range(miner, noise=noise, dependency=dependency, coverage=coverage)
    log.require_cases()
    counted, left_out = _counted(log, open_cases)
    cases = sum(counted.values())
    chosen = _most_common(counted, coverage)
    tree = inductive_tree(chosen, noise) if miner == "inductive" else None
    net = heuristics_net(chosen, dependency) if tree is None else reduced(net_of(tree))
    sound, replayed, notes = _judged(net, tree, counted)
    figures = {
        "cases": cases,
        "open_cases": left_out,
        "events": sum(len(sequence) * count for sequence, count in counted.items()),
        "activities": len({activity for sequence in counted for activity in sequence}),
        "variants": len(counted),
        "coverage": sum(chosen.values()) / cases,
        "activities_in_model": len(net.activities),
        "sound": sound,
        **dict(zip(("fitting_share", "fitness", "precision"), replayed, strict=True)),
    }
    return Discovery(
        frame=_overview(figures),
        miner=miner,
        threshold=noise if miner == "inductive" else dependency,
        **figures,
        notes=tuple(notes),
        tree=tree,
        net=net,
        name=log.name,
    )


def _in_range(miner: str, **shares: float) -> None:
    if miner not in ("inductive", "heuristics"):
        raise UsageError(f"The miner is {miner!r}; it can be inductive or heuristics.")
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise UsageError(f"{name} is {value:g}; it is a share from 0 to 1.")
    if not shares["coverage"]:
        raise UsageError("coverage is 0, which leaves no case to make a model of.")


def _counted(log: EventLog, open_cases: bool) -> tuple[Counted, int]:
    """The cases by variant, most common first, and how many open ones are left out."""
    clock = case_clock(log, grouping(log, None))
    where = "" if open_cases else "where is_closed"
    rows = log.sql(_COUNTED.format(clock=clock, where=where))
    counted = {tuple(sequence): int(cases) for sequence, cases in zip(rows["activities"], rows["cases"], strict=True)}
    if not counted:
        raise EmptyLog("No case is closed, so no case shows a whole way; put the open ones in with --open-cases.")
    return counted, log.case_count - sum(counted.values())


def _most_common(counted: Counted, coverage: float) -> Counted:
    """The most common variants that are together the share of the cases."""
    needed, chosen = coverage * sum(counted.values()), {}
    for sequence, cases in counted.items():
        if needed <= 0:
            break
        chosen[sequence] = cases
        needed -= cases
    return chosen


def _judged(
    net: PetriNet, tree: ProcessTree | None, counted: Counted
) -> tuple[bool | None, tuple[float, float, float], list[str]]:
    """Is it sound; the fitting share, fitness and precision; and what has to be said of them."""
    unknown, notes = (nan, nan, nan), []
    if tree is None and not net.free_choice:
        notes.append("Choices and waiting are mixed in the net, so the BPMN file may make a choice earlier than it.")
    sound = True if tree is not None else None
    try:
        parts = [state_space(part) for part in ([net] if tree is None else _side_by_side(tree))]
        sound = all(part.sound for part in parts)
        found = replay(parts, counted)
    except TooBig:
        return sound, unknown, [*notes, f"{_TOO_MANY}, so {_UNKNOWN}."]
    except Unbounded:
        return False, unknown, [*notes, f"{_PILES_UP} and {_UNKNOWN}."]
    except NoWayOut:
        return False, unknown, [*notes, f"{_NO_WAY_OUT}, so {_UNKNOWN}."]
    return sound, (found.fitting_cases / sum(counted.values()), found.fitness, found.precision), notes


def _side_by_side(tree: ProcessTree) -> list[PetriNet]:
    """The parts of a tree that go on side by side from start to end; one unless they share no activity."""
    names = list(tree.activities())
    parts = tree.children if tree.operator == "+" and len(names) == len(set(names)) else (tree,)
    return [reduced(net_of(part)) for part in parts]


def _overview(figures: dict[str, object]) -> pd.DataFrame:
    import pandas as pd

    texts = [definition(f"discover.{name}") for name in _FIGURES]
    rows = [(text.id, figures[name], text.unit, text.definition) for name, text in zip(_FIGURES, texts, strict=True)]
    return pd.DataFrame(
        {
            "figure": [row[0] for row in rows],
            "value": pd.Series([row[1] for row in rows], dtype=object),
            "unit": [row[2] for row in rows],
            "definition": [row[3] for row in rows],
        }
    )
