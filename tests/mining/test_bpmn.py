"""The BPMN and PNML files are read back to the same model, and the drawing can be read."""

from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from models import HOSTILE, as_theirs, counted, read_bpmn, read_pnml, same_language, sequences, their_net, trees

from saksflyt.mining.block_layout import tree_diagram
from saksflyt.mining.bpmn import Diagram, Shape, bpmn_xml
from saksflyt.mining.net_diagram import net_diagram
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.nets import heuristics_net
from saksflyt.mining.petri_net import net_of
from saksflyt.mining.pnml import pnml
from saksflyt.mining.process_tree import ProcessTree
from saksflyt.mining.xml_text import storable

in_a_folder = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWN = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@in_a_folder
@given(tree=trees(repeated=True))
def test_the_files_of_a_tree_are_read_back_to_its_language(tree: ProcessTree, tmp_path: Path) -> None:
    net = reduced(net_of(tree))
    assert same_language(read_bpmn(bpmn_xml(tree_diagram(tree), "x"), tmp_path), their_net(tree))
    assert same_language(read_pnml(pnml(net, "x"), tmp_path), their_net(tree))


@in_a_folder
@given(tree=trees(most=6))
def test_a_free_choice_net_is_read_back_to_its_language(tree: ProcessTree, tmp_path: Path) -> None:
    net = net_of(tree)
    assert net.free_choice
    assert same_language(read_bpmn(bpmn_xml(net_diagram(net), "x"), tmp_path), as_theirs(net))


@settings(max_examples=100)
@given(trees(most=14))
def test_the_drawing_of_a_tree(tree: ProcessTree) -> None:
    assert_can_be_read(tree_diagram(tree))


@settings(max_examples=60)
@given(sequences)
def test_the_drawing_of_a_heuristics_net(drawn: list[str]) -> None:
    diagram = net_diagram(heuristics_net(counted(drawn), 0.5))
    assert_can_be_read(diagram)
    assert_no_two_flows_lie_on_each_other(diagram)


def assert_can_be_read(diagram: Diagram) -> None:
    for one, other in combinations(diagram.shapes, 2):
        assert apart(one, other), (one, other)
    for flow in diagram.flows:
        assert len(flow.waypoints) >= 2
        assert touches(flow.waypoints[0], diagram.shapes[flow.source])
        assert touches(flow.waypoints[-1], diagram.shapes[flow.target])
        for start, end in pairwise(flow.waypoints):
            assert start != end
            assert start[0] == end[0] or start[1] == end[1], "flows turn at right angles"
            for number, shape in enumerate(diagram.shapes):
                assert number in (flow.source, flow.target) or not crosses(start, end, shape), (flow, shape)
    left = min(min(shape.x for shape in diagram.shapes), *(x for flow in diagram.flows for x, _ in flow.waypoints))
    top = min(min(shape.y for shape in diagram.shapes), *(y for flow in diagram.flows for _, y in flow.waypoints))
    assert left >= 0
    assert top >= 0


def apart(one: Shape, other: Shape) -> bool:
    across = one.x + one.width < other.x or other.x + other.width < one.x
    return across or one.y + one.height < other.y or other.y + other.height < one.y


def touches(point: tuple[float, float], shape: Shape) -> bool:
    """Is the point in the middle of one of the shape's sides?"""
    x, y = point
    middle = (shape.x + shape.width / 2, shape.y + shape.height / 2)
    return (x in (shape.x, shape.x + shape.width) and y == middle[1]) or (
        x == middle[0] and y in (shape.y, shape.y + shape.height)
    )


def crosses(start: tuple[float, float], end: tuple[float, float], shape: Shape) -> bool:
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    across = left <= shape.x + shape.width and right >= shape.x
    return across and top <= shape.y + shape.height and bottom >= shape.y


def assert_no_two_flows_lie_on_each_other(diagram: Diagram) -> None:
    for one, other in combinations(diagram.flows, 2):
        if one.source == other.source or one.target == other.target:
            continue
        for start, end in pairwise(one.waypoints):
            for first, last in pairwise(other.waypoints):
                for axis in (0, 1):
                    if start[axis] == end[axis] == first[axis] == last[axis]:
                        mine = sorted((start[1 - axis], end[1 - axis]))
                        theirs = sorted((first[1 - axis], last[1 - axis]))
                        assert mine[1] <= theirs[0] or theirs[1] <= mine[0], (one, other)


def test_every_element_is_drawn_and_every_id_can_be_one() -> None:
    tree = ProcessTree("->", tuple(ProcessTree(label=name) for name in HOSTILE))
    root = ElementTree.fromstring(bpmn_xml(tree_diagram(tree), "</bpmn:process>"))
    (process,) = root.iter(f"{BPMN}process")
    assert process.get("isExecutable") == "false"
    ids = [element.get("id", "") for element in root.iter()]
    given = [id_ for id_ in ids if id_]
    assert all(id_.isascii() and id_[0].isalpha() for id_ in given)
    assert len(set(given)) == len(given)
    drawn = [element.get("bpmnElement", "process") for element in root.iter() if element.tag.startswith(DRAWN)]
    assert sorted(element.get("id", "") for element in process) == sorted(id_ for id_ in drawn if id_ != "process")


@pytest.mark.parametrize("written", ["bpmn", "pnml"])
def test_hostile_names_survive(written: str, tmp_path: Path) -> None:
    tree = ProcessTree("->", tuple(ProcessTree(label=name) for name in HOSTILE))
    if written == "bpmn":
        model = read_bpmn(bpmn_xml(tree_diagram(tree), "<&>\x00"), tmp_path)
    else:
        model = read_pnml(pnml(net_of(tree), "<&>\x00"), tmp_path)
    labels = {transition.label for transition in model[0].transitions if transition.label is not None}
    assert labels == {storable(name) for name in HOSTILE}
    assert len(labels) == len(HOSTILE)


def test_only_what_xml_cannot_hold_is_changed() -> None:
    assert storable("a\x00b\x1bc\x7f") == "a\u2400b\u241bc\u2421"
    assert [storable(name) for name in HOSTILE if storable(name) != name] == [
        "NUL \u2400 in the middle",
        "bell \u2407 escape \u241b[31m",
        "\ufffd",
    ]


def test_line_breaks_in_names_survive_in_the_file() -> None:
    root = ElementTree.fromstring(bpmn_xml(tree_diagram(ProcessTree(label="one\ntwo\tthree\r")), "x"))
    assert [task.get("name") for task in root.iter(f"{BPMN}task")] == ["one\ntwo\tthree\r"]
