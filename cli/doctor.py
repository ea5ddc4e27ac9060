"""``saksflyt doctor``: is this installation sound, and a folder for the monthly check?"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from .check import profile_option
from .checkup import Check, checkup
from .messages import folded, one_line, say, working
from .options import format_option, now_option
from .output import as_csv, document

_SIGNS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}


@click.command()
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path, file_okay=False))
@profile_option
@format_option("table", "json", "csv")
@now_option
@click.pass_context
def doctor(ctx: click.Context, folder: Path | None, profile: str | None, form: str, now: datetime) -> None:
    """Is this installation sound, and a folder for the monthly check?

    Checks Python and the libraries, the time zones, DuckDB's lock and spilling, and makes and reads a small log in a
    temporary folder. With FOLDER also its settings, exports, key, clock, history, disk and last run. Ends with 0 when all is well or only
    warned of, 2 when a setting or a place is wrong, 3 when the exports cannot be read, 4 when something does not work or is damaged.
    """
    with working("Checking"):
        checks = list(checkup())
        if folder is not None:
            from .folder_checkup import folder_checkup

            checks += folder_checkup(folder, profile, os.environ, now)
    _print(checks, form)
    worst = max((check.state for check in checks), key=list(_SIGNS).index)
    say(
        {
            "ok": "All is well.",
            "warning": "All works; see the warnings.",
            "error": "Not everything is well; see the lines that are not ok.",
        }[worst]
    )
    ctx.exit(max(check.exit_code for check in checks))


def _print(checks: list[Check], form: str) -> None:
    records = [asdict(check) for check in checks]
    if form == "json":
        sound = all(check.state != "error" for check in checks)
        click.echo(document("doctor", sound=sound, records=records), nl=False)
    elif form == "csv":
        import pandas as pd

        click.echo(as_csv(pd.DataFrame(records)), nl=False)
    else:
        wide = max(len(check.name) for check in checks)
        hang = " " * (len(_SIGNS["ok"]) + wide + 4)
        for check in checks:
            line = f"{_SIGNS[check.state]}  {check.name:<{wide}}  {one_line(check.found)}"
            click.echo(folded(line, sys.stdout, hang))
            if check.to_do:
                click.echo(folded(f"{hang}{one_line(check.to_do)}", sys.stdout, hang))
