"""Which ids can be accepted: those that conform reports with this flow, and the nearest one for a slip of the pen."""

import re

import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from report_logs import HOSTILE, log_of
from strategies import frame_of, logs

from saksflyt.mining.acceptable import group_slugs, meaning, named, nearest, same_id
from saksflyt.mining.conform import conform
from saksflyt.mining.deadlines import deadlines
from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog
from saksflyt.mining.rules import rules

FLOW = Flow.read("sosialhjelp")
SMALL = Flow.from_toml(
    """
    name = "small"
    flow = "A -> (B | C) -> A? -> D"
    [steps.D]
    at_most = 1
    [[deadlines]]
    name = "D i tide"
    from = "A"
    to = ["D"]
    within = "1 day"
    law = "fvl. § 11 a"
    [[rules]]
    kind = "response"
    before = "A"
    after = "D"
    [[rules]]
    kind = "four_eyes"
    steps = ["B", "D"]
    name = "Fire øyne"
    """
)


@pytest.mark.parametrize(
    ("id_", "says"),
    [
        ("conform.skipped:underretning-om-vedtak", "Underretning om vedtak was skipped"),
        (
            "conform.skipped:kartlegging>vedtak-fattet@nordvik",
            "From Kartlegging to Vedtak fattet everything was skipped",
        ),
        ("conform.skipped:utbetaling|avslag-sendt", "Utbetaling or Avslag sendt was skipped"),
        (
            "conform.out_of_order:kartlegging>vedtak-fattet",
            "Kartlegging was done after Vedtak fattet, and is intended before",
        ),
        ("conform.unknown:noe-annet", "noe-annet is not part of the flow"),
        ("deadlines.met_share:nodhjelp-innen-neste-arbeidsdag", "Nødhjelp innen neste arbeidsdag: missed"),
        ("rules.broken_share:vedtak-for-utbetaling@sor", "Vedtak før utbetaling: broken"),
    ],
)
def test_what_a_finding_says(id_: str, says: str) -> None:
    assert meaning(id_, FLOW).sentence.startswith(says)


def test_the_law_comes_along() -> None:
    assert meaning("deadlines.met_share:d-i-tide", SMALL).law == "fvl. § 11 a"
    assert meaning("rules.broken_share:fire-oyne", SMALL).law == ""


@pytest.mark.parametrize(
    ("id_", "says"),
    [
        ("conform.skipped:underetning-om-vedtak", "Did you mean conform.skipped:underretning-om-vedtak?"),
        (
            "conform.out_of_order:kartlegging>vedtak-fatet@nord",
            "The flow has no step 'vedtak-fatet'. Did you mean conform.out_of_order:kartlegging>vedtak-fattet@nord?",
        ),
        ("conform.skipped:zzz", "The flow has no step 'zzz'. There are: "),
        (
            "deadlines.met_share:nodhjelp",
            "The flow has no deadline 'nodhjelp'. Did you mean deadlines.met_share:nodhjelp-",
        ),
        (
            "rules.broken_share:kartlegging",
            "The flow has no rule 'kartlegging'. Did you mean rules.broken_share:kartlegging-",
        ),
        ("conform.skiped:kartlegging", "can be accepted, not 'conform.skiped'. Did you mean 'conform.skipped'?"),
        ("conform.cases:kartlegging", "Only what saksflyt conform judges can be accepted, not 'conform.cases'."),
        (
            "rework.extra_times:kartlegging",
            "Only what saksflyt conform judges can be accepted, not 'rework.extra_times'.",
        ),
        (
            "conform.fitting_share",
            "'conform.fitting_share' is not the id of a finding, which looks like conform.skipped:",
        ),
        ("Underretning om vedtak", "is not the id of a finding"),
        ("conform.skipped:Vedtak fattet", "is not the id of a finding"),
        ("conform.skipped:a>", "is not the id of a finding"),
        ("conform.skipped:a@", "is not the id of a finding"),
        ("", "'' is not the id of a finding"),
        ("conform.skipped:a>b>c", "conform.skipped is about one step or two steps."),
        ("conform.went_back:a", "conform.went_back is about two steps."),
        ("deadlines.met_share:a>b", "deadlines.met_share is about one deadline."),
        ("rules.broken_share:a|b", "rules.broken_share is about one rule."),
        (f"conform.skipped:{'a' * 2000}", "An id may have 1000 characters, not 2016"),
    ],
)
def test_what_cannot_be_accepted(id_: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        meaning(id_, FLOW)


def test_a_flow_without_deadlines_names_none() -> None:
    with pytest.raises(UsageError, match=r"^The flow has no deadline 'x'\.$"):
        meaning("deadlines.met_share:x", Flow.from_toml('name = "f"\nflow = "A"'))


@examples(4, 12)
@given(log=logs(), by=st.sampled_from([None, "unit"]))
def test_whatever_conform_reports_can_be_accepted(log, by) -> None:
    """The oracle is conform itself: its ids and its sentences."""
    for id_, sentence in conform(log, SMALL, by=by).frame[["id", "sentence"]].itertuples(index=False):
        if not id_.startswith("conform.unknown"):
            assert meaning(id_, SMALL).sentence == sentence
    for id_ in [*deadlines(log, SMALL, by=by).frame["id"], *rules(log, SMALL, by=by).frame["id"]]:
        assert meaning(id_, SMALL).sentence


def test_hostile_names_give_ids_that_can_be_accepted() -> None:
    names = [*HOSTILE, "한국어", "a\u0301"]
    flow = Flow(name="f", order=SMALL.order)
    ids = [id_ for id_ in conform(log_of([("", ["A", *names])]), flow).frame["id"] if len(id_) < 1000]
    assert len(ids) >= len(names)
    for id_ in ids:
        assert same_id(id_) and named(id_)


@pytest.mark.parametrize(("id_", "says"), [("conform.skippd:a", " Did you mean conform.skipped:a?"), ("zz", "")])
def test_the_nearest(id_: str, says: str) -> None:
    assert nearest(id_, ["conform.skipped:a", "rules.broken_share:xyz"]) == says


def test_groups_are_called_as_in_the_ids() -> None:
    frame = frame_of("A X", "X").assign(unit=pd.Series(["Nord Vest", "Nord Vest", None], dtype=object))
    found = conform(EventLog.from_frame(frame), SMALL, by="unit").frame
    assert {id_.partition("@")[2] for id_ in found["id"]} == group_slugs(["Nord Vest", ""])
