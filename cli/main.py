"""Which commands are there, and where does each one live?

A command's module is imported when that command is asked for, so ``saksflyt --help`` costs no more than click.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from click.exceptions import Exit
from click.shell_completion import CompletionItem

from .failures import ending, quiet_pipe

# name: (module:attribute, short help). The table is the order of the help text: first minute, reading, asking, rest.
COMMANDS = {
    "demo": ("demo:demo", "See it work on a made-up sample: log, report, planted facts."),
    "inspect": ("inspect:inspect", "What is in this export, and how would it be read?"),
    "import": ("import_log:import_log", "Make a log from exports, with a receipt."),
    "key": ("key:key", "Make a key, so that people have the same pseudonyms in every import."),
    "variants": ("variants:variants", "Which ways do cases take, and how many take each?"),
    "rework": ("rework:rework", "What is done more than once, and in how many cases?"),
    "waiting": ("waiting:waiting", "Between which steps does the time go?"),
    "throughput": ("throughput:throughput", "How long do cases take, month by month received?"),
    "backlog": ("backlog:backlog", "Which cases are open now, where do they stand, and for how long?"),
    "quality": ("quality:quality", "How far can this log be trusted, and for which questions?"),
    "discover": ("discover:discover", "Which model do the cases follow, and how well does it describe them?"),
    "flow": ("flow:flow", "How was it meant to go? Start, check and show the intended flow."),
    "conform": ("conform:conform", "Do the cases go as intended, and where not, what happened?"),
    "accept": ("accept:accept", "Set a deviation apart for a while, with a reason and a last day."),
    "report": ("report:report", "Write the report, one HTML file that needs no network."),
    "init": ("init:init", "Begin a folder for the monthly check."),
    "check": ("check:check", "Judge the months that are due, unattended."),
    "history": ("history:history", "What was found, month by month?"),
    "schedule": ("schedule:schedule", "Have the check run every day, without anybody to think of it."),
    "doctor": ("doctor:doctor", "Is this installation sound, and a folder for the check?"),
    "connectors": ("connectors:connectors", "Which systems and file formats can be read?"),
    "explain": ("explain:explain", "What does a figure mean, and how is it counted?"),
}

START = """\
Saksflyt shows how casework really flows, from the export of a case system.

  saksflyt demo                  see it work on a made-up sample
  saksflyt inspect export.csv    what is in your export, and how it is read
  saksflyt report export.csv     read it and write the report

Then, one question at a time: variants, rework, waiting, throughput.
saksflyt --help lists everything; saksflyt explain ID says what a figure means.
"""

EXIT_CODES = """\
\b
Exit codes, the same for every command:
  0  done
  1  done, and a finding is at or above --fail-on
  2  wrong use or configuration, or the output cannot be written there
  3  the data cannot be used, or the selection is empty
  4  internal error, damaged log, or the disk failed while writing
  5  another run holds the lock
  6  checked, but delivery failed

\b
Data goes to stdout, messages to stderr. Settings from the environment:
  SAKSFLYT_NOW      the time to use instead of the clock (--now)
  SAKSFLYT_KEY_FILE the key that makes pseudonyms (--key)
  SAKSFLYT_MEMORY   memory for making a log, for example 2GB
  SAKSFLYT_THREADS  threads for making a log
  SAKSFLYT_NOTIFY   off sends no message from the monthly check
  SAKSFLYT_DEBUG    1 shows where an internal error came from
  NO_COLOR          no colour on the terminal
"""


class FrontDoor(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(f".{module}", __package__), attribute)
        command.short_help = COMMANDS[cmd_name][1]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = " or ".join(get_close_matches(args[0], COMMANDS, n=2))
            ctx.fail(f"There is no command {args[0]!r}{f'; did you mean {near}?' if near else '.'}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [CompletionItem(name, help=COMMANDS[name][1]) for name in COMMANDS if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with quiet_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with quiet_pipe():
            return super().invoke(ctx)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)
        with ending():
            # Without standalone mode click hands back the exit code that --help or ctx.exit() asked for.
            raise Exit(super().main(*args, standalone_mode=False, **extra) or 0)


@click.group(
    "saksflyt",
    cls=FrontDoor,
    invoke_without_command=True,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="saksflyt", message="saksflyt %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Process mining for public casework: from a case system's export to a report."""
    if ctx.invoked_subcommand is None:
        click.echo(START, nl=False)
