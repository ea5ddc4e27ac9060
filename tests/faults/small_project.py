"""A project that is checked quickly, a warm process that checks it, and what must hold of it after any fault."""

import contextlib
import csv
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from saksflyt.cli.main import main

HERE = Path(__file__).parent
SETTINGS = """
name = "Nordvik"
flow = "flow.toml"
[source]
files = ["exports/*.csv"]
[[limits]]
indicator = "deadlines.met_share:in-time"
warn_below = 0.9
high_below = 0.5
least = 5
"""
FLOW = """
name = "f"
flow = "Mottatt -> Vurdert -> Vedtak"
closed_by = ["Vedtak"]
[[deadlines]]
name = "In time"
from = "Mottatt"
to = ["Vedtak"]
within = "10 days"
"""
JANUARY, FEBRUARY = "2026-02-20", "2026-03-20"  # when they are judged


def write_project(folder: Path, months: int = 2) -> Path:
    """Ten cases a month from January on, the odd ones of 14 days."""
    (folder / "exports").mkdir(parents=True)
    (folder / "scratch").mkdir()
    (folder / "saksflyt.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "flow.toml").write_text(FLOW, encoding="utf-8")
    with (folder / "exports" / "saker.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Saksnr", "Hendelse", "Tidspunkt"])
        for month in range(1, months + 1):
            for n in range(10):
                begins = datetime(2026, month, 1 + n, 9, n)
                steps = (("Mottatt", 0), ("Vurdert", 2), ("Vedtak", 14 if n % 2 else 4))
                writer.writerows(
                    (f"{month}/{n}", step, f"{begins + timedelta(days=day):%d.%m.%Y %H:%M}") for step, day in steps
                )
    return folder


def checked(folder: Path, now: str = FEBRUARY) -> list[str]:
    """The words of a check."""
    return ["check", str(folder), "--now", now, "--fail-on", "never"]


class Warm:
    """The warm process. mounts : it can mount a disk; shim : it can make calls fail"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self.shim = _compiled(folder)
        env = os.environ | {"SAKSFLYT_THREADS": "1"} | ({"LD_PRELOAD": str(self.shim)} if self.shim else {})
        command = [sys.executable, str(HERE / "warm.py")]
        self.mounts = _may_mount()
        self._process = subprocess.Popen(
            ["unshare", "-rm", *command] if self.mounts else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            text=True,
        )
        assert self._process.stdin and self._process.stdout
        self._asks, self._answers = self._process.stdin, self._process.stdout
        assert self._answers.readline() == "{}\n"

    def run(self, project: Path, words: list[str], **how) -> list[dict]:
        """How the runs ended: exit code, seconds, and calls that could have failed."""
        request = {"words": words, "said": str(project / "said"), "scratch": str(project / "scratch"), **how}
        self._asks.write(json.dumps(request) + "\n")
        self._asks.flush()
        answer = json.loads(self._answers.readline())
        if "fault" in answer:
            raise OSError(answer["fault"])
        return answer["ended"]

    def stop(self) -> None:
        self._asks.close()
        self._process.wait(10)


def _compiled(folder: Path) -> Path | None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        return None
    made = folder / "libshim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(made), str(HERE / "shim.c"), "-ldl"], check=True)
    return made


def _may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k saksflyt /tmp"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def files(history: Path) -> dict[str, bytes]:
    """What is in the history by name, the database as its rows."""
    found = {
        path.relative_to(history).as_posix(): path.read_bytes()
        for path in sorted((history / "runs").rglob("*"))
        if path.is_file()
    }
    if (index := history / "index.html").exists():
        found["index.html"] = index.read_bytes()
    with contextlib.closing(sqlite3.connect(history / "history.sqlite")) as database:
        found["rows"] = "\n".join(database.iterdump()).encode()
    return found


@dataclass
class World:
    """A project of which January was judged, the same with February, and the states that a rerun has mended already."""

    place: Path
    warm: Warm
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0
    trials: int = 0
    mended: set[str] = field(default_factory=set)

    def trial(self, **fault) -> int:
        """Run a check that meets a fault, assert all that must hold, and give its exit code."""
        self.trials += 1
        project = self.place / str(self.trials)
        shutil.copytree(self.place / "base", project)
        (ended,) = self.warm.run(
            project, checked(project), pages=str(self.place / "done" / "history" / "runs"), **fault
        )
        self.holds(project, ended["code"])
        shutil.rmtree(project)
        return ended["code"]

    def holds(self, project: Path, code: int) -> None:
        """Nothing that was there is touched, nothing is half there, and the next run makes up for it."""
        history, said = project / "history", (project / "said").read_text(encoding="utf-8")
        assert "Traceback" not in said, said
        verified = CliRunner().invoke(main, ["history", str(project), "--verify"])
        assert verified.exit_code == 0, (said, verified.stderr)
        now = files(history)
        for name in ("rows", "index.html"):
            assert now[name] in (self.before[name], self.after[name]), f"half of {name}"
        before, after, final = (
            {name: content for name, content in each.items() if name.startswith("runs/2")}
            for each in (self.before, self.after, now)
        )
        assert before.items() <= final.items(), "an old month is touched"
        assert final in (before, after), "half a month"
        if code == 0:
            assert now == self.after
        self._mend(project, now)

    def _mend(self, project: Path, now: dict[str, bytes]) -> None:
        """A rerun does the same in the same state, so that one of each will do."""
        state = hashlib.sha256(repr(sorted(now.items())).encode()).hexdigest()
        if state in self.mended:
            return
        (again,) = self.warm.run(project, checked(project), pages=str(self.place / "done" / "history" / "runs"))
        assert again["code"] == 0, (project / "said").read_text(encoding="utf-8")
        assert files(project / "history") == self.after
        self.mended.add(state)


@contextlib.contextmanager
def world(place: Path) -> Iterator[World]:
    """Set it up."""
    warm = Warm(place / "warm")
    try:
        base, done = write_project(place / "base"), place / "done"
        (ended,) = warm.run(base, checked(base, JANUARY), learn=True)
        assert ended["code"] == 0, (base / "said").read_text(encoding="utf-8")
        shutil.copytree(base, done)
        (ended,) = warm.run(done, checked(done))
        assert ended["code"] == 0, (done / "said").read_text(encoding="utf-8")
        yours = World(place, warm, files(base / "history"), files(done / "history"))
        # Once more with the pages at hand, as the trials do it: how long it takes, and how many calls could fail.
        again = place / "again"
        shutil.copytree(base, again)
        (ended,) = warm.run(again, checked(again), pages=str(done / "history" / "runs"), fault=(0, "EIO"))
        yours.calls, yours.seconds = ended["calls"], ended["seconds"]
        yours.holds(again, ended["code"])
        yield yours
    finally:
        warm.stop()
