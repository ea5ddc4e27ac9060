"""What does a figure mean, how is it counted, and what can it not say?

Every public number has an id ``measure.figure``; the texts stand in ``definitions.toml``. A finding adds what it is
about: ``measure.figure[:slug[>slug]][@unit]``, such as ``rework.extra_times:dokumentasjon-etterspurt@nordvik``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from .errors import UsageError


@dataclass(frozen=True)
class Definition:
    """One figure: texts for a reader."""

    id: str
    title: str
    definition: str
    formula: str
    unit: str
    limits: str
    source: str


@dataclass(frozen=True)
class FindingId:
    """The parts of a finding's id. ``steps`` : one slug, or two for what lies between steps; ``unit`` : a slug."""

    figure: str
    steps: tuple[str, ...] = ()
    unit: str | None = None


@cache
def definitions() -> dict[str, Definition]:
    """All definitions by id, in the order of the file: the log first, then measure by measure."""
    text = files("saksflyt.mining").joinpath("definitions.toml").read_text(encoding="utf-8")
    return {
        f"{measure}.{figure}": Definition(f"{measure}.{figure}", **words)
        for measure, figures in tomllib.loads(text).items()
        for figure, words in figures.items()
    }


def parse_finding(text: str) -> FindingId:
    """Take a finding's id apart."""
    rest, _, unit = text.strip().partition("@")
    figure, _, slugs = rest.partition(":")
    return FindingId(figure, tuple(slug for slug in slugs.split(">") if slug), unit or None)


def definition(finding: str) -> Definition:
    """The definition of a figure, or of the figure that a finding is about.

    Raises UsageError with the nearest ids when there is none.
    """
    figure = parse_finding(finding).figure
    known = definitions()
    if figure not in known:
        raise UsageError(f"There is no figure {figure!r}.{_nearest(figure)} saksflyt explain lists them all.")
    return known[figure]


def _nearest(figure: str) -> str:
    known = definitions()
    name = figure.lower().replace(" ", "_").rpartition(".")[2]
    near = [id_ for id_ in known if id_.endswith(f".{name}")] if name else []
    near += [id_ for id_ in get_close_matches(figure.lower(), known, n=3, cutoff=0.6) if id_ not in near]
    return f" Did you mean {' or '.join(near[:3])}?" if near else ""
