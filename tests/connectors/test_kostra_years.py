"""Several years of KOSTRA: each case is told once, the later year's word holds, and every record is accounted for."""

import os
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import saksflyt
from saksflyt.connectors.key_file import make_key
from saksflyt.connectors.registry import Reading, import_log
from saksflyt.mining.errors import DataError, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.sample_logs.kostra import PROGRAM_NAMES, SUPPORT_NAME, participants, write_reports

from .kostra_lines import FNR, layout_of, program, report, support

NOW = datetime(2027, 2, 1, tzinfo=UTC)
COMMITTED = Path(saksflyt.__file__).parent / "sample_logs"
STEPS = ("REG_DATO", "VEDTAK_DATO", "BEGYNT_DATO", "AVSL_DATO")
NAMES = ("Søknad registrert", "Vedtak om program og stønad", "Program startet", "Program avsluttet")
START: dict[str, Any] = {"REG_DATO": date(2024, 1, 8), "VEDTAK_DATO": date(2024, 2, 5), "BEGYNT_DATO": date(2024, 3, 4)}
OVER: dict[str, Any] = {"STATUS": "3", "AVSL_DATO": date(2025, 6, 2)}


def imported(folder: Path, *files: list[str], **how) -> Reading:
    paths = [report(folder / f"{n}.dat", *lines) for n, lines in enumerate(files, 1)]
    done = import_log(paths, folder / "log", now=NOW, replace=True, **how)
    assert all(source.adds_up for source in done.receipt.sources)
    return done


def days(done: Reading) -> Counter[tuple[str, str]]:
    rows = done.log.sql("select activity, strftime(timezone('Europe/Oslo', end_time), '%Y-%m-%d') from events")
    return Counter(rows.itertuples(index=False, name=None))


def test_a_case_told_again_is_a_duplicate_and_the_latest_status_holds(tmp_path: Path) -> None:
    done = imported(tmp_path, [program(2024, **START)], [program(2025, **START, **OVER)])
    first, second = done.receipt.sources
    assert first.duplicates == {"told again by a later year": 1} and first.events == 0
    assert (second.accepted, second.events) == (1, 4)
    assert done.log.sql('select "Status", "Rapporteringsår" from cases').iloc[0].tolist() == ["fullført", "2025"]


def test_a_later_year_that_tells_another_date_holds_and_it_is_said_how_many(tmp_path: Path) -> None:
    later: dict[str, Any] = START | {"VEDTAK_DATO": date(2024, 2, 6)}
    done = imported(tmp_path, [program(2024, **START)], [program(2025, **later)])
    assert done.receipt.sources[0].set_aside == {"told otherwise by a later year": 1}
    assert days(done)["Vedtak om program og stønad", "2024-02-06"] == 1 and done.log.event_count == 3
    assert any(
        "1 record of an earlier year is told otherwise by a later year, whose word holds." in line
        for line in done.receipt.lines()
    )


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    done = imported(tmp_path, [program(2025, **START, **OVER)], [program(2024, **START)])
    assert done.receipt.sources[1].duplicates == {"told again by a later year": 1} and done.log.event_count == 4


def test_both_years_in_one_file(tmp_path: Path) -> None:
    done = imported(tmp_path, [program(2024, **START), program(2025, **START, **OVER)])
    assert done.receipt.sources[0].duplicates == {"told again by a later year": 1} and done.log.event_count == 4


def test_a_date_that_the_later_year_leaves_out_is_filled_in(tmp_path: Path) -> None:
    done = imported(tmp_path, [program(2024, **START)], [program(2025, **START | {"REG_DATO": None}, **OVER)])
    assert days(done)["Søknad registrert", "2024-01-08"] == 1 and done.log.event_count == 4


def test_an_end_that_a_later_year_takes_back_is_no_end(tmp_path: Path) -> None:
    ended: dict[str, Any] = {"STATUS": "4", "AVSL_DATO": date(2024, 12, 2)}
    done = imported(tmp_path, [program(2024, **START, **ended)], [program(2025, **START)])
    assert done.receipt.sources[0].set_aside == {"told otherwise by a later year": 1} and done.log.event_count == 3


def test_another_start_is_another_case(tmp_path: Path) -> None:
    later: dict[str, Any] = START | {"BEGYNT_DATO": date(2024, 4, 2)}
    done = imported(tmp_path, [program(2024, **START)], [program(2025, **later)])
    assert done.log.case_count == 2


def test_the_same_file_twice_is_a_copy_and_nothing_is_lost(tmp_path: Path) -> None:
    done = imported(tmp_path, [program(2024, **START)], [program(2024, **START)], [program(2025, **START)])
    first, second, third = done.receipt.sources
    assert first.duplicates == {"told again by a later year": 1}
    assert second.duplicates == {"overlapping file": 1} and third.accepted == 1


@pytest.mark.parametrize(("of", "other"), [(program, {"KJONN": "1"}), (support, {"KJONN": "2"})], ids=["11CF", "11F"])
def test_twice_in_one_year(of, other: dict, tmp_path: Path) -> None:
    done = imported(tmp_path, [of(), of(), of(**other), of(journal="Z")])
    (source,) = done.receipt.sources
    assert source.duplicates == {"same record": 1} and source.quarantined == {"case has a row already": 1}
    assert source.accepted == 2 and source.rules["PERSON_JOURNALNR twice"] == 3


def test_11f_of_two_years_is_one_case_and_a_decision_counts_once(tmp_path: Path) -> None:
    exempt: dict[str, Any] = {"VEDTAKDATO": date(2024, 5, 6)}
    one = support(2024, months={11: 1, 12: 2}, EKTSTAT="1", **exempt)
    two = support(2025, months={1: 3}, EKTSTAT="4", **exempt)
    done = imported(tmp_path, [one], [two])
    assert done.log.case_count == 1 and sum(days(done).values()) == 4
    assert done.log.sql('select "Sivilstand", "Rapporteringsår" from cases').iloc[0].tolist() == [
        "skilt eller separert", "2025",
    ]  # fmt: skip
    assert any("1 date of a decision was told by an earlier year already" in line for line in done.receipt.lines())


def test_both_forms_in_one_import_are_cases_of_their_own(tmp_path: Path) -> None:
    assert imported(tmp_path, [program(journal="X")], [support(journal="X")]).log.case_count == 2


# Appending


def test_a_later_year_is_appended_with_the_key(tmp_path: Path) -> None:
    make_key(tmp_path / "office.key")
    key = tmp_path / "office.key"
    one = report(tmp_path / "1.dat", program(2024, **START, PERSON_FODSELSNR=FNR), program(2024, "K2", **START))
    two = report(tmp_path / "2.dat", program(2025, **START, **OVER, PERSON_FODSELSNR=FNR), program(2025, "K3"))
    import_log(one, tmp_path / "log", now=NOW, key=key)
    grown = import_log(two, tmp_path / "log", now=NOW, key=key, append=True)
    assert all(source.adds_up for source in grown.receipt.sources)
    assert (grown.log.case_count, grown.log.event_count) == (3, 4 + 3 + 3)
    assert sorted(grown.log.sql('select "Status" from cases')["Status"]) == [
        "fortsatt i program", "fortsatt i program", "fullført",
    ]  # fmt: skip
    together = import_log([one, two], tmp_path / "both", now=NOW, key=key)
    asked = "select case_id, activity, end_time from events join cases using (case_no) order by all"
    assert grown.log.sql(asked).equals(together.log.sql(asked))


def test_what_a_later_year_tells_otherwise_must_be_accepted(tmp_path: Path) -> None:
    make_key(tmp_path / "office.key")
    one = report(tmp_path / "1.dat", program(2024, **START))
    later: dict[str, Any] = START | {"VEDTAK_DATO": date(2024, 2, 6)}
    two = report(tmp_path / "2.dat", program(2025, **later))
    how: dict[str, Any] = {"now": NOW, "key": tmp_path / "office.key"}
    import_log(one, tmp_path / "log", **how)
    with pytest.raises(DataError, match="another history of 1 case"):
        import_log(two, tmp_path / "log", append=True, **how)
    grown = import_log(two, tmp_path / "log", append=True, accept_changes=True, **how)
    assert days(grown)["Vedtak om program og stønad", "2024-02-06"] == 1 and grown.log.event_count == 3


def test_an_earlier_year_is_not_appended(tmp_path: Path) -> None:
    """Its word would hold over the later one's."""
    make_key(tmp_path / "office.key")
    how: dict[str, Any] = {"now": NOW, "key": tmp_path / "office.key"}
    import_log(report(tmp_path / "2.dat", program(2025, **START)), tmp_path / "log", **how)
    with pytest.raises(UsageError, match="is known up to 2025-12-31, later than this export tells"):
        import_log(report(tmp_path / "1.dat", program(2024, **START)), tmp_path / "log", append=True, **how)


def test_without_a_key_nothing_can_be_appended(tmp_path: Path) -> None:
    import_log(report(tmp_path / "1.dat", program(2024, **START)), tmp_path / "log", now=NOW)
    with pytest.raises(UsageError, match="use one --key"):
        import_log(report(tmp_path / "2.dat", program(2025, **START)), tmp_path / "log", now=NOW, append=True)


# Against a plain reading


def told(seed: int) -> list[list[str]]:
    """Three years of a few cases, with repeated, corrected, missing and second records."""
    dice = random.Random(seed)
    files: list[list[str]] = [[], [], []]
    for number in range(dice.randint(1, 6)):
        start = date(2024, 1, 1) + timedelta(days=dice.randrange(300))
        for year, lines in zip((2024, 2025, 2026), files, strict=True):
            for _ in range(dice.choice((0, 1, 1, 1, 2))):
                status = dice.choice("11237")
                said: dict[str, Any] = {
                    "REG_DATO": None if dice.random() < 0.2 else start - timedelta(days=dice.choice((60, 60, 61))),
                    "VEDTAK_DATO": None if dice.random() < 0.1 else start - timedelta(days=dice.choice((20, 20, 21))),
                    "BEGYNT_DATO": start,
                    "STATUS": status,
                    "AVSL_DATO": date(year, 12, dice.choice((1, 2))) if status in "37" or dice.random() < 0.1 else None,
                }
                lines.append(program(year, f"K{number}", **said))
    return [lines or [program(2024, f"F{n}")] for n, lines in enumerate(files)]


def plainly(files: list[list[str]]) -> tuple[Counter[tuple[str, str]], list[tuple[int, int, int, int]]]:
    """The events, and of each file the accepted, duplicate, quarantined and set-aside records; line by line, with slices."""
    counts = [[0, 0, 0, 0] for _ in files]
    firsts: dict[tuple[str, int], tuple[int, str]] = {}
    for number, lines in enumerate(files):
        for line in lines:
            year = 2000 + int(line[4:6])
            case = _cell(line, year, "PERSON_JOURNALNR") + str(_day(line, year, "BEGYNT_DATO"))
            if (case, year) in firsts:
                counts[number][1 if firsts[case, year][1] == line else 2] += 1
            else:
                firsts[case, year] = number, line
    events: Counter[tuple[str, str]] = Counter()
    for case in {case for case, _ in firsts}:
        years = sorted((year for known, year in firsts if known == case), reverse=True)
        said = {year: _said(firsts[case, year][1], year) for year in years}
        last = said[years[0]]
        for step in ("REG_DATO", "VEDTAK_DATO"):
            last[step] = next((said[year][step] for year in years if said[year][step]), None)
        counts[firsts[case, years[0]][0]][0] += 1
        for year in years[1:]:
            again = all(day is None or day == last[step] for step, day in said[year].items())
            counts[firsts[case, year][0]][1 if again else 3] += 1
        events.update((name, str(last[step])) for step, name in zip(STEPS, NAMES, strict=True) if last[step])
    return events, [tuple(each) for each in counts]  # type: ignore[misc]


def _cell(line: str, year: int, name: str) -> str:
    field = layout_of("11CF", year).fields[name]
    return line[field.start - 1 : field.start - 1 + field.length].strip()


def _day(line: str, year: int, name: str) -> date | None:
    text = _cell(line, year, name)
    return datetime.strptime(text, "%d%m%y" if len(text) == 6 else "%d%m%Y").date() if text else None


def _said(line: str, year: int) -> dict[str, date | None]:
    found = {step: _day(line, year, step) for step in STEPS}
    return found | ({} if _cell(line, year, "STATUS") in "34567" else {"AVSL_DATO": None})


@examples(4, 10, unchecked=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_three_years_as_a_plain_reading_tells_them(seed: int, tmp_path: Path) -> None:
    files = told(seed)
    done = imported(tmp_path, *files)
    events, counts = plainly(files)
    assert days(done) == events
    of = [
        (s.accepted, sum(s.duplicates.values()), sum(s.quarantined.values()), sum(s.set_aside.values()))
        for s in done.receipt.sources
    ]
    assert of == counts


# The sample


@pytest.mark.parametrize("name", [*PROGRAM_NAMES.values(), SUPPORT_NAME])
def test_committed_reports_are_what_the_generator_writes(name: str, tmp_path: Path) -> None:
    write_reports(tmp_path)
    again = "run: python -m saksflyt.sample_logs"
    assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes(), again
    assert (COMMITTED / name).stat().st_size < 150_000


def test_the_reports_are_the_same_bytes_everywhere(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from saksflyt.sample_logs.kostra import write_reports; write_reports(Path(sys.argv[1]))"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, cwd=tmp_path)
    for name in (*PROGRAM_NAMES.values(), SUPPORT_NAME):
        assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes()


def test_the_sample_breaks_no_rule_and_fits_the_template(tmp_path: Path) -> None:
    paths = [COMMITTED / name for name in PROGRAM_NAMES.values()]
    done = import_log(paths, tmp_path / "log", now=NOW)
    assert [source.rules for source in done.receipt.sources] == [{}, {}] and done.receipt.quarantine is None
    assert set(done.log.activities) <= set(Flow.read("kvp").ordered)
    support = import_log(COMMITTED / SUPPORT_NAME, tmp_path / "support", now=NOW)
    assert support.receipt.sources[0].rules == {} and support.receipt.sources[0].quarantined == {}


def test_everybody_in_the_sample_is_synthetic() -> None:
    for name in (*PROGRAM_NAMES.values(), SUPPORT_NAME):
        form, year = name.removesuffix(".dat").split("_")
        field = layout_of(form, int(year)).fields["PERSON_FODSELSNR"]
        for line in (COMMITTED / name).read_text(encoding="iso-8859-1").splitlines():
            assert 81 <= int(line[field.start + 1 : field.start + 3]) <= 92


def test_participants_take_a_realistic_time() -> None:
    from saksflyt.sample_logs.arrivals import applications
    from saksflyt.sample_logs.casework import life_of
    from saksflyt.sample_logs.office_hours import OfficeHours

    hours = OfficeHours()
    found = list(participants([life_of(each, 7, hours) for each in applications(7, 200)], 7))
    assert len(found) > 20
    for each in found:
        assert 10 <= (each.decided - each.registered).days <= 60
        assert each.registered < each.decided < each.started < each.ended <= each.started + timedelta(days=770)
