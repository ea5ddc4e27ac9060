"""The language of the intended flow: a table of right and wrong expressions, and random flows that come back."""

import re
import sys
import tomllib
from itertools import combinations, product
from pathlib import Path

import pytest
from flows import SIGNS, flows, language
from hypothesis import given, settings

from saksflyt.mining.canonical import canonical
from saksflyt.mining.errors import UsageError
from saksflyt.mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step, steps
from saksflyt.mining.flow_text import DEEPEST, LONGEST_TEXT, WIDEST_PARALLEL, parse, written_flow

TABLE = tomllib.loads((Path(__file__).parents[1] / "cases" / "flow_expressions.toml").read_text(encoding="utf-8"))


def tree_of(lists: str | list) -> Expression:
    """The table's lists as a tree."""
    if isinstance(lists, str):
        return Step(lists)
    sign, *parts = lists
    if sign in SIGNS:
        return SIGNS[sign](tuple(tree_of(part) for part in parts))
    return Repeat(tree_of(parts[0]), *{"?": (0, False), "*": (0, True), "+": (1, True)}[sign])


def fault(text: str, **where: str | int) -> UsageError:
    with pytest.raises(UsageError) as raised:
        parse(text, **where)  # type: ignore[arg-type]
    return raised.value


def test_the_table_is_long_enough() -> None:
    assert len(TABLE["right"]) + len(TABLE["wrong"]) >= 80


@pytest.mark.parametrize("case", TABLE["right"], ids=lambda case: case["text"])
def test_right(case: dict) -> None:
    assert parse(case["text"]) == tree_of(case["tree"])
    assert written_flow(parse(case["text"])) == case.get("written", case["text"])
    assert parse(written_flow(tree_of(case["tree"]))) == tree_of(case["tree"])


@pytest.mark.parametrize("case", TABLE["wrong"], ids=lambda case: case["text"])
def test_wrong(case: dict) -> None:
    error = fault(case["text"])
    line, column = case["at"]
    assert f"line {line}, column {column} " in str(error)
    assert [words for words in case["says"] if words not in str(error)] == []
    assert str(error).count("\n") == 0
    shown, caret = error.__notes__[0].split("\n")
    assert shown.strip() == case["text"].split("\n")[line - 1].strip()
    assert caret.index("^") - 4 == column - 1


@pytest.mark.parametrize("case", TABLE["wrong"], ids=lambda case: case["text"])
def test_what_the_sentence_proposes_is_right(case: dict) -> None:
    """Readings, and quoted names: each can be written as it is proposed."""
    sentence = str(fault(case["text"]))
    if readings := re.search(r" two ways; write (.+) or (.+)\.$", sentence):
        first, second = map(parse, readings.groups())
        assert first != second
        assert list(steps(first)) == list(steps(second))
    if name := re.search(r'(?:quotes: |or )("(?:[^"\\]|\\.)+"[?*+]?)', sentence):
        assert len(list(steps(parse(name[1])))) == 1


@settings(max_examples=1000)
@given(flows())
def test_what_is_written_is_read_as_the_same(flow: Expression) -> None:
    text = written_flow(flow)
    assert parse(text) == canonical(flow)
    assert written_flow(parse(text)) == text


@settings(max_examples=300)
@given(flows(names="ABC", max_leaves=5))
def test_the_canonical_tree_means_the_same(flow: Expression) -> None:
    assert language(canonical(flow), 4) == language(flow, 4)
    assert canonical(canonical(flow)) == canonical(flow)


@pytest.mark.parametrize("inner", [(0, False), (0, True), (1, True), (1, False)])
@pytest.mark.parametrize("outer", [(0, False), (0, True), (1, True), (1, False)])
def test_repetitions_of_repetitions(inner: tuple[int, bool], outer: tuple[int, bool]) -> None:
    flow = Repeat(Repeat(Step("A"), *inner), *outer)
    assert language(canonical(flow), 4) == language(flow, 4)
    assert not isinstance(getattr(canonical(flow), "part", None), Repeat)


def test_a_place_in_a_file() -> None:
    error = fault("A -> B\n-> C | D", where="flow.toml", line=3, column=9)
    assert str(error).startswith("flow.toml, line 4, column 6: ")
    assert str(fault("A | B -> C", where="flow.toml", line=3, column=9)).startswith("flow.toml, line 3, column 15: ")


def test_long_lines_are_shown_around_the_place() -> None:
    error = fault(" -> ".join(f"Steg {number}" for number in range(1000)) + " | B")
    shown, caret = error.__notes__[0].split("\n")
    assert len(shown) < 120
    assert shown[caret.index("^")] == "|"
    assert len(str(error)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "A" + ")" * 10_000,
        "(" * 10_000,
        "A -> (" * 10_000,
        " & ".join(f"Steg {number}" for number in range(200)),
        "A -> " * 200_000 + "A",
        "A" * 1_000_000,
        '"' * 99_999,
        "?" * 99_999,
        "A | B -> " * 9_000 + "C",
        "\x00\x1b[31m" * 10_000 + ")",
    ],
    ids=[
        "nested",
        "opened",
        "opened in sequence",
        "parallel",
        "1 MB",
        "one name",
        "quotes",
        "marks",
        "mixed",
        "control",
    ],
)
def test_too_much_is_one_sentence(text: str) -> None:
    error = fault(text)
    assert len(str(error)) < 500
    assert "\n" not in str(error)


def test_as_deep_and_as_wide_as_allowed() -> None:
    deep = "A"
    for level in range(DEEPEST):
        deep = f"({deep})* -> B" if level % 2 else f"({deep})? | B"
    assert written_flow(parse(deep)) == deep.replace("(A)", "A")
    wide = " & ".join(f"Steg {number}" for number in range(WIDEST_PARALLEL))
    assert written_flow(parse(wide)) == wide
    long = " -> ".join(["Steg"] * (LONGEST_TEXT // 9))
    assert len(list(steps(parse(long)))) == LONGEST_TEXT // 9
    assert sys.getrecursionlimit() == 1000


@pytest.mark.parametrize("kind", [Sequence, Choice, Parallel])
def test_nothing_cannot_be_written(kind: type) -> None:
    with pytest.raises(UsageError, match="without steps"):
        written_flow(kind(()))


@pytest.mark.parametrize(("first", "second"), [(a, b) for a, b in product('&|()?*+"', "-/§.,") if a != b])
def test_signs_in_names(first: str, second: str) -> None:
    for name in (f"Sak {first} {second} b", f"{first}{second}", f"a{second}{first}"):
        assert parse(written_flow(Step(name))) == Step(name)
        assert written_flow(Step(name)).startswith('"')
        plain = f"Sak {second} b"
        assert written_flow(Step(plain)) == plain


def test_operators_do_not_mix_in_any_order() -> None:
    for first, second in combinations(["->", "|", "&"], 2):
        for one, other in ((first, second), (second, first)):
            assert f"write (A {one} B) {other} C or A {one} (B {other} C)." in str(fault(f"A {one} B {other} C"))
