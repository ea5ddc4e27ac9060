"""What a person is told of a month: short, in their language, without figures, cases or anything that a chat could take for a mark."""

import re
from pathlib import Path

import pandas as pd
import pytest

from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED, Finding
from saksflyt.reports.month_message import MonthTold, Told, month_message, refusal_message, trial_message
from saksflyt.reports.words import catalogue

NAN = float("nan")
DEADLINE = "deadlines.met_share:svar"
HOSTILE = "Nord\nBcc: x@y.no <script>alert(1)</script> [her](https://evil.example) *a* `b` <!channel> @all | c \u202e"


def figures(units: list[str], total: int = 40, name: str = "Svar i tide") -> pd.DataFrame:
    judged = [NAN, NAN, NAN, False, "", "", "ok", False]
    rows = [["2026-03", DEADLINE, unit, name, "share", "higher", 4321.0, total, 0.4321, *judged] for unit in units]
    return pd.DataFrame(rows, columns=[*FIGURES, "plotted", *JUDGED])


def found(unit: str, severity: str = "high", status: str = "new") -> Finding:
    return Finding(f"limit:{DEADLINE}@{unit}", DEADLINE, unit, severity, 0.4321, status)


def told(findings: list[Finding], lang: str = "nb", project: str = "Nav Nord", revision: int = 1, **how) -> Told:
    judged = figures([each.unit for each in findings], **how)
    said = MonthTold(project, "2026-03", revision, judged, findings, [], "history/runs/2026-03-r1/index.html")
    return month_message(said, lang)


def test_eight_findings_are_a_short_text_in_both_languages() -> None:
    eight = [found(f"Enhet {n}", "high" if n < 3 else "warn", "new" if n < 2 else "still") for n in range(7)]
    eight += [found("Enhet 7", "warn", "worse"), found("Borte", "info", "gone"), found("Enhet 8", "high", "accepted")]
    bokmal, english = told(eight), told(eight, "en")
    assert bokmal.subject == "Nav Nord, mars 2026: 8 funn, nye: 2"
    assert english.subject == "Nav Nord, March 2026: 8 findings, new: 2"
    assert bokmal.text.splitlines() == [
        "Nye: 2. Verre: 1. Som før: 5. Bedre: 0. Borte siden forrige måned: 1. Godkjent: 1.",
        *(
            f"- Fristen «Svar i tide» holdt, Enhet {n}: utenfor grensen dere har satt ({how}), {status}"
            for n, how, status in [
                (0, "alvorlig", "nytt"),
                (1, "alvorlig", "nytt"),
                (2, "alvorlig", "som før"),
                (3, "varsel", "som før"),
                (4, "varsel", "som før"),
            ]
        ),
        "3 funn til står på siden.",
        "Siden: history/runs/2026-03-r1/index.html",
    ]
    assert english.text.splitlines()[-2:] == [
        "3 more findings are on the page.",
        "The page: history/runs/2026-03-r1/index.html",
    ]
    assert bokmal.counts == {"new": 2, "worse": 1, "still": 5, "better": 0, "gone": 1, "accepted": 1}
    assert len(bokmal.text) < 800


def test_a_quiet_month_and_one_that_was_judged_again() -> None:
    assert told([]).subject == "Nav Nord, mars 2026: ingen funn" and told([]).text.startswith("Siden: ")
    assert told([], "en", revision=2).text.splitlines()[0] == "The month was judged again; this is revision 2."


def test_no_figure_is_in_it_and_no_finding_on_a_few_persons_is_named() -> None:
    said = told([found("Nord")], total=4)
    assert "Nord:" not in said.text and "Svar i tide" not in said.text and "Ett funn til står på siden." in said.text
    assert "Svar i tide" in told([found("Nord")], total=5).text
    assert not any(figure in said.text + said.subject for figure in ("43", "0.4", "0,4"))


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_no_name_makes_a_line_a_link_or_a_call(lang: str) -> None:
    said = told([found(HOSTILE)], lang, project=HOSTILE, name=HOSTILE)
    refused = refusal_message(HOSTILE, ["stale"], ["2026-03"], lang)
    assert len(said.subject.splitlines()) == len(refused.subject.splitlines()) == 1
    assert len(said.text.splitlines()) == 3
    for text in (said.subject, said.text, refused.subject, refused.text):
        assert not set("<>[]*`@|\\\u202e") & set(text) and "://" not in text
    assert "alert(1)" in said.subject, "the name is still there to be read"


def test_every_reason_for_no_verdict_has_words_in_it() -> None:
    rooms = Path(__file__).parents[2]
    sources = [*(rooms / "mining/judgement").glob("*.py"), rooms / "cli/monthly/fit.py"]
    found = re.findall(r'Fault\(\s*"([a-z ]+)"', "".join(path.read_text(encoding="utf-8") for path in sources))
    only_said = {"early", "no times", "shifted", "row limit", "future"}
    refusing = {
        "empty", "stale", "gap", "days", "few", "few cases", "torn", "open", "lost", "short", "new steps", "gone steps",
        "repeated", "quarantine",
    }  # fmt: skip
    assert {*found} - only_said == refusing, "a new kind of fault needs words, and a place here"
    refusing |= {"unit", "type"}  # called as their columns
    said = refusal_message("Nav Nord", sorted(refusing), ["2026-03", "2026-04", "2026-05"], "nb")
    assert said.subject == "Nav Nord: ingen dom for mars–mai 2026" and "noe annet" not in said.text
    assert refusal_message("N", ["lost"], [], "en").subject == "N: the export cannot be trusted"
    assert refusal_message("N", [], [], "en").subject == "N: the exports cannot be read"
    assert "something else is wrong" in refusal_message("N", ["of tomorrow"], [], "en").text


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_sentence_is_said(lang: str, said_keys: set[str]) -> None:
    some = [found(f"Enhet {n}") for n in range(7)]
    for each in (some, []):
        judged = figures([finding.unit for finding in each])
        month_message(MonthTold("Nav Nord", "2026-03", 2, judged, each, [("2026-02", "high")], "index.html"), lang)
    known = {key for key in catalogue(lang) if key.startswith("message.")}
    faults = [key.removeprefix("message.fault_").replace("_", " ") for key in known if "fault_" in key]
    for kinds, lacking in (([], []), (faults, ["2026-03"]), (faults, [])):
        refusal_message("Nav Nord", kinds, lacking, lang)
    trial_message("Nav Nord", lang)
    assert known - said_keys == {"message.id"}  # of what is sent: test_notifying.py
