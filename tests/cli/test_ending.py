"""However a run is ended, what it had begun is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "soknader.csv"
# Tests that run in the background, or that nobody hangs up on, hand down that signals are ignored: hear them again.
_HEARING = """
import os, signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def _begun(folder: Path) -> subprocess.Popen[str]:
    """An import of a larger file that has reached its scratch folder."""
    head, rows = SAMPLE.read_bytes().split(b"\n", 1)
    export = folder / "export.csv"
    export.write_bytes(head + b"\n" + rows * 500)
    scratch = folder / "tmp"
    scratch.mkdir()
    run = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _HEARING,
            sys.executable,
            "-m",
            "saksflyt",
            "import",
            str(export),
            "-o",
            str(folder / "log"),
        ],
        env={**os.environ, "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
    )
    limit = time.monotonic() + 20
    while not any(scratch.iterdir()) and run.poll() is None and time.monotonic() < limit:
        time.sleep(0.01)
    return run


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_nothing_is_left_when_a_run_is_stopped(name: str, tmp_path: Path) -> None:
    run = _begun(tmp_path)
    run.send_signal(getattr(signal, name))
    _, said = run.communicate(timeout=30)
    assert run.returncode == (130 if name == "SIGINT" else 143), said
    assert "Traceback" not in said
    assert [entry.name for entry in (tmp_path / "tmp").iterdir()] == []
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["export.csv", "tmp"]
