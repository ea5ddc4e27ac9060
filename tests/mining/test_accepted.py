"""The file of accepted deviations is read strictly, and judged on a day that is given."""

import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.mining.accepted import LARGEST, Accepted, beside
from saksflyt.mining.accepted_toml import Acceptance
from saksflyt.mining.errors import UsageError

DAY = date(2026, 6, 30)
ENTRY = '[[accepted]]\nid = "conform.skipped:a"\nreason = "r"\nuntil = 2026-06-30\n'


def accepted(*entries: Acceptance) -> Accepted:
    return Accepted(tuple(sorted(entries, key=lambda each: each.id)), "f.toml")


def entry(id_: str, until: date = DAY, reason: str = "r") -> Acceptance:
    return Acceptance(id_, reason, until)


def test_a_file_is_read_by_id(tmp_path: Path) -> None:
    file = tmp_path / "f.accepted.toml"
    said = 'accepted_on = 2026-01-02\naccepted_by = "leder"\ncases = 3\nsentence = "A was skipped"\n'
    file.write_bytes(f"\ufeff{ENTRY.replace('skipped:a', 'unknown:z')}\n{ENTRY}{said}".replace("\n", "\r\n").encode())
    first, last = Accepted.read(file).entries
    assert first == Acceptance("conform.skipped:a", "r", DAY, "A was skipped", date(2026, 1, 2), "leder", 3)
    assert last == Acceptance("conform.unknown:z", "r", DAY)


def test_a_reason_over_several_lines_is_one_line() -> None:
    text = ENTRY.replace('"r"', '"""\nNytt system\n  kommer.\n"""')
    assert Accepted.of_text(text.encode(), "f").entries[0].reason == "Nytt system kommer."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ENTRY.replace("reason", "reasn"), "f, line 3: Number 1 of [[accepted]] has the unknown key 'reasn'. Did you mean 'reason'?"),
        (ENTRY.replace('reason = "r"\n', ""), "f, line 1: Number 1 of [[accepted]] lacks 'reason'."),
        (ENTRY.replace("until = 2026-06-30\n", ""), "f, line 1: Number 1 of [[accepted]] lacks 'until'."),
        (ENTRY.replace('id = "conform.skipped:a"\n', ""), "f, line 1: Number 1 of [[accepted]] lacks 'id'."),
        (ENTRY.replace('"r"', '"  "'), "f, line 3: Number 1 of [[accepted]] must have text in quotes as 'reason'."),
        (ENTRY.replace("2026-06-30", '"2026-06-30"'), "f, line 4: Number 1 of [[accepted]] must have a date as 'until', such as"),
        (ENTRY.replace("2026-06-30", "2026-06-30T10:00:00"), "f, line 4: Number 1 of [[accepted]] must have a date as 'until'"),
        (ENTRY.replace("2026-06-30", "2026-06-31"), "f is not valid TOML: "),
        (ENTRY + "accepted_on = 2026\n", "f, line 5: Number 1 of [[accepted]] must have a date as 'accepted_on'"),
        (ENTRY + "cases = -1\n", "f, line 5: Number 1 of [[accepted]] must have a whole number from 0 to"),
        (ENTRY + "\n" + ENTRY, "f, line 7: Number 2 of [[accepted]] accepts 'conform.skipped:a' a second time; number 1 does too."),
        (ENTRY.replace("skipped:a", "skipped:"), "f, line 2: 'conform.skipped:' is not the id of a finding, which looks like"),
        (ENTRY.replace("skipped:a", "skiped:a"), "f, line 2: Only what saksflyt conform judges can be accepted, not 'conform.skiped'. Did you"),
        (ENTRY.replace("[[accepted]]", "[[acepted]]"), "f, line 1: The file has the unknown key 'acepted'. Did you mean 'accepted'?"),
        (ENTRY.replace("[[accepted]]", "[accepted]"), "f, line 1: The file must have 'accepted' as tables, each of which starts with [[accepted]]."),
        (ENTRY.replace('"r"', f'"{"r" * 2001}"'), "f, line 3: Number 1 of [[accepted]] has more than 2000 characters as 'reason'."),
        ("x = ", "f is not valid TOML: "),
        ("a." * 200 + "b = 1", "f has a key of a hundred parts"),
        ("x = " + "[" * 100_000, "f is nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(says)}"):
        Accepted.of_text(text.encode(), "f")


def test_files_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    for content, says in ((b"\xff\xfe", "is not UTF-8 text"), (b"#" * (LARGEST + 1), "is larger than 1 MB")):
        file.write_bytes(content)
        with pytest.raises(UsageError, match=says):
            Accepted.read(file)
    with pytest.raises(UsageError, match="is a folder"):
        Accepted.read(tmp_path)
    with pytest.raises(UsageError, match="There is no file"):
        Accepted.read(tmp_path / "none.toml")


def test_the_last_day_belongs_to_it() -> None:
    found = accepted(entry("conform.skipped:a"))
    states = [found.state("conform.skipped:a", DAY + timedelta(days=days)) for days in (-1, 0, 1)]
    assert states == ["accepted", "accepted", "expired"]
    assert found.state("conform.skipped:b", DAY) == "not accepted"
    assert entry("conform.skipped:a").returns == date(2026, 7, 1)
    assert entry("conform.skipped:a", date.max).returns is None


def test_a_group_and_all_groups() -> None:
    """Without a group it is for all of them; with one for that one only, and not for all together."""
    general, own = entry("conform.skipped:a"), entry("conform.skipped:b@nord")
    found = accepted(general, own)
    assert found.of("conform.skipped:a@nord", DAY) is general
    assert found.of("conform.skipped:b@nord", DAY) is own
    assert found.of("conform.skipped:b@sor", DAY) is None and found.of("conform.skipped:b", DAY) is None


def test_one_that_holds_decides() -> None:
    own = entry("conform.skipped:a@nord", DAY - timedelta(days=9))
    general = entry("conform.skipped:a")
    found = accepted(general, own)
    assert found.of("conform.skipped:a@nord", DAY - timedelta(days=9)) is own
    assert found.of("conform.skipped:a@nord", DAY) is general
    assert found.of("conform.skipped:a@nord", DAY + timedelta(days=1)) is own  # over as well, and closer


def test_an_id_is_the_same_however_its_letters_are_stored() -> None:
    apart = "conform.unknown:\u1112\u1161\u11ab"  # as slugs write Korean letters; an editor may compose them
    found = Accepted.of_text(ENTRY.replace("conform.skipped:a", apart).encode(), "f")
    assert found.state(apart, DAY) == "accepted" and found.unseen([apart]) == ()


def test_what_is_no_longer_found() -> None:
    found = accepted(
        *map(entry, ("conform.skipped:a", "conform.skipped:b", "conform.skipped:b@nord", "conform.skipped:c@sor"))
    )
    ids = [each.id for each in found.unseen(["conform.skipped:a"])]
    assert ids == ["conform.skipped:b"]  # what stands for a group cannot be seen where nothing is split
    split = found.unseen(["conform.skipped:a@nord", "conform.skipped:b@sor"], ["Nord", "Vest"])
    assert [each.id for each in split] == ["conform.skipped:b@nord"]


def test_a_frame_is_marked() -> None:
    frame = pd.DataFrame(
        {"reason": ["x", "y", "z"], "id": ["conform.skipped:a", "conform.skipped:b", "conform.skipped:c"]}
    )
    found = accepted(entry("conform.skipped:a"), entry("conform.skipped:b", DAY - timedelta(days=1), "over"))
    marked = found.mark(frame, DAY)
    assert list(marked.columns) == ["reason_2", "id", "accepted", "accepted_until", "reason"]
    assert marked["accepted"].tolist() == [True, False, False] and marked["accepted"].dtype == bool
    assert marked["accepted_until"].tolist() == [DAY, DAY - timedelta(days=1), None]
    assert marked["reason"].tolist() == ["r", "over", ""]
    assert list(found.mark(frame.head(0), DAY).columns) == list(marked.columns)
    assert list(frame.columns) == ["reason", "id"]


@given(until=st.dates(), day=st.dates())
def test_days_left_and_state_agree(until: date, day: date) -> None:
    found = accepted(entry("conform.skipped:a", until))
    (row,) = found.to_frame(day).to_dict("records")
    assert (row["state"] == "holds") == (row["days_left"] >= 0) == (found.state("conform.skipped:a", day) == "accepted")
    assert day + timedelta(days=row["days_left"]) == until


def test_the_place_beside_a_flow(tmp_path: Path) -> None:
    for name in ("vår-flyt.toml", "vår-flyt.bpmn", "vår-flyt.pnml"):
        (tmp_path / name).touch()
        assert beside(tmp_path / name) == tmp_path / "vår-flyt.accepted.toml"
    assert beside("sosialhjelp") is None
