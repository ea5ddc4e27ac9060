"""What a person wrote stays: changed units, and every other line of the crontab."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.cli.monthly.installing import install_lines, install_units, ran
from saksflyt.mining.errors import UsageError

UNITS = {"saksflyt-a.service": "[Service]\nExecStart=/x\n", "saksflyt-a.timer": "[Timer]\nOnCalendar=daily\n"}


class Systemd:
    """A systemctl that notes what it is asked, and answers as it is told."""

    def __init__(self, code: int = 0) -> None:
        self.code, self.asked = code, []

    def __call__(self, command: list[str], given: bytes) -> tuple[int, bytes, str]:
        self.asked.append(" ".join(command))
        return self.code, b"", "Failed to connect to bus" if self.code else ""


class Crontab:
    """A crontab in memory."""

    def __init__(self, content: bytes | None) -> None:
        self.content, self.written = content, 0

    def __call__(self, command: list[str], given: bytes) -> tuple[int, bytes, str]:
        if command == ["crontab", "-l"]:
            return (1, b"", "no crontab for ola") if self.content is None else (0, self.content, "")
        assert command == ["crontab", "-"]
        self.content, self.written = given, self.written + 1
        return 0, b"", ""


def test_units_are_written_once_and_started(tmp_path: Path) -> None:
    systemd = Systemd()
    place = tmp_path / "systemd" / "user"
    assert install_units(UNITS, place, systemd) == [str(place / name) for name in UNITS]
    assert all((place / name).read_text().endswith(text) for name, text in UNITS.items())
    before = {path: path.stat().st_mtime_ns for path in place.iterdir()}
    assert install_units(UNITS, place, systemd) == []
    assert {path: path.stat().st_mtime_ns for path in place.iterdir()} == before
    assert systemd.asked == 2 * ["systemctl --user daemon-reload", "systemctl --user enable --now saksflyt-a.timer"]


def test_a_newer_unit_takes_the_place_of_one_that_nobody_touched(tmp_path: Path) -> None:
    install_units(UNITS, tmp_path, Systemd())
    newer = {**UNITS, "saksflyt-a.timer": "[Timer]\nOnCalendar=07:00\n"}
    assert install_units(newer, tmp_path, Systemd()) == [str(tmp_path / "saksflyt-a.timer")]


@pytest.mark.parametrize("change", [lambda text: text + "Nice=5\n", lambda _: "mine\n", lambda _: ""])
def test_a_unit_that_a_person_changed_is_left_and_nothing_is_done(tmp_path: Path, change) -> None:
    install_units(UNITS, tmp_path, Systemd())
    timer = tmp_path / "saksflyt-a.timer"
    timer.write_text(change(timer.read_text()))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    systemd = Systemd()
    with pytest.raises(UsageError, match="changed by hand"):
        install_units({name: f"{text}# newer\n" for name, text in UNITS.items()}, tmp_path, systemd)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before and systemd.asked == []


def test_without_systemd_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        install_units(UNITS, tmp_path, Systemd(1))
    assert "systemctl --user daemon-reload && systemctl --user enable --now saksflyt-a.timer" in str(raised.value)
    assert "Failed to connect to bus" in str(raised.value) and (tmp_path / "saksflyt-a.timer").exists()


LINES = st.lists(
    st.binary(max_size=20).filter(lambda line: b"\n" not in line and not line.startswith(b"# ")), max_size=6
)


@given(LINES, LINES, st.booleans())
def test_all_other_lines_stay_byte_for_byte(before: list[bytes], after: list[bytes], ends: bool) -> None:
    theirs = b"\n".join(before) + (b"\n" if ends and before else b"")
    crontab = Crontab(theirs)
    assert install_lines("saksflyt-a", "1 2 * * * a\n", crontab)
    assert crontab.content is not None and crontab.content.startswith(theirs)
    assert not install_lines("saksflyt-a", "1 2 * * * a\n", crontab) and crontab.written == 1
    head, below = crontab.content, b"\n".join(after)
    crontab.content = head + below
    assert install_lines("saksflyt-a", "3 4 * * * new %s\n", crontab)
    assert crontab.content.startswith(theirs) and crontab.content.endswith(below)
    assert (
        b"3 4 * * * new %s\n" in crontab.content
        and b"1 2 * * * a" not in crontab.content[len(theirs) : len(crontab.content) - len(below)]
    )
    install_lines("saksflyt-b", "5 6 * * * b\n", crontab)
    assert b"3 4 * * * new" in crontab.content and b"5 6 * * * b\n" in crontab.content


def test_a_first_crontab_is_made() -> None:
    crontab = Crontab(None)
    assert install_lines("saksflyt-a", "1 2 * * * a\n", crontab)
    assert crontab.content is not None and crontab.content.startswith(b"# >>> saksflyt-a\n")


@pytest.mark.parametrize(
    ("old", "new"), [(b"1 2 * * * a", b"1 2 * * * mine"), (b"# <<< saksflyt-a\n", b""), (b"# >>> saksflyt-a\n", b"")]
)
def test_lines_that_a_person_changed_are_left(old: bytes, new: bytes) -> None:
    crontab = Crontab(None)
    install_lines("saksflyt-a", "1 2 * * * a\n", crontab)
    assert crontab.content is not None
    changed = crontab.content = crontab.content.replace(old, new)
    with pytest.raises(UsageError, match="changed by hand|not as they were written"):
        install_lines("saksflyt-a", "5 6 * * * a\n", crontab)
    assert crontab.content == changed


def test_a_crontab_that_cannot_be_read_is_left() -> None:
    with pytest.raises(UsageError, match="nothing was done"):
        install_lines("saksflyt-a", "1 2 * * * a\n", lambda *_: (1, b"", "you are not allowed to use this program"))


def test_a_program_that_is_not_there_is_no_traceback() -> None:
    code, said, complaint = ran(["saksflyt-has-no-such-program"])
    assert (code, said) == (127, b"") and complaint == "No such file or directory"
