"""One format per column: found when it can be proved, refused when it cannot."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from saksflyt.connectors.dates import shape_of
from saksflyt.connectors.registry import import_log, inspect, read
from saksflyt.connectors.zones import changes
from saksflyt.mining.errors import DataError, UsageError

NOW = datetime(2030, 11, 1, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")

UNAMBIGUOUS = [
    "%d.%m.%Y", "%d.%m.%y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y kl. %H.%M", "%d.%m.%Y kl %H:%M",
    "%d.%m.%y %H:%M", "%d.%m.%Y, %H:%M", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f", "%Y/%m/%d %H:%M", "%Y.%m.%d", "%Y%m%d",
]  # fmt: skip
PROVABLE = ["%d/%m/%Y", "%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%m-%d-%Y", "%d/%m/%y %H:%M", "%m/%d/%Y %I:%M %p"]

moments = st.datetimes(datetime(2005, 1, 1), datetime(2029, 12, 31)).map(
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)
)


def exported(folder: Path, values: list[str], name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("Saksnr;Hendelse;Dato\n" + "".join(f"{n};a;{v}\n" for n, v in enumerate(values)), encoding="utf-8")
    return path


def times_of(path: Path, **options: object) -> dict[str, datetime]:
    log = read(path, now=NOW, **options)  # type: ignore[arg-type]
    frame = log.sql("select case_id, end_time from events join cases using (case_no)")
    return {row.case_id: row.end_time.to_pydatetime() for row in frame.itertuples()}  # type: ignore[union-attr]


def exists(local: datetime) -> bool:
    there = local.replace(tzinfo=OSLO)
    return there.astimezone(UTC).astimezone(OSLO).replace(tzinfo=None) == local


@pytest.mark.parametrize("form", UNAMBIGUOUS + PROVABLE)
@examples(2, 8, unchecked=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(moments, min_size=1, max_size=20))
def test_every_value_of_one_format_is_recovered(tmp_path: Path, form: str, values: list[datetime]) -> None:
    if form in PROVABLE:
        values = [*values, datetime(2024, 3, 25, 12, 30)]
    written = [value.strftime(form) for value in values]
    found = times_of(exported(tmp_path, written))
    for number, text in enumerate(written):
        local = datetime.strptime(text, form)
        if exists(local):
            assert found[str(number)] == local.replace(tzinfo=OSLO).astimezone(UTC)
        else:
            assert str(number) not in found


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m-%d-%Y %H:%M", "%d/%m/%y"])
def test_an_order_without_proof_is_refused_and_the_sentence_works(tmp_path: Path, form: str) -> None:
    path = exported(tmp_path, [datetime(2024, 3, day, 10, 5).strftime(form) for day in range(1, 13)])
    with pytest.raises(DataError, match="no value proves") as raised:
        read(path)
    assert 'role = "time", format = ' in str(raised.value)
    days = {
        t.astimezone(OSLO).date().isoformat()
        for t in times_of(path, mapping={"columns": {"Dato": {"role": "time", "format": form}}}).values()
    }
    assert days == {f"2024-03-{day:02}" for day in range(1, 13)}
    assert inspect(path).columns[2].fault


def test_another_file_of_the_import_may_prove_the_order(tmp_path: Path) -> None:
    one, two = exported(tmp_path, ["03/04/2024"]), exported(tmp_path, ["25/04/2024"], "two.csv")
    done = import_log([one, two], tmp_path / "log", now=NOW)
    assert done.log.manifest.first_time == datetime(2024, 4, 2, 22, tzinfo=UTC)
    three = exported(tmp_path, ["04/25/2024"], "three.csv")
    with pytest.raises(DataError, match="not in another file"):
        import_log([two, three], tmp_path / "other", now=NOW)


@pytest.mark.parametrize(("text", "utc"), [
    ("2024-07-01T10:00:00+02:00", "2024-07-01T08:00:00"), ("2024-07-01 10:00:00Z", "2024-07-01T10:00:00"),
    ("2024-07-01T10:00:00.5-0130", "2024-07-01T11:30:00.500000"), ("2024-07-01 10:00+02", "2024-07-01T08:00:00"),
    ("2024-07-01 10:00:00 +02:00", "2024-07-01T08:00:00"), ("2024-07-01 10:00:00 UTC", "2024-07-01T10:00:00"),
    ("2024-07-01 10:00:00.1234567", "2024-07-01T08:00:00.123456"), ("2024-07-01T10:00:00,250", "2024-07-01T08:00:00.250000"),
    ("1719828000", "2024-07-01T10:00:00"), ("1719828000250", "2024-07-01T10:00:00.250000"),
    ("45474,5", "2024-07-01T10:00:00"), ("45474", "2024-06-30T22:00:00"), ("01.07.2024\xa010:00", "2024-07-01T08:00:00"),
    ('="01.07.2024"', "2024-06-30T22:00:00"), (" 1.7.2024 9:05 ", "2024-07-01T07:05:00"),
])  # fmt: skip
def test_values_that_exports_have(tmp_path: Path, text: str, utc: str) -> None:
    found = times_of(exported(tmp_path, [text, text]))
    assert found["0"] == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_offsets_are_exact_whatever_the_zone_of_the_log(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=-5))
    values = [datetime(2024, 3, 31, hour, 30, tzinfo=zone) for hour in range(24)]
    found = times_of(exported(tmp_path, [value.isoformat() for value in values]))
    assert sorted(found.values()) == [value.astimezone(UTC) for value in values]


def test_a_missing_clock_makes_one_value_a_day(tmp_path: Path) -> None:
    log = read(exported(tmp_path, ["01.02.2024 10:00", "02.02.2024", "03.02.2024 10:00:30"]), now=NOW)
    kinds = log.sql("select precision from events join cases using (case_no) order by case_id")
    assert kinds["precision"].to_list() == ["minute", "day", "second"]


def test_a_clock_that_always_shows_midnight_is_no_clock(tmp_path: Path) -> None:
    path = exported(tmp_path, ["01.02.2024 00:00:00", "02.02.2024 00:00:00"])
    assert set(read(path, now=NOW).sql("select precision from events")["precision"]) == {"day"}
    assert any("every clock shows 00:00" in line for line in inspect(path).lines())


def test_a_few_odd_dates_are_quarantined_many_are_refused(tmp_path: Path) -> None:
    good = [f"{n % 28 + 1:02}.01.2024" for n in range(196)]
    done = import_log(exported(tmp_path, [*good, *["2024-01-05"] * 4]), tmp_path / "log", now=NOW)
    assert done.receipt.sources[0].quarantined == {"unreadable time": 4}
    with pytest.raises(DataError, match="in another way"):
        read(exported(tmp_path, [*good, *["2024-01-05"] * 5]))


@pytest.mark.parametrize("text", ["31.13.2024", "2024-13-01", "1.2", "", "10:00", "99.99.9999", "2024", "01.02.2024x"])
def test_what_is_no_date(text: str) -> None:
    assert shape_of(text) is None


def test_a_format_that_dates_do_not_have(tmp_path: Path) -> None:
    said = {"columns": {"Dato": {"role": "time", "format": "%Q"}}}
    with pytest.raises((UsageError, DataError), match="%Q"):
        read(exported(tmp_path, ["01.02.2024"]), mapping=said)


@pytest.mark.parametrize("zone", ["Europe/Oslo", "UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_clock_changes_are_those_of_the_zone(zone: str) -> None:
    place = ZoneInfo(zone)
    for change in changes(zone, 2020, 2026):
        before = datetime.fromtimestamp(change.moment - 1, place).utcoffset()
        after = datetime.fromtimestamp(change.moment, place).utcoffset()
        assert before != after
        assert (before, after) == (timedelta(seconds=change.before), timedelta(seconds=change.after))
