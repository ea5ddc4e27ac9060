"""``saksflyt doctor``: is this installation sound?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from .checkup import checkup
from .messages import one_line, say, working
from .options import format_option, now_option
from .output import document

_EXIT_CODES = {"ok": 0, "setting": 2, "broken": 4}
_SIGNS = {"ok": "ok     ", "setting": "SETTING", "broken": "BROKEN "}


@click.command()
@format_option("table", "json")
@now_option
@click.pass_context
def doctor(ctx: click.Context, form: str, now: datetime) -> None:
    """Is this installation sound?

    Checks Python and the libraries, the time zones, DuckDB's lock and spilling, and makes and reads a small log in a
    temporary folder. Ends with 0 when all is well, 2 when a setting is wrong, 4 when something does not work.
    """
    with working("Checking"):
        checks = list(checkup())
    sound = all(check.verdict == "ok" for check in checks)
    if form == "json":
        click.echo(document("doctor", sound=sound, records=[asdict(check) for check in checks]), nl=False)
    else:
        wide = max(len(check.name) for check in checks)
        for check in checks:
            click.echo(f"{_SIGNS[check.verdict]}  {check.name:<{wide}}  {one_line(check.found)}")
    say("All is well." if sound else "Not everything is well; see the lines that are not ok.")
    ctx.exit(max(_EXIT_CODES[check.verdict] for check in checks))
