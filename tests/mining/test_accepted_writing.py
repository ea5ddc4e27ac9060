"""One acceptance comes into the file or out of it, and all that people wrote stays as it is."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.mining.accepted import Accepted
from saksflyt.mining.accepted_toml import Acceptance, entries_of
from saksflyt.mining.accepted_writing import commented, with_entry, without_entry
from saksflyt.mining.errors import UsageError
from saksflyt.mining.toml_statements import statements

NEW = Acceptance(
    "conform.skipped:m", "Nytt brev kommer.", date(2026, 12, 31), "M was skipped", date(2026, 6, 1), "leder", 3
)
HAND_MADE = """\
# Vår liste. Spør Kari før du endrer noe.

# Fra møtet 3. mai:
[[accepted]]
id     = "conform.skipped:b"     # se sak 12
until  = 2026-06-30 # styret # sa ja
reason = '''
Gammelt "system",
[[accepted]] # ikke en overskrift
'''

  [[ accepted ]]
  reason = "annen # grunn"
  # hvor mange?
  cases = 7 # i mai
  id = 'conform.skipped:z'
  until = 2026-07-01
# til slutt
"""


def after(text: str, entry: Acceptance = NEW) -> str:
    return with_entry(text, entry, "vår-flyt.toml", "f")


def test_a_new_file_says_what_it_is() -> None:
    assert after("").endswith(
        '.\n\n[[accepted]]\nid = "conform.skipped:m"\nsentence = "M was skipped"\nreason = "Nytt brev kommer."\n'
        'until = 2026-12-31\naccepted_on = 2026-06-01\naccepted_by = "leder"\ncases = 3\n'
    )
    assert after("").startswith("# Godkjente avvik for flyten vår-flyt.toml:")
    assert with_entry("\ufeff\n", NEW, "a\nb\x00.toml", "f").startswith("\ufeff# Godkjente avvik for flyten a?b?.toml")


def test_a_hand_made_file_is_kept_to_the_byte() -> None:
    """The new entry comes between the two, with a blank line; nothing else changes."""
    first, second = HAND_MADE.split("  [[ accepted ]]")
    written = after("").split("\n\n", 1)[1]
    assert after(HAND_MADE) == f"{first}{written}\n  [[ accepted ]]{second}"
    assert without_entry(after(HAND_MADE), NEW.id, "f") == HAND_MADE


def test_a_new_entry_stands_above_the_comment_of_the_next_but_below_the_head() -> None:
    early = Acceptance("conform.skipped:a", "r", NEW.until)
    assert after(HAND_MADE, early).index("skipped:a") < after(HAND_MADE, early).index("# Fra møtet")
    no_gap = "# Hode\n" + HAND_MADE.split("mai:\n", 1)[1]
    assert after(no_gap, early).startswith('# Hode\n[[accepted]]\nid = "conform.skipped:a"')


def test_an_entry_is_renewed_in_its_place() -> None:
    entry = Acceptance("conform.skipped:b", "Ny grunn.", date(2027, 1, 1), "B was skipped")
    old = "until  = 2026-06-30 # styret # sa ja\nreason = '''\nGammelt \"system\",\n[[accepted]] # ikke en overskrift\n'''\n"
    # What is new comes behind the key that stands before it in the order of the keys, and what is the same is untouched.
    renewed = after(HAND_MADE, entry)
    assert renewed == HAND_MADE.replace(old, 'until  = 2027-01-01  # styret # sa ja\nreason = "Ny grunn."\n').replace(
        "# se sak 12\n", '# se sak 12\nsentence = "B was skipped"\n'
    )
    assert after(renewed, entry) == renewed


def test_a_comment_outlives_its_key() -> None:
    entry = Acceptance("conform.skipped:z", "annen # grunn", date(2026, 7, 1))
    assert after(HAND_MADE, entry) == HAND_MADE.replace("  cases = 7 # i mai\n", "# i mai\n")


def test_the_withdrawn_one_goes_and_the_comments_around_it_stay() -> None:
    text = without_entry(HAND_MADE, "conform.skipped:b", "f")
    assert text.startswith("# Vår liste. Spør Kari før du endrer noe.\n\n# Fra møtet 3. mai:\n  [[ accepted ]]")
    assert without_entry(text, "conform.skipped:z", "f").endswith("mai:\n# til slutt\n")
    assert commented(HAND_MADE, "conform.skipped:b", "f") and not commented(HAND_MADE, "conform.skipped:z", "f")
    assert not commented("# Hode\n" + text.split("\n\n")[1].split("mai:\n")[1], "conform.skipped:z", "f")


def test_line_ends_and_the_byte_order_mark_are_kept() -> None:
    text = "\ufeff" + HAND_MADE.replace("\n", "\r\n")
    renewed = after(after(text), Acceptance("conform.skipped:b", "Ny", NEW.until, "B was skipped"))
    assert renewed.startswith("\ufeff# Vår") and renewed.count("\n") == renewed.count("\r\n")
    assert len(Accepted.of_text(renewed.encode(), "f").entries) == 3


def test_a_last_line_without_an_end_is_ended_first() -> None:
    assert (
        after(HAND_MADE.rstrip("\n"), Acceptance("conform.unknown:a", "r", NEW.until)).count("\n# til slutt\n\n[[acc")
        == 1
    )
    short = HAND_MADE.split("# til slutt")[0].rstrip("\n")
    grown = after(short, Acceptance("conform.skipped:z", "r", date(2026, 7, 1), accepted_by="leder", cases=7))
    assert grown.endswith('until = 2026-07-01\naccepted_by = "leder"\n')


def test_the_letters_are_stored_composed_and_on_one_line() -> None:
    entry = Acceptance(NEW.id, "Fo\u0308rst\n\tso\u0308k\u2028nad", NEW.until, "S" * 3000)
    (read,) = entries_of(after("", entry).encode(), "f")
    assert read.reason == "Först sök nad" and len(read.sentence) == 2000 and read.sentence.endswith("S…")


@pytest.mark.parametrize(
    "text",
    [
        'accepted = [{ id = "conform.skipped:b", reason = "r", until = 2026-06-30 }]\n',
        'accepted = [\n  { id = "conform.skipped:b", reason = "r", until = 2026-06-30 },\n]\n',
    ],
)
def test_what_cannot_be_changed_safely_is_left_alone(text: str) -> None:
    for entry in (NEW, Acceptance("conform.skipped:b", "r", NEW.until)):
        with pytest.raises(UsageError, match="does not change"):
            after(text, entry)
    with pytest.raises(UsageError, match="does not change"):
        without_entry(text, "conform.skipped:b", "f")


def test_a_wrong_file_is_not_written_on() -> None:
    with pytest.raises(UsageError, match="f, line 3: .*unknown key 'reasn'"):
        after('[[accepted]]\nid = "conform.skipped:a"\nreasn = "x"\nuntil = 2026-01-01\n')


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: bool(text.split())
)
_ENTRIES = st.builds(
    Acceptance,
    id=st.builds("conform.{}:{}".format, st.sampled_from(["skipped", "unknown"]), st.sampled_from("abcdef")),
    reason=_TEXTS,
    until=st.dates(),
    sentence=_TEXTS | st.just(""),
    accepted_on=st.none() | st.dates(),
    accepted_by=_TEXTS | st.just(""),
    cases=st.none() | st.integers(0, 10**6),
)  # fmt: skip
_COMMENTS = st.lists(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]), max_size=12)
)


@given(entries=st.lists(_ENTRIES, max_size=6), hand_made=st.booleans())
def test_what_was_accepted_is_read_again_sorted(entries: list[Acceptance], hand_made: bool) -> None:
    text = HAND_MADE if hand_made else ""
    expected = {entry.id: entry for entry in entries_of(text.encode(), "f")}
    for entry in entries:
        text = after(text, entry)
        expected |= {each.id: each for each in entries_of(after("", entry).encode(), "f")}
    found = entries_of(text.encode(), "f")
    assert {each.id: each for each in found} == expected
    assert [each.id for each in found] == sorted(expected)
    comments = [each.text for each in statements(HAND_MADE) if each.is_comment] if hand_made else []
    assert all(comment in text for comment in comments)


@given(
    entries=st.lists(_ENTRIES, min_size=1, max_size=5, unique_by=lambda each: each.id),
    comments=_COMMENTS,
    data=st.data(),
)
def test_taking_back_undoes_accepting(entries: list[Acceptance], comments: list[str], data: st.DataObject) -> None:
    """With comments between the entries, wherever they are."""
    text = after("", entries[0])
    for entry in entries[1:]:
        text = after(text, entry)
    lines = text.split("\n")
    for comment in comments:
        lines.insert(data.draw(st.integers(0, len(lines))), f"#{comment}")
    text = "\n".join(lines)
    extra = Acceptance("conform.skipped:zz", "r", NEW.until)
    grown = after(text, extra)
    assert without_entry(grown, extra.id, "f").rstrip("\n") == text.rstrip("\n")
    last = without_entry(text, entries[0].id, "f")
    assert {each.id for each in entries_of(last.encode(), "f")} == {each.id for each in entries[1:]}


@given(text=st.text(st.sampled_from(list("ab=#[]{}\"'\\\n\r ")), max_size=40))
def test_statements_put_together_are_the_text(text: str) -> None:
    try:
        parts = statements(text)
    except ValueError:
        return
    assert "".join(each.text for each in parts) == text


def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Killed at any moment while it accepts again and again, what stands there can be read."""
    flow, file = tmp_path / "f.toml", tmp_path / "f.accepted.toml"
    flow.write_text('name = "f"\nflow = "A -> B"\n', encoding="utf-8")
    script = (
        "import sys\nfrom datetime import date\nfrom pathlib import Path\n"
        "from saksflyt.mining.accepted_toml import Acceptance\nfrom saksflyt.mining.accepted_writing import with_entry\n"
        "from saksflyt.reports.output import write_whole\nfile = Path(sys.argv[1])\nprint('on', flush=True)\n"
        "for n in range(100_000):\n"
        "    old = file.read_text(encoding='utf-8') if file.exists() else ''\n"
        "    entry = Acceptance('conform.skipped:' + 'ab'[n % 2], 'r' * (n % 500 + 1), date(2026, 12, 31))\n"
        "    write_whole(file, with_entry(old, entry, 'f', 'f'))\n"
    )
    for delay in (0.01, 0.05, 0.11):
        with subprocess.Popen([sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout and process.stdout.readline() == "on\n"
            time.sleep(delay)
            os.kill(process.pid, signal.SIGKILL)
        if file.exists():
            assert Accepted.read(file).entries
    assert file.exists()
