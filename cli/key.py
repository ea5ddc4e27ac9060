"""``saksflyt key``: make the key that gives people the same pseudonyms in every import."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ..connectors.key_file import VARIABLE, lies_with_data, make_key
from .messages import say
from .options import now_option


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@now_option
def key(file: Path, now: datetime) -> None:
    """Make a key, so that people have the same pseudonyms in every import.

    FILE gets 32 random bytes and can be read by you alone. Nothing is written over. Keep it outside the folder of the
    data and not in version control: whoever has it can find out who a pseudonym is, and without it later imports do
    not fit together with earlier ones.
    """
    made = make_key(file)
    say(
        f"The key {made.id} is in {click.format_filename(file)}. Only you can read it; keep a copy where secrets are kept."
    )
    if lies_with_data(file.absolute().parent):
        say(
            "There are exports or logs in the same folder. Move the key elsewhere: it must not be copied with the data."
        )
    say(f"Use it with saksflyt import --key {click.format_filename(file)}, or name it in {VARIABLE}.")
