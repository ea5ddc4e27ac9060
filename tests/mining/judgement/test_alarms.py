"""The states of an alarm, month by month."""

import pytest

from saksflyt.mining.judgement.alarms import STATES, Seen, Standing, standing, state_of

QUIET, ODD, OUT, SHIFT = Seen(), Seen(any=True), Seen(outside=True, any=True), Seen(shift=True, any=True)


@pytest.mark.parametrize(
    ("months", "states", "onsets"),
    [
        ([QUIET, ODD, QUIET], ["ok", "watch", "ok"], []),
        ([OUT, QUIET, QUIET, OUT], ["watch", "ok", "ok", "watch"], []),  # two in four months
        ([OUT, QUIET, OUT], ["watch", "ok", "alarm"], [2]),
        ([OUT, OUT], ["watch", "alarm"], [1]),
        ([SHIFT, SHIFT, QUIET], ["alarm", "alarm", "clearing"], [0]),
        ([SHIFT, QUIET, QUIET, QUIET, QUIET], ["alarm", "clearing", "clearing", "ok", "ok"], [0]),
        ([SHIFT, QUIET, ODD, QUIET, QUIET, QUIET], ["alarm", *["clearing"] * 4, "ok"], [0]),
        ([SHIFT, QUIET, QUIET, SHIFT], ["alarm", "clearing", "clearing", "alarm"], [0]),  # the same alarm
        ([SHIFT, QUIET, QUIET, QUIET, SHIFT], ["alarm", "clearing", "clearing", "ok", "alarm"], [0, 4]),
    ],
)
def test_states(months: list[Seen], states: list[str], onsets: list[int]) -> None:
    now, found = Standing(), []
    for place in range(len(months)):
        now = standing(now, months[: place + 1])
        found.append(now)
    assert [each.state for each in found] == states
    assert [place for place, each in enumerate(found) if each.onset] == onsets


def test_what_is_a_concern_goes_before_an_improvement() -> None:
    found = {
        (worse, better): state_of(Standing(worse), Standing(better)) for worse in STATES[:4] for better in STATES[:4]
    }
    assert {state for (worse, _), state in found.items() if worse != "ok"} == {"watch", "alarm", "clearing"}
    assert [found["ok", better] for better in STATES[:4]] == ["ok", "ok", "improved", "improved"]
