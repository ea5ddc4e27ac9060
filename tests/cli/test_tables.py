"""Tables line up, in a pipe and on any terminal, whatever the names hold."""

from hypothesis import given
from hypothesis import strategies as st

from saksflyt.cli.tables import Table, aligned, fitted, width

STEPS = ["Søknad mottatt → Tildelt saksbehandler → Vedtak fattet", "Søknad mottatt"]
VARIANTS = Table(
    ["variant_no", "cases", "activities"],
    [["1", "291", STEPS[0]], ["2", "7", STEPS[1]]],
    [True, True, False],
    listed=True,
)


def test_a_pipe_gets_one_line_per_row_and_nothing_cut_off() -> None:
    assert aligned(VARIANTS).splitlines() == [
        "variant_no  cases  activities",
        "----------  -----  ------------------------------------------------------",
        "         1    291  Søknad mottatt → Tildelt saksbehandler → Vedtak fattet",
        "         2      7  Søknad mottatt",
    ]


def test_a_narrow_terminal_gets_lists_under_their_rows() -> None:
    assert fitted(VARIANTS, 40).splitlines() == [
        "variant",
        "     no  cases",
        "-------  -----",
        "      1    291",
        "    Søknad mottatt → Tildelt",
        "    saksbehandler → Vedtak fattet",
        "      2      7",
        "    Søknad mottatt",
    ]


def test_a_wide_terminal_gets_it_all_in_columns() -> None:
    assert "1    291  Søknad mottatt → Tildelt saksbehandler → Vedtak fattet" in fitted(VARIANTS, 120)


def test_an_empty_table_is_its_head() -> None:
    empty = Table(["month", "cases"], [], [False, True])
    assert aligned(empty) == fitted(empty, 80) == "month  cases\n-----  -----\n"


def test_signs_that_take_no_place_or_two() -> None:
    assert [width(text) for text in ("Søknad", "a\u030a", "申請", "→")] == [6, 1, 4, 1]


@given(st.lists(st.lists(st.text("abc def", max_size=60), min_size=3, max_size=3), max_size=5), st.integers(50, 200))
def test_folding_keeps_the_width_and_loses_no_word(rows: list[list[str]], room: int) -> None:
    table = Table(["first_step", "next_step", "in_words"], rows, [False, False, False])
    text = fitted(table, room)
    assert all(len(line) <= room for line in text.splitlines())
    told = ["first step next step in words", *(cell for row in rows for cell in row)]
    assert sorted("".join(text.split()).replace("-", "")) == sorted("".join(" ".join(told).split()))
