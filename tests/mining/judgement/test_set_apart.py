"""What is accepted of a month: by whom it was decided when, up to which severity, and until when."""

from datetime import date

import pytest

from saksflyt.mining.accepted import Accepted
from saksflyt.mining.accepted_toml import Acceptance
from saksflyt.mining.judgement.set_apart import set_apart
from saksflyt.mining.judgement.verdicts import Finding, to_look_at

LATE = "limit:deadlines.met_share:in-time"
DAY = date(2026, 4, 8)


def finding(id_: str = LATE, severity: str = "warn", status: str = "new") -> Finding:
    return Finding(id_, "deadlines.met_share:in-time", id_.partition("@")[2], severity, 0.5, status)


def acceptance(
    id_: str = LATE, until: str = "2026-12-31", on: str | None = "2026-03-01", severity: str = ""
) -> Acceptance:
    return Acceptance(
        id_, "r", date.fromisoformat(until), accepted_on=date.fromisoformat(on) if on else None, severity=severity
    )


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (acceptance(), "accepted"),
        (acceptance(on=None), "accepted"),
        (acceptance(on="2026-04-08"), "accepted"),
        (acceptance(on="2026-04-09"), "new"),
        (acceptance(until="2026-04-08"), "accepted"),
        (acceptance(until="2026-04-07"), "new"),
        (acceptance(severity="warn"), "accepted"),
        (acceptance(severity="info"), "new"),
        (acceptance(f"{LATE}@Nord"), "new"),
    ],
)
def test_an_acceptance_holds_from_its_day_to_its_last_up_to_its_severity(entry: Acceptance, status: str) -> None:
    apart = set_apart([finding()], Accepted((entry,)), DAY)
    assert [each.status for each in apart.found] == [status]
    assert bool(to_look_at(apart.found)) == (status != "accepted")
    assert set(apart.holding) == ({LATE} if status == "accepted" else set())


def test_without_a_unit_it_is_for_all_of_them() -> None:
    apart = set_apart([finding(), finding(f"{LATE}@Nav Nord")], Accepted((acceptance(),)), DAY)
    assert [each.status for each in apart.found] == ["accepted", "accepted"] and apart.unseen == ()


def test_what_is_over_passed_or_not_there_is_said() -> None:
    over, passed, unseen = (
        acceptance(f"{LATE}@A", until="2026-04-01"),
        acceptance(f"{LATE}@B", severity="warn"),
        acceptance(f"{LATE}@C"),
    )
    found = [finding(f"{LATE}@A"), finding(f"{LATE}@B", "high"), finding(f"{LATE}@C", "info", "gone")]
    apart = set_apart(found, Accepted((over, passed, unseen)), DAY)
    assert [each.status for each in apart.found] == ["new", "new", "gone"]
    assert (apart.over, apart.passed, apart.unseen) == ((over,), (passed,), (unseen,))
