"""The published test vectors, and that a mask shows the form and nothing else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.mining.identifiers import (
    account_number,
    duf_number,
    email_in,
    identifier_kind,
    identifier_share,
    mask,
    national_id,
    without_identifiers,
)

VALID = ["01819000049", "01819000200", "13527248013", "68467038838", "10915596784"]
VALID_FROM_2032 = ["01819000057", "01819000073", "01819000219"]


@pytest.mark.parametrize("number", VALID + VALID_FROM_2032)
def test_the_published_numbers_are_valid(number: str) -> None:
    assert national_id(number)
    assert national_id(f" {number[:6]} {number[6:]} ") and national_id(f"{number[:6]}-{number[6:]}")
    assert identifier_kind(f"Gjelder {number}, ny søknad") == "national id"


@pytest.mark.parametrize("number", ["12345678910", "01819000050", "32819000049", "0181900004", "018190000490", "", "x"])
def test_others_are_not(number: str) -> None:
    assert not national_id(number)


def test_a_lost_leading_zero_is_found_in_a_column() -> None:
    assert identifier_share([("1819000049", 3), ("1819000200", 1)]) == {"national id": 1.0}


def test_one_number_in_a_hundred_passes_by_chance() -> None:
    chance = random.Random(1)
    passed = sum(national_id(f"{chance.randrange(10**11):011}") for _ in range(20_000))
    assert 0.005 < passed / 20_000 < 0.02


def test_accounts_and_duf_numbers() -> None:
    assert account_number("12345678903") and account_number("1234.56.78903") and account_number("1234 56 78903")
    assert not account_number("12345678904") and not account_number("00000000000")
    duf = next(f"2019123456{k:02}" for k in range(11) if duf_number(f"2019123456{k:02}"))
    assert identifier_kind(duf) == "DUF number"
    assert not duf_number("201912345699")


@pytest.mark.parametrize(("text", "found"), [
    ("ola.nordmann@nav.no", True), ("skriv til kari@øst-kommune.no i dag", True), ("a@b", False), ("@@start", False),
    ("R@12", False), ("uten", False),
])  # fmt: skip
def test_email(text: str, found: bool) -> None:
    assert email_in(text) is found


@given(st.text())
def test_a_mask_holds_no_letter_or_digit_of_the_text(text: str) -> None:
    masked = mask(text)
    assert len(masked) <= 40
    assert not any(c.isalnum() and c not in "x9" for c in masked)


def test_a_mask_shows_the_form() -> None:
    assert mask("01.02.2024 kl. 10:00") == "99.99.9999 xx. 99:99"
    assert mask("Åse\u202e\x00") == "xxx "


PIECES = ["10915596784", "109155 96784", "01819000049", "1234.56.78903", "12345678903", "01019000100", "202012345600",
          "kari.n@nav.no", "12345678910", "2024/123", "ringte", ",", "-", " ", "1", "0", "(", "12 34 56 78"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=9), st.sampled_from(["", " ", ", "]))
def test_nothing_is_left_of_what_is_masked_and_masking_again_changes_nothing(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    masked = without_identifiers(text)
    assert identifier_kind(masked) is None and not email_in(masked)
    assert without_identifiers(masked) == masked
    if identifier_kind(text) is None and not email_in(text):
        assert masked == text


def test_each_kind_is_named_in_its_place() -> None:
    text = "Søker 109155 96784 (10915596784), konto 1234.56.78903, epost kari@nav.no, sak 12345678910"
    masked = "Søker [national id] ([national id]), konto [account number], epost [e-mail], sak 12345678910"
    assert without_identifiers(text) == masked
    assert without_identifiers("1819000049") == "[national id]"


@pytest.mark.parametrize("text", ["01019000100", "31129955555", "01019099999", "010190 00200"])
def test_the_numbers_of_kostra_for_people_without_one(text: str) -> None:
    assert national_id(text)
    assert not national_id("99" + text[2:])
