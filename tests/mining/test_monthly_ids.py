"""The ids of the monthly check that can be accepted."""

import pytest

from saksflyt.mining.acceptable import meaning, named
from saksflyt.mining.accepted import Accepted
from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow import Flow

FLOW = Flow.from_toml(
    """
    name = "f"
    flow = "A -> B"
    [[deadlines]]
    name = "In time"
    from = "A"
    to = ["B"]
    within = "1 day"
    law = "fvl. § 11 a"
    [[rules]]
    kind = "response"
    before = "A"
    after = "B"
    """
)


@pytest.mark.parametrize(
    ("id_", "sentence", "law"),
    [
        ("limit:deadlines.met_share:in-time@Nav Nord", "Deadline In time met: beyond the limit", "fvl. § 11 a"),
        ("alarm:rules.broken_share:response-a-b", "Closed cases that break the rule", ""),
        ("alarm:waiting.median_days:a>b", "Usual time between the steps A → B: moved to a worse level", ""),
        ("limit:backlog.open_cases", "Open cases at the end of the month: beyond the limit", ""),
        ("limit:drift.mix", "Distance of the ways from the year before: beyond the limit", ""),
        ("drift:mix@Nord", "The cases go other ways than in the year before", ""),
        ("drift:pair:a>c", "A → c is more or less common than in the year before", ""),
    ],
)
def test_what_is_known_has_words(id_: str, sentence: str, law: str) -> None:
    found = meaning(id_, FLOW)
    assert found.sentence.startswith(sentence) and found.law == law
    assert named(id_).group == (id_.partition("@")[2] or None)


@pytest.mark.parametrize(
    ("id_", "wrong"),
    [
        ("limit:deadlines.met_share:in-tim", "Did you mean limit:deadlines.met_share:in-time"),
        ("limit:deadlines.met_share", "is about one deadline or rule"),
        ("limit:deadlines.met_shar:x", "has no finding"),
        ("drift:pair:a", "is about two steps"),
        ("drift:mix:a", "is about no step"),
        ("alarm:drift.mix", "has no finding"),
        ("limit:", "has no finding"),
        ("limit:backlog.open_cases@", "has no finding"),
    ],
)
def test_what_is_not_is_said(id_: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        meaning(id_, FLOW)


def test_one_file_holds_both_kinds() -> None:
    rows = [
        f'[[accepted]]\nid = "{id_}"\nreason = "r"\nuntil = 2026-01-01\n' for id_ in ("conform.skipped:b", "drift:mix")
    ]
    both = Accepted.of_text("".join(rows).encode(), "f")
    assert [each.id for each in both.of_the_check(True).entries] == ["drift:mix"]
    assert [each.id for each in both.of_the_check(False).entries] == ["conform.skipped:b"]
    with pytest.raises(UsageError, match="severity"):
        Accepted.of_text(f'{rows[0]}severity = "bad"\n'.encode(), "f")
