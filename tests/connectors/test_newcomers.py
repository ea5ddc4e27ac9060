"""What people who tried Saksflyt for the first time ran into."""

from pathlib import Path

import pytest

from saksflyt.connectors.registry import import_log, inspect, read
from saksflyt.mining.errors import DataError, PersonalData

HEADER = "Saksnr;Hendelse;Tidspunkt;Saksbehandler;Leder;Kl"
SYNTHETIC = "01819000049"


def export(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "export.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def rows(count: int, step: str = "Søknad mottatt", time: str = "{:02d}.01.2026 10:00") -> list[str]:
    return [f"{n};{step};{time.format(n % 28 + 1)};nh1{n % 3};Per Ås;" for n in range(1, count + 1)]


def test_one_national_id_in_a_step_stops_the_import(tmp_path):
    path = export(tmp_path, *rows(40), f"41;Brev til {SYNTHETIC};02.01.2026 10:00;nh1;Per Ås;")
    with pytest.raises(PersonalData) as raised:
        read(path)
    assert SYNTHETIC not in str(raised.value)
    assert "[activities]" in str(raised.value)
    assert SYNTHETIC not in "\n".join(inspect(path).lines())
    renamed = {"activities": {f"Brev til {SYNTHETIC}": "Brev sendt"}}
    assert "Brev sendt" in read(path, mapping=renamed).activities


def test_a_column_of_people_is_left_out_by_its_name_or_its_content(tmp_path):
    header = "Saksnr;Hendelse;Tidspunkt;Saksbehandler;Leder;Kodet av;Ansvarlig avdeling"
    lines = [f"{n};A;0{n}.01.2026;nh{n % 3};Per Ås;nh{(n + 1) % 3};Nord" for n in range(1, 9)]
    receipt = import_log(export(tmp_path, *lines, header=header), tmp_path / "x").receipt
    assert {"Leder", "Kodet av"} <= set(receipt.dropped)
    assert "Ansvarlig avdeling" not in receipt.dropped


def test_a_day_that_no_month_has_is_one_bad_value(tmp_path):
    receipt = import_log(export(tmp_path, *rows(11), "12;Vedtak;31.02.2026 10:00;nh1;Per Ås;"), tmp_path / "x").receipt
    assert receipt.sources[0].quarantined == {"unreadable time": 1}


def test_a_clock_in_a_column_of_its_own_does_not_pass_unseen(tmp_path):
    lines = [f"1;Steg {n};02.01.2026;nh1;Per Ås;{9 + n:02d}:15" for n in range(1, 5)]
    receipt = import_log(export(tmp_path, *lines), tmp_path / "x").receipt
    assert any("'Kl' holds times of day" in line for line in receipt.lines())


def test_utf8_with_one_bad_byte_is_not_read_as_something_else(tmp_path):
    path = export(tmp_path, *rows(5, "Søknad mottatt"))
    path.write_bytes(path.read_bytes().replace(b"3;S", b"3\xf8;S"))
    with pytest.raises(DataError, match="UTF-8 up to line 4"):
        read(path)
    assert "SÃ¸knad mottatt" in read(path, mapping={"encoding": "cp1252"}).activities
    path.write_bytes("\n".join([HEADER, *rows(5)]).encode("cp1252"))
    assert read(path).activities == ["Søknad mottatt"]


def test_a_closing_known_to_the_day_is_known_when_the_day_is_over(tmp_path):
    lines = ["1;A;02.01.2026 08:00;03.01.2026", "1;B;03.01.2026 09:00;03.01.2026", "2;A;05.01.2026 09:00;"]
    log = read(export(tmp_path, *lines, header="Saksnr;Hendelse;Tidspunkt;Avsluttet"))
    assert log.manifest.closed == "day"
    assert log.sql("select closed from cases order by case_id")["closed"].notna().tolist() == [True, False]
    assert log.as_of("2026-01-03T12:00").sql("select closed from cases")["closed"].isna().all()
    assert log.as_of("2026-01-03").sql("select closed from cases")["closed"].notna().all()
