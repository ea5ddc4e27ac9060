"""``saksflyt flow``: start a flow, check it, draw it; what is wrong is one sentence with the place under it."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_file import template_names, template_text
from saksflyt.sample_logs.generator import write_sample

CASES = Path(__file__).parents[1] / "cases" / "bpmn"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), cases=120).export


def flow(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["flow", *map(str, arguments)])


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_handed_out_as_it_is(name: str, tmp_path: Path) -> None:
    assert flow("new", name).stdout == template_text(name)
    target = tmp_path / "min.toml"
    result = flow("new", name, "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"saksflyt flow check {target} LOG" in result.stderr
    assert target.read_text(encoding="utf-8") == template_text(name)


def test_what_somebody_wrote_is_not_written_over(tmp_path: Path) -> None:
    target = tmp_path / "min.toml"
    target.write_text("mine", encoding="utf-8")
    result = flow("new", "kvp", "-o", target)
    assert (result.exit_code, target.read_text(encoding="utf-8")) == (2, "mine")
    assert "--replace" in result.stderr
    assert flow("new", "kvp", "-o", target, "--replace").exit_code == 0
    assert Flow.read(target) == Flow.read("kvp")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["new"], "Name a template (digisos, klage, kvp, sosialhjelp), or a log with --from-log"),
        (["new", "sosial"], "There is no template 'sosial'. Did you mean sosialhjelp?"),
        (["new", "kvp", "-o", "nowhere/at/all.toml"], "Cannot write nowhere/at/all.toml"),
        (["new", "kvp", "--where", "unit=x"], "Without a log there are no cases to choose"),
        (["check", "nowhere.toml"], "There is no flow 'nowhere.toml': neither a file nor a template"),
        (["check", "kvp", "nowhere.csv"], "nowhere.csv"),
        (["show", "nowhere.toml"], "There is no flow 'nowhere.toml'"),
        (["draw"], "No such command 'draw'"),
        (["convert", "kvp"], "Missing option '-o' / '--output'"),
        (
            ["convert", "kvp", "-o", "flow.docx"],
            "A flow cannot be written as .docx; end its name in .toml, .bpmn or .pnml.",
        ),
        (["convert", "kvp", "-o", "nowhere/at/all.bpmn"], "Cannot write nowhere/at/all.bpmn"),
        (["convert", "nowhere.bpmn", "-o", "a.toml"], "There is no flow 'nowhere.bpmn'"),
        (["show", "kvp", "--pool", "Nav"], "kvp (template) is no BPMN model, so it has no pools; leave --pool out."),
        (["show", str(CASES / "pools-two.bpmn")], "has 2 pools or processes with steps in them ('Kommune', 'Søker')"),
        (
            ["check", str(CASES / "refused-deadlock.bpmn")],
            "line 8: the model is not sound: a case can get stuck before the ",
        ),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(arguments: list[str], says: str) -> None:
    result = flow(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_alone_it_shows_its_help() -> None:
    result = flow()
    assert result.exit_code == 0
    assert all(f"\n  {name} " in result.stdout for name in ("new", "check", "show", "convert"))


def test_a_flow_from_a_log(export: Path, tmp_path: Path) -> None:
    target = tmp_path / "forslag.toml"
    result = flow("new", "--from-log", export, "-o", target)
    assert result.exit_code == 0
    assert "Correct it before use." in result.stderr
    assert Flow.read(target).ordered[0] == "Søknad mottatt"
    assert "# Dette er slik det har gått, ikke slik det var ment." in target.read_text(encoding="utf-8")
    assert flow("check", target, export).exit_code == 0


def test_check_alone() -> None:
    result = flow("check", "sosialhjelp")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(
        "Søknad om økonomisk sosialhjelp: 14 steps in order, 3 anytime, 3 deadlines, 3 rules."
    )
    assert json.loads(flow("check", "sosialhjelp", "--format", "json").stdout)["steps"][1] == "Søknad mottatt"


def test_check_with_a_log(export: Path) -> None:
    result = flow("check", "sosialhjelp", export)
    assert result.exit_code == 0
    assert "100.0 % of the events are steps of the flow." in result.stderr
    assert "3 steps were never seen in the log." in result.stderr
    answer = json.loads(flow("check", "kvp", export, "--format", "json").stdout)
    assert (answer["schema_version"], answer["command"]) == (1, "flow check")
    assert answer["parameters"]["flow"] == "kvp"
    assert answer["figures"]["unmapped"] == sum(row["found"] == "unmapped" for row in answer["records"])
    nearest = {row["activity"]: row["nearest"] for row in answer["records"]}
    assert nearest["Kartlegging"] == "Kartlegging og arbeidsevnevurdering"
    assert 0 < answer["figures"]["covered_share"] < 0.1


def test_check_of_a_part(export: Path) -> None:
    parts = [
        flow("check", "kvp", export, "--where", f"unit=Nav {name}", "--format", "json") for name in ("Nordhamn", "X")
    ]
    assert [part.exit_code for part in parts] == [0, 3]


def test_the_place_is_shown_with_a_caret(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_text('name = "A"\nflow = """\nSøknad mottatt\n-> Vedtak -> Utbetaling | Avslag\n"""\n', encoding="utf-8")
    result = flow("check", file)
    assert result.exit_code == 2
    said, line, caret = result.stderr.splitlines()
    assert said.startswith(
        f"saksflyt: {file}, line 4, column 25: -> and | on one level can be read in two ways; write "
    )
    assert line == "    -> Vedtak -> Utbetaling | Avslag"
    assert line[caret.index("^")] == "|"


def test_show_draws_the_order(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_text(
        'name = "Prøve"\nflow = "A -> (B & (C -> D)*) -> (E? | F+)"\nclosed_by = "A"\n[steps.G]\nanytime = true\n',
        encoding="utf-8",
    )
    assert flow("show", file).stdout.splitlines() == [
        "Prøve",
        "├─ A",
        "├─ all, in any order",
        "│  ├─ B",
        "│  └─ then (any number of times)",
        "│     ├─ C",
        "│     └─ D",
        "└─ either",
        "   ├─ E (may be left out)",
        "   └─ F (once or more)",
        "",
        "At any point",
        "   G",
        "",
        "Closed by",
        "   A",
    ]


@pytest.mark.parametrize("name", template_names())
def test_every_template_is_drawn_whole(name: str) -> None:
    text = flow("show", name).stdout
    read = Flow.read(name)
    assert [step for step in (*read.ordered, *read.anytime) if step not in text] == []
    assert [each.name for each in (*read.deadlines, *read.rules) if str(each.name) not in text] == []


@pytest.mark.parametrize("name", template_names())
def test_convert_there_and_back(name: str, tmp_path: Path) -> None:
    for between in ("there.bpmn", "there.pnml"):
        there, back = tmp_path / between, tmp_path / f"{between}.toml"
        written = flow("convert", name, "-o", there)
        assert (written.exit_code, written.stdout) == (0, "")
        assert "holds the order of the steps, and not the steps that close a case, the clock, " in written.stderr
        assert flow("convert", there, "-o", back).stderr == f"{len(Flow.read(name).ordered)} steps written to {back}.\n"
        assert sorted(Flow.read(back).ordered) == sorted(Flow.read(name).ordered)
        assert Flow.read(back).name == Flow.read(name).name
    assert Flow.read(tmp_path / "there.bpmn.toml").expression == Flow.read(name).expression


def test_convert_says_what_was_read_differently_and_keeps_what_is_there(tmp_path: Path) -> None:
    target = tmp_path / "vår.toml"
    model = CASES / "boundary-timer.bpmn"
    result = flow("convert", model, "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    said = result.stderr.splitlines()
    assert said[0].startswith(f"{model}, line 7: the boundary event 'Frist' (bt) is read as a way that may be taken ")
    assert said[-1] == f"3 steps written to {target}."
    assert [each.name for each in Flow.read(target).deadlines] == ["Frist"]
    assert flow("convert", model, "-o", target).exit_code == 2
    assert flow("convert", model, "-o", target, "--replace").exit_code == 0


def test_lanes_become_units(tmp_path: Path) -> None:
    target = tmp_path / "vår.toml"
    assert flow("convert", CASES / "lanes.bpmn", "-o", target).exit_code == 0
    assert {step: said.unit for step, said in Flow.read(target).steps.items()} == {"B": "Fag", "C": "Jurist"}


def test_a_pool_is_named(tmp_path: Path) -> None:
    target = tmp_path / "vår.toml"
    result = flow("convert", CASES / "pools-two.bpmn", "-o", target, "--pool", "Kommune")
    assert (result.exit_code, Flow.read(target).ordered) == (0, ("A", "B"))
    assert "only 'Kommune' is read; 'Søker' and all messages between pools are left out." in result.stderr


def test_a_model_without_blocks_is_shown_as_its_steps_and_not_written_as_text(tmp_path: Path) -> None:
    model = CASES / "not-blocks.bpmn"
    result = flow("show", model)
    assert result.exit_code == 0
    why = f"The order of the steps in {model} cannot be written as an expression: the ways that part at the parallel gateway "
    assert result.stdout.splitlines()[2].startswith(f"The steps. {why}")
    assert result.stdout.splitlines()[3:] == ["   A", "   B", "   C", "   D"]
    refused = flow("convert", model, "-o", tmp_path / "a.toml")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert why in refused.stderr
    assert flow("convert", model, "-o", tmp_path / "a.pnml").exit_code == 0
    assert "4 steps in order." in flow("check", model).stderr


def test_check_of_a_model_with_a_log(export: Path, tmp_path: Path) -> None:
    model = tmp_path / "vår.bpmn"
    assert flow("convert", "sosialhjelp", "-o", model).exit_code == 0
    answer = json.loads(flow("check", model, export, "--format", "json").stdout)
    assert answer["figures"]["covered_share"] > 0.8


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "The flow lacks 'name'."),
        ("<svg/>", "is XML but no BPMN 2.0: it begins with <svg>; export BPMN 2.0."),
        ("<definitions", "is not well-formed XML, line 1"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "has a document type (<!DOCTYPE …>)"),
        ("<pnml/>", "holds 0 nets, and a flow is one of them"),
    ],
)
def test_a_file_that_is_no_flow_is_one_line_and_exit_2(content: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "model.bpmn"
    file.write_text(content, encoding="utf-8")
    for arguments in (["check", file], ["show", file], ["convert", file, "-o", tmp_path / "new.toml"]):
        result = flow(*arguments)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert says in result.stderr


def test_no_name_and_no_file_are_wrong_use(tmp_path: Path) -> None:
    assert flow("new", "").exit_code == 2
    assert flow("show", tmp_path).exit_code == 2
    os.mkfifo(tmp_path / "pipe")
    assert flow("show", tmp_path / "pipe").exit_code == 2
