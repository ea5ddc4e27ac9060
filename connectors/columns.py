"""The columns of one source while their roles and formats are being found: samples, counts and SQL for a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

from ..mining.errors import UsageError
from ..mining.log import text_literal
from .connector import Records
from .mapping import Column, Mapping
from .personal import Personal

_SAMPLE = 2000
_STREAMED = 10_000
_FEW, _FEW_IN_SAMPLE = 5000, 500
# How programs write that there is no value. Everything else is a value.
MISSING = ("NA", "N/A", "#N/A", "#I/T", "NULL", "Null", "null", "NaN", "nan", "NaT", "<NA>", "None")


def tidied(text: str) -> str:
    """A value without blanks around it and without the ``="…"`` that keeps a spreadsheet from changing it."""
    text = text.strip()
    return text[2:-1] if text.startswith('="') and text.endswith('"') and len(text) > 2 else text


def _filled(values: Counter[str], exact: bool) -> Counter[str]:
    return Counter({text: n for text, n in values.items() if text and (exact or text not in MISSING)})


class Source:
    """One table of records and what the mapping says about its columns."""

    def __init__(self, records: Records, number: int, database: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
        self.records = records
        self.number = number
        self.name = records.name
        self.table = records.table
        self.line = records.line
        self.zone = mapping.zone
        self.headers = _unique(records.headers)
        self.exact = records.roles is not None  # a format that leaves out what is missing: "NA" is a value there
        self.types = records.types or ["VARCHAR"] * len(records.headers)
        self._database = database
        self._mapping = mapping
        self._samples: dict[int, Counter[str]] = {}
        self._values: dict[int, dict[str, int] | None] = {}
        self._untidy: dict[int, bool] = {}
        self._tested: dict[int, tuple[str, str, str]] = {}
        self.run(f"create table faults_{number} (row bigint, c integer, reason varchar)")

    def narrow(self, where: str) -> None:
        """Keep only the records for which the SQL `where` is true; each keeps the number of its line."""
        table = f"kept_{self.number}"
        self.run(
            f"create table {table} as select {self.line} as line, {', '.join(f'c{n}' for n in range(len(self.headers)))} "
            f"from {self.table} where {where} order by rowid"
        )
        for gone in {self.table, *(asked for asked, _, _ in self._tested.values())}:
            self.run(f"drop table {gone}")
        self.table, self.line = table, "line"
        for found in (self._samples, self._values, self._untidy, self._tested):
            found.clear()
        for name in ("in_table", "sampled"):
            self.__dict__.pop(name, None)

    def rewrite(self, column: int, texts: pa.Table) -> None:
        """Put other texts into a column. texts : the texts as ``cell`` gives them (old), and what takes their place (new)"""
        if self.types[column] != "VARCHAR":
            self.run(f"alter table {self.table} alter c{column} set data type varchar using ({self.cell(column)})")
            self.types[column] = "VARCHAR"
        cell = self.cell(column)
        self._database.register("texts", texts)
        self.run(f"update {self.table} set c{column} = texts.new from texts where {cell} = texts.old")
        self._database.unregister("texts")
        if column in self._tested and (asked := self._tested[column][0]) != self.table:
            self.run(f"drop table {asked}")
        for found in (self._samples, self._values, self._untidy, self._tested):
            found.pop(column, None)

    def said(self, column: int) -> Column | None:
        """What the mapping says about a column."""
        return self._mapping.columns.get(self.headers[column])

    def declared(self, column: int) -> Personal | None:
        """What is to be done with the personal data in a column: the mapping goes before the format."""
        said = self.said(column)
        return (said and said.declared) or (self.records.personal.get(column) if said is None else None)

    def renamed(self, role: str, text: str) -> bool:
        """Does the mapping give this step another name?"""
        return role == "activity" and tidied(text) in self._mapping.activities

    def rows(self, query: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        return self._database.execute(query, parameters or []).fetchall()

    def row(self, query: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
        """The one row of an answer."""
        return self.rows(query, parameters)[0]

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer that may be long; nothing else may be asked before the last one is taken."""
        answer = self._database.execute(query)
        while rows := answer.fetchmany(_STREAMED):
            yield from rows

    def run(self, statement: str) -> None:
        """Carry out a statement that gives no rows."""
        self._database.execute(statement).fetchall()

    def check(self, query: str, fault: str) -> None:
        """Raise UsageError with the sentence `fault` if DuckDB cannot understand the query."""
        try:
            self._database.execute(query).fetchall()
        except duckdb.Error as error:
            raise UsageError(f"{self.name}: {fault}.") from error

    @cached_property
    def in_table(self) -> int:
        """Records in the table."""
        return self.row(f"select count(*) from {self.table}")[0]

    @cached_property
    def sampled(self) -> str:
        """SQL: is this row in the sample?"""
        step = max(1, self.in_table // (_SAMPLE // 2))
        return f"(rowid < {_SAMPLE // 2} or rowid % {step} = 0)"

    def sample(self, column: int) -> Counter[str]:
        """Some filled values with their counts: the first rows, and rows spread over the whole table."""
        if column not in self._samples:
            self._take_samples()
        return self._samples[column]

    def _take_samples(self) -> None:
        names = ", ".join(f"c{n}::varchar" for n in range(len(self.headers)))
        rows = self.rows(f"select {names} from {self.table} where {self.sampled}")
        for column in range(len(self.headers)):
            values = Counter(tidied(row[column]) for row in rows if row[column] is not None)
            self._samples[column] = _filled(values, self.exact) or self._rare(column)

    def _rare(self, column: int) -> Counter[str]:
        """Filled values of a column that the sample takes to be empty: a table may be long and a date rare."""
        if self.in_table <= _SAMPLE // 2:
            return Counter()
        words = ", ".join(f"'{word}'" for word in ("", *MISSING))
        rows = self.rows(
            f"select c{column}::varchar from {self.table} where trim(c{column}::varchar) not in ({words}) limit {_SAMPLE}"
        )
        return _filled(Counter(tidied(text) for (text,) in rows), self.exact)

    def values(self, column: int) -> dict[str, int] | None:
        """All values of a column with their counts, where they are few; None where they are many."""
        if column not in self._values:
            few = len(self.sample(column)) <= _FEW_IN_SAMPLE
            query = f"select c{column}::varchar, count(*) from {self.table} group by 1 limit {_FEW + 1}"
            rows = self.rows(query) if few else []
            found = few and len(rows) <= _FEW
            self._values[column] = {text: n for text, n in rows if text is not None} if found else None
        return self._values[column]

    def _is_untidy(self, column: int) -> bool:
        """Are there values that need tidying: blanks at an end, ``="0012"``, or a word for missing?"""
        if self.exact:
            return False
        if column not in self._untidy:
            values = self.values(column)
            if values is not None:
                found = any(t != tidied(t) or t in MISSING for t in values)
            else:
                found = self._untidy_among_many(column)
            self._untidy[column] = bool(found)
        return self._untidy[column]

    def _untidy_among_many(self, column: int) -> bool:
        table, name, _ = self.tested(column)
        blanks = f"{name} < '!' or ends_with({name}, ' ') or ends_with({name}, chr(9))"
        # Where a value is not plain ASCII, its blanks need not be either. That question costs more, so it comes second.
        seldom = f"{name} in ({', '.join(map(text_literal, MISSING))}) or starts_with({name}, '=') or strlen({name}) > length({name})"
        if not self.row(f"select exists (select 1 from {table} where {blanks} or {seldom})")[0]:
            return False
        edges = " or ".join(f"starts_with({name}, chr({n})) or ends_with({name}, chr({n}))" for n in (160, 8239))
        precise = f"{name} in ({', '.join(map(text_literal, MISSING))}) or starts_with({name}, '=') or {edges}"
        return self.row(f"select exists (select 1 from {table} where {blanks} or {precise})")[0]

    def tested(self, column: int) -> tuple[str, str, str]:
        """Where to ask about the texts of a column: the table, the text in it, and how many records have that text.

        Where texts recur they are gathered first: most questions need to be asked of each different text only once.
        """
        if column not in self._tested:
            many = self.types[column] != "VARCHAR" or self.distinct(column) * 4 > self.in_table
            if many:
                self._tested[column] = (self.table, f"c{column}", "1")
            else:
                name = f"different_{self.number}_{column}"
                self.run(f"create table {name} as select c{column} as text, count(*) as n from {self.table} group by 1")
                self._tested[column] = (name, "text", "n")
        return self._tested[column]

    def cell(self, column: int) -> str:
        """SQL for a cell as text, tidied: no blanks around it, no ``="…"``, null where it says that it is missing."""
        name = f"c{column}"
        if self.types[column] in ("DOUBLE", "FLOAT"):
            # Ids that an empty cell among them turned into 1.0, 2.0.
            whole = f"{name} = trunc({name}) and abs({name}) < 1e15"
            return f"case when {whole} then {name}::bigint::varchar else {name}::varchar end"
        if self.types[column] != "VARCHAR":
            return f"{name}::varchar"
        if not self._is_untidy(column):
            return name
        words = ", ".join(f"'{word}'" for word in ("", *MISSING))
        bare = f"regexp_replace(regexp_replace({name}, '^[\\s\\x{{A0}}\\x{{202F}}]+|[\\s\\x{{A0}}\\x{{202F}}]+$', '', 'g'), '^=\"(.*)\"$', '\\1')"
        return f"case when {bare} not in ({words}) then {bare} end"

    def midnights(self, parsed: str) -> bool:
        """Do all the times stand at midnight?"""
        test = f"count(*) filter ({parsed} <> date_trunc('day', {parsed})), count({parsed})"
        if self.row(f"select {test} from {self.table} where {self.sampled}")[0]:
            return False
        clocks, times = self.row(f"select {test} from {self.table}")
        return times > 0 and clocks == 0

    def same(self, one: int, other: int) -> bool:
        """Do two columns hold the same values?"""
        return not self.row(
            f"select exists (select 1 from {self.table} where c{one}::varchar is distinct from c{other}::varchar)"
        )[0]

    def distinct(self, column: int) -> int:
        """About how many different values a column has."""
        return self.row(f"select approx_count_distinct(c{column}) from {self.table}")[0]


def _unique(headers: list[str]) -> list[str]:
    """Headers that occur twice get ``_2``; empty ones are named by their place."""
    taken: set[str] = set()
    names = []
    for place, header in enumerate(headers, 1):
        wanted = header or f"column {place}"
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name)
        names.append(name)
    return names
