"""Which options mean the same on every command?"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from ..connectors.mapping import SHAPES, Mapping
from ..connectors.patterns import is_pattern
from ..mining.errors import UsageError
from .asked import FORMATS, Asked, Selection

Command = Callable[..., Any]

_HOME = "Europe/Oslo"  # the zone of a time that is written without one


class Moment(click.ParamType):
    """A date, or a time with or without a zone, as ISO 8601 writes it."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        if isinstance(value, date):
            return value
        text = value.strip()
        try:
            return date.fromisoformat(text) if len(text) == len("2026-06-30") else datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{value!r} is not a date or time such as 2026-06-30 or 2026-06-30T12:00.", param, ctx)


class LogOrExport(click.Path):
    """An export that is there, or a log: a crash may have left a log under another name, and opening finds it."""

    def __init__(self) -> None:
        super().__init__(exists=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not str(value):
            self.fail("no log is named.", param, ctx)
        path = Path(value)
        return path if path.suffix == ".saksflyt" else Path(os.fsdecode(super().convert(path, param, ctx)))


class FilesOrPattern(click.Path):
    """A file that is there, or a pattern such as ``exports/2026-*.csv`` that the shell has not expanded."""

    def __init__(self) -> None:
        super().__init__(exists=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if is_pattern(value):
            return Path(value)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


def _clock(ctx: click.Context, param: click.Parameter, value: date | None) -> datetime:
    """The time that was given, or else the clock's: nothing below the command line asks it."""
    if value is None:
        return datetime.now(UTC).replace(microsecond=0)
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(_HOME))


now_option = click.option(
    "--now",
    type=Moment(),
    envvar="SAKSFLYT_NOW",
    callback=_clock,
    metavar="TIME",
    help="Use this time instead of the clock (also SAKSFLYT_NOW).",
)
as_of_option = click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help="The log is known up to here; what happened later is not counted. A date alone means the whole day.",
)
mapping_option = click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The TOML file that says what each column is (see: saksflyt inspect).",
)
key_option = click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The key that makes pseudonyms of people, the same in every import (see: saksflyt key; also SAKSFLYT_KEY_FILE).",
)
shape_option = click.option(
    "--shape",
    type=click.Choice(SHAPES),
    help="What a row is: an event, a case with its milestones (wide), a change (audit), a span of time (intervals), or "
    "events in one file and cases in another (joined). Guessed unless told.",
)
case_option = click.option(
    "--case",
    type=click.Choice(["application", "matter"]),
    help="What a case is, where the format knows both: an application, or a matter (sak) that came of it.",
)
sheet_option = click.option(
    "--sheet",
    "sheets",
    multiple=True,
    metavar="NAME",
    help="Which sheet of a workbook to read; repeat it for several.",
)
where_option = click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help='Only cases with NAME=VALUE, NAME!=VALUE or NAME~GLOB, such as "unit=Nordvik" or "activity~Dok*"; '
    "repeat it and all must hold.",
)
period_option = click.option(
    "--period",
    metavar="A..B",
    help="Only cases of these months or days, such as 2026, 2026-01..2026-06 or 2026-03-01..2026-03-31.",
)
period_by_option = click.option(
    "--period-by",
    type=click.Choice(["received", "closed", "active"]),
    default="received",
    show_default=True,
    help="What puts a case in the period.",
)
by_option = click.option(
    "--by",
    metavar="NAME",
    help="One answer per group: unit, type or a case attribute; for waiting also event_unit.",
)
top_option = click.option(
    "--top",
    type=click.IntRange(min=0),
    metavar="N",
    help="The first N rows (of every group); 0 means all. A table shows 20 unless told, other formats all.",
)


def with_shape(mapping: Path | None, shape: str | None) -> Mapping | Path | None:
    """The mapping with the shape that was asked for on the command line, which goes before what the file says."""
    if shape is None:
        return mapping
    return replace(Mapping.load(mapping) if mapping else Mapping(), shape=shape)


files_argument = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FilesOrPattern())


def format_option(*formats: str) -> Callable[[Command], Command]:
    """How the answer is written: the first of the formats unless told."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the answer is written.",
    )


def _all(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """The decorators in the order in which the help text shows them."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


_SELECTION = ("mapping", "key", "case", "as_of", "where", "period", "period_by", "now")
_selecting = (mapping_option, key_option, case_option, as_of_option, where_option, period_option, period_by_option)


def selects_logs(command: Command) -> Command:
    """Give a command its LOG arguments, read with the common options, as ``selections``."""

    @wraps(command)
    def with_selections(logs: tuple[Path, ...], **options: Any) -> Any:
        how = {name: options.pop(name) for name in _SELECTION}
        return command(selections=[Selection(path, **how) for path in logs], **options)

    logs = click.argument("logs", metavar="LOG...", nargs=-1, required=True, type=LogOrExport())
    return _all(logs, *_selecting, now_option)(with_selections)


def may_select_a_log(log: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command ``selection``, None when no log is named. log : the argument or option ``log``"""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_selection(log: Path | None, **options: Any) -> Any:
            how = {name: options.pop(name) for name in _SELECTION}
            if log is None and any(how[name] for name in ("mapping", "key", "case", "as_of", "where", "period")):
                raise UsageError("Without a log there are no cases to choose; name one, or leave such options out.")
            return command(selection=Selection(log, **how) if log else None, **options)

        return _all(log, *_selecting, now_option)(with_selection)

    return decorate


pool_option = click.option(
    "--pool", metavar="NAME", help="Which one of several pools in a BPMN file, by its name or id."
)


def flow_option(*, required: bool) -> Callable[[Command], Command]:
    """The intended flow, as ``flow``."""
    return click.option(
        "--flow",
        metavar="F",
        required=required,
        help="How it was meant to go: a file of the flow, or a template's name (see: saksflyt flow).",
    )


def asks_a_log_as(*formats: str) -> Callable[[Command], Command]:
    """Give a measure's command LOG and the options of all measures, as ``asked``. formats : in which it can be written"""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_question(log: Path, form: str, by: str | None, top: int | None, **options: Any) -> Any:
            how = {name: options.pop(name) for name in _SELECTION}
            return command(asked=Asked(Selection(log, **how), form, by, top), **options)

        log = click.argument("log", metavar="LOG", type=LogOrExport())
        return _all(log, by_option, top_option, *_selecting, format_option(*formats), now_option)(with_question)

    return decorate


asks_a_log = asks_a_log_as(*FORMATS)
