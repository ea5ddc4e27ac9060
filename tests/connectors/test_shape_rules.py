"""What the pages on wide tables, audits, intervals and joined tables promise, rule by rule."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from saksflyt.connectors.registry import Reading, import_log, inspect, read
from saksflyt.mining.errors import DataError, PersonalData, UsageError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WIDE = "Saksnr;Mottatt;Vedtak;Avsluttet\n1;01.02.2024;03.02.2024;05.02.2024\n2;02.02.2024;02.02.2024;\n3;04.02.2024;;\n"
AUDIT = "Saksnr;Felt;Gammel verdi;Ny verdi;Endret\n1;status;;a;01.02.2024 10:00\n1;fase;;x;02.02.2024 10:00\n"
SPANS = "Saksnr;Status;Fra;Til\n1;a;01.02.2024 10:00;02.02.2024 10:00\n1;b;03.02.2024 10:00;\n"


def imported(folder: Path, *texts: str, mapping: dict[str, Any] | None = None) -> Reading:
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    return import_log(paths, folder / "log", mapping=mapping, now=NOW)


def steps(done: Reading) -> dict[str, list[str]]:
    rows = done.log.sql("select case_id, activity from events join cases using (case_no) order by case_no, position")
    return {str(case): group["activity"].to_list() for case, group in rows.groupby("case_id")}


def test_steps_of_one_day_have_the_order_of_the_columns(tmp_path: Path) -> None:
    found = steps(imported(tmp_path, "Saksnr;Z;A;M\n1;01.02.2024;01.02.2024;01.02.2024\n2;02.02.2024;;01.02.2024\n"))
    assert found == {"1": ["Z", "A", "M"], "2": ["M", "Z"]}


def test_the_ranks_of_the_mapping_go_before_the_order_of_the_columns(tmp_path: Path) -> None:
    text = "Saksnr;Z;A\n1;01.02.2024;01.02.2024\n2;02.02.2024;01.02.2024\n"
    assert steps(imported(tmp_path, text, mapping={"ranks": {"A": -5}}))["1"] == ["A", "Z"]


def test_days_stand_around_the_precise_times_as_their_columns_do(tmp_path: Path) -> None:
    text = (
        "Saksnr;Før;Klokke;Etter\n1;01.02.2024;01.02.2024 10:00;01.02.2024\n2;02.02.2024;02.02.2024 09:15;03.02.2024\n"
    )
    assert steps(imported(tmp_path, text))["1"] == ["Før", "Klokke", "Etter"]


def test_a_milestone_may_close_the_case(tmp_path: Path) -> None:
    done = imported(tmp_path, WIDE)
    closed = done.log.sql("select case_id, closed is not null as done from cases order by case_id")
    assert closed["done"].to_list() == [True, False, False] and done.log.manifest.closed == "day"
    assert steps(done)["1"] == ["Mottatt", "Vedtak", "Avsluttet"]


def test_a_milestone_may_have_another_name_or_be_left_out(tmp_path: Path) -> None:
    columns = {"Vedtak": {"role": "milestone", "name": "Vedtak fattet"}, "Avsluttet": "closed", "Mottatt": "milestone"}
    done = imported(tmp_path, WIDE, mapping={"columns": columns, "activities": {"Mottatt": "Søknad mottatt"}})
    assert steps(done)["1"] == ["Søknad mottatt", "Vedtak fattet"] and done.log.closing_known


def test_a_deadline_a_plan_and_the_day_of_the_export_are_no_steps(tmp_path: Path) -> None:
    head = "Saksnr;Mottatt;Vedtak;Svarfrist for bruker;Planlagt vedtak;Rapportdato;Født;Hentet\n"
    rows = "".join(
        f"{n};0{n}.02.2024;1{n}.02.2024;0{n}.03.2024;0{n}.03.2024;0{n}.04.2024;0{n}.05.1980;09.09.2024\n"
        for n in range(1, 8)
    )
    assert steps(imported(tmp_path, head + rows))["1"] == ["Mottatt", "Vedtak"]


def test_a_caseworker_of_the_row_is_nobody_s_step_unless_the_mapping_says_so(tmp_path: Path) -> None:
    text = WIDE.replace("\n", ";Kari\n").replace("Avsluttet;Kari", "Avsluttet;Saksbehandler")
    assert imported(tmp_path, text).log.manifest.resources == 0
    log = read(tmp_path / "0.csv", mapping={"columns": {"Saksbehandler": "resource"}}, now=NOW)
    assert log.sql("select count(resource) as n from events")["n"].iloc[0] == log.event_count == 6


def test_a_wide_table_with_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "case_id": [1, 2],
            "received": [date(2024, 2, 1), date(2024, 2, 2)],
            "decided": pa.array([datetime(2024, 2, 5, 9, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        }
    )
    parquet.write_table(table, tmp_path / "x.parquet")
    log = read(tmp_path / "x.parquet", now=NOW)
    assert log.sql("select precision from events order by end_time")["precision"].to_list() == ["day", "day", "second"]


def test_a_wide_table_has_no_activity_and_needs_a_step(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'Mottatt' cannot be the time; give a date of a step the role milestone"):
        imported(tmp_path, WIDE, mapping={"columns": {"Mottatt": "time"}, "table": {"shape": "wide"}})
    with pytest.raises(DataError, match="no column of dates can be recognised as a step"):
        imported(tmp_path, "Saksnr;A;B\n1;x;y\n2;z;y\n", mapping={"table": {"shape": "wide"}})


@pytest.mark.parametrize(
    ("dates", "others", "said"), [(201, 1, "has 201 columns of dates"), (100, 60, "60 columns beside 100")]
)
def test_a_table_too_wide_to_be_one_is_refused(dates: int, others: int, said: str, tmp_path: Path) -> None:
    head = ";".join(["Saksnr", *(f"M{n}" for n in range(dates)), *(f"A{n}" for n in range(others))])
    rows = "".join(
        f"{n};"
        + ";".join([f"0{n}.0{1 + c % 9}.2024" for c in range(dates)] + [f"v{n}{c}" for c in range(others)])
        + "\n"
        for n in range(1, 4)
    )
    with pytest.raises(DataError, match=said):
        imported(tmp_path, f"{head}\n{rows}")


def test_two_different_rows_of_a_case_are_both_kept(tmp_path: Path) -> None:
    rows = "".join(f"{n};0{n}.02.2024;1{n}.02.2024;\n" for n in range(4, 10))
    done = imported(
        tmp_path, WIDE + rows + "1;01.02.2024;09.02.2024;\n3;04.02.2024;;\n", mapping={"table": {"shape": "wide"}}
    )
    [source] = done.receipt.sources
    assert source.duplicates == {"same case and content": 1} and source.adds_up
    assert steps(done)["1"] == ["Mottatt", "Mottatt", "Vedtak", "Avsluttet", "Vedtak"]
    assert any("20 events made, one per milestone" in line for line in done.receipt.lines())


def test_the_fields_of_an_audit_are_those_that_the_mapping_names(tmp_path: Path) -> None:
    assert steps(imported(tmp_path, AUDIT))["1"] == ["a"]
    log = read(tmp_path / "0.csv", mapping={"table": {"fields": ["FASE", "Status"]}}, now=NOW)
    assert log.traces() == read(tmp_path / "0.csv", mapping={"table": {"fields": ["status", "fase"]}}).traces()
    assert log.event_count == 2
    with pytest.raises(DataError, match="no row changes the field 'vedtak'"):
        read(tmp_path / "0.csv", mapping={"table": {"fields": ["vedtak"]}})


def test_an_audit_without_a_status_asks_which_field_counts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no field in the column 'Felt' .* fields = "):
        imported(tmp_path, AUDIT.replace("status", "x").replace("fase", "y"))


def test_an_audit_with_columns_of_any_name(tmp_path: Path) -> None:
    columns = {"K": "case", "F": "field", "F1": "old", "F2": "activity", "T": "time"}
    text = AUDIT.replace("Saksnr;Felt;Gammel verdi;Ny verdi;Endret", "K;F;F1;F2;T")
    assert steps(imported(tmp_path, text, mapping={"columns": columns}))["1"] == ["a"]


def test_a_new_status_that_is_a_national_id_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(PersonalData, match="Ny verdi"):
        imported(tmp_path, AUDIT.replace(";a;", ";10915596784;"))


def test_a_long_audit_in_which_values_recur(tmp_path: Path) -> None:
    """Long enough that the values of a column are gathered before they are asked about."""
    rows = "".join(
        f"{n // 10};{'status' if n % 2 else 'x'};{'' if n % 10 == 1 else 'b'};s{n % 7};0{1 + n % 9}.02.2024 10:{n // 9 % 60:02}\n"
        for n in range(12_000)
    )
    done = imported(tmp_path, AUDIT + rows)
    [source] = done.receipt.sources
    assert (source.accepted, source.set_aside, source.adds_up) == (6001, {"other field": 6001}, True)


@pytest.mark.parametrize("end", ["", "31.12.9999 00:00", "NULL"])
def test_a_span_without_an_end_is_an_event_at_its_start(end: str, tmp_path: Path) -> None:
    done = imported(tmp_path, SPANS.replace("03.02.2024 10:00;", f"03.02.2024 10:00;{end}"))
    rows = done.log.sql("select start_time, end_time from events order by position")
    assert rows["start_time"].iloc[1] == rows["end_time"].iloc[1]
    assert done.receipt.sources[0].unpaired == {"start without an end": 1} and done.receipt.quarantine is None


def test_spans_of_which_none_has_ended(tmp_path: Path) -> None:
    done = imported(tmp_path, "Saksnr;Status;Fra;Til\n1;a;01.02.2024;\n2;b;02.02.2024;\n;b;02.02.2024;\n")
    assert steps(done) == {"1": ["a"], "2": ["b"]} and done.receipt.sources[0].quarantined == {"no case id": 1}


def test_open_spans_of_days_among_clocks_keep_their_precision(tmp_path: Path) -> None:
    text = "Saksnr;Status;Fra;Til\n1;a;01.02.2024;02.02.2024 10:00\n1;b;03.02.2024;\n"
    found = imported(tmp_path, text).log.sql("select precision from events order by position")
    assert found["precision"].to_list() == ["minute", "day"]


EVENTS = "Saksnr;Hendelse;Tidspunkt;Kanal\n1;a;01.02.2024 10:00;x\n1;b;09.02.2024 10:00;y\n2;a;02.02.2024 10:00;x\n3;a;03.02.2024 10:00;x\n"
CASES = (
    "Saksnr;Sakstype;Kanal;Avsluttet;Frist\n1;KVP;Post;05.02.2024;01.03.2024\n2;KVP;Nett;;x\n4;KVP;Nett;;01.03.2024\n"
)


@pytest.mark.parametrize("first", [0, 1])
def test_a_case_table_joins_the_events_in_any_order_of_the_files(first: int, tmp_path: Path) -> None:
    done = imported(tmp_path, *((EVENTS, CASES) if first == 0 else (CASES, EVENTS)))
    cases = done.log.sql('select case_id, type, "case Kanal", closed, due from cases order by case_id')
    assert cases["case Kanal"].fillna("").to_list() == ["Post", "Nett", ""]
    assert cases["closed"].notna().to_list() == [True, False, False]
    assert cases["due"].notna().to_list() == [True, False, False]
    by_name = {source.name: source for source in done.receipt.sources}
    told = by_name["1.csv" if first == 0 else "0.csv"]
    assert (told.accepted, told.events, told.set_aside) == (2, 0, {"case without events": 1})
    assert told.paired == {"row of the case table": 2} and told.adds_up
    assert done.receipt.cells == {"Frist: unreadable time": 1}
    assert any("1 cases with events have no row" in note for note in done.receipt.notes)


def test_a_case_table_with_too_much_to_say_is_refused(tmp_path: Path) -> None:
    names, values = (";".join(f"{letter}{n}" for n in range(201)) for letter in "AV")
    with pytest.raises(DataError, match="says 201 things of each case"):
        imported(tmp_path, EVENTS, f"Saksnr;{names}\n" + "".join(f"{n};{values}\n" for n in (1, 2, 3)))


def test_a_case_table_joins_an_audit(tmp_path: Path) -> None:
    done = imported(tmp_path, AUDIT + "2;status;;a;01.02.2024 10:00\n", "Saksnr;Sakstype\n1;KVP\n2;Bolig\n3;Bolig\n")
    assert done.log.sql("select type from cases order by case_id")["type"].to_list() == ["KVP", "Bolig"]


def test_the_case_table_may_be_named(tmp_path: Path) -> None:
    mapping = {"table": {"shape": "joined", "cases": "1.*"}}
    assert imported(tmp_path, EVENTS, CASES, mapping=mapping).receipt.sources[1].events == 0
    with pytest.raises(UsageError, match="no file here has that name"):
        read([tmp_path / "0.csv", tmp_path / "1.csv"], mapping={"table": {"cases": "saker.csv"}})
    with pytest.raises(UsageError, match="every file here has that name"):
        read([tmp_path / "0.csv", tmp_path / "1.csv"], mapping={"table": {"cases": "*.csv"}})


def test_inspect_says_what_each_column_of_a_wide_table_is(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(WIDE, encoding="utf-8")
    shown = inspect(tmp_path / "x.csv")
    assert [column.role for column in shown.columns] == ["case", "milestone", "milestone", "milestone"]
    assert "its name says that it closes the case, too" in shown.columns[3].why
    assert 'shape = "wide"' in shown.mapping
    assert (
        "  shape: wide, one row per case ('Saksnr' never comes back, and 3 columns hold dates of steps)"
        in shown.lines()
    )


def test_spans_without_any_time_are_no_events(tmp_path: Path) -> None:
    mapping = {"table": {"shape": "intervals"}}
    for texts in (("Saksnr;Status;Fra;Til\n1;a;;\n2;b;;\n", SPANS), ("Saksnr;Status;Fra;Til\n1;a;;\n",)):
        with pytest.raises(DataError, match="'Til': no value is filled in"):
            imported(tmp_path, *texts, mapping=mapping)
    done = imported(tmp_path, "Saksnr;Status;Fra;Til\n1;a;01.02.2024;\n2;b;;\n", mapping=mapping)
    (source,) = done.receipt.sources
    assert (source.accepted, sum(source.quarantined.values()), done.log.case_count) == (1, 1, 1)


def test_a_window_that_begins_after_the_data(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="window ends before it begins"):
        imported(tmp_path, SPANS, mapping={"from": date(2030, 1, 1)})


def test_a_column_with_too_few_dates_for_a_step_is_said_to_be_none(tmp_path: Path) -> None:
    export = tmp_path / "saker.csv"
    rows = [
        "1;01.01.2026;09.01.2026;ingen;01.02.1980",
        "2;02.01.2026;;12.02.2026;03.04.1970",
        "3;08.01.2026;;13.02.2026;",
    ]
    export.write_text("\n".join(["Saksnr;Mottatt;Vedtak;Klage;DOB", *rows]) + "\n", encoding="utf-8")
    reading = import_log(export, tmp_path / "log", now=NOW)
    assert any("'Klage' has dates in 67% of its filled cells" in note for note in reading.receipt.notes)
    assert reading.log.activities == ["Mottatt", "Vedtak"] and "DOB" in reading.receipt.dropped
