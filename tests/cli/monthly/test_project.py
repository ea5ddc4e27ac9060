"""The settings of a project: read strictly, with the line; overridden by the environment and by a profile."""

import os
from pathlib import Path

import pytest

from saksflyt.cli.monthly.project import Project, read_project
from saksflyt.mining.errors import UsageError

WHOLE = """
name = "Nordvik"
language = "en"
flow = "sosialhjelp"
history = "h"

[source]
files = ["exports/*.csv"]
mapping = "mapping.toml"
key = "../office.key"

[month]
working_days = 3
first = "2025-02"

[fitness]
newest_days = 7
quarantined_share = 0.1

[[waits]]
from = "A"
to = "B"

[[limits]]
indicator = "conform.conforming_share"
unit = "*"
warn_below = 0.9
high_below = 0.8
least = 20

[[changes]]
month = "2026-03"
what = "Lean"

[[changes]]
month = "2025-03"
what = "New system"
unit = "Nord"

[profiles.test]
history = "elsewhere"
source = { files = ["one.csv"] }
"""


def project(tmp_path: Path, text: str = WHOLE, **how) -> Project:
    (tmp_path / "saksflyt.toml").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text('zone = "Europe/Helsinki"', encoding="utf-8")
    return read_project(tmp_path, **how)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert (found.name, found.language, found.flow, found.history) == ("Nordvik", "en", "sosialhjelp", tmp_path / "h")
    assert found.files == ("exports/*.csv",) and found.mapping == tmp_path / "mapping.toml"
    assert found.working_days == 3 and found.first is not None and found.first.name == "2025-02"
    assert (found.fitness.newest_days, found.fitness.quarantined_share, found.fitness.unmapped_share) == (7, 0.1, 0.05)
    assert found.waits == (("A", "B"),)
    assert [change.month for change in found.changes] == ["2025-03", "2026-03"]
    (limit,) = found.limits
    severities = [limit.severity(value, 20) for value in (0.9, 0.89, 0.8, 0.79, float("nan"))]
    assert severities == ["", "warn", "warn", "high", ""] and limit.severity(0.1, 19) == ""


def test_the_environment_goes_before_the_file_and_a_profile_before_its_top(tmp_path: Path) -> None:
    environment = {
        "SAKSFLYT_HISTORY": "x",
        "SAKSFLYT_LANGUAGE": "nb",
        "SAKSFLYT_SOURCE": os.pathsep.join(["a.csv", "b.csv"]),
    }
    found = project(tmp_path, environment=environment)
    assert (found.history, found.language, found.files) == (tmp_path / "x", "nb", ("a.csv", "b.csv"))
    found = project(tmp_path, profile="test")
    assert (found.history, found.files, found.mapping) == (
        tmp_path / "elsewhere",
        ("one.csv",),
        tmp_path / "mapping.toml",
    )
    with pytest.raises(UsageError, match="no profile 'tset' .* Did you mean 'test'"):
        project(tmp_path, profile="tset")
    with pytest.raises(UsageError, match="SAKSFLYT_LANGUAGE"):
        project(tmp_path, environment={"SAKSFLYT_LANGUAGE": "sv"})


def test_the_zone_and_the_key_are_said_in_one_place(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert (found.zone, found.key) == ("Europe/Helsinki", tmp_path / "../office.key")
    said = WHOLE.replace("[source]", '[source]\nzone = "America/Nuuk"')
    found = project(tmp_path, said, environment={"SAKSFLYT_KEY_FILE": "/keys/k"})
    assert (found.zone, found.key) == ("America/Nuuk", Path("/keys/k"))
    assert project(tmp_path, WHOLE.replace('mapping = "mapping.toml"', "")).zone == "Europe/Oslo"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Nordvik"', 'nmae = "Nordvik"', "line 2: The project has the unknown key 'nmae'. Did you mean 'name'"),
        ('name = "Nordvik"', "", "The project lacks 'name'"),
        ('files = ["exports/*.csv"]', "files = []", "at least one file"),
        ("working_days = 3", "working_days = 40", "whole number from 0 to 20"),
        ('first = "2025-02"', 'first = "2025-13"', "'2025-13' is not a month"),
        ("newest_days = 7", "newest_dys = 7", "unknown key 'newest_dys'"),
        (
            "newest_days = 7",
            'accepted = ["2026-03 units"]',
            "'2026-03 units' is not a month and a fault, such as '2026-03 unit'. Did you mean 'unit'",
        ),
        ("quarantined_share = 0.1", "quarantined_share = 10", "number from 0 to 1"),
        ("warn_below = 0.9\nhigh_below = 0.8", "", "has no limit"),
        ('month = "2026-03"', 'month = "mars"', "'mars' is not a month"),
        ('to = "B"', "", "lacks 'to'"),
        ('language = "en"', 'language = "sv"', "unknown language 'sv'"),
        ("[source]", "[source", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        project(tmp_path, WHOLE.replace(old, new))
    assert said in str(raised.value) and "saksflyt.toml" in str(raised.value)


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="saksflyt init"):
        read_project(tmp_path)
