"""The state of an application after any history, as the connector tells it and as a slow, plain retelling does."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from saksflyt.connectors.digisos.application import Application
from saksflyt.connectors.digisos.history import OUTCOMES, told_by
from saksflyt.connectors.digisos.order import in_order
from saksflyt.connectors.digisos.times import instant

from .digisos_files import decision, matter, payment, status

MINUTES = st.integers(0, 6)
NAMES = st.sampled_from(["S", "T", "U"])
EVENTS = st.one_of(
    st.builds(status, MINUTES, st.sampled_from(["MOTTATT", "UNDER_BEHANDLING", "FERDIGBEHANDLET", "BEHANDLES_IKKE"])),
    st.builds(
        matter,
        MINUTES,
        NAMES,
        st.sampled_from([None, "UNDER_BEHANDLING", "IKKE_INNSYN", "BEHANDLES_IKKE", "FEILREGISTRERT"]),
    ),
    st.builds(decision, MINUTES, NAMES, st.sampled_from([None, *OUTCOMES])),
    st.builds(
        payment,
        MINUTES,
        st.sampled_from(["1", "2"]),
        st.sampled_from([None, "UTBETALT", "STOPPET", "ANNULLERT"]),
        belop=st.integers(1, 9),
        saksreferanse=NAMES,
    ),
)
HISTORIES = st.lists(EVENTS, min_size=1, max_size=12)
Json = dict[str, Any]


def sorted_slowly(events: list[Json]) -> list[Json]:
    """One swap after the other, until nothing stands before what it must follow."""
    found = list(events)
    while True:
        for place in range(len(found) - 1):
            if found[place]["hendelsestidspunkt"] > found[place + 1]["hendelsestidspunkt"]:
                found[place : place + 2] = [found[place + 1], found[place]]
                break
        else:
            return found


def in_receipt_order(events: list[Json]) -> list[Json]:
    """Receipt before treatment where both have one moment, each in the places that the two kinds had."""
    found = sorted_slowly(events)
    for code in {event["hendelsestidspunkt"] for event in found}:
        places = [
            place
            for place, e in enumerate(found)
            if e["hendelsestidspunkt"] == code and e.get("status") in ("MOTTATT", "UNDER_BEHANDLING")
            and e["type"] == "soknadsStatus"
        ]  # fmt: skip
        both = [found[place] for place in places]
        first = [e for e in both if e["status"] == "MOTTATT"] + [e for e in both if e["status"] != "MOTTATT"]
        for place, event in zip(places, first, strict=True):
            found[place] = event
    return found


def mistakes(events: list[Json]) -> set[str]:
    last = {e["referanse"]: e.get("status") for e in events if e["type"] == "saksStatus"}
    return {name for name, code in last.items() if code == "FEILREGISTRERT"}


def is_done(events: list[Json], hidden: set[str]) -> bool:
    """Said only from what happened until now, without memory of what was said before."""
    codes = [e["status"] for e in events if e["type"] == "soknadsStatus"]
    if not codes or codes[-1] not in ("FERDIGBEHANDLET", "BEHANDLES_IKKE"):
        return False
    decided = {e["saksreferanse"] for e in events if e["type"] == "vedtakFattet"}
    matters = {e["referanse"]: e.get("status") or "UNDER_BEHANDLING" for e in events if e["type"] == "saksStatus"}
    left = [n for n, code in matters.items() if code == "UNDER_BEHANDLING" and n not in decided and n not in hidden]
    return codes[-1] == "BEHANDLES_IKKE" or not left


@settings(max_examples=400, deadline=None)
@given(HISTORIES)
def test_state_is_that_of_the_plain_retelling(events: list[Json]) -> None:
    found = told_by(Application(events=events))
    order = in_receipt_order(events)
    hidden = mistakes(order)
    since = None
    for count, event in enumerate(order, 1):
        if not is_done(order[:count], hidden):
            since = None
        elif since is None:
            since = instant(event["hendelsestidspunkt"])
    assert found.closed == since
    shown = [e for e in order if e.get("saksreferanse") not in hidden]
    outcomes: dict[str, str | None] = {}
    for e in shown:
        if e["type"] == "vedtakFattet":
            outcomes[e["saksreferanse"]] = OUTCOMES.get(e.get("utfall", ""))
    assert {m.outcome for m in found.matters if m.decisions} == set(outcomes.values())
    last = {e["utbetalingsreferanse"]: e for e in shown if e["type"] == "utbetaling"}
    assert sum(found.paid.values()) == sum(e["belop"] for e in last.values() if e.get("status") == "UTBETALT")
    firsts = [s for s in found.steps if s.activity == "Vedtak fattet"]
    assert len(firsts) == len(outcomes)
    again = [s for s in found.steps if s.activity == "Nytt vedtak fattet"]
    assert len(firsts) + len(again) == sum(e["type"] == "vedtakFattet" for e in shown)
    assert len(found.steps) + found.aside.total() == len(events)


@settings(max_examples=200, deadline=None)
@given(HISTORIES)
def test_the_order_is_by_time_and_else_that_of_the_file(events: list[Json]) -> None:
    timed = [(instant(e["hendelsestidspunkt"]) or datetime.now(UTC), e) for e in events]
    assert [id(event) for _, event in in_order(timed)] == [id(event) for event in in_receipt_order(events)]


@settings(max_examples=100, deadline=None)
@given(HISTORIES, HISTORIES)
def test_a_history_that_grows_keeps_what_it_told(earlier: list[Json], later: list[Json]) -> None:
    """As long as no matter turns out to be a mistake: a later file has the events of the earlier one, and more."""
    moved = [{**e, "hendelsestidspunkt": e["hendelsestidspunkt"].replace("03-01", "03-02")} for e in later]
    if any(e.get("status") == "FEILREGISTRERT" for e in earlier + later):
        return
    before, after = told_by(Application(events=earlier)), told_by(Application(events=earlier + moved))
    assert after.steps[: len(before.steps)] == before.steps
