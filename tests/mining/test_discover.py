"""A discovered model: of which cases, how well it describes them, and its files."""

import os
import subprocess
import sys
from math import isnan
from pathlib import Path

import pandas as pd
import pytest
from models import HOSTILE, on_real_logs, real_log
from strategies import frame_of, log_of

from saksflyt.mining.definitions import definitions
from saksflyt.mining.discover import Discovery, discover
from saksflyt.mining.errors import EmptyLog, StorageError, UsageError
from saksflyt.mining.log import EventLog
from saksflyt.mining.xml_text import storable


def test_a_small_log() -> None:
    found = discover(log_of("A B C", "A B C", "A C B", "A B B C"), noise=0.0)
    assert str(found.tree) == "->( 'A', +( 'C', *( 'B', tau ) ) )"
    assert (found.cases, found.open_cases, found.events, found.activities, found.variants) == (4, 0, 13, 3, 3)
    assert (found.sound, found.fitting_share, found.fitness, found.coverage) == (True, 1.0, 1.0, 1.0)
    # () 4 cases: A. A 4: B or C. A B 3: B or C, both came. A B B 1: B too. A B C, A C B: B again, never came. A C 1: B.
    assert found.precision == pytest.approx(1 - 1 / (4 + 8 + 6 + 2 + 1))
    assert set(found.frame["figure"]) <= set(definitions())
    assert list(found.frame.columns) == ["figure", "value", "unit", "definition"]


@on_real_logs
def test_the_published_figures_of_receipt() -> None:
    """logs/oracles.json, O1028: alignment fitness of pm4py at noise 0.2."""
    found = discover(real_log("Receipt"), noise=0.2)
    assert found.fitting_share == pytest.approx(0.49721059972106)
    assert found.fitness == pytest.approx(0.8154953330871839)
    # Beginning by beginning on pm4py's net of the tree (escaping_edges of test_replay) it is the same.
    assert found.precision == pytest.approx(0.2520822435923229)
    assert found.sound


@on_real_logs
def test_a_model_of_all_of_sepsis_allows_all_of_it() -> None:
    found = discover(real_log("Sepsis"), noise=0.0)
    assert (found.sound, found.fitting_share, found.fitness) == (True, 1.0, 1.0)
    assert found.precision == pytest.approx(0.240147, abs=1e-6)


def test_a_model_with_too_many_states_says_that_its_figures_are_unknown() -> None:
    steps = [f"step_{number}" for number in range(24)]
    turned = [steps[case:] + steps[:case] for case in range(24)]
    sequences = [" ".join(["first", *each[:: -1 if case % 2 else 1]]) for case, each in enumerate(turned)]
    found = discover(log_of(*sequences), noise=0.0)
    assert found.tree is not None
    assert found.sound
    assert isnan(found.fitness)
    assert isnan(found.precision)
    assert any("unknown" in note for note in found.notes)


def closing_log(*sequences: str, closed: list[bool]) -> EventLog:
    frame = frame_of(*sequences)
    cases = list(dict.fromkeys(frame["case_id"]))
    return EventLog.from_frame(frame.assign(closed=frame["case_id"].map(dict(zip(cases, closed, strict=True)))))


def test_an_open_case_has_no_end_to_draw() -> None:
    log = closing_log("A B C", "A B C", "A", closed=[True, True, False])
    found = discover(log, noise=0.0)
    assert (str(found.tree), found.cases, found.open_cases) == ("->( 'A', 'B', 'C' )", 2, 1)
    every = discover(log, noise=0.0, open_cases=True)
    assert (str(every.tree), every.cases, every.open_cases) == ("->( 'A', X( tau, ->( 'B', 'C' ) ) )", 3, 0)


def test_without_a_closed_case_there_is_nothing_to_draw() -> None:
    with pytest.raises(EmptyLog, match="--open-cases"):
        discover(closing_log("A B", closed=[False]))


def test_coverage_takes_the_most_common_variants_and_compares_with_all() -> None:
    log = log_of("A B", "A B", "A B", "A C")
    found = discover(log, noise=0.0, coverage=0.7)
    assert (str(found.tree), found.coverage, found.cases, found.variants) == ("->( 'A', 'B' )", 0.75, 4, 2)
    assert (found.activities, found.activities_in_model, found.fitting_share) == (3, 2, 0.75)


def test_the_heuristics_miner_says_when_its_net_is_not_sound() -> None:
    found = discover(log_of("A B C D", "A C B D", "A B C D", "A E D", "A E E D"), miner="heuristics")
    assert found.tree is None
    assert sorted(found.files) == ["model.bpmn", "model.pnml"]
    assert found.sound in (True, False)
    unsound = discover(log_of("A B A C", "B A C A", "C A B", "A A B C", "B C A"), miner="heuristics", dependency=0.0)
    assert unsound.sound is False
    assert isnan(unsound.fitness) == any("unknown" in note for note in unsound.notes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"noise": 1.5},
        {"noise": -0.1},
        {"coverage": 0.0},
        {"dependency": 2.0},
        {"miner": "alpha"},
        {"noise": float("nan")},
    ],
)
def test_an_option_out_of_range(wrong: dict) -> None:
    with pytest.raises(UsageError):
        discover(log_of("A"), **wrong)


def test_the_files_are_written_whole(tmp_path: Path) -> None:
    found = discover(log_of("A B"))
    written = found.write(tmp_path / "new" / "folder")
    assert {path.name: path.read_text(encoding="utf-8") for path in written} == found.files
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(found.files)
    assert found.write(tmp_path / "new" / "folder") == written


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises((UsageError, StorageError)):
        discover(log_of("A")).write(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def hostile() -> Discovery:
    names = [name.replace("\x00", "") for name in HOSTILE]  # no table of events holds a NUL
    rows = [(f"case {case}", name) for case in range(2) for name in (names if case else reversed(names))]
    frame = pd.DataFrame(rows, columns=["case_id", "activity"])
    frame["end_time"] = pd.date_range("2025-01-01", periods=len(rows), freq="h")
    return discover(EventLog.from_frame(frame, name="</bpmn:process>"))


def test_hostile_names_go_through() -> None:
    found = hostile()
    assert found.activities_in_model == len(HOSTILE)
    for name in HOSTILE[1:3]:
        assert storable(name).replace("'", "\u2019") in str(found.tree)
    assert "<script>" not in found.bpmn
    assert '</bpmn:task>"' not in found.bpmn


def test_it_shows_itself_without_the_files() -> None:
    text = repr(discover(log_of("A B")))
    assert "fitness=1.0" in text
    assert "<bpmn" not in text


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]\n"
        "from test_discover import hostile\n"
        "from strategies import log_of\n"
        "from saksflyt.mining.discover import discover\n"
        "log = log_of('A B C D E', 'B A D C', 'A E D C B', 'C A B E', 'A B A B E', 'D D E')\n"
        "for each in (hostile(), discover(log), discover(log, noise=0.0), discover(log, miner='heuristics')):\n"
        "    print(each.fitness, each.precision, each.notes, each.files)\n"
    )
    here = Path(__file__).parent
    said = set()
    for seed in ("0", "42"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8:backslashreplace"}
        command = [sys.executable, "-c", code, str(here), str(here.parent)]
        said.add(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
    assert len(said) == 1
