"""Are there values missing, rows twice, records that the import refused, or steps hidden in other columns?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .database import identifier
from .quality_profile import ATTRIBUTES, EXAMPLES, Found, Profile
from .quality_ties import in_ties
from .staging import CORE_COLUMNS

# Where half of a step's events have no value, having none is how the step is, and no fault.
_USUAL = 0.5
_MISSING = 0.01  # a few empty cells change no answer
_FEWEST = 3
_ALIKE = 0.001  # two equal rows in a thousand may well be two equal events
_UNPAIRED = 0.01
_LOOKED_AT = 2_000  # values of a column
_DATES, _FEWEST_DATES = 0.9, 10
_DATE = r"^\s*(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})([ T]\d{1,2}[:.]\d{2}.*)?\s*$"
_TEMPORAL = ("DATE", "TIMESTAMP")

_OF_THE_PLACE = {"position", "source", "source_row", "previous_activity", "micros_since_previous"}

_REPEATED = """
select count(*) as times, max(source_row) as latest, arg_max(source, source_row) as source
from {tied} group by {columns} having count(*) > 1
"""


def values(profile: Profile) -> Iterator[Found]:
    """Missing values, repeated rows, refused records, dates in attributes."""
    yield from _missing(profile)
    yield from _missing_of_cases(profile)
    yield from _repeated(profile)
    yield from _refused(profile)
    yield from _rules(profile)
    yield from _of_the_import(profile)
    yield from _dates(profile)


def _missing(profile: Profile) -> Iterator[Found]:
    frame = profile.activities
    for number, column in enumerate(profile.valued):
        filled = frame[f"has_{number}"]
        usual = frame[filled >= _USUAL * frame["events"]]
        of = int(usual["events"].sum())
        count = of - int(usual[f"has_{number}"].sum())
        if count >= max(_FEWEST, _MISSING * of) and filled.sum():
            rows = profile.rows(f"{identifier(column)} is null and {profile.of_steps([str(s) for s in usual.index])}")
            if column == "unit":
                yield Found("missing_unit", count, of, rows=rows)
            else:
                yield Found("missing", count, of, about=column, names=(("column", column),), rows=rows)


def _missing_of_cases(profile: Profile) -> Iterator[Found]:
    """Case attributes. What a case has no value for may not apply to it, so most cases must have one."""
    log = profile.log
    left_out = {"closed", "due", "applicant", "source", "source_row"} | set(profile.valued)
    wanted = [name for name in log.columns("cases") if name not in CORE_COLUMNS or name == "type"]
    names = [name for name in wanted if name not in left_out][:ATTRIBUTES]
    if not names:
        return
    counts = log.sql(f"select {', '.join(f'count({identifier(name)})' for name in names)} from cases").iloc[0]
    of = log.case_count
    for column, filled in zip(names, counts, strict=True):
        count = of - int(filled)
        if filled >= _USUAL * of and count >= max(_FEWEST, _MISSING * of):
            empty = f"select case_no from cases where {identifier(column)} is null"
            rows = profile.rows(f'"position" = 1 and case_no in ({empty})')
            yield Found("missing_case_value", count, of, about=column, names=(("column", column),), rows=rows)


def _repeated(profile: Profile) -> Iterator[Found]:
    columns = [name for name in profile.log.columns("events") if name not in _OF_THE_PLACE]
    frame = profile.log.sql(
        _REPEATED.format(tied=f"({in_ties(profile.log)})", columns=", ".join(identifier(name) for name in columns))
    )
    count = int((frame["times"] - 1).sum())
    if count > _ALIKE * profile.events:
        first = frame.sort_values(["source", "latest"]).head(EXAMPLES)
        rows = tuple(zip(first["source"].astype(int).tolist(), first["latest"].astype(int).tolist(), strict=True))
        yield Found("repeated_rows", count, profile.events, rows=rows)


def _refused(profile: Profile) -> Iterator[Found]:
    """What the import left in quarantine, by reason; the log has the counts, the quarantine file the rows."""
    sources = profile.log.manifest.sources
    records = sum(source.records for source in sources)
    reasons: Counter[str] = Counter()
    for source in sources:
        reasons.update(source.quarantined)
    for reason, count in sorted(reasons.items()):
        if count:
            yield Found("refused_records", count, records, about=reason, names=(("reason", reason),))


def _rules(profile: Profile) -> Iterator[Found]:
    """What breaks a rule of its format and was kept, by rule; the receipt of the import names the lines."""
    sources = profile.log.manifest.sources
    records = sum(source.records for source in sources)
    broken: Counter[str] = Counter()
    for source in sources:
        broken.update(source.rules)
    for rule, count in sorted(broken.items()):
        yield Found("format_rules", count, records, about=rule, names=(("reason", rule),))


def _of_the_import(profile: Profile) -> Iterator[Found]:
    """What only the import could see: counts of the whole log, with no rows."""
    manifest = profile.log.manifest
    if unclear := manifest.ambiguous_times + manifest.missing_times:
        yield Found("unclear_clock", min(unclear, manifest.events), manifest.events)
    unpaired = sum(sum(source.unpaired.values()) for source in manifest.sources)
    if unpaired > _UNPAIRED * manifest.events:
        yield Found("unpaired", min(unpaired, manifest.events), manifest.events)


def _dates(profile: Profile) -> Iterator[Found]:
    """Columns whose values are dates. The log does not know what they mean, so this only points at them."""
    log = profile.log
    of_case = [name for name in log.columns("cases") if name not in CORE_COLUMNS]
    for view, names in (("events", profile.attributes), ("cases", of_case[:ATTRIBUTES])):
        for column in names:
            count, of = _dated(profile, view, identifier(column))
            if of >= _FEWEST_DATES and count >= _DATES * of:
                yield Found("dates_in_attribute", count, of, about=column, names=(("column", column),))


def _dated(profile: Profile, view: str, column: str) -> tuple[int, int]:
    some = f"(select {column} as value from {view} where {column} is not null limit {_LOOKED_AT})"
    dated = " or ".join(f"starts_with(typeof(value), '{kind}')" for kind in _TEMPORAL)
    looked = profile.log.sql(
        f"""select count(*) filter ({dated} or regexp_matches(value::varchar, '{_DATE}')) as dates, count(*) as looked
            from {some}"""
    )
    return int(looked["dates"].iloc[0]), int(looked["looked"].iloc[0])
