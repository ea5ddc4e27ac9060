"""The tree holds every beginning once, level by level, and says which one each sequence is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.mining.beginnings import UNKNOWN, Sequences

Word = tuple[str, ...]


@given(st.lists(st.lists(st.sampled_from("abcxy"), max_size=5).map(tuple), max_size=8))
def test_they_are_the_beginnings(sequences: list[Word]) -> None:
    log = Sequences("abc", sequences)
    tree = log.beginnings(log.order)
    words: list[Word] = [()]
    for parent, step in zip(tree.parent[1:].tolist(), tree.step[1:].tolist(), strict=True):
        words.append((*words[parent], "?" if step == UNKNOWN else "abc"[step]))
    unnamed = [tuple(step if step in "abc" else "?" for step in sequence) for sequence in sequences]
    assert len(set(words)) == len(words)
    assert set(words) == {(), *(each[:length] for each in unnamed for length in range(len(each) + 1))}
    assert [words[node] for node in tree.end] == [unnamed[number] for number in log.order]
    for length, level in enumerate(tree.levels):
        assert {len(word) for word in words[level]} == {length}


def test_a_choice_of_sequences_in_order() -> None:
    log = Sequences("ab", ["ab", "b", "aab", "", "zb"])
    assert log.names == ["a", "b", "z"]
    chosen = log.order[np.isin(log.order, [0, 2])]
    tree = log.beginnings(chosen)
    assert (chosen.tolist(), len(tree.parent), tree.longest) == ([2, 0], 5, 3)
