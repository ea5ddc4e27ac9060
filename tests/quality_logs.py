"""A clean made-up log, and twenty-odd ways to spoil it at known rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from saksflyt.mining.log import EventLog
from saksflyt.mining.working_days import WorkingDays

FIRST, LAST = date(2024, 1, 2), date(2025, 6, 30)
STEPS = ["Søknad mottatt", "Kartlegging", "Vurdering", "Vedtak fattet", "Vedtak sendt", "Saken lukket"]
ZONE = "Europe/Oslo"


def clean(seed: int, cases: int = 600) -> pd.DataFrame:
    return _clean(seed, cases).copy()


@cache
def _clean(seed: int, cases: int) -> pd.DataFrame:
    """Whole cases of two offices, by day, in order, one second each; a quarter asks for papers, some assess again. Cases that
    are not over on the last day are open."""
    rng = np.random.default_rng(seed)
    days = np.arange(np.datetime64(FIRST), np.datetime64(LAST) + 1)
    days = days[WorkingDays("NO").are(days)]
    rows = []
    for number in range(cases):
        way = list(STEPS)
        if rng.random() < 0.25:
            way[2:2] = ["Dokumentasjon etterspurt", "Dokumentasjon levert"]
        if rng.random() < 0.1:
            way[way.index("Vedtak fattet") : way.index("Vedtak fattet")] = ["Kvalitetssikring", "Vurdering"]
        place = int(len(days) * number / cases)
        done, unit = [], str(rng.choice(["Nord", "Sør"]))
        for step in way:
            if place >= len(days):
                break
            seconds = int(rng.integers(8 * 3600, 15 * 3600))
            when = pd.Timestamp(days[place]) + pd.Timedelta(seconds=seconds)
            done.append([f"2024/{number:05}", step, when, unit, f"S{rng.integers(0, 9)}", "ordinær"])
            place += int(rng.integers(1, 7))
        closed = done[-1][2] if done[-1][1] == STEPS[-1] else pd.NaT
        rows += [[*row, closed] for row in done]
    names = ["case_id", "activity", "end_time", "unit", "resource", "type", "closed"]
    frame = pd.DataFrame(rows, columns=names)
    frame["closed"] = pd.to_datetime(frame["closed"])
    return frame.sort_values(["end_time", "case_id"], ignore_index=True)


def log_of(frame: pd.DataFrame, as_of: date | None = LAST) -> EventLog:
    return EventLog.from_frame(frame, zone=ZONE, name="saker", as_of=as_of)


@dataclass(frozen=True)
class Planted:
    """A spoilt log. kinds : that must be found; rows : of the source, that the examples must be among (None: no rows)
    allowed : other kinds that are true of it, too"""

    frame: pd.DataFrame
    kinds: tuple[str, ...]
    rows: set[int] | None
    allowed: tuple[str, ...] = ()


Spoiler = Callable[[pd.DataFrame, np.random.Generator], Planted]


def _chosen(frame: pd.DataFrame, rng: np.random.Generator, share: float, among: pd.Series | None = None) -> np.ndarray:
    places = np.arange(len(frame)) if among is None else np.flatnonzero(among)
    return np.sort(rng.choice(places, size=max(12, int(share * len(places))), replace=False))


def _rows(places: np.ndarray) -> set[int]:
    return {int(place) + 1 for place in places}


def missing_units(frame, rng):
    places = _chosen(frame, rng, 0.08)
    frame.loc[places, "unit"] = None
    return Planted(frame, ("missing_unit",), _rows(places))


def repeated(frame, rng):
    places = _chosen(frame, rng, 0.02)
    spoilt = pd.concat([frame, frame.loc[places]], ignore_index=True)
    return Planted(spoilt, ("repeated_rows",), set(range(len(frame) + 1, len(spoilt) + 1)), ("tied",))


def future(frame, rng):
    places = _chosen(frame, rng, 0.004)
    frame.loc[places, "end_time"] += pd.Timedelta(days=900)
    return Planted(frame, ("future_times",), _rows(places), ("headless", "single_event", "out_of_order"))


def year_1900(frame, rng):
    places = _chosen(frame, rng, 0.004, frame["activity"] == STEPS[1])
    frame.loc[places, "end_time"] = pd.Timestamp("1900-01-01 09:00")
    rows = _rows(places)
    return Planted(frame, ("old_times",), rows, ("far_from_case", "out_of_order", "headless"))


def year_2009(frame, rng):
    places = _chosen(frame, rng, 0.004, frame["activity"] == STEPS[0])
    frame.loc[places, "end_time"] -= pd.Timedelta(days=15 * 365)
    return Planted(frame, ("outlying_times",), _rows(places), ("far_from_case",))


def wrong_year(frame, rng):
    """The first step a year too early: a new year's fault."""
    places = _chosen(frame, rng, 0.01, (frame["activity"] == STEPS[0]) & (frame["end_time"] > "2025-01-15"))
    frame.loc[places, "end_time"] -= pd.Timedelta(days=364)
    return Planted(frame, ("far_from_case",), _rows(places))


def turned(frame, rng):
    frame["start_time"] = frame["end_time"] - pd.Timedelta(hours=2)
    places = _chosen(frame, rng, 0.02)
    frame.loc[places, "start_time"] = frame.loc[places, "end_time"] + pd.Timedelta(hours=1)
    return Planted(frame, ("start_after_end",), _rows(places))


def form_starts(frame, rng):
    frame["start_time"] = frame["end_time"]
    places = _chosen(frame, rng, 0.2)
    frame.loc[places, "start_time"] -= pd.Timedelta(hours=1)
    return Planted(frame, ("instant_starts",), set(range(1, len(frame) + 1)) - _rows(places))


def days_only(frame, rng):
    places = _chosen(frame, rng, 0.2)
    frame["precision"] = "second"
    frame.loc[places, "precision"] = "day"
    frame.loc[places, "end_time"] = frame.loc[places, "end_time"].dt.normalize()
    return Planted(frame, ("date_only",), _rows(places), ("tied",))


def at_midnight(frame, rng):
    places = _chosen(frame, rng, 0.1)
    frame.loc[places, "end_time"] = frame.loc[places, "end_time"].dt.normalize()
    return Planted(frame, ("midnight",), _rows(places))


def in_one_second(frame, rng):
    """One step of all cases of a month was entered by a program at its end."""
    sent = frame["activity"] == "Vedtak sendt"
    month = frame["end_time"].dt.to_period("M")
    spoilt = sent & (frame["end_time"] < "2025-04-01")
    frame.loc[spoilt, "end_time"] = month[spoilt].dt.end_time.dt.floor("s") - pd.Timedelta(hours=10)
    return Planted(frame, ("same_second",), _rows(np.flatnonzero(spoilt)), ("out_of_order", "after_closing"))


def one_form(frame, rng):
    """Assessment, decision and letter are saved as one."""
    cases = rng.choice(frame["case_id"].unique(), 150, replace=False)
    steps = frame["activity"].isin(["Vedtak fattet", "Vedtak sendt", "Saken lukket"])
    spoilt = frame["case_id"].isin(cases) & steps
    firsts = frame[spoilt].groupby("case_id")["end_time"].transform("first")
    frame.loc[spoilt, "end_time"] = firsts
    rows = _rows(np.flatnonzero(spoilt))
    return Planted(frame, ("form", "tied"), rows, ("after_closing",))


def written_twice(frame, rng):
    """Sending writes a second step within seconds."""
    sent = frame[frame["activity"] == "Vedtak sendt"].copy()
    sent["activity"], sent["end_time"] = "Dokument arkivert", sent["end_time"] + pd.Timedelta(seconds=3)
    spoilt = pd.concat([frame, sent], ignore_index=True)
    return Planted(spoilt, ("collateral",), set(range(len(frame) + 1, len(spoilt) + 1)))


def out_of_order(frame, rng):
    """A few letters bear an earlier day than the decision that they tell of."""
    cases = rng.choice(frame.loc[frame["activity"] == "Vedtak sendt", "case_id"].unique(), 4, replace=False)
    rows = set()
    for case in cases:
        of_case = frame["case_id"] == case
        decided = frame.loc[of_case & (frame["activity"] == "Vedtak fattet"), "end_time"].iloc[0]
        letter = frame.index[of_case & (frame["activity"] == "Vedtak sendt")][0]
        frame.loc[letter, "end_time"] = decided - pd.Timedelta(minutes=10)
        rows |= {int(frame.index[of_case & (frame["activity"] == "Vedtak fattet")][0]) + 1}
    return Planted(frame, ("out_of_order",), rows)


def file_order(frame, rng):
    """Assessment and decision have one time, and the file has them in any order."""
    cases = rng.choice(frame["case_id"].unique(), 250, replace=False)
    spoilt = frame["case_id"].isin(cases)
    sent = spoilt & (frame["activity"] == "Vedtak sendt")
    decided = frame[spoilt & (frame["activity"] == "Vedtak fattet")].set_index("case_id")["end_time"]
    frame.loc[sent, "end_time"] = frame.loc[sent, "case_id"].map(decided)
    shuffled = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    rows = {int(n) + 1 for n in shuffled.index[shuffled["case_id"].isin(cases)]}
    return Planted(shuffled, ("tied", "tie_variants"), rows)


def capitals(frame, rng):
    places = _chosen(frame, rng, 0.2, frame["activity"] == "Vedtak fattet")
    frame.loc[places, "activity"] = "vedtak  fattet"
    return Planted(frame, ("distorted_label",), _rows(places))


def no_break_space(frame, rng):
    places = _chosen(frame, rng, 0.2, frame["activity"] == STEPS[0])
    frame.loc[places, "activity"] = STEPS[0].replace(" ", "\N{NO-BREAK SPACE}")
    return Planted(frame, ("distorted_label",), _rows(places))


def misspelt(frame, rng):
    places = _chosen(frame, rng, 0.02, frame["activity"] == "Kartlegging")
    frame.loc[places, "activity"] = "Kartlegigng"
    return Planted(frame, ("misspelt_label",), _rows(places))


def numbers_inside(frame, rng):
    places = _chosen(frame, rng, 0.3, frame["activity"] == "Vedtak sendt")
    frame.loc[places, "activity"] = [f"Vedtak sendt 2024-{1000 + int(place)}" for place in places]
    return Planted(frame, ("polluted_labels",), _rows(places), ("many_labels",))


def two_names(frame, rng):
    """The office in the south calls the assessment something else."""
    places = np.flatnonzero((frame["activity"] == "Kartlegging") & (frame["unit"] == "Sør"))
    frame.loc[places, "activity"] = "Samtale med søker"
    other = set(_rows(np.flatnonzero((frame["activity"] == "Kartlegging") & (frame["unit"] == "Nord"))))
    return Planted(frame, ("synonymous_labels",), _rows(places) | other)


def renamed(frame, rng):
    places = np.flatnonzero((frame["activity"] == "Kartlegging") & (frame["end_time"] < "2024-10-01"))
    frame.loc[places, "activity"] = "Innledende samtale"
    return Planted(frame, ("renamed_label",), _rows(places))


def one_name_for_two(frame, rng):
    places = np.flatnonzero(frame["activity"].isin(["Kartlegging", "Vedtak sendt"]))
    frame.loc[places, "activity"] = "Brev"
    return Planted(frame, ("homonymous_label",), _rows(places))


def broken_off(frame, rng):
    """A quarter of the cases has lost all but its first event, and is closed all the same."""
    cases = rng.choice(frame.loc[frame["closed"].notna(), "case_id"].unique(), 150, replace=False)
    firsts = ~frame.duplicated("case_id")
    spoilt = frame[~frame["case_id"].isin(cases) | firsts].reset_index(drop=True)
    rows = {int(n) + 1 for n in spoilt.index[spoilt["case_id"].isin(cases)]}
    return Planted(spoilt, ("single_event",), rows, ("after_closing",))


def headless(frame, rng):
    cases = rng.choice(frame["case_id"].unique(), 60, replace=False)
    spoilt = frame[~(frame["case_id"].isin(cases) & frame["activity"].isin(STEPS[:2]))].reset_index(drop=True)
    rows = {int(n) + 1 for n in spoilt.index[spoilt["case_id"].isin(cases)]}
    return Planted(spoilt, ("headless",), rows)


def two_numbers(frame, rng):
    """The second half of some cases has the number with a hyphen."""
    cases = set(rng.choice(frame["case_id"].unique(), 40, replace=False))
    spoilt = frame["case_id"].isin(cases) & frame["activity"].isin(STEPS[3:])
    rows = _rows(np.flatnonzero(frame["case_id"].isin(cases)))
    frame.loc[spoilt, "case_id"] = frame.loc[spoilt, "case_id"].str.replace("/", "-")
    return Planted(frame, ("split_ids",), rows, ("headless", "single_event", "silent_cases"))


def made_up_number(frame, rng):
    places = _chosen(frame, rng, 0.02)
    frame.loc[places, "case_id"] = "ukjent"
    frame.loc[places, "closed"] = pd.NaT
    return Planted(frame, ("placeholder_case",), _rows(places), ("headless", "out_of_order", "several_units"))


def giant(frame, rng):
    places = _chosen(frame, rng, 0.15)
    frame.loc[places, "case_id"] = "2024/99999"
    frame.loc[places, "closed"] = pd.NaT
    return Planted(frame, ("giant_case",), _rows(places), ("headless", "out_of_order", "single_event", "several_units"))


def never_closed(frame, rng):
    cases = rng.choice(frame.loc[frame["end_time"] < "2024-09-01", "case_id"].unique(), 90, replace=False)
    spoilt = frame["case_id"].isin(cases)
    frame.loc[spoilt, "closed"] = pd.NaT
    return Planted(frame, ("silent_cases", "closings_missing"), _rows(np.flatnonzero(spoilt)))


def fortnight_lost(frame, rng):
    lost = frame["end_time"].between("2024-09-02", "2024-09-16")
    return Planted(frame[~lost].reset_index(drop=True), ("silent_days",), None, ("headless", "out_of_order"))


def end_lost(frame, rng):
    keep = (frame["end_time"] < "2025-06-14") | (rng.random(len(frame)) < 0.05)
    return Planted(frame[keep].reset_index(drop=True), ("volume_drop",), None)


def wrong_zone(frame, rng):
    """Local times taken for those of a zone ten hours away."""
    frame["end_time"] += pd.Timedelta(hours=10)
    frame["closed"] += pd.Timedelta(hours=10)
    return Planted(frame, ("night",), None, ("future_times",))


def exchanged(frame, rng):
    """What pandas makes of dd.mm.yyyy where it can; the rest is lost."""
    early = frame["end_time"].dt.day <= 12
    frame = frame[early].reset_index(drop=True)
    turn = [when.replace(month=when.day, day=when.month) for when in frame["end_time"]]
    frame["end_time"] = pd.to_datetime(turn)
    return Planted(frame.drop(columns="closed"), ("day_and_month",), None, tuple(_LOST))


_LOST = (
    "headless",
    "out_of_order",
    "closing_unknown",
    "silent_days",
    "far_from_case",
    "future_times",
    "single_event",
    "volume_drop",
)


def dates_beside(frame, rng):
    """When the letter was read stands in a column of its own."""
    frame["lest"] = (frame["end_time"] + pd.Timedelta(days=3)).dt.strftime("%d.%m.%Y")
    return Planted(frame, ("dates_in_attribute",), None)


SPOILERS: dict[str, Spoiler] = {
    each.__name__: each
    for each in (
        *(
            missing_units,
            repeated,
            future,
            year_1900,
            year_2009,
            wrong_year,
            turned,
            form_starts,
            days_only,
            at_midnight,
        ),
        *(
            in_one_second,
            one_form,
            written_twice,
            out_of_order,
            file_order,
            capitals,
            no_break_space,
            misspelt,
            numbers_inside,
        ),
        *(two_names, renamed, one_name_for_two, broken_off, headless, two_numbers, made_up_number, giant, never_closed),
        *(fortnight_lost, end_lost, wrong_zone, exchanged, dates_beside),
    )
}


def planted(name: str, seed: int) -> Planted:
    return SPOILERS[name](clean(seed), np.random.default_rng(1000 + seed))
