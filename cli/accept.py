"""``saksflyt accept``: which deviations does the office know and live with for a while, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..mining.acceptable import Meaning, meaning, named, nearest, same_id
from ..mining.accepted import Accepted, content_at
from ..mining.accepted_toml import LONGEST, Acceptance
from ..mining.accepted_writing import commented, with_entry, without_entry
from ..mining.errors import UsageError
from ..mining.local_time import local_day
from ..mining.monthly_ids import is_of_the_check
from ..reports.output import write_whole
from .accepting import accepted_option, alone, place_of, there
from .accepting_months import Standing, standing
from .asked import FORMATS, Selection
from .flow_reading import read_flow
from .messages import say
from .notes import counted
from .options import LogOrExport, flow_option, format_option, may_select_a_log, pool_option

if TYPE_CHECKING:
    from ..mining.flow import Flow

_ZONE = "Europe/Oslo"  # whose day it is, where no log says


class Day(click.ParamType):
    """A date, as ISO 8601 writes it."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2026-12-31.", param, ctx)


@dataclass(frozen=True)
class _Seen:
    """The finding as it is: its words, and in how many cases the log has it (None without a log)."""

    means: Meaning
    cases: int | None = None


@click.command()
@click.argument("finding", metavar="[FINDING]", required=False)
@flow_option(required=False)
@pool_option
@click.option(
    "--project",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Of the monthly check in this folder (saksflyt.toml), in the place of --flow: FINDING must be among those of its latest month.",
)
@click.option("--reason", metavar="TEXT", help="Why it is accepted, in a sentence. Name no applicant.")
@click.option("--until", metavar="DATE", type=Day(), help="The last day on which it is accepted; then it counts again.")
@click.option(
    "--accepted-by", metavar="WHO", default="", help="Who decided: a role, or a name that may stand in the file."
)
@click.option("--withdraw", is_flag=True, help="Take the acceptance of FINDING back.")
@click.option("--list", "listing", is_flag=True, help="Show what is accepted, and how many days are left.")
@accepted_option
@click.option("--by", metavar="NAME", help="With LOG, what the group behind the @ of FINDING is; unit unless told.")
@format_option(*FORMATS)
@may_select_a_log(click.argument("log", metavar="[LOG]", required=False, type=LogOrExport()))
@click.pass_context
def accept(
    ctx: click.Context,
    finding: str | None,
    flow: str | None,
    pool: str | None,
    project: Path | None,
    selection: Selection | None,
    accepted: str | None,
    listing: bool,
    form: str,
    **said: Any,
) -> None:
    """Set a deviation apart until a day, with a reason: known, and not put right yet.

    FINDING is an id that saksflyt conform or saksflyt check prints; put it in quotes, for a shell reads > and | itself. An id with @GROUP is
    accepted for that group only, any other one for all. With LOG the finding must be there, and its cases are counted.

    What is accepted stands in a file beside the flow, for people to read and to change.
    """
    now: datetime = ctx.params["now"]
    _one_thing(finding, listing, said, selection)
    monthly = bool(finding) and is_of_the_check(str(finding))
    if selection and (project or monthly):
        raise UsageError("A finding of the monthly check is looked up with --project FOLDER; leave LOG out.")
    if bool(flow) == bool(project):
        raise UsageError("Name the --flow, or with --project FOLDER the folder of the monthly check.")
    seeks = monthly and not said["withdraw"]
    stands = standing(project, finding if seeks else None) if project else Standing(str(flow), None, _ZONE)
    read = read_flow(stands.flow, pool)
    place = place_of(stands.flow, accepted) if accepted or not stands.place else stands.place
    if listing:
        _list(place, local_day(now, stands.zone), form)
    elif said["withdraw"]:
        _withdraw(place, str(finding))
    else:
        _accept(place, str(finding), read, stands, selection, now, said)


def _one_thing(finding: str | None, listing: bool, said: dict[str, Any], selection: Selection | None) -> None:
    """Raises UsageError unless exactly one thing is asked for, with all that it takes."""
    given = [name for name in ("reason", "until", "accepted_by") if said[name]]
    if listing and (finding or given or said["withdraw"] or selection):
        raise UsageError("--list shows everything that is accepted; leave FINDING and the other options out.")
    if listing:
        return
    if not finding:
        raise UsageError("Name the FINDING by its id, which saksflyt conform prints; --list shows what is accepted.")
    if said["withdraw"]:
        if given or selection:
            raise UsageError("--withdraw takes only FINDING; leave LOG, --reason, --until and --accepted-by out.")
        return
    if not (said["reason"] or "").strip() or said["until"] is None:
        raise UsageError(
            "An acceptance needs a --reason and a last day, --until; without them nobody can judge it later."
        )
    if said["by"] and selection is None:
        raise UsageError("--by says what the groups of a log are; name the LOG, or leave --by out.")


def _list(place: Path, day: date, form: str) -> None:
    from .output import show

    found = Accepted.read(place) if there(place) else Accepted()
    table = found.to_frame(day)
    over = int((table["state"] == "expired").sum())
    ended = f", of which {counted(over, 'has', 'have')} expired" if over else ""
    say(f"{counted(len(table), 'finding is', 'findings are')} accepted in {place}{ended}.")
    brief = [name for name in table.columns if name not in ("accepted_by", "accepted_on", "cases", "severity")]
    reading = form in ("table", "markdown")
    show(table[_in_reading_order(brief)] if reading else table, form, "accept", {"accepted": place.name, "day": day})


def _in_reading_order(names: list[str]) -> list[str]:
    """The words before the id, as in the answer of conform."""
    return [*(name for name in names if name != "id"), "id"]


def _withdraw(place: Path, finding: str) -> None:
    id_ = same_id(finding)
    with alone(place) as target:
        content = content_at(place)
        known = {entry.id for entry in Accepted.of_text(content, str(place)).entries}
        if id_ not in known:
            raise UsageError(f"{place} accepts no {finding!r}.{nearest(id_, known)} saksflyt accept --list shows them.")
        text = content.decode("utf-8")
        write_whole(target, without_entry(text, id_, str(place)))
    kept = " The comment above it is left for you to keep or take out." if commented(text, id_, str(place)) else ""
    say(f"No longer accepted: {id_}. It is out of {place}.{kept}")


def _accept(
    place: Path,
    finding: str,
    flow: Flow,
    stands: Standing,
    selection: Selection | None,
    now: datetime,
    said: dict[str, Any],
) -> None:
    zone = stands.zone
    if selection is None:
        seen = _Seen(meaning(finding, flow))
    else:
        seen, zone = _looked_up(finding, flow, selection, said["by"])
    today = local_day(now, zone)
    if said["until"] < today:
        raise UsageError(f"--until {said['until']} is over: today is {today}. Name today or a later day.")
    entry = Acceptance(
        id=same_id(finding),
        reason=_storable(said["reason"], "--reason"),
        until=said["until"],
        sentence=seen.means.sentence,
        accepted_on=today,
        accepted_by=_storable(said["accepted_by"], "--accepted-by"),
        cases=seen.cases,
        severity=stands.severity,
    )
    with alone(place) as target:
        content = content_at(place) if place.exists() else b""
        before = next((e for e in Accepted.of_text(content, str(place)).entries if e.id == entry.id), None)
        write_whole(target, with_entry(content.decode("utf-8"), entry, Path(stands.flow).name, str(place)))
    _told(place, entry, before, seen)


def _looked_up(finding: str, flow: Flow, selection: Selection, by: str | None) -> tuple[_Seen, str]:
    """The finding in the log, and the log's zone. Raises UsageError with the nearest ids when it is not there."""
    from ..mining.conform import conform
    from .verdicts import Verdicts

    group = named(finding).group
    if by and group is None:
        raise UsageError(f"--by says what the group behind an @ is, and {finding} has none; leave --by out.")
    by = (by or "unit") if group else None
    log = selection.log()
    held = conform(log, flow, by=by)
    rows = Verdicts.of(held, log, flow, by).broken()
    found = {same_id(row["id"]): row for row in rows[rows["broken"]].to_dict("records")}
    id_ = same_id(finding)
    if id_ not in found:
        if named(finding).figure != "conform.unknown":
            meaning(finding, flow)  # says better what is wrong, where the flow knows no such thing
        raise UsageError(f"{selection.path.name} has no finding {finding}.{nearest(id_, found)}")
    steps = held.frame.set_index("id")["sentence"]
    means = Meaning(steps[found[id_]["id"]]) if id_.startswith("conform.") else meaning(finding, flow)
    return _Seen(means, int(found[id_]["times"])), log.zone


def _storable(text: str, option: str) -> str:
    """The text, if a file can hold it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"{option} holds broken characters; write it as UTF-8.") from error
    if len(text) > LONGEST:
        raise UsageError(f"{option} may have {LONGEST} characters, not {len(text)}; say it shorter.")
    return text


def _told(place: Path, entry: Acceptance, before: Acceptance | None, seen: _Seen) -> None:
    cases = "" if seen.cases is None else f" Found now in {counted(seen.cases, 'case', 'cases')}."
    say(f"Accepted until {entry.until}: {entry.sentence}.{cases} It stands in {place}.")
    if before:
        say(f"Before, it was accepted until {before.until}: {before.reason}")
    if seen.means.law:
        say(f"The flow names a law for it ({seen.means.law}); an acceptance does not change what the law asks.")
