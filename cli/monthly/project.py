"""What a folder for the monthly check says: where the exports lie, what is meant, and from when on a figure is bad.

The file is ``saksflyt.toml``; paths in it are taken from the folder. Strict: a key that nobody reads is an error with its line.
``SAKSFLYT_SOURCE``, ``SAKSFLYT_HISTORY``, ``SAKSFLYT_LANGUAGE``, ``SAKSFLYT_KEY_FILE`` and ``SAKSFLYT_NOTIFY`` go before the file,
and a profile (``[profiles.NAME]``) before its top.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...connectors.key_file import VARIABLE
from ...connectors.mapping import Mapping as ExportMapping
from ...mining.errors import UsageError
from ...mining.judgement.month import Month
from ...mining.toml_file import content_of, located, parsed_toml
from ...mining.toml_table import Misplaced, Table, meant
from .channels import Channel, channels_in
from .project_parts import Change, Fitness, Limit, changes_in, fitness_in, limits_in, month_in, pairs_in

FILE = "saksflyt.toml"
LANGUAGES = ("nb", "en")
_LARGEST = 1_000_000
_PLAIN = ("name", "language", "flow", "history", "pages")
_TOP = (*_PLAIN, "source", "month", "fitness", "waits", "limits", "changes", "notify", "profiles")
_SOURCE = ("files", "mapping", "key", "zone")
_MONTH = ("working_days", "first")


@dataclass(frozen=True)
class Project:
    """A folder for the monthly check.

    files : names or patterns of the exports, taken from the folder
    working_days : after the end of a month, until it is judged
    first : the first month that is judged; None is the first that the exports hold whole
    pages : the address under which the history's folder can be read, "" where there is none
    notify : who is told; silent : nobody is, this time
    content : of the file, for the fingerprint
    """

    folder: Path
    name: str
    files: tuple[str, ...]
    flow: str
    mapping: Path | None = None
    key: Path | None = None
    zone: str = "Europe/Oslo"
    language: str = "nb"
    history: Path = Path("history")
    working_days: int = 5
    first: Month | None = None
    fitness: Fitness = field(default_factory=Fitness)
    waits: tuple[tuple[str, str], ...] = ()
    limits: tuple[Limit, ...] = ()
    changes: tuple[Change, ...] = ()
    pages: str = ""
    notify: tuple[Channel, ...] = ()
    silent: bool = False
    content: bytes = field(default=b"", repr=False)


def read_project(folder: Path, profile: str | None = None, environment: Mapping[str, str] | None = None) -> Project:
    """The project in a folder. Raises UsageError if there is none, or with the file, the line and what is meant."""
    path = folder / FILE
    if not path.exists():
        raise UsageError(f"{folder} has no {FILE}; make one with saksflyt init {folder}.")
    content = content_of(path, "project", _LARGEST)
    text, plain = parsed_toml(content, str(path), "project")
    try:
        whole = Table(plain, known=_TOP, file="The project")
        said = _with_profile(whole, profile)
        return _project(said, folder, content, environment or {})
    except Misplaced as error:
        raise located(error, text, str(path)) from error


def _with_profile(whole: Table, profile: str | None) -> Table:
    """The settings, those of the profile in the place of the others."""
    plain: dict[str, Any] = {key: value for key, value in whole.plain.items() if key != "profiles"}
    profiles = whole.table("profiles")
    names = list(profiles.plain) if profiles else []
    if profile is not None and profile not in names:
        raise UsageError(f"There is no profile {profile!r} in {FILE}.{meant(profile, names)}")
    if profiles and profile is not None:
        chosen = profiles.table(profile, _TOP[:-1])
        assert chosen is not None
        for key, value in chosen.plain.items():
            plain[key] = (
                {**plain[key], **value} if isinstance(value, dict) and isinstance(plain.get(key), dict) else value
            )
    return Table(plain, file="The project")


def _project(said: Table, folder: Path, content: bytes, environment: Mapping[str, str]) -> Project:
    said.need("name", "source", "flow")
    source, month = said.table("source", _SOURCE), said.table("month", _MONTH) or Table({})
    assert source is not None
    source.need("files")
    _require_names(said, "flow", "history")
    _require_names(source, "files", "mapping", "key")
    mapping = _placed(folder, source.text("mapping"))
    zone = _zone(source, mapping)
    key = environment.get(VARIABLE) or source.text("key")
    days = month.whole("working_days", 0, 20)
    files = (
        tuple(environment["SAKSFLYT_SOURCE"].split(os.pathsep))
        if "SAKSFLYT_SOURCE" in environment
        else source.texts("files")
    )
    if not files:
        raise source.wrong("files", "[source] must name at least one file or pattern as 'files'.")
    language = environment.get("SAKSFLYT_LANGUAGE") or said.choice("language", LANGUAGES, "nb")
    if language not in LANGUAGES:
        raise UsageError(f"SAKSFLYT_LANGUAGE is {language!r}; it can be {' or '.join(LANGUAGES)}.")
    return Project(
        folder=folder,
        name=str(said.text("name")),
        files=files,
        flow=str(said.text("flow")),
        mapping=mapping,
        key=_placed(folder, key),
        zone=zone,
        language=language,
        history=folder / (environment.get("SAKSFLYT_HISTORY") or said.text("history") or "history"),
        working_days=5 if days is None else days,
        first=month_in(month, "first", zone),
        fitness=fitness_in(said),
        waits=pairs_in(said),
        limits=limits_in(said),
        changes=changes_in(said, zone),
        pages=said.text("pages") or "",
        notify=channels_in(said),
        silent=_silent(environment),
        content=content,
    )


def _require_names(said: Table, *keys: str) -> None:
    """Raise Misplaced for a name that no file can have."""
    for key in keys:
        value = said.plain.get(key)
        if any("\0" in str(name) for name in (value if isinstance(value, list) else [value])):
            raise said.wrong(key, f"{said.title}names as {key!r} what no file can be called; take the NUL out.")


def _silent(environment: Mapping[str, str]) -> bool:
    asked = environment.get("SAKSFLYT_NOTIFY", "on")
    if asked not in ("on", "off"):
        raise UsageError(f"SAKSFLYT_NOTIFY is {asked!r}; it can be on or off.")
    return asked == "off"


def _zone(source: Table, mapping: Path | None) -> str:
    """The zone of the exports: as [source] says, else the mapping."""
    zone = source.text("zone") or (ExportMapping.load(mapping) if mapping else ExportMapping()).zone
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise source.wrong("zone", f"There is no time zone {zone!r}; write it like Europe/Oslo.") from error


def _placed(folder: Path, name: str | None) -> Path | None:
    return folder / Path(name).expanduser() if name else None
