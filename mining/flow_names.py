"""Does everything that an intended flow says belong to a step that it knows?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .flow_parts import StepSettings
from .toml_table import Misplaced, Path, meant


def check_names(
    ordered: Iterable[str], settings: Mapping[str, StepSettings], mentions: Iterable[tuple[Path, str]]
) -> None:
    """Raise Misplaced at the first name that fits nothing.

    ordered : the steps of the order
    mentions : the steps that clock, closing, deadlines and rules name, each with its place
    """
    in_order = set(ordered)
    mentioned = list(mentions)
    _anytime_is_outside(in_order, settings)
    _mentions_are_known(in_order, settings, mentioned)
    _settings_are_used(in_order, settings, {step for _, step in mentioned})
    _aliases_are_clear(in_order, settings)


def _anytime_is_outside(ordered: set[str], settings: Mapping[str, StepSettings]) -> None:
    for step, said in settings.items():
        if said.anytime and step in ordered:
            raise Misplaced(
                ("steps", step, "anytime"),
                f"{step!r} is anytime and stands in the flow as well; take it out of one of the two.",
            )


def _mentions_are_known(
    ordered: set[str], settings: Mapping[str, StepSettings], mentions: list[tuple[Path, str]]
) -> None:
    known = ordered | set(settings)
    aliases = {alias: step for step, said in settings.items() for alias in said.aliases}
    for path, step in mentions:
        if step in aliases and step not in known:
            raise Misplaced(path, f"{step!r} is another name of {aliases[step]!r}; write {aliases[step]!r} here.")
        if step not in known:
            near = meant(step, known, otherwise=f" A step outside the order is made known by [steps.{step!r}].")
            raise Misplaced(path, f"There is no step {step!r} in the flow.{near}")


def _settings_are_used(ordered: set[str], settings: Mapping[str, StepSettings], mentioned: set[str]) -> None:
    for step, said in settings.items():
        if step not in ordered | mentioned and not said.anytime:
            near = meant(step, ordered, otherwise=" Put it there, or say anytime = true.")
            raise Misplaced(("steps", step), f"The step {step!r} is not in the flow.{near}")


def _aliases_are_clear(ordered: set[str], settings: Mapping[str, StepSettings]) -> None:
    owners: dict[str, str] = {}
    for step, said in settings.items():
        for alias in said.aliases:
            path: Path = ("steps", step, "aliases")
            if alias in ordered or alias in settings:
                other = "its own name" if alias == step else "a step of the flow itself"
                raise Misplaced(path, f"The alias {alias!r} of {step!r} is {other}; take it out.")
            if alias in owners:
                raise Misplaced(path, f"{alias!r} is an alias of both {owners[alias]!r} and {step!r}; choose one.")
            owners[alias] = step
