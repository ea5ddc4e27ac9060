"""What do the numbers rest on, and what can they not say?"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath, PureWindowsPath
from zoneinfo import ZoneInfo

from ...mining.findings import Findings
from ...mining.manifest import Source
from ..section import Column, Definition, Definitions, Notes, Row, Section, Table, row
from ..words import Words

ID = "method"
_SHOWN = 20
_FATES = ("duplicates", "quarantined", "set_aside")

# Every figure that `saksflyt explain` knows and the report uses: without an intended flow, with one, with its deadlines,
# with its rules, and always.
WITHOUT_FLOW = ("map.along_share",)
WITH_FLOW = ("conform.conforming_share", "conform.share", "conform.extra_days", "map.meant_share")
WITH_DEADLINES = ("deadlines.met_share",)
WITH_RULES = ("rules.broken_share",)
FIGURES = (
    "map.hidden_share",
    "variants.share",
    "rework.right_first_time",
    "rework.extra_times",
    "waiting.total_days",
    "throughput.median_days",
    "throughput.p90_days",
    "throughput.survival",
    "throughput.finished",
    "backlog.closed_p85_days",
    "backlog.older",
    "backlog.weeks_of_work",
    "backlog.little_gap",
)


def section(findings: Findings, words: Words) -> Section:
    """Sources and counts by reason, what to beware of, and how each figure is worked out."""
    manifest = findings.manifest
    blocks = [Notes(words.say("method.notes"), notes(findings, words)), _log(findings, words)]
    if manifest.sources:
        blocks.append(_sources(manifest.sources, words))
    if reasons := _reasons(manifest.sources, words):
        blocks.append(reasons)
    blocks.append(_definitions(findings, words))
    return Section(
        id=ID,
        nav=words.say("method.nav"),
        title=_title(findings, words),
        lead=(words.say("method.lead"),),
        blocks=tuple(blocks),
    )


def _title(findings: Findings, words: Words) -> str:
    records = sum(source.records for source in findings.manifest.sources)
    unused = records - sum(source.accepted for source in findings.manifest.sources)
    if not records:
        return words.say("method.title_no_sources", findings.events)
    if unused:
        return words.say("method.title_unused", unused, records=records)
    return words.say("method.title", findings.events)


def notes(findings: Findings, words: Words) -> tuple[str, ...]:
    """Everything that a reader of the numbers must know, and nothing that does not hold for this log."""
    manifest = findings.manifest
    said = [words.say("method.calendar_days"), *weighty(findings, words)]
    if manifest.resources or manifest.applicants:
        said.append(words.say("method.ordinals" if manifest.people == "ordinals" else "method.pseudonyms"))
    return (*said, *(words.name(note) for note in manifest.notes))


def weighty(findings: Findings, words: Words) -> list[str]:
    """What may change what the numbers mean, the weightiest first: what holds for the whole log, then the most events."""
    manifest = findings.manifest
    said = [words.say("method.selection")] if findings.selection else []
    said.append(_closed(findings, words))
    if findings.open_cases:
        said.append(words.say("method.open_cases", findings.open_cases, cases=findings.cases))
    said.append(words.say("method.start_times" if manifest.start_times else "method.no_start_times"))
    counted = [
        ("date_only", manifest.date_only_events, {}),
        ("tied", manifest.tied_events, {"cases": words.say("words.cases", manifest.tied_cases)}),
        ("identical", manifest.identical_rows, {}),
        ("several_units", manifest.cases_with_several_units, {}),
        ("after_window", manifest.after_window, {"day": words.date(_window_end(findings))}),
        ("ambiguous", manifest.ambiguous_times, {}),
        ("missing", manifest.missing_times, {}),
    ]
    counted.sort(key=lambda each: -each[1])
    return said + [words.say(f"method.{key}", count, **values) for key, count, values in counted if count]


def _closed(findings: Findings, words: Words) -> str:
    """Who says which cases are closed: the export, the flow, or nobody."""
    meant = findings.intended
    if meant is not None and meant.closed_by_flow:
        return words.say(
            "deviations.closed_by", steps=words.either([words.quoted(step) for step in meant.flow.closed_by])
        )
    return words.say(f"method.closed_{findings.manifest.closed or 'unknown'}")


def _log(findings: Findings, words: Words) -> Table:
    manifest = findings.manifest
    open_cases = "words.unknown" if findings.open_cases is None else ""
    facts = [
        ("log", words.name(findings.log_name)),
        ("selection", words.selection(findings.selection)),
        ("cases", words.number(findings.cases)),
        ("open_cases", words.say(open_cases) if open_cases else words.number(findings.open_cases or 0)),
        ("single_event", words.number(single_event_cases(findings))),
        ("events", words.number(findings.events)),
        ("median_events", median_events(findings, words)),
        ("activities", words.number(findings.activities)),
        ("routes", words.number(len(findings.variants.frame))),
        ("period", words.dates(findings.first_time.date(), findings.last_time.date())),
        ("window", _window(findings, words)),
        ("zone", words.name(manifest.zone)),
        ("case_notion", "" if manifest.case_notion == "case" else words.name(manifest.case_notion)),
        ("program", words.name(manifest.program)),
    ]
    columns = (Column(words.say("method.col_fact"), "name"), Column(words.say("method.col_value"), "text"))
    rows = tuple(row([words.say(f"figures.{key}"), value]) for key, value in facts if value)
    return Table(words.say("method.log"), columns, rows)


def single_event_cases(findings: Findings) -> int:
    """Cases with one event only: going on, broken off, or registered wrongly."""
    frame = findings.variants.frame
    return int(frame["cases"][frame["activities"].map(len) == 1].sum())


def median_events(findings: Findings, words: Words) -> str:
    """Half an event is possible, where the middle lies between two cases."""
    return words.number(findings.median_events, 0 if float(findings.median_events).is_integer() else 1)


def _window(findings: Findings, words: Words) -> str:
    begins = findings.manifest.observed_from or findings.first_time
    return words.dates(_local(begins, findings), _window_end(findings))


def _window_end(findings: Findings) -> date:
    """The last day that the log covers; a window that ends at midnight ends with the day before."""
    end = findings.manifest.observed_to or findings.last_time
    return _local(end - timedelta(microseconds=1), findings)


def _local(moment: datetime, findings: Findings) -> date:
    return moment.astimezone(ZoneInfo(findings.manifest.zone)).date()


def _sources(sources: list[Source], words: Words) -> Table:
    rows = [_source(_base_name(source.name, words), [source], words) for source in sources[:_SHOWN]]
    if len(sources) > _SHOWN:
        rest = words.say("method.more_sources", len(sources) - _SHOWN)
        rows.append(_source(rest, sources[_SHOWN:], words, "rest"))
    if len(sources) > 1:
        rows.append(_source(words.say("method.all_sources"), sources, words, "total"))
    titles = ("source", "records", "accepted", *_FATES, "events")
    columns = [Column(words.say(f"method.col_{title}"), "number") for title in titles[1:]]
    columns.insert(0, Column(words.say("method.col_source"), "name"))
    return Table(words.say("method.sources"), tuple(columns), tuple(rows), words.say("method.sources_below"))


def _source(name: str, sources: list[Source], words: Words, tone: str = "plain") -> Row:
    counts = [sum(s.records for s in sources), sum(s.accepted for s in sources)]
    counts += [sum(sum(getattr(s, fate).values()) for s in sources) for fate in _FATES]
    counts.append(sum(s.events for s in sources))
    return row([name, *(words.number(count) for count in counts)], tone)


def _reasons(sources: list[Source], words: Words) -> Table | None:
    """The records that were not used, by what happened to them and why."""
    counts: Counter[tuple[str, str]] = Counter()
    for source in sources:
        for fate in _FATES:
            counts.update({(fate, reason): n for reason, n in getattr(source, fate).items() if n})
    if not counts:
        return None
    ordered = sorted(counts.items(), key=lambda item: (_FATES.index(item[0][0]), -item[1], item[0][1]))
    rows = [row([words.say(f"method.col_{fate}"), reason(why, words), words.number(n)]) for (fate, why), n in ordered]
    folded = ordered[_SHOWN:]
    if folded:
        rest = words.say("method.more_reasons", len(folded))
        rows[_SHOWN:] = [row([rest, "", words.number(sum(n for _, n in folded))], "rest")]
    columns = (
        Column(words.say("method.col_fate"), "name"),
        Column(words.say("method.col_reason"), "text"),
        Column(words.say("method.col_records")),
    )
    return Table(words.say("method.reasons"), columns, tuple(rows))


def reason(why: str, words: Words) -> str:
    """A reason in the reader's language where the catalogue has it, else as the connector says it."""
    key = f"reasons.{re.sub(r'[^a-z]+', '_', why.lower()).strip('_')}"
    return words.say(key) if words.knows(key) else words.name(why)


def _definitions(findings: Findings, words: Words) -> Definitions:
    waiting = "waiting" if findings.waiting.kind == "waiting" else "between"
    entries = []
    meant = WITHOUT_FLOW if findings.intended is None else WITH_FLOW
    judged = (WITH_DEADLINES if findings.deadlines else ()) + (WITH_RULES if findings.rules else ())
    for figure in (*meant, *judged, *FIGURES):
        key = figure.replace("waiting.", f"{waiting}.").replace(".", "_")
        name, text = words.say(f"method.{key}"), words.say(f"method.{key}_is")
        entries.append(Definition(figure, name, text, f"saksflyt explain {figure}"))
    return Definitions(words.say("method.definitions"), words.say("method.definitions_lead"), tuple(entries))


def _base_name(name: str, words: Words) -> str:
    """A file's own name: the folders above it say more about a machine than about the data."""
    return words.name(PureWindowsPath(PurePosixPath(name).name).name)
