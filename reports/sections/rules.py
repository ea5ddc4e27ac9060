"""Are the rules of the flow kept?

A rule that asks for nothing in a case is neither kept nor broken there, and is said apart. For the rules whose breach matters
most, the most common way of the cases that break them is drawn, with the steps that do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...mining.findings import Findings
from ..flow_words import severity
from ..rule_words import said, sentences
from ..section import Bar, Block, Cell, Column, Row, Section, Table, number_shown, row, rows_of
from ..words import Words
from .deadlines import most_severe
from .rule_examples import examples

if TYPE_CHECKING:
    import pandas as pd

    from ...mining.rules import Rules

ID = "rules"
_SHOWN = 12
_NOW_AND_THEN = ("pending", "not_judged")  # columns that stand only where some case is in them


def section(findings: Findings, words: Words) -> Section | None:
    """The rules of the flow; nothing where it has none."""
    found = findings.rules
    if found is None:
        return None
    ranked = _ranked(found.frame)
    broken = ranked[ranked["broken"] > 0]
    blocks: list[Block] = [_table(ranked, found.cases, words)]
    if len(broken):
        blocks.append(examples(found, broken, findings.variants.frame, words))
    if (ranked["law"] != "").any():
        blocks.append(_laws(ranked[ranked["law"] != ""], words))
    return Section(
        id=ID,
        nav=words.say("rules.nav"),
        title=_title(ranked, words),
        lead=_lead(found, words),
        blocks=tuple(blocks),
        how=(("rules.broken_share", words.say("method.rules_broken_share")),),
    )


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """The broken rules first, the most severe of them first, then those broken most often; those that no case triggers last."""
    place = frame.assign(kept=frame["broken"] == 0, asleep=frame["triggered"] == 0)
    most = place.sort_values(["broken", "broken_share"], ascending=False, kind="stable")
    return most_severe(most).sort_values(["kept", "asleep"], kind="stable")


def _title(ranked: pd.DataFrame, words: Words) -> str:
    first = next(iter(rows_of(ranked)))
    if first.broken:
        what = said(first.kind, first.terms, words)
        return words.say("rules.title", first.triggered, broken=first.broken, what=what)
    return words.say("rules.title_kept" if ranked["triggered"].any() else "rules.title_none")


def _lead(found: Rules, words: Words) -> tuple[str, ...]:
    frame = found.frame
    kept = int(((frame["broken"] == 0) & (frame["triggered"] > 0)).sum())
    asleep = int((frame["triggered"] == 0).sum())
    text = [words.say("rules.among", found.cases, broken=found.broken_cases)] if found.broken_cases else []
    text.append(words.say("rules.meaning"))
    if kept:
        text.append(words.say("rules.kept", kept))
    if asleep:
        text.append(words.say("rules.asleep", asleep))
    if frame["pending"].any():
        text.append(words.say("rules.pending"))
    if frame["not_judged"].any():
        text.append(words.say("rules.not_judged"))
    if not found.closing_known:
        text.append(words.say("rules.closing_unknown"))
    return tuple(text)


def _table(ranked: pd.DataFrame, cases: int, words: Words) -> Table:
    counts = [name for name in _NOW_AND_THEN if ranked[name].any()]
    titles = ("sentence", "bar", "share", "of", *counts, "others", "severity")
    roles = {"sentence": "name", "bar": "bar", "severity": "text"}
    columns = tuple(
        Column(words.say(f"{'flow' if title == 'severity' else 'rules'}.col_{title}"), roles.get(title, "number"))
        for title in titles
    )
    shown = number_shown(len(ranked), _SHOWN)
    rows = [_row(each, counts, cases, words) for each in rows_of(ranked.head(shown))]
    if shown < len(ranked):
        rows.append(_rest(ranked.iloc[shown:], len(titles), words))
    return Table(words.say("rules.caption"), columns, tuple(rows), words.say("rules.below"))


def _row(each: Any, counts: list[str], cases: int, words: Words) -> Row:
    text = sentences(each.kind, each.terms, each.where, words)
    name = words.say("rules.named", name=words.name(each.name), sentence=text) if each.name else text
    return row(
        [
            name,
            Cell(bar=Bar(each.broken_share, "warn")) if each.triggered else "",
            words.percent(each.broken_share) if each.triggered else "",
            words.say("rules.of", broken=each.broken, triggered=each.triggered)
            if each.triggered
            else words.say("rules.no_case"),
            *(words.number(getattr(each, count)) for count in counts),
            words.number(cases - each.triggered - each.not_judged),
            severity(each.severity, words),
        ]
    )


def _rest(tail: pd.DataFrame, columns: int, words: Words) -> Row:
    """The folded rules, and how many of them are broken."""
    broken = int((tail["broken"] > 0).sum())
    name = words.say("rules.rest", len(tail))
    if broken:
        name = f"{name} {words.say('rules.rest_broken', broken)}"
    return row([name, *[""] * (columns - 1)], "rest")


def _laws(ranked: pd.DataFrame, words: Words) -> Table:
    """Where the rules come from, as the flow says."""
    shown = number_shown(len(ranked), _SHOWN)
    rows = [
        row(
            [
                words.name(each.name) if each.name else sentences(each.kind, each.terms, each.where, words),
                words.name(each.law),
            ]
        )
        for each in rows_of(ranked.head(shown))
    ]
    if shown < len(ranked):
        rows.append(row([words.say("rules.rest", len(ranked) - shown), ""], "rest"))
    columns = (Column(words.say("rules.col_sentence"), "name"), Column(words.say("flow.col_law"), "text"))
    return Table(words.say("rules.laws"), columns, tuple(rows), words.say("flow.law_below"))
