"""Which messages are there to send?

A month is told of when it is judged, and again when a revision has other findings; a refusal when it is another one than the channel
was told last. A message is put in together with its month, in one transaction, and stays until it is delivered (:mod:`.notifying`).

Of a channel few wait: a newer month takes the place of those that wait, and says that it also stands for them. So a catch-up of two
years is one message, and so is a year in which the mail server was down. A refusal gives its place to the next verdict or refusal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ...mining.judgement.fault import Fault
from ...mining.judgement.verdicts import RANK, Finding
from ...reports.month_message import MonthTold, Told, month_message, refusal_message, trial_message
from .channels import ALWAYS, Channel
from .history import REFUSAL, VERDICT, WAITING, History, Message, Recorded
from .month_files import PAGE
from .project import Project
from .publishing import RUNS

_SHORT = 8
TRIAL = "trial"


def of_month(
    project: Project, history: History, made: Recorded, judged: pd.DataFrame, found: Sequence[Finding]
) -> list[Message]:
    """What is told of a month that is about to be recorded; judged : its figures"""
    if made.revision > 1 and _gist(found) == _gist(history.findings(made.month)):
        return []
    before = history.messages()
    page = _page(project, made.folder)
    messages = []
    for channel in _awake(project):
        told = [each for each in before if each.channel == channel.name]
        # Who was told that there is no verdict is told that there is one.
        if not _severe_enough(made.severity, channel) and not (told and told[-1].kind == REFUSAL):
            continue
        earlier = _earlier(told, made.month)
        said = MonthTold(project.name, made.month, made.revision, judged, found, earlier, page)
        message = month_message(said, project.language)
        more = {
            "revision": made.revision,
            "severity": made.severity,
            "counts": message.counts,
            "earlier": earlier,
            "page": page,
        }
        messages.append(_message(project, channel, VERDICT, made.month, told, message, more))
    return messages


def of_refusal(
    project: Project, history: History, month: str, faults: Sequence[Fault], lacking: Sequence[str]
) -> list[Message]:
    """What is told when there is no verdict, in every channel. month : whose data are not fit; faults : none where nothing can be read;
    lacking : the months that are due and have no verdict"""
    kinds = list(dict.fromkeys(each.kind for each in faults))
    message = refusal_message(project.name, kinds, lacking, project.language)
    more = {"faults": kinds, "lacking": list(lacking)}
    before = history.messages()
    messages = []
    for channel in _awake(project):
        told = [each for each in before if each.channel == channel.name]
        last = json.loads(told[-1].said) if told and told[-1].kind == REFUSAL else {}
        if (last.get("month"), last.get("faults"), last.get("lacking")) != (month, kinds, more["lacking"]):
            messages.append(_message(project, channel, REFUSAL, month, told, message, more))
    return messages


def of_trial(project: Project, channel: Channel) -> Message:
    """A message that only shows whether a channel works."""
    return _message(project, channel, TRIAL, "", [], trial_message(project.name, project.language), {})


def _message(
    project: Project, channel: Channel, kind: str, month: str, told: Sequence[Message], message: Told, more: dict
) -> Message:
    plain = {
        "schema_version": 1,
        "kind": kind,
        "project": project.name,
        "month": month,
        **more,
        "subject": message.subject,
        "text": message.text,
    }
    digest = hashlib.sha256(json.dumps([channel.name, plain]).encode()).hexdigest()[:_SHORT]
    # Numbered, because the same may be news twice: not fit, judged, not fit again.
    id_ = "-".join(filter(None, (month, kind, str(len(told) + 1), digest)))
    return Message(channel.name, id_, kind, month, json.dumps({"id": id_, **plain}, ensure_ascii=False))


def _awake(project: Project) -> Sequence[Channel]:
    return () if project.silent else project.notify


def _severe_enough(severity: str, channel: Channel) -> bool:
    return channel.when == ALWAYS or RANK.get(severity, 0) >= RANK[channel.when]


def _gist(found: Sequence[Finding]) -> set[tuple[str, str, str]]:
    return {(each.id, each.severity, each.status) for each in found}


def _earlier(told: Sequence[Message], month: str) -> list[tuple[str, str]]:
    """The months that wait to be told of, and that this message will also stand for, with their severity."""
    found = {}
    for each in told:
        if each.state == WAITING and each.kind == VERDICT and each.month <= month:
            said = json.loads(each.said)
            found |= {name: severity for name, severity in said["earlier"]} | {each.month: said["severity"]}
    found.pop(month, None)
    return sorted(found.items())


def _page(project: Project, folder: str) -> str:
    """Where the page is: under the address that the project gives, else its place in the project's folder."""
    place = f"{RUNS}/{folder}/{PAGE}"
    if project.pages:
        return f"{project.pages.rstrip('/')}/{place}"
    history = project.history
    if history.is_relative_to(project.folder):
        history = history.relative_to(project.folder)
    return Path(history, place).as_posix()
