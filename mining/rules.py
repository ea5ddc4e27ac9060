"""Which rules of the intended flow are kept, and which are broken, how often and where?

Rules on the order of steps are judged on the variants, the others on the events. A rule that asks for nothing in a case is
not triggered there, which is not the same as kept. In an open case what is still missing is pending; only what no later
step can make good is broken. Definitions: ``docs/methods.md``, Rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .answer import Answer
from .calendar import UnitCalendars
from .closing import closing_known, flow_clock
from .errors import UsageError
from .flow import Flow
from .flow_parts import Rule
from .grouping import grouping
from .log import EventLog
from .rule_counts import rule_rows
from .rule_events import broken_events, case_states
from .rule_ids import rule_ids
from .rule_kinds import KINDS, Verdict, judged
from .rule_sequences import Flags, Sequences
from .rule_states import BROKEN, CODES, FULFILLED, NOT_CHOSEN, PENDING, STATES, UNTRIGGERED, States

if TYPE_CHECKING:
    import pandas as pd

_VARIANTS = "select variant_no, variant_key, activities::varchar[] as activities from sequences order by variant_no"

_CASES = "select {first} case_no, variant_no, is_closed from ({clock}) order by case_no"


@dataclass(frozen=True, repr=False)
class Rules(Answer):
    """A log held against the rules of a flow.

    frame : one row per rule (of each group), in the order of the flow
        id (``rules.broken_share:slug``), kind (:data:`.flow_parts.RULE_KINDS`), name ("" without one), sentence (what it
        asks for, in plain English), terms (dict of its keys), where (list of conditions), law ("" without one),
        severity, cases (that `where` chooses), untriggered, not_judged (nobody knows who did it), triggered (all other
        cases = fulfilled + broken + pending), fulfilled (so far, where the case is open), broken, pending (open cases
        that may still fulfil it), broken_share (0 to 1, of the triggered cases; NaN where none is), example (key of the
        most common variant that breaks it; "" where none does)
    cases, open_cases : all cases, and those not over
    broken_cases : cases that break at least one rule
    closing_known : false when every case counts as over because neither the export nor the flow says
    log : with the flow's names
    """

    frame: pd.DataFrame
    cases: int
    open_cases: int
    broken_cases: int
    closing_known: bool
    log: EventLog
    _cases: pd.DataFrame = field(repr=False)
    _sequences: Sequences = field(repr=False)
    _variant_keys: list[str] = field(repr=False)
    _judged: list[_JudgedRule] = field(repr=False)
    _ids: Callable[[int, str], str] = field(repr=False)
    _calendars: UnitCalendars = field(repr=False)

    def case_list(self, *states: str) -> pd.DataFrame:
        """The cases in some states (all: untriggered, fulfilled, broken, pending, not_judged), rule by rule, for the team.

        Columns: ``case_no, case_id, unit, rule`` (id), ``state``. Raises UsageError if there is no such state.
        """
        wanted, named = _wanted(states), self._named()
        parts = []
        for number, rule in enumerate(self._judged):
            rows = np.flatnonzero(np.isin(rule.states, wanted))
            ids = [self._ids(number, group) for group in self._cases["group"].to_numpy()[rows]]
            parts.append(named.iloc[rows].assign(rule=ids, state=[STATES[code] for code in rule.states[rows].tolist()]))
        return _stacked(parts, ["case_no", "case_id", "unit", "rule", "state"])

    def evidence(self, rule: str | None = None, variant_key: str | None = None) -> pd.DataFrame:
        """The broken rules of every case, with the places of the events that break them; of one rule or variant if asked.

        Columns: ``case_no, case_id, unit, rule`` (id), ``places`` (list, from 1 within the case; none where a step is
        missing that no other asks for).
        """
        named, parts = self._named(), []
        of_variant = self._of_variant(variant_key)
        for number, judged_rule in enumerate(self._judged):
            rows = np.flatnonzero((judged_rule.states == BROKEN) & of_variant)
            ids = np.array([self._ids(number, group) for group in self._cases["group"].to_numpy()[rows]], object)
            rows, ids = (rows[ids == rule], ids[ids == rule]) if rule is not None else (rows, ids)
            if len(rows):
                part = named.iloc[rows].assign(rule=ids)
                part["places"] = self._places(judged_rule, rows)
                parts.append(part)
        return _stacked(parts, ["case_no", "case_id", "unit", "rule", "places"])

    def _named(self) -> pd.DataFrame:
        return self.log.sql("select case_no, case_id, unit from cases order by case_no")

    def _of_variant(self, key: str | None) -> Flags:
        if key is None:
            return np.ones(len(self._cases), bool)
        return self._cases["variant"].to_numpy() == self._variant_keys.index(key)

    def _places(self, rule: _JudgedRule, rows: np.ndarray) -> list[list[int]]:
        """For each of the broken cases the places of the events that break the rule."""
        if rule.verdict is not None:
            for_good = _by_variant(self._sequences, rule.verdict.wrong)
            at_the_end = _by_variant(self._sequences, np.union1d(rule.verdict.wrong, rule.verdict.unmet))
            some = self._cases.iloc[rows]
            return [
                (at_the_end if closed else for_good).get(variant, [])
                for variant, closed in zip(some["variant"].tolist(), some["is_closed"].tolist(), strict=True)
            ]
        cases = self._cases["case_no"].to_numpy()[rows]
        events = broken_events(self.log, rule.rule, self._calendars)
        events = events[np.isin(events["case_no"], cases)].sort_values(["case_no", "place"])
        places = events.groupby("case_no")["place"].agg(list).to_dict()
        return [places[case] for case in cases.tolist()]

    def _figures(self) -> dict[str, object]:
        shown = ("cases", "open_cases", "broken_cases", "closing_known")
        return {name: value for name, value in super()._figures().items() if name in shown}


@dataclass(frozen=True)
class _JudgedRule:
    """A rule with the state of every case, and what it says of the sequences if their order decides it."""

    rule: Rule
    states: States
    verdict: Verdict | None


def rules(log: EventLog, flow: Flow, *, by: str | None = None) -> Rules:
    """Hold every case against the rules of the flow; with `by`, count within each group.

    Raises EmptyLog if the log has no cases, UsageError if `by` or a condition of a rule names no column of the cases, or a
    rule on two steps names one step twice.
    """
    log.require_cases()
    for rule in flow.rules:
        _two_different_steps(rule)
    log = flow.named(log)
    variants = log.sql(_VARIANTS)
    sequences = Sequences.of(variants["activities"])
    cases = _case_rows(log, flow, by, variants)
    calendars = UnitCalendars.of_flow(flow.calendar, log.zone)
    found = _judge(log, flow, sequences, cases, calendars)
    ids = rule_ids(flow.rules, cases["group"].unique().tolist() if by else None)
    broken = [each.states == BROKEN for each in found]
    return Rules(
        frame=rule_rows([(each.rule, each.states) for each in found], cases, variants["variant_key"].tolist(), ids, by),
        cases=len(cases),
        open_cases=int((~cases["is_closed"]).sum()),
        broken_cases=int(np.logical_or.reduce(broken).sum()) if broken else 0,
        closing_known=closing_known(log, flow),
        log=log,
        _cases=cases,
        _sequences=sequences,
        _variant_keys=variants["variant_key"].tolist(),
        _judged=found,
        _ids=ids,
        _calendars=calendars,
    )


def _case_rows(log: EventLog, flow: Flow, by: str | None, variants: pd.DataFrame) -> pd.DataFrame:
    """``group`` ("" where nothing is split), ``case_no, variant`` (its place among the variants), ``is_closed``."""
    group = grouping(log, by)
    cases = log.sql(_CASES.format(first=group.first, clock=flow_clock(log, flow, group)))
    return cases[["case_no"]].assign(
        group=cases.iloc[:, 0] if by else "",
        variant=np.searchsorted(variants["variant_no"].to_numpy(), cases["variant_no"].to_numpy()),
        is_closed=cases["is_closed"].astype(bool),
    )


def _judge(
    log: EventLog, flow: Flow, sequences: Sequences, cases: pd.DataFrame, calendars: UnitCalendars
) -> list[_JudgedRule]:
    chosen: dict[tuple[str, ...], Flags] = {}
    found = []
    for rule in flow.rules:
        verdict = judged(sequences, rule.kind, rule.terms) if rule.kind in KINDS else None
        states = _of_cases(sequences, verdict, cases) if verdict else _of_events(log, rule, cases, calendars)
        if rule.where not in chosen:
            chosen[rule.where] = _chosen(log, rule, cases)
        found.append(_JudgedRule(rule, np.where(chosen[rule.where], states, NOT_CHOSEN).astype(np.int8), verdict))
    return found


def _of_cases(sequences: Sequences, verdict: Verdict, cases: pd.DataFrame) -> States:
    """The state of every case by its variant, and by whether more may follow."""
    wrong = sequences.having(verdict.wrong)
    lacking = sequences.having(verdict.unmet) | verdict.short
    so_far = np.where(verdict.triggered, FULFILLED, UNTRIGGERED)
    if_closed = np.where(wrong | lacking, BROKEN, so_far)
    if_open = np.where(wrong, BROKEN, np.where(lacking, PENDING, so_far))
    variant = cases["variant"].to_numpy()
    return np.where(cases["is_closed"].to_numpy(), if_closed[variant], if_open[variant]).astype(np.int8)


def _of_events(log: EventLog, rule: Rule, cases: pd.DataFrame, calendars: UnitCalendars) -> States:
    states = np.full(len(cases), UNTRIGGERED, np.int8)
    found = case_states(log, rule, calendars)
    at = np.searchsorted(cases["case_no"].to_numpy(), found["case_no"].to_numpy())
    states[at] = [CODES[state] for state in found["state"].tolist()]
    return states


def _chosen(log: EventLog, rule: Rule, cases: pd.DataFrame) -> Flags:
    """Which cases do the conditions of the rule choose?"""
    if not rule.where:
        return np.ones(len(cases), bool)
    try:
        numbers = log.where(*rule.where).sql("select case_no from cases")
    except UsageError as error:
        raise UsageError(f"The rule {rule.name or rule.kind!r} cannot be judged: {error}") from error
    return np.isin(cases["case_no"].to_numpy(), numbers["case_no"].to_numpy())


def _two_different_steps(rule: Rule) -> None:
    """Of a flow that was made in Python; one that was read from a file has been asked already."""
    if twice := rule.named_twice:
        raise UsageError(
            f"The rule {rule.name or rule.kind!r} names {twice[1]!r} twice; a rule of the kind {rule.kind} is on two "
            "different steps."
        )


def _by_variant(sequences: Sequences, events: np.ndarray) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for variant, place in zip(sequences.variant[events].tolist(), sequences.place(events).tolist(), strict=True):
        found.setdefault(variant, []).append(place)
    return found


def _wanted(states: tuple[str, ...]) -> list[int]:
    unknown = [state for state in states if state not in CODES]
    if unknown:
        raise UsageError(f"A rule is never {unknown[0]!r} in a case; it is {', '.join(CODES)}.")
    return [CODES[state] for state in states or CODES]


def _stacked(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]
