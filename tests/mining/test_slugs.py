"""Names in ids: readable, typed by hand, and no two the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.mining.definitions import parse_finding
from saksflyt.mining.finding_ids import FindingIds
from saksflyt.mining.slugs import slug, slugs


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Søknad mottatt", "soknad-mottatt"),
        ("Individuell vurdering og utmåling", "individuell-vurdering-og-utmaling"),
        ("Vedtak om nødhjelp / midlertidig botilbud", "vedtak-om-nodhjelp-midlertidig-botilbud"),
        ("  Ærlig_svar!? ", "aerlig-svar"),
        ("a\u030a Å", "a-a"),
        ("Straße § 18.2", "strasse-18-2"),
        ("Решение", "решение"),
        ("???", ""),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_the_flows_steps_keep_their_slugs() -> None:
    found = slugs(["Vedtak", "Brev"], ["vedtak!", "Brev", "Notat", "notat"])
    assert (found["Vedtak"], found["Brev"]) == ("vedtak", "brev")
    assert found["vedtak!"].startswith("vedtak-")
    assert found["Notat"] != found["notat"]
    # Whatever else the log holds.
    assert slugs(["Vedtak", "Brev"], [])["Vedtak"] == "vedtak"


@given(st.lists(st.text(" aAåÅøo-!?/é9", max_size=5), unique=True), st.lists(st.text(" aAåÅøo-!?/é9", max_size=5)))
def test_no_two_the_same(first: list[str], others: list[str]) -> None:
    found = slugs(first, others)
    assert set(found) == {*first, *others}
    assert len(set(found.values())) == len(found)
    assert slugs(first, reversed(others)) == found
    for each in found.values():
        assert each
        assert not set(each) & set(">|@:")


def test_ids_are_taken_apart_again() -> None:
    ids = FindingIds("conform", ["Vedtak fattet", "Utbetaling", "Avslag sendt"], ["Brev"], ["Nav Nord", ""])
    back = ids.of(("went_back", ("Vedtak fattet", "Brev"), ()), "Nav Nord")
    assert back == "conform.went_back:vedtak-fattet>brev@nav-nord"
    assert parse_finding(back).steps == ("vedtak-fattet", "brev")
    either = ids.of(("skipped", ("Utbetaling",), ("Avslag sendt",)))
    assert either == "conform.skipped:utbetaling|avslag-sendt"
    assert parse_finding(either).steps == ("utbetaling|avslag-sendt",)
    assert ids.of(("skipped", ("Utbetaling",), ()), "").startswith("conform.skipped:utbetaling@")
