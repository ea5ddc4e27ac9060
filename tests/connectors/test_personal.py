"""What the mapping says of personal data is done, and said; what it does not say stops the import or is hinted at."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from saksflyt.connectors import registry
from saksflyt.connectors.connector import Desk, Records
from saksflyt.connectors.key_file import Key, make_key
from saksflyt.connectors.mapping import Column, Mapping
from saksflyt.connectors.personal import Personal
from saksflyt.connectors.registry import Reading, import_log, inspect, read
from saksflyt.connectors.tables import Tables
from saksflyt.mining.errors import DataError, PersonalData, UsageError
from saksflyt.mining.log import EventLog

from .shape_population import WRITERS, population

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NUMBERS = ["01819000049", "01819000200", "13527248013", "68467038838", "10915596784"]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir(mode=0o700)
    make_key(tmp_path / "keys" / "k")
    return tmp_path / "keys" / "k"


def export(folder: Path, header: str, values: list[str], name: str = "export.csv") -> Path:
    path = folder / name
    rows = "".join(f"{n // 2};steg {n % 2};01.02.2024 10:{n % 60:02};{value}\n" for n, value in enumerate(values))
    path.write_text(f"Saksnr;Hendelse;Tidspunkt;{header}\n" + rows, encoding="utf-8")
    return path


def imported(paths: Path | list[Path], folder: Path, columns: dict[str, Any] | None = None, **how: Any) -> Reading:
    return import_log(paths, folder / "log", mapping={"columns": columns or {}}, now=NOW, replace=True, **how)


def expected(key: Path, domain: str, text: str) -> str:
    secret = bytes.fromhex(key.read_text())
    digest = hmac.new(secret, f"{domain}\x1f{text}".encode(), hashlib.sha256).digest()[:12]
    return base64.b32encode(digest).decode().rstrip("=").lower()


# What a mapping may say

REFUSED = [
    ({"role": "attribute", "personal": "keep"}, "only with a reason"),
    ({"role": "attribute", "personal": "keep", "reason": " . "}, "only with a reason"),
    ("keep", "only with a reason"),
    ({"personal": "pseudonymise"}, "say its role"),
    ({"role": "attribute", "personal": "hash"}, "is one of"),
    ({"role": "activity", "personal": "pseudonymise"}, "cannot be declared"),
    ({"role": "time", "personal": "keep", "reason": "fordi"}, "cannot be declared"),
    ({"role": "case", "personal": "drop"}, "cannot be dropped"),
    ({"role": "applicant", "personal": "keep", "reason": "fordi"}, "never stand in a log"),
    ({"role": "attribute", "personal": "pseudonymise", "type": "number"}, "pseudonym is a text"),
    ({"role": "attribute", "personal": "keep", "reason": "ola@nav.no ville det"}, "name nobody"),
    ({"role": "drop", "reason": "tilhører 01819000049"}, "name nobody"),
]


@pytest.mark.parametrize(("said", "fault"), REFUSED)
def test_what_makes_no_sense_is_refused(said: Any, fault: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=fault) as raised:
        imported(export(tmp_path, "Ekstra", NUMBERS), tmp_path, {"Ekstra": said})
    assert "01819000049" not in str(raised.value) and "ola@nav" not in str(raised.value)


WAYS = [
    ("drop", "", "left out: given by the mapping."),
    ({"role": "drop", "reason": "trengs ikke"}, "trengs ikke", "left out: given by the mapping: trengs ikke."),
    ({"personal": "drop", "reason": "trengs ikke"}, "trengs ikke", "left out: given by the mapping: trengs ikke."),
    ("pseudonymise", "", "replaced by ordinals."),
    ({"role": "unit", "personal": "pseudonymise"}, "", "replaced by ordinals."),
    ({"role": "attribute", "personal": "keep", "reason": "prøvedata"}, "prøvedata", "kept as it is: prøvedata."),
]


@pytest.mark.parametrize(("said", "reason", "sentence"), WAYS)
def test_what_was_said_is_in_the_receipt_and_the_manifest(
    said: Any, reason: str, sentence: str, tmp_path: Path
) -> None:
    done = imported(export(tmp_path, "Ekstra", NUMBERS), tmp_path, {"Ekstra": said})
    assert f"Column 'Ekstra' {sentence}" in done.receipt.lines()
    declared = json.loads((done.log.path / "log.json").read_text())["declared"]
    assert [(each["column"], each["reason"]) for each in declared] == [("Ekstra", reason)]
    kept = "kept" in sentence
    assert (NUMBERS[0] in done.log.sql("select * from events").to_csv()) is kept
    assert NUMBERS[0] not in "".join(done.receipt.lines())
    again = EventLog.open(done.log.path).as_of("2024-02-01")
    assert again.manifest.declared == declared


def test_no_mapping_made_by_hand_keeps_without_a_reason(tmp_path: Path) -> None:
    mapping = Mapping(columns={"Ekstra": Column("attribute", personal="keep")})
    with pytest.raises(UsageError, match="without a reason"):
        import_log(export(tmp_path, "Ekstra", NUMBERS), tmp_path / "log", mapping=mapping, now=NOW)


def test_the_mapping_of_a_log_reads_the_export_again(tmp_path: Path) -> None:
    said = {"role": "attribute", "personal": "keep", "reason": 'prøve "x"'}
    path = export(tmp_path, "Ekstra", NUMBERS)
    done = imported(path, tmp_path, {"Ekstra": said})
    assert done.log.manifest.mapping["columns"]["Ekstra"] == said
    assert read(path, mapping=done.log.manifest.mapping, now=NOW).manifest.declared == done.log.manifest.declared


def test_a_format_says_it_of_its_own_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Documented(Tables):
        name = "documented"

        def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
            [made] = super().records(path, desk, first)
            made.personal = {3: Personal("pseudonymise", "the format's number of the household")}
            return [made]

    path = export(tmp_path, "Ekstra", NUMBERS)
    with pytest.raises(PersonalData):
        imported(path, tmp_path)
    monkeypatch.setattr(registry, "connectors", lambda: (Documented(),))
    done = imported(path, tmp_path)
    assert done.receipt.manifest.declared[0]["reason"] == "the format's number of the household"
    assert list(done.log.sql("select Ekstra from events order by source_row")["Ekstra"]) == [
        "V1",
        "V2",
        "V3",
        "V4",
        "V5",
    ]
    assert imported(path, tmp_path, {"Ekstra": "drop"}).log.columns("events").count("Ekstra") == 0


# A case that is a person

PERSONS = "Fnr;Steg;Dato\n" + "".join(f"{n};{step};0{m}.02.2024\n" for n in NUMBERS for m, step in ((1, "a"), (2, "b")))


def test_cases_that_are_persons_may_be_pseudonymised_or_kept(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(PERSONS)
    case = {"Fnr": "case", "Steg": "activity"}
    with pytest.raises(PersonalData, match='"Fnr" = { role = "case", personal = "pseudonymise" }'):
        imported(path, tmp_path, case)
    declared = case | {"Fnr": {"role": "case", "personal": "pseudonymise"}}
    plain = imported(path, tmp_path, declared).log
    assert list(plain.sql("select case_id from cases order by 1")["case_id"]) == ["C1", "C2", "C3", "C4", "C5"]
    keyed = imported(path, tmp_path, declared, key=key).log
    assert set(keyed.sql("select case_id from cases")["case_id"]) == {expected(key, "case", n) for n in NUMBERS}
    kept = imported(path, tmp_path, case | {"Fnr": {"role": "case", "personal": "keep", "reason": "prøvedata"}}).log
    assert set(kept.sql("select case_id from cases")["case_id"]) == set(NUMBERS)
    shown = inspect(path, mapping={"columns": case})
    assert '"Fnr" = { role = "case", personal = "pseudonymise" }' in shown.mapping


FORMS = ("events", "wide", "audit", "intervals", "joined", "xlsx", "parquet")
# Ordinals and a key take turns with the forms; the other half is run by the slow line.
KEYED_IN_TURN = [
    pytest.param(form, keyed, marks=[] if keyed == (n % 2 == 1) else [pytest.mark.slow])
    for n, form in enumerate(FORMS)
    for keyed in (False, True)
]


@pytest.mark.parametrize(("form", "keyed"), KEYED_IN_TURN)
def test_pseudonyms_of_cases_change_nothing_else(form: str, keyed: bool, tmp_path: Path, key: Path) -> None:
    paths = WRITERS[form][0](population(3), tmp_path)
    header = "case_id" if form == "parquet" else "Saksnr"
    plain = imported(paths, tmp_path)
    before, files = plain.log.sql("select * from events join cases using (case_no)"), plain.receipt.sources
    said = {header: {"role": "case", "personal": "pseudonymise"}}
    done = imported(paths, tmp_path, said, key=key if keyed else None)
    after = done.log.sql("select * from events join cases using (case_no)")
    assert done.receipt.sources == files and len(after) == len(before)
    pairs = {(row.source, row.source_row, row.activity): row for row in before.itertuples()}
    names = {}
    for row in after.itertuples():
        old = pairs[row.source, row.source_row, row.activity]
        assert (row.end_time, row.position, row.variant_no) == (old.end_time, old.position, old.variant_no)
        assert names.setdefault(old.case_id, row.case_id) == row.case_id
    assert len(set(names.values())) == len(names) and not set(names) & set(names.values())


def test_cases_of_joined_tables_are_pseudonymised_together(tmp_path: Path, key: Path) -> None:
    events, cases = WRITERS["joined"][0](population(3), tmp_path)
    cases.write_text(cases.read_text(encoding="utf-8").replace("Saksnr", "Saks-ID"), encoding="utf-8")
    done = imported([events, cases], tmp_path, {"Saksnr": {"role": "case", "personal": "pseudonymise"}}, key=key)
    assert done.log.sql("select count(*) as n from cases where type is null")["n"][0] == 0
    assert "2024/" not in done.log.sql("select * from cases").to_csv()
    assert any("'Saks-ID' pseudonymised" in line for line in done.receipt.lines())


# The key


def test_the_same_key_gives_the_same_pseudonyms_in_every_file_and_another_others(tmp_path: Path, key: Path) -> None:
    csv = export(tmp_path, "Søker", [n for n in [*NUMBERS, f"{NUMBERS[2][:6]} {NUMBERS[2][6:]}"] for _ in range(2)])
    later = export(tmp_path, "Søker", [NUMBERS[1]] * 2 + [NUMBERS[0].lstrip("0")] * 2, "later.csv")
    table = pa.table(
        {
            "Saksnr": ["1", "2"],
            "Hendelse": ["a", "b"],
            "Tidspunkt": ["01.02.2024"] * 2,
            "Søker": [int(n) for n in NUMBERS[:2]],
        }
    )
    parquet.write_table(table, tmp_path / "numbers.parquet")
    applicants = [
        set(imported(path, tmp_path, key=key).log.sql("select applicant from cases")["applicant"])
        for path in (csv, later, tmp_path / "numbers.parquet")
    ]
    assert applicants[0] == {expected(key, "applicant", number) for number in NUMBERS}
    assert applicants[1] <= applicants[0] and applicants[2] == {expected(key, "applicant", n) for n in NUMBERS[:2]}
    (tmp_path / "keys" / "other").write_text("ab" * 32)
    (tmp_path / "keys" / "other").chmod(0o600)
    other = set(
        imported(csv, tmp_path, key=tmp_path / "keys" / "other").log.sql("select applicant from cases")["applicant"]
    )
    assert not other & applicants[0]


def test_every_domain_has_pseudonyms_of_its_own(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "Saksnr;Hendelse;Tidspunkt;Saksbehandler;Søker;Enhet;A;B\n"
        + "".join(f"{n};a{i};01.02.2024 10:{i}0;{n};{n};{n};{n};{n}\n" for n in NUMBERS for i in range(2))
    )
    ways = {"role": "attribute", "personal": "pseudonymise"}
    columns = {
        "Saksnr": {"role": "case", "personal": "pseudonymise"}, "Saksbehandler": "resource", "Søker": "applicant",
        "Enhet": {"role": "unit", "personal": "pseudonymise"}, "A": ways, "B": {**ways, "name": "Bé"},
    }  # fmt: skip
    done = imported(path, tmp_path, columns, key=key)
    row = done.log.sql("select * exclude (case_no) from events join cases using (case_no) where source_row = 2").iloc[0]
    domains = {"case_id": "case", "resource": "resource", "applicant": "applicant", "unit": "unit"}
    domains |= {"A": "attribute A", "Bé": "attribute Bé"}
    assert {name: row[name] for name in domains} == {n: expected(key, d, NUMBERS[0]) for n, d in domains.items()}
    manifest = (done.log.path / "log.json").read_text()
    assert done.log.manifest.people == Key.read(key).id and key.read_text().strip() not in manifest
    assert str(key) not in manifest and f"pseudonyms of the key {Key.read(key).id}" in "\n".join(done.receipt.lines())
    assert not any("beside the data" in line for line in done.receipt.lines())


def test_a_key_beside_the_data_is_noted_and_one_for_a_log_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    make_key(tmp_path / "k")
    done = imported(export(tmp_path, "Søker", NUMBERS), tmp_path, key=tmp_path / "k")
    assert any("beside the data" in line for line in done.receipt.lines())
    with pytest.raises(UsageError, match="leave out the key"):
        read(done.log.path, key=tmp_path / "k")
    assert read(done.log.path).manifest.people == done.log.manifest.people


def test_the_same_import_gives_the_same_bytes(tmp_path: Path, key: Path) -> None:
    path = export(tmp_path, "Søker", NUMBERS * 40)
    said = {"Saksnr": {"role": "case", "personal": "pseudonymise"}}
    for how in ({"key": key}, {}):
        seen = set()
        for _ in range(2):
            done = imported(path, tmp_path, said, **how)
            seen.add(b"".join(file.read_bytes() for file in sorted(done.log.path.iterdir())))
        assert len(seen) == 1


# Free text


def test_free_text_that_is_kept_is_masked(tmp_path: Path) -> None:
    texts = [
        f"Søker {n} ringte fra {n[:6]} {n[6:]}, konto 1234.56.78903, skrev fra kari.n{i}@nav.no"
        for i, n in enumerate(NUMBERS * 3)
    ]
    path = export(tmp_path, "Notat", texts)
    with pytest.raises(PersonalData, match="national ids"):
        imported(path, tmp_path, {"Notat": "attribute"})
    said = {"Notat": {"role": "free text", "personal": "keep", "reason": "leter etter tema"}}
    done = imported(path, tmp_path, said)
    [masked] = set(done.log.sql("select Notat from events join cases using (case_no)")["Notat"])
    assert masked == "Søker [national id] ringte fra [national id], konto [account number], skrev fra [e-mail]"
    assert "Column 'Notat' kept, numbers and addresses inside it masked: leter etter tema." in done.receipt.lines()
    assert "Notat" not in done.receipt.dropped


def test_one_number_in_long_texts_that_are_kept_stops(tmp_path: Path) -> None:
    texts = [f"Dette er et langt notat nummer {n} om hva som ble sagt i møtet den dagen" for n in range(60)]
    clean = export(tmp_path, "Notat", texts)
    assert imported(clean, tmp_path, {"Notat": "attribute"}).log.event_count == 60
    texts[41] += f" med søker {NUMBERS[2]}"
    with pytest.raises(PersonalData, match=r"national ids \(1 of 60 values\)"):
        imported(export(tmp_path, "Notat", texts), tmp_path, {"Notat": "attribute"})


# Few numbers, phones, names: hints


@pytest.mark.parametrize("role", ["activity", "unit", "case type", "case unit"])
def test_one_number_is_enough_where_reports_show_it(tmp_path: Path, role: str) -> None:
    values = ["a", "b"] * 500
    values[777] = f"b {NUMBERS[0]}"
    columns = {"Ekstra": role} | ({"Hendelse": "attribute"} if role == "activity" else {})
    with pytest.raises(PersonalData, match="1 of 1000"):
        imported(export(tmp_path, "Ekstra", values), tmp_path, columns)


@pytest.mark.parametrize("many", [False, True])
def test_few_numbers_in_an_attribute_are_a_hint_with_their_count(tmp_path: Path, many: bool) -> None:
    values = [f"x{n}" if many else "x" for n in range(7000 if many else 100)]
    values[10:13] = NUMBERS[:3]
    path = export(tmp_path, "Ekstra", values)
    [hint] = [line for line in imported(path, tmp_path).receipt.lines() if "'Ekstra'" in line]
    assert f"national ids (3 of {len(values)} values); they stay in the log" in hint
    assert any(f"3 of {len(values)}" in line for line in inspect(path).lines())
    said = {"Ekstra": {"role": "attribute", "personal": "keep", "reason": "prøvedata"}}
    assert not any("they stay" in line for line in imported(path, tmp_path, said).receipt.lines())


def test_random_numbers_of_that_length_are_no_hint(tmp_path: Path) -> None:
    values = [str(10_000_000_019 + 7919 * 104_729 * n % 89_999_999_989) for n in range(3000)]
    lines = imported(export(tmp_path, "Løpenr", values), tmp_path).receipt.lines()
    assert not any("Løpenr" in line for line in lines)


def test_phones_and_names_are_hints_and_never_stop(tmp_path: Path) -> None:
    for header, values, what in (
        ("Vakt", [f"9{n:03}12{n % 10}4" for n in range(50)], "phone numbers"),
        ("Kontakt", [f"Kari {'ABCDEFGHIJ'[n % 10]}nne Moe" for n in range(50)], "names of people"),
    ):
        lines = imported(export(tmp_path, header, values), tmp_path).receipt.lines()
        assert any(header in line and f"may hold {what}" in line for line in lines)
        lines = imported(export(tmp_path, header, values), tmp_path, {header: "pseudonymise"}).receipt.lines()
        assert not any("may hold" in line for line in lines)


# Where it hides


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.decimal128(22, 2), pa.string()])
def test_numbers_that_are_stored_as_numbers_are_tried(tmp_path: Path, kind: pa.DataType) -> None:
    whole = [int(n) for n in NUMBERS] if kind != pa.string() else NUMBERS
    table = pa.table(
        {
            "Saksnr": ["1"] * 5,
            "Hendelse": list("abcde"),
            "Tidspunkt": ["01.02.2024"] * 5,
            "Ekstra": pa.array(whole).cast(kind),
        }
    )
    parquet.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(PersonalData, match="national ids"):
        imported(tmp_path / "t.parquet", tmp_path)
    done = imported(tmp_path / "t.parquet", tmp_path, {"Ekstra": "pseudonymise"})
    assert list(done.log.sql("select Ekstra from events order by source_row")["Ekstra"]) == [
        "V1",
        "V2",
        "V3",
        "V4",
        "V5",
    ]


@pytest.mark.parametrize("header", [NUMBERS[0], f"Brev til {NUMBERS[2]}", "ola@nav.no", "1234.56.78903"])
def test_a_column_that_is_named_by_a_person_stops_whatever_its_role(tmp_path: Path, header: str) -> None:
    path = export(tmp_path, header, ["01.03.2024"] * 10)
    wide = tmp_path / "wide.csv"
    wide.write_text(
        f"Saksnr;Mottatt;Sakstype;Vedtak;{header}\n"
        + "".join(f"{n};01.02.2024;KVP;02.02.2024;03.02.2024\n" for n in range(9))
    )
    for source, columns in ((path, {}), (path, {header: "drop"}), (wide, {}), (path, {"Saks": "case"})):
        named = header.startswith("Brev") or source == path  # a number alone is taken for no name at all
        with pytest.raises(PersonalData if named else DataError, match="name of column|names of the column") as raised:
            imported(source, tmp_path, columns)
        assert header not in str(raised.value) and NUMBERS[0] not in str(raised.value)
        with pytest.raises(DataError) as raised:
            inspect(source)
        assert header not in str(raised.value)
    headless = tmp_path / "headless.csv"
    headless.write_text("".join(f"{n};steg;01.02.2024\n" for n in NUMBERS))
    with pytest.raises(DataError, match="add a (first )?row") as raised:
        imported(headless, tmp_path)
    assert not any(number in str(raised.value) for number in NUMBERS)


def test_old_names_of_steps_are_masked_in_the_manifest(tmp_path: Path) -> None:
    path = export(tmp_path, "Ekstra", ["x"] * 4)
    path.write_text(path.read_text().replace("steg 1", f"Brev til {NUMBERS[0]}"))
    with pytest.raises(PersonalData):
        imported(path, tmp_path)
    mapping = {"activities": {f"Brev til {NUMBERS[0]}": "Brev"}, "ranks": {f"Brev til {NUMBERS[0]}": 1}}
    done = import_log(path, tmp_path / "log", mapping=mapping, now=NOW)
    assert NUMBERS[0] not in (done.log.path / "log.json").read_text()
    assert done.log.activities == ["Brev", "steg 0"]


def test_a_file_given_twice_is_pseudonymised_once(tmp_path: Path, key: Path) -> None:
    path = export(tmp_path, "Søker", NUMBERS)
    (tmp_path / "copy.csv").write_bytes(path.read_bytes())
    said = {"Saksnr": {"role": "case", "personal": "pseudonymise"}}
    done = imported([path, tmp_path / "copy.csv"], tmp_path, said, key=key)
    assert [source.accepted for source in done.receipt.sources] == [5, 0] and done.log.case_count == 3
