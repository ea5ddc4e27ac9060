"""What does a project read: its exports, the intended flow, and what is accepted?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ...connectors.mapping import Mapping
from ...connectors.patterns import expanded
from ...connectors.registry import read
from ...mining.accepted import ENDING, Accepted
from ...mining.flow import Flow
from ...mining.log import EventLog
from .project import Project


def read_sources(project: Project, now: datetime) -> EventLog:
    """The log of all exports of a project."""
    paths = expanded([project.folder / name for name in project.files])
    said = Mapping.load(project.mapping) if project.mapping else Mapping()
    return read(paths, mapping=replace(said, zone=project.zone), now=now, key=project.key)


def read_flow(project: Project) -> Flow:
    """The intended flow of a project: a file in its folder, or a template."""
    beside = project.folder / project.flow
    return Flow.read(str(beside) if beside.exists() else project.flow)


def accepted_place(project: Project) -> Path:
    """The file of what is accepted: beside the flow, or where a template's own file would stand."""
    flow = project.folder / project.flow
    return flow.with_name(f"{flow.stem}{ENDING}")


def read_accepted(project: Project) -> Accepted:
    """What is accepted of the findings of the check."""
    place = accepted_place(project)
    return Accepted.read(place).of_the_check(True) if place.exists() else Accepted()
