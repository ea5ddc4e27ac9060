"""What must work for Saksflyt to work, and does it here?"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import platform
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd

from ..mining.errors import UsageError
from ..mining.log import EventLog, scratch_database
from ..mining.variants import variants
from .failures import sentence

State = Literal["ok", "warning", "error"]
_SQLITE = "3.37"  # the first that holds columns to their types
_ANEW = "Install saksflyt anew."


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. found : what is so; to_do : what to do about it; exit_code : that of an error, else 0"""

    name: str
    state: State
    found: str
    to_do: str = ""
    exit_code: int = 0


def failed(name: str, fault: Exception) -> Check:
    """An error as it would end a command, in a sentence that says what to do."""
    code, text = sentence(fault)
    return Check(name, "error", text, exit_code=code)


def checkup() -> Iterator[Check]:
    """Look at everything, quickest first. A check that fails says so; none stops the others."""
    yield Check("saksflyt", "ok", f"{_version('saksflyt')}, {metadata('saksflyt')['License-Expression']}")
    yield Check("Python", "ok", f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}")
    yield Check("platform", "ok", f"{platform.platform()}, {os.cpu_count()} processors")
    yield from _libraries()
    yield _new_enough("SQLite", sqlite3.sqlite_version, _SQLITE)
    for name, look in _LOOKS.items():
        yield _looked(name, look)


def _looked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, "ok", look())
    except Exception as fault:  # noqa: BLE001 - whatever is wrong here is what was to be found
        code = 2 if getattr(fault, "exit_code", 4) == 2 else 4
        to_do = "Set it right (saksflyt --help lists the settings)." if code == 2 else _ANEW
        return Check(name, "error", f"{type(fault).__name__}: {fault}", to_do, code)


def _libraries() -> Iterator[Check]:
    for line in requires("saksflyt") or []:
        if "extra ==" in line:
            continue
        name, _, least = re.split(r"\s*;", line)[0].partition(">=")
        try:
            have = version(name)
        except PackageNotFoundError:
            yield Check(name, "error", f"not installed, {least} or newer is needed", _ANEW, 4)
            continue
        yield _new_enough(name, have, least)


def _new_enough(name: str, have: str, least: str) -> Check:
    if _numbers(have) >= _numbers(least):
        return Check(name, "ok", have)
    return Check(name, "error", f"{have}, {least} or newer is needed", _ANEW, 4)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _time_zones() -> str:
    zone = ZoneInfo("Europe/Oslo")
    summer = datetime(2026, 3, 29, 1, tzinfo=UTC).astimezone(zone)
    if summer.utcoffset() == datetime(2026, 3, 29, 0, tzinfo=UTC).astimezone(zone).utcoffset():
        raise ValueError("Europe/Oslo has no summer time here")
    return "Europe/Oslo is known, summer time as well"


def _log() -> str:
    rows = pd.DataFrame({"case_id": ["1", "1"], "activity": ["Søknad mottatt", "Vedtak fattet"]})
    rows["end_time"] = pd.to_datetime(["2026-03-28 12:00", "2026-03-29 12:00"])
    log = EventLog.from_frame(rows)
    days = variants(log).frame["median_days"].iloc[0]
    if round(days * 24) != 23:
        raise ValueError(f"a day with a change of clocks lasted {days * 24:.1f} hours")
    return "made, read and measured in a temporary folder"


def _lock() -> str:
    rows = pd.DataFrame({"case_id": ["1"], "activity": ["a"], "end_time": pd.to_datetime(["2026-01-01"])})
    log = EventLog.from_frame(rows)
    with tempfile.TemporaryDirectory() as folder:
        outside = Path(folder, "outside.csv")
        outside.write_text("a\n1\n", encoding="utf-8")
        for query in (f"select * from read_csv('{outside}')", f"copy cases to '{outside}'", "set threads = 1"):
            try:
                log.sql(query)
            except UsageError:
                continue
            raise ValueError(f"not locked: {query.split()[0]} went through")
    return "a log can reach nothing outside its folder"


def _spill() -> str:
    with tempfile.TemporaryDirectory() as folder:
        connection = scratch_database(Path(folder))
        connection.execute("set memory_limit = '40MB'")
        connection.execute("create table big as select range as a, md5(range::varchar) as b from range(1500000)")
        spilt = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        connection.close()
    if not spilt:
        raise ValueError("more than the memory limit was held in memory")
    return f"what does not fit in memory goes to {tempfile.gettempdir()}"


def _pm4py() -> str:
    # By name, so that nothing in this room depends on it; it greets on stdout and stderr when it is imported.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        importlib.import_module("pm4py")
    return "can be imported"


_LOOKS = {"time zones": _time_zones, "log": _log, "DuckDB lock": _lock, "DuckDB spill": _spill, "pm4py works": _pm4py}
