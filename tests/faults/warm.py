"""A process that has loaded everything runs commands in children of its own, each with its fault: a second saved per run.

Reads one request a line from stdin and answers with one line. Started by :mod:`faults.small_project`, if it can with the shim preloaded and
in a mount namespace of its own.
"""

import ctypes
import errno
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "SIGKILL": 0}


def run(request: dict) -> dict:
    """Run a command so many `times` at once.

    words : of the command; said : file for its stderr; scratch : its temporary folder
    fault : (k, error) of the call that fails; kill : after so many seconds
    pages : folder of the runs whose pages are taken instead of made anew; pause : seconds before they are there
    learn : load what the command has loaded
    disk : (KiB, folder, copy), a full disk in the place of a folder: it holds what the folder held, and is copied when the run is over
    """
    with disk(request.get("disk")):
        began = time.monotonic()
        children = dict(child(request, place) for place in range(request.get("times", 1)))
        if "kill" in request:
            time.sleep(request["kill"])
            for each in children:
                os.kill(each, signal.SIGKILL)
        ended = []
        while children:
            number, status = os.wait()
            told = children.pop(number)
            with os.fdopen(told) as file:
                more = json.loads(file.read() or "{}")
            ended.append({"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began, **more})
    for name in ended[0].pop("modules", []):
        with suppress(Exception):
            importlib.import_module(name)
    return {"ended": ended}


def child(request: dict, place: int) -> tuple[int, int]:
    """The child's number, and where it tells what it knows of itself when it ends."""
    hears, tells = os.pipe()
    number = os.fork()
    if number:
        os.close(tells)
        return number, hears
    code = 4
    try:
        code, more = command(request, place)
        os.write(tells, json.dumps(more).encode())
    finally:
        os._exit(code)


def command(request: dict, place: int) -> tuple[int, dict]:
    said = os.open(f"{request['said']}{place or ''}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    tempfile.tempdir = None
    os.environ["TMPDIR"] = request["scratch"]
    main = importlib.import_module("saksflyt.cli.main").main
    if "pages" in request:
        stand_in(Path(request["pages"]), request.get("pause", 0))
    shim = ctypes.CDLL(None) if "libshim" in os.environ.get("LD_PRELOAD", "") else None
    if shim and "fault" in request:
        shim.fault_at(request["fault"][0], ERRORS[request["fault"][1]])
    code = 0
    try:
        main(request["words"])
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stderr.flush()
    calls = shim.fault_calls() if shim else 0
    if shim:
        shim.fault_at(-1, 0)
    return code, {"calls": calls} | ({"modules": sorted(sys.modules)} if "learn" in request else {})


def stand_in(pages: Path, pause: float) -> None:
    """Making pages takes most of the time and writes nothing: those of the undisturbed run are the same."""
    running = importlib.import_module("saksflyt.cli.monthly.running")

    def ready(project, flow, log, month, made) -> dict[str, bytes]:
        time.sleep(pause)
        folder = pages / made.recorded.folder
        # The page first, as they are made.
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir(), key=lambda path: -len(path.name))}

    vars(running)["month_files"] = ready


@contextmanager
def disk(asked: tuple[int, str, str] | None):
    if asked is None:
        yield
        return
    size, place, copy = asked
    before = Path(f"{copy}.before")
    shutil.copytree(place, before)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "saksflyt", place], check=True)
    try:
        shutil.copytree(before, place, dirs_exist_ok=True)
        yield
        shutil.copytree(place, copy)
    finally:
        subprocess.run(["umount", place], check=True)


if __name__ == "__main__":
    print("{}", flush=True)
    for line in sys.stdin:
        try:
            answer = run(json.loads(line))
        except (OSError, subprocess.CalledProcessError) as fault:
            answer = {"fault": str(fault)}
        print(json.dumps(answer), flush=True)
