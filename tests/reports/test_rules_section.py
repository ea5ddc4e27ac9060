"""What the report says about the rules, as data."""

import pytest
from judged_logs import ASLEEP, INTERIM, RIGHT, RULES, WAYS, judged, judged_log
from report_logs import made

from saksflyt.mining.findings import Findings
from saksflyt.mining.flow_parts import RULE_KINDS, Rule
from saksflyt.mining.span import Span
from saksflyt.reports.rule_words import said, sentences
from saksflyt.reports.section import Section, Strips, Table
from saksflyt.reports.sections import rules
from saksflyt.reports.words import LOCALES, Words

NB = Words("nb")
TERMS = {
    "step": "A",
    "before": "A",
    "after": "B",
    "if": "A",
    "then": "B",
    "steps": ["A", "B"],
    "times": 2,
    "most": 3,
    "least": 1,
    "unit": "Nord",
}


def section_of(findings: Findings, words: Words = NB) -> Section:
    section = rules.section(findings, words)
    assert section is not None
    return section


def rows_of(findings: Findings) -> list[dict[str, str]]:
    block = section_of(findings).blocks[0]
    assert isinstance(block, Table)
    titles = [column.title for column in block.columns]
    return [
        {title: cell.text.replace("\u00a0", " ") for title, cell in zip(titles, row.cells, strict=True)}
        for row in block.rows
    ]


def strips_of(findings: Findings) -> Strips:
    (block,) = [block for block in section_of(findings).blocks if isinstance(block, Strips)]
    return block


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_kind_has_a_sentence_of_its_own_with_all_its_terms(kind: str, lang: str) -> None:
    terms = {key: TERMS[key] for key in RULE_KINDS[kind]}
    if kind == "apart":
        terms["least"] = "10 working days"
    text = said(kind, terms, Words(lang))
    others = {
        said(other, {key: TERMS[key] for key in RULE_KINDS[other]}, Words(lang))
        for other in RULE_KINDS
        if other not in (kind, "apart")
    }
    assert text not in others and "{" not in text and not text.endswith(".")
    names = [value for key, value in terms.items() if key in ("step", "before", "after", "if", "then", "unit")]
    names += terms.get("steps", [])
    assert all(Words(lang).quoted(name) in text for name in names)
    numbers = [str(terms[key]) for key in ("times", "most", "least") if isinstance(terms.get(key), int)]
    assert all(number in text for number in numbers)


def test_counts_of_one_lengths_and_one_step_alone() -> None:
    assert said("at_most", {"step": "A", "times": 1}, NB) == "«A» skal komme høyst én gang"
    assert said("exactly", {"step": "A", "times": 0}, NB).replace("\u00a0", " ") == "«A» skal komme nøyaktig 0 ganger"
    assert said("between", {"step": "A", "least": 0, "most": 1}, NB) == "«A» skal komme minst 0 og høyst én gang"
    again = {"before": "A", "after": "A", "least": str(Span(1, "working days"))}
    assert said("apart", again, NB) == "mellom én «A» og den neste skal det gå minst 1 arbeidsdag"
    assert said("four_eyes", {"steps": ["A", "A"]}, NB) == "«A» skal ikke gjøres to ganger av samme person"


def test_conditions_are_a_sentence_of_their_own() -> None:
    text = sentences("starts", {"step": "A"}, ["type=B", "case_id=12"], NB)
    assert text == "Saken skal starte med «A». Gjelder bare når type er «B» og case_id er «…»."


def test_without_rules_there_is_no_such_part() -> None:
    assert rules.section(made("small"), NB) is None and rules.section(judged([INTERIM]), NB) is None


def test_the_counts_of_a_rule_add_up_to_all_cases() -> None:
    for name in ("deadlines and rules", "more rules", "still more rules"):
        found = made(name)
        assert found.rules is not None
        for row in rows_of(found):
            on = row["Antall"].split(" av ")[-1] if " av " in row["Antall"] else "0"
            rest = int(row.get("Ikke vurdert", "0")) + int(row["Andre saker"])
            assert int(on) + rest == found.rules.cases


def test_broken_ones_come_first_by_severity_and_those_of_no_case_last() -> None:
    info = {"kind": "starts", "step": "Vedtak", "severity": "info"}
    warn = {"kind": "ends", "step": "Vedtak", "severity": "warn"}
    high = {"kind": "absence", "step": "Klage", "severity": "high"}
    found = judged([], [ASLEEP | {"severity": "high"}, info, high, warn], [([*RIGHT, "."], 1.0)] * 3)
    assert [row["Regel"] for row in rows_of(found)] == [
        "Saken skal slutte med «Vedtak».",
        "Saken skal starte med «Vedtak».",
        "«Klage» skal aldri komme.",
        "Etter «Klage» skal «Vedtak» komme før eller siden.",
    ]
    assert section_of(found).title == "3 av 3 saker bryter en regel: saken skal slutte med «Vedtak»"


def test_of_two_as_severe_the_one_that_more_cases_break_comes_first() -> None:
    rare = {"kind": "not_both", "steps": ["Klage", "Vedtak"]}
    ways = [([*RIGHT, "."], 1.0)] * 9 + [([*RIGHT, "Klage", "."], 1.0)]
    found = judged([], [rare, {"kind": "absence", "step": "Kartlegging"}], ways)
    assert [row["Antall"] for row in rows_of(found)] == ["10 av 10", "1 av 10"]
    often = judged(
        [], [{"kind": "response", "before": "Klage", "after": "Vedtak"}, {"kind": "starts", "step": "Klage"}], ways
    )
    assert [row["Antall"] for row in rows_of(often)] == ["10 av 10", "1 av 1"]


def test_nothing_broken_is_said_plainly_and_is_not_the_same_as_nothing_asked() -> None:
    kept = section_of(judged([], [RULES[0], ASLEEP], WAYS[:20]))
    assert kept.title == "Ingen regel er brutt" and not any(isinstance(block, Strips) for block in kept.blocks)
    assert "Én regel er ikke brutt i noen sak den gjelder." in kept.lead
    assert "Én regel gjelder ingen sak. Den er verken holdt eller brutt." in kept.lead
    asleep = judged([], [ASLEEP], WAYS[:20])
    assert section_of(asleep).title == "Reglene gjelder ingen av sakene"
    assert [(row["Brutt"], row["Antall"], row["Andre saker"]) for row in rows_of(asleep)] == [
        ("", "gjelder ingen", "20")
    ]


def test_a_case_that_may_still_keep_a_rule_is_not_settled() -> None:
    found = judged([], [RULES[0]], [([*RIGHT, "."], 1.0), (["Mottatt"], 1.0), (["Mottatt"], 1.0)])
    (row,) = rows_of(found)
    assert (row["Antall"], row["Ikke avgjort"], row["Brutt"]) == ("0 av 3", "2", "0 %")


def test_people_who_are_not_known_are_not_judged() -> None:
    found = made("still more rules")
    assert sum(int(row["Ikke vurdert"]) for row in rows_of(found)) > 0
    assert "Person" not in str(section_of(found))


def test_the_step_that_breaks_a_rule_is_marked() -> None:
    rule = {"kind": "response", "before": "Vedtak", "after": "Klage"}
    (strip,) = strips_of(judged([], [rule], [([*RIGHT, "."], 1.0)] * 2)).strips
    assert [(step.name, step.word) for step in strip.steps if step.state != "plain"] == [("Vedtak", "bryter")]
    assert strip.count.replace("\u00a0", " ") == "2 saker"


def test_a_step_that_nothing_asks_for_is_drawn_as_missing() -> None:
    drawn = strips_of(judged([], [{"kind": "existence", "step": "Klage"}], [([*RIGHT, "."], 1.0)]))
    last = drawn.strips[0].steps[-1]
    assert (last.name, last.state, last.word, last.sign) == ("Klage", "missing", "mangler", "–")
    assert [entry.text for entry in drawn.legend] == ["steget mangler i saken"]


def test_the_example_is_the_most_common_way_of_those_that_break_it() -> None:
    rare, common = ["Mottatt", "Vedtak"], ["Mottatt", "Vurdert", "Vedtak"]
    ways = [([*RIGHT, "."], 1.0)] * 9 + [([*rare, "."], 1.0)] * 2 + [([*common, "."], 1.0)] * 3
    (strip,) = strips_of(judged([], [{"kind": "existence", "step": "Kartlegging"}], ways)).strips
    assert [step.name for step in strip.steps] == [*common, "Kartlegging"]


def test_of_a_rule_on_people_the_marks_are_of_a_case_that_breaks_it() -> None:
    found = judged([], [{"kind": "four_eyes", "steps": ["Kartlegging", "Vedtak"]}], [([*RIGHT, "."], 1.0)] * 5)
    (strip,) = strips_of(found).strips
    assert [step.name for step in strip.steps if step.state == "moved"] == ["Kartlegging", "Vedtak"]


def test_a_breach_beyond_what_is_drawn_says_where() -> None:
    (strip,) = strips_of(made("a rule broken far into a case")).strips
    assert strip.more and strip.about[-1] == "Bruddet er ved steg 31, lenger ut i saken"


def test_a_law_stands_as_the_flow_says_it() -> None:
    block = section_of(made("deadlines and rules")).blocks[-1]
    assert isinstance(block, Table)
    assert {row.cells[1].text for row in block.rows} == {"loven § 1 (må kontrolleres)"}
    assert len(section_of(judged([], [RULES[0]], WAYS[:20])).blocks) == 1  # without a law there is no such table


def test_unbroken_rules_need_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    found = made("deadlines and rules kept")
    assert found.rules is not None
    monkeypatch.setattr(type(found.rules), "evidence", lambda self: pytest.fail("nothing is broken"))
    assert section_of(found).title == "Ingen regel er brutt"


def test_rules_named_by_the_office_bear_their_name_and_their_sentence() -> None:
    rule = Rule("absence", {"step": "Klage"}, name="Ingen klager")
    (row,) = rows_of(judged([], [], WAYS[:3], and_rules=[rule]))
    assert row["Regel"] == "Ingen klager: «Klage» skal aldri komme."
    assert judged_log(WAYS[:3]).case_count == 3
