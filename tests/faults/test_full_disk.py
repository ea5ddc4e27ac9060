"""A disk that fills up, a folder that may not be written: one sentence, the right exit code, nothing half-written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "soknader.csv"
KIB = 1024

# Runs a command on a file system of so many KiB, and lists what is left on it afterwards.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=$1k saksflyt "$2" && cd "$2" && shift 2
"$@"; echo "exit $?"; ls -A
"""


def on_a_small_disk(size: int, folder: Path, *arguments: str) -> tuple[int, str, list[str]]:
    """The exit code, what was said, and the names that are left. The disk is gone afterwards."""
    command = ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", str(size), str(folder)]
    run = subprocess.run(
        [*command, sys.executable, "-m", "saksflyt", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    _, marker, rest = run.stdout.partition("exit ")
    if not marker:
        pytest.skip(f"no file system can be mounted here: {run.stderr.strip()[:80]}")
    code, *names = rest.split("\n")
    return int(code), run.stderr, [name for name in names if name]


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare on this machine"),
]


@pytest.mark.parametrize("size", [4, 12, 20, 28, 32, 36, 40, 48, 64, 256])
def test_import_is_whole_or_nothing(size, tmp_path):
    code, said, names = on_a_small_disk(size, tmp_path, "import", str(SAMPLE), "-o", "x.saksflyt")
    assert "Traceback" not in said
    if code == 0:
        assert "x.saksflyt" in names
    else:
        assert code == 4
        assert "saksflyt:" in said.splitlines()[-1]
        assert [name for name in names if name.startswith(("x", ".x"))] == []


@pytest.mark.parametrize("size", [4, 16, 32, 44, 48, 52, 56, 60, 64, 256])
def test_report_is_whole_or_nothing(size, tmp_path):
    code, said, names = on_a_small_disk(size, tmp_path, "report", str(SAMPLE), "-o", "x.html")
    assert "Traceback" not in said
    assert (code, names) in [(0, ["x.html"]), (4, [])]


def test_standard_output_that_is_full():
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "saksflyt", "variants", str(SAMPLE)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 4
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("arguments", [["import", "-o", "x.saksflyt"], ["report", "-o", "x.html"]])
def test_a_folder_that_may_not_be_written(arguments, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    command, option, name = arguments
    words = [sys.executable, "-m", "saksflyt", command, str(SAMPLE), option, str(closed / name)]
    closed.chmod(0o555)
    # The owner of the machine may write anywhere; somebody else may not.
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=65534", "--clear-groups", *words]
    run = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False)
    if "Permission denied" in run.stderr and "saksflyt:" not in run.stderr:
        pytest.skip("nobody may run this interpreter here")
    assert run.returncode == 2, run.stderr
    assert "saksflyt:" in run.stderr
    assert list(closed.iterdir()) == []
