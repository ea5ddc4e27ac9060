"""A name is shown on one line, visible, and short enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.reports.names import LONGEST, shown


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Søknad  mottatt\n(skjema)", "Søknad mottatt (skjema)"),
        ("a\u202eb", "a⟨202E⟩b"),
        ("\x00\x1b[31m", "⟨0000⟩⟨001B⟩[31m"),
        ("<b>&", "<b>&"),
        ("  ", ""),
        ("שלום", "\u2068שלום\u2069"),
    ],
)
def test_shown(name: str, seen: str) -> None:
    assert shown(name) == seen


def test_a_long_name_keeps_its_end() -> None:
    text = shown("a" * 5_000 + " versjon 2")
    assert len(text) <= LONGEST and text.endswith("versjon 2") and "…" in text


@given(st.text())
def test_nothing_invisible_is_left(name: str) -> None:
    text = shown(name)
    assert len(text) <= LONGEST + 2
    assert not set(text) & set("\x00\x1b\u202e\u200f\n\r")
