"""The miners find on the counted variants what pm4py's own functions find on the log."""

import subprocess
import sys
from collections import Counter
from itertools import combinations
from typing import Any

import pm4py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models import (
    REAL,
    as_theirs,
    counted,
    on_real_logs,
    pm4py_frame,
    real_log,
    same_language,
    sequences,
    their_net,
    trees,
)

from saksflyt.mining.discover import discover
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.nets import heuristics_net, inductive_tree
from saksflyt.mining.petri_net import net_of
from saksflyt.mining.process_tree import ProcessTree


@on_real_logs
@pytest.mark.parametrize("noise", [0.0, 0.2])
@pytest.mark.parametrize("name", REAL)
def test_the_tree_equals_pm4pys_on_the_whole_log(name: str, noise: float) -> None:
    log = real_log(name)
    theirs = pm4py.discover_process_tree_inductive(log.to_pm4py(), noise_threshold=noise)
    assert str(discover(log, noise=noise).tree) == str(theirs)


@settings(max_examples=100)
@given(sequences, st.sampled_from([0.0, 0.1, 0.2, 0.5]))
def test_the_tree_equals_pm4pys_on_random_logs(drawn: list[str], noise: float) -> None:
    theirs = pm4py.discover_process_tree_inductive(pm4py_frame(drawn), noise_threshold=noise)
    ours = inductive_tree(counted(drawn), noise)
    assert str(ours).strip("'") == str(theirs).strip("'")  # pm4py leaves the quotes of a single leaf out


@settings(max_examples=60)
@given(sequences, st.sampled_from([0.3, 0.5, 0.9]))
def test_the_heuristics_net_equals_pm4pys_on_random_logs(drawn: list[str], dependency: float) -> None:
    ours = as_theirs(heuristics_net(counted(drawn), dependency))
    theirs = pm4py.discover_petri_net_heuristics(pm4py_frame(drawn), dependency_threshold=dependency)
    assert shape(ours) == shape(theirs)


@on_real_logs
@pytest.mark.parametrize("name", REAL)
def test_the_heuristics_net_equals_pm4pys_on_the_whole_log(name: str) -> None:
    frame = real_log(name).to_pm4py()
    assert shape(as_theirs(heuristics_net(Counter(real_log(name).traces()), 0.5))) == shape(
        pm4py.discover_petri_net_heuristics(frame)
    )


def shape(model: tuple) -> set:
    """The transitions, each with the labels of those that fill its inputs and use its outputs; doubles once."""
    net = model[0]

    def around(place: Any) -> tuple:
        return (
            tuple(sorted({str(arc.source.label) for arc in place.in_arcs})),
            tuple(sorted({str(arc.target.label) for arc in place.out_arcs})),
        )

    return {
        (
            str(each.label),
            tuple(sorted(around(arc.source) for arc in each.in_arcs)),
            tuple(sorted(around(arc.target) for arc in each.out_arcs)),
        )
        for each in net.transitions
    }


@settings(max_examples=60)
@given(trees(repeated=True))
def test_the_net_of_a_tree_means_what_pm4pys_means(tree) -> None:
    assert same_language(as_theirs(net_of(tree)), their_net(tree))
    assert same_language(as_theirs(reduced(net_of(tree))), their_net(tree))


def test_the_comparison_of_languages_can_tell_them_apart() -> None:
    a, b = ProcessTree(label="A"), ProcessTree(label="B")
    models = [
        ProcessTree("->", (a, b)),
        ProcessTree("+", (a, b)),
        ProcessTree("X", (a, b)),
        ProcessTree("*", (a, b)),
        ProcessTree("->", (a, ProcessTree("X", (ProcessTree(), b)))),
    ]
    for one, other in combinations(models, 2):
        assert not same_language(as_theirs(net_of(one)), their_net(other))


def test_pm4py_says_nothing_on_stdout() -> None:
    code = "from saksflyt.mining.nets import inductive_tree; inductive_tree({('a', 'b'): 1}, 0.0)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert run.stdout == b""


def test_names_that_python_counts_as_nothing() -> None:
    assert str(inductive_tree({(" ", "0"): 2, ("0",): 1}, 0.0)) == "->( X( tau, ' ' ), '0' )"
