"""Noark 5: every rule that the guide to formats gives, by name."""

import csv
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from saksflyt.connectors.registry import Reading, connector_for, import_log, read
from saksflyt.mining.errors import DataError, UsageError
from saksflyt.mining.log import EventLog

from .noark_archive import NAMESPACE, archive, change, change_log, element, elements, folder, post, write

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Rows = list[tuple[str, ...]]
Together = Callable[[dict[str, str], dict[str, str]], dict[str, Rows]]
AT = "strftime(timezone('Europe/Oslo', end_time), '%Y-%m-%d %H:%M') || ' ' || \"precision\""


def made(target: Path, structure: str | bytes, changes: str | None = None, mapping: dict | None = None) -> Reading:
    return import_log(write(target / "n5", structure, changes), target / "log", mapping=mapping, now=NOW, replace=True)


def log_of(target: Path, structure: str | bytes, changes: str | None = None, mapping: dict | None = None) -> EventLog:
    return made(target, structure, changes, mapping).log


def rows(log: EventLog, *columns: str) -> Rows:
    wanted = ", ".join(columns or ("activity", AT))
    frame = log.sql(f"select {wanted} from events join cases using (case_no) order by case_no, position")
    return [tuple(row) for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)]


def steps(log: EventLog) -> list[str]:
    return [step for (step,) in rows(log, "activity")]


def quarantine(done: Reading) -> Rows:
    assert done.receipt.quarantine
    with done.receipt.quarantine.open(encoding="utf-8") as file:
        return [(row["row"], row["column"], row["reason"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Together:
    """Reads many rules at once, each in a folder of its own: document by rule, change by rule; gives steps by rule."""

    @cache
    def read_all(documents: tuple[tuple[str, str], ...], changes: tuple[tuple[str, str], ...]) -> dict[str, Rows]:
        folders = [
            folder(rule, text.replace("r-1", f"r-{rule}"), opened="2024-01-01T12:00:00") for rule, text in documents
        ]
        told = [text.replace(">m-1<", f">m-{rule}<").replace(">r-1<", f">r-{rule}<") for rule, text in changes]
        log = log_of(tmp_path_factory.mktemp("together"), archive(*folders), change_log(*told))
        return {rule: rows(log, "case_id = $$" + rule + "$$", "activity", AT) for rule, _ in documents}

    def by_rule(documents: dict[str, str], changes: dict[str, str]) -> dict[str, Rows]:
        found = read_all(tuple(documents.items()), tuple(changes.items()))
        return {
            rule: [(step, at) for mine, step, at in told if mine and step != "Sak opprettet"]
            for rule, told in found.items()
        }

    return by_rule


# What is read


def test_namespaces_have_no_version_and_local_names_decide(tmp_path: Path) -> None:
    plain = archive(folder("2024/1", post()))
    other = plain.replace(NAMESPACE, "urn:noe-annet/")
    none = plain.replace(f' xmlns="{NAMESPACE}arkivstruktur"', "")
    prefixed = (
        plain.replace("<", "<n5:").replace("<n5:/", "</n5:").replace("<n5:?", "<?").replace("xmlns=", "xmlns:n5=")
    )
    expected = rows(log_of(tmp_path, plain))
    assert len(expected) == 2
    for form in (other, none, prefixed):
        assert rows(log_of(tmp_path, form)) == expected


TYPES = {
    "xsi:type decides, by its local part": ("n5:saksmappe", "n5:journalpost"),
    "another prefix for xsi": ("saksmappe", "journalpost"),
    "no xsi:type at all": ("", ""),
}


@pytest.mark.parametrize("rule", TYPES)
def test_types(rule: str, tmp_path: Path) -> None:
    of_folder, of_document = TYPES[rule]
    text = archive(folder("2024/1", post("U", sendtDato="2024-03-03T10:00:00", type_=of_document), type_=of_folder))
    if "prefix" in rule:
        text = text.replace("xsi:type", "i:type").replace("xmlns:xsi", "xmlns:i")
    assert steps(log_of(tmp_path, text)) == ["Sak opprettet", "Utgående dokument"]


def test_the_order_trap_what_a_folder_says_after_its_documents_holds_for_them(tmp_path: Path) -> None:
    late = elements(administrativEnhet="Nav Sent", saksansvarlig="Kari", saksstatus="Avsluttet")
    log = log_of(tmp_path, archive(folder("2024/1", post(), closed="2024-04-01T09:00:00", late=late)))
    assert rows(log, "activity", "events.unit", "cases.unit", "closed is not null") == [
        (step, "Nav Sent", "Nav Sent", True) for step in ("Sak opprettet", "Inngående dokument", "Sak avsluttet")
    ]


DATES = {
    "a dateTime without a zone is local time": ("2024-03-02T10:15:30", "2024-03-02 10:15 second"),
    "summer time is local, too": ("2024-07-02T10:15:30", "2024-07-02 10:15 second"),
    "with Z it is exact": ("2024-03-02T10:15:30Z", "2024-03-02 11:15 second"),
    "with an offset it is exact": ("2024-03-02T10:15:30-03:00", "2024-03-02 14:15 second"),
    "fractions": ("2024-03-02T10:15:30.1234567", "2024-03-02 10:15 second"),
    "a date is known to the day (4.0)": ("2024-03-02", "2024-03-02 00:00 day"),
    "a date with a zone is a day": ("2024-03-02+01:00", "2024-03-02 00:00 day"),
    "without seconds": ("2024-03-02T10:15", "2024-03-02 10:15 minute"),
}


@pytest.mark.parametrize("rule", DATES)
def test_dates_and_date_times_are_both_accepted_with_their_precision(rule: str, together: Together) -> None:
    found = together({name: post(mottattDato=text) for name, (text, _) in DATES.items()}, {})
    assert found[rule] == [("Inngående dokument", DATES[rule][1])]


def test_clocks_that_all_show_midnight_are_none(tmp_path: Path) -> None:
    log = log_of(tmp_path, archive(folder("2024/1", post(mottattDato="2024-03-02T00:00:00"))))
    assert ("Inngående dokument", "2024-03-02 00:00 day") in rows(log)


def test_one_field_may_hold_days_and_clocks(tmp_path: Path) -> None:
    documents = [post(mottattDato=at, system=at) for at in ("2024-03-02", "2024-03-03T10:00:00")]
    log = log_of(tmp_path, archive(folder("2024/1", *documents)))
    assert rows(log)[1:] == [
        ("Inngående dokument", "2024-03-02 00:00 day"), ("Inngående dokument", "2024-03-03 10:00 second"),
    ]  # fmt: skip


POSTS = {
    "I by the date of receipt": (post("I", mottattDato="2024-03-01T09:00:00"), "Inngående dokument", "2024-03-01 09:00 second"),
    "I without one by the journal": (post("I"), "Inngående dokument", "2024-03-02 00:00 day"),
    "U by the date of sending": (post("U", sendtDato="2024-03-04T09:00:00"), "Utgående dokument", "2024-03-04 09:00 second"),
    "U without one by the journal": (post("U", mottattDato="2024-03-01"), "Utgående dokument", "2024-03-02 00:00 day"),
    "N": (post("N"), "Notat", "2024-03-02 00:00 day"),
    "X": (post("X"), "Notat", "2024-03-02 00:00 day"),
    "S": (post("S"), "Saksframlegg", "2024-03-02 00:00 day"),
    "as words": (post("Organinternt dokument uten oppfølging"), "Notat", "2024-03-02 00:00 day"),
    "as words in capitals": (post("INNGÅENDE  DOKUMENT"), "Inngående dokument", "2024-03-02 00:00 day"),
    "a type that no list has": (post("Q"), "Journalpost", "2024-03-02 00:00 day"),
    "no type": (post(None), "Journalpost", "2024-03-02 00:00 day"),
    "a note of the day on which it was registered has its clock": (post("N", "2024-03-09"), "Notat", "2024-03-09 09:30 second"),
    "what may be a letter has not": (post("Q", "2024-03-09"), "Journalpost", "2024-03-09 00:00 day"),
    "a letter has not": (post("U", "2024-03-09"), "Utgående dokument", "2024-03-09 00:00 day"),
    "3.1: basisregistrering": (post(None, None, type_="basisregistrering"), "Registrering", "2024-03-09 09:30 second"),
    "5.0: arkivnotat": (post(None, None, type_="arkivnotat", dokumentetsDato="2024-03-03"), "Notat", "2024-03-03 00:00 day"),
}  # fmt: skip


@pytest.mark.parametrize("rule", POSTS)
def test_journal_entries_are_steps_by_their_type(rule: str, together: Together) -> None:
    found = together({name: document for name, (document, _, _) in POSTS.items()}, {})
    assert found[rule] == [POSTS[rule][1:]]


WRITE_OFFS = [("BU", "Besvart med brev"), ("Tatt til etterretning", "Tatt til etterretning"), ("tlf", "Besvart på telefon"), ("Ola tok den", "annen")]  # fmt: skip


@pytest.mark.parametrize(("code", "shown"), WRITE_OFFS)
def test_codes_come_as_letters_or_words(code: str, shown: str, tmp_path: Path) -> None:
    off = element("avskrivning", elements(avskrivningsdato="2024-03-08", avskrevetAv="Kari", avskrivningsmaate=code))
    done = made(tmp_path, archive(folder("2024/1", post(more=off))))
    assert (f"Avskrevet: {shown}", "2024-03-08 00:00 day") in rows(done.log)
    assert done.receipt.sources[0].records == 3
    assert any("avskrivningsmaate that are in no code list" in note for note in done.receipt.notes) == (
        shown == "annen"
    )


FLOWS = {
    "sent": ({"flytSendtDato": "2024-03-05T09:00:00", "flytMottattDato": "2024-03-04T09:00:00"}, "2024-03-05 09:00 second"),
    "only received": ({"flytMottattDato": "2024-03-04T09:00:00"}, "2024-03-04 09:00 second"),
}  # fmt: skip


@pytest.mark.parametrize("rule", FLOWS)
def test_document_flow(rule: str, tmp_path: Path) -> None:
    dates, at = FLOWS[rule]
    flow = element("dokumentflyt", elements(flytTil="Kari", flytFra="Ola", **dates, flytStatus="G"))
    assert ("Dokumentflyt: Godkjent", at) in rows(log_of(tmp_path, archive(folder("2024/1", post("N", more=flow)))))


def test_the_date_of_a_folder_is_its_case_date_where_none_says_when_it_was_made(tmp_path: Path) -> None:
    late = elements(saksdato="2024-02-02", administrativEnhet="Nav Vik")
    log = log_of(tmp_path, archive(folder("2024/1", opened=None, late=late)))
    assert rows(log) == [("Sak opprettet", "2024-02-02 00:00 day")]


@pytest.mark.parametrize("missing", ["NULL", "null", "", "  ", None])
def test_the_literal_null_and_nothing_are_missing(missing: str | None, tmp_path: Path) -> None:
    documents = post(mottattDato=missing, avskrivning=None)
    log = log_of(tmp_path, archive(folder("2024/1", documents, closed=missing)))
    assert steps(log) == ["Sak opprettet", "Inngående dokument"]
    assert log.closing_known and rows(log, "closed")[0] == (None,)


FORMS = {
    "BOM before the prolog": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "BOM, then blank lines": lambda text: b"\xef\xbb\xbf\n \n" + text.encode(),
    "blank lines before the prolog": lambda text: b"\r\n\r\n" + text.encode(),
    "UTF-16": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "ISO-8859-1": lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "comments and instructions": lambda text: text.replace("<arkivdel>", "<!-- x --><?x y?><arkivdel>").encode(),
}


@pytest.mark.parametrize("rule", FORMS)
def test_encodings(rule: str, tmp_path: Path) -> None:
    late = elements(administrativEnhet="Nav Ås")
    log = log_of(tmp_path, FORMS[rule](archive(folder("2024/1", post(), late=late))))
    assert rows(log, "activity", "events.unit") == [("Sak opprettet", "Nav Ås"), ("Inngående dokument", "Nav Ås")]


PARTIES = {"3.1": "sakspart", "5.0": "part"}


@pytest.mark.parametrize("version", PARTIES)
def test_versions_with_their_parties_are_read_and_the_parties_are_not(version: str, tmp_path: Path) -> None:
    name = PARTIES[version]
    party = element(name, elements(partNavn="Kari", systemID="NEI", opprettetDato="1999-01-01", mappeID="NEI"))
    log = log_of(tmp_path, archive(folder("2024/1", party, post())))
    assert rows(log, "case_id", "activity") == [("2024/1", "Sak opprettet"), ("2024/1", "Inngående dokument")]


def test_remarks_files_and_classes_have_dates_that_are_no_steps(tmp_path: Path) -> None:
    files = element("dokumentbeskrivelse", elements(opprettetDato="1999-01-01T10:00:00", dokumentobjekt=elements(opprettetDato="1998-01-01")))  # fmt: skip
    remark = element("merknad", elements(merknadsdato="1997-01-01T10:00:00", opprettetDato="1996-01-01"))
    done = made(tmp_path, archive(folder("2024/1", remark, post(more=files + remark))))
    assert steps(done.log) == ["Sak opprettet", "Inngående dokument"] and done.receipt.sources[0].records == 2


# Cases, units, people


NAMES = {
    "the folder's number": (folder("2024/7", system="guid"), ["2024/7"]),
    "systemID where the number is missing": (folder("NULL", system="guid"), ["guid"]),
    "systemID where the number comes twice": (folder("1", system="a") + folder("1", system="b"), ["a", "b"]),
    "the place where nothing is there": (folder("NULL", system="NULL"), ["mappe 1"]),
    "a systemID that is another's number": (folder("7", system="x") + folder("NULL", system="7"), ["7", "systemID 7"]),
    "no number of a person": (folder("10915596784", system="guid"), ["guid"]),
    "no two numbers of persons": (folder("10915596784", system="10915596784"), ["mappe 1"]),
}


@pytest.mark.parametrize("rule", NAMES)
def test_the_case_is_the_folder(rule: str, tmp_path: Path) -> None:
    text, expected = NAMES[rule]
    log = log_of(tmp_path, archive(text))
    assert sorted(log.sql("select case_id from cases")["case_id"]) == expected


NESTED = {
    "a folder within a case folder belongs to it": (
        folder("1", folder("1.1", post(), type_="mappe")), [("1", "Sak opprettet"), ("1", "Inngående dokument")],
        {"a folder within a case folder": 1},
    ),
    "a case folder within a case folder is a case of its own": (
        folder("1", folder("2", post())), [("1", "Sak opprettet"), ("2", "Sak opprettet"), ("2", "Inngående dokument")], {},
    ),
    "a folder of case folders is a binder": (
        folder("0", folder("1", post()), type_="mappe"), [("1", "Sak opprettet"), ("1", "Inngående dokument")],
        {"a folder that holds case folders": 1},
    ),
    "a document in a binder makes a case of it": (
        folder("0", post(), folder("1"), type_="mappe"), [("0", "Inngående dokument"), ("1", "Sak opprettet")],
        {"a folder that holds case folders": 1},
    ),
    "meetings are no cases": (
        folder("1") + folder("m", post(type_="moeteregistrering"), type_="moetemappe"), [("1", "Sak opprettet")],
        {"of a meeting folder": 2},
    ),
    "documents outside of folders": (folder("1") + post(), [("1", "Sak opprettet")], {"outside a case folder": 1}),
    "what was voided": (
        folder("1", post(journalstatus="Utgår"), post(journalstatus="U", system="r2")), [("1", "Sak opprettet")],
        {"voided (utgår)": 2},
    ),
    "a case that was voided": (
        folder("1") + folder("2", post(), late=elements(saksstatus="Utgår")), [("1", "Sak opprettet")],
        {"voided (utgår)": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", NESTED)
def test_nested_folders(rule: str, tmp_path: Path) -> None:
    text, expected, aside = NESTED[rule]
    done = made(tmp_path, archive(text))
    assert sorted(rows(done.log, "case_id", "activity")) == sorted(expected)
    [source] = done.receipt.sources
    assert source.set_aside == aside and source.adds_up


def test_units_and_people_come_from_the_internal_correspondent_else_from_the_folder(tmp_path: Path) -> None:
    outside = element(
        "korrespondansepart", elements(korrespondanseparttype="EM", korrespondansepartNavn="Kari Nordmann")
    )
    copy = element(
        "korrespondansepart", elements(korrespondanseparttype="IK", administrativEnhet="Kopi", saksbehandler="K")
    )
    inside = element("korrespondansepart", elements(korrespondanseparttype="Intern avsender", administrativEnhet="Team 2", saksbehandler="Per"))  # fmt: skip
    full = post("U", more=outside + copy + inside, sendtDato="2024-03-02T10:00:00")
    bare = post("U", more=outside, system="r-2", sendtDato="2024-03-03T10:00:00")
    log = log_of(tmp_path, archive(folder("2024/1", full, bare)))
    found = rows(log, "activity", "events.unit", "resource")
    assert found == [
        ("Sak opprettet", "Nav Vik", "R1"), ("Utgående dokument", "Team 2", "R2"), ("Utgående dokument", "Nav Vik", "R3"),
    ]  # fmt: skip


def test_lines_that_are_broken_for_the_eye_say_the_same(tmp_path: Path) -> None:
    late = elements(administrativEnhet="Nav\n      Vik", saksansvarlig="Ola")
    log = log_of(tmp_path, archive(folder("1", late=late), folder("2")))
    assert set(rows(log, "events.unit")) == {("Nav Vik",)}


def test_days_of_closing_hold_until_the_day_is_over(tmp_path: Path) -> None:
    log = log_of(tmp_path, archive(folder("1", post(mottattDato="2024-03-05T10:00:00"), closed="2024-03-05")))
    assert log.manifest.closed == "day"
    both = archive(folder("1", closed="2024-03-05"), folder("2", closed="2024-03-05T09:00:00"))
    shown = "strftime(timezone('Europe/Oslo', closed), '%H:%M:%S')"
    assert sorted(set(rows(log_of(tmp_path, both), shown))) == [("09:00:00",), ("23:59:59",)]


def test_a_year_that_never_comes_is_an_open_folder(tmp_path: Path) -> None:
    log = log_of(
        tmp_path, archive(folder("1", closed="9999-12-31T00:00:00"), folder("2", closed="2024-05-01T10:00:00"))
    )
    assert rows(log, "case_id", "closed is null") == [("1", True), ("2", False), ("2", False)]


# Quarantine


BAD = {
    "missing": (None, "no time"), "unreadable": ("i fjor", "unreadable time"), "no such day": ("2024-02-30", "unreadable time"),
    "implausible": ("1900-01-01", "implausible time"), "an offset of a day": ("2024-01-01T10:00:00+24:00", "unreadable time"),
    "skipped by the clock": ("2024-03-31T02:30:00", "time does not exist (clock change)"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BAD)
def test_records_without_a_date_are_quarantined_with_their_number_and_field(rule: str, tmp_path: Path) -> None:
    text, reason = BAD[rule]
    done = made(tmp_path, archive(folder("2024/1", post("U", day=None, sendtDato=text), post())))
    assert quarantine(done) == [("2", "registrering.sendtDato", reason)]
    assert done.receipt.sources[0].adds_up and len(steps(done.log)) == 2


def test_a_date_that_cannot_be_read_is_not_replaced_by_another_field(tmp_path: Path) -> None:
    done = made(tmp_path, archive(folder("2024/1", post("I", mottattDato="x"))))
    assert quarantine(done) == [("2", "registrering.mottattDato", "unreadable time")]


def test_a_repeated_document_is_a_proved_duplicate(tmp_path: Path) -> None:
    [source] = made(tmp_path, archive(folder("1", post(), post()))).receipt.sources
    assert source.duplicates == {"same event id and content": 1} and source.adds_up


# The change log


CHANGES = {
    "status in words": (change("m-1", new="A"), "Saksstatus: Avsluttet"),
    "status as words": (change("m-1", new="Under behandling"), "Saksstatus: Under behandling"),
    "status of a document": (change("r-1", "journalstatus", "E"), "Journalstatus: Ekspedert"),
    "status that no list has": (change("m-1", new="Kari Nordmann"), "Saksstatus: annen"),
    "by the number of the catalogue": (change("m-1", "M052", "B"), "Saksstatus: Under behandling"),
    "by a path": (change("m-1", "mappe/saksansvarlig", "Kari"), "Ansvarlig endret"),
    "the unit": (change("m-1", "administrativEnhet", "Nav By"), "Enhet endret"),
}


@pytest.mark.parametrize("rule", CHANGES)
def test_changes_are_steps_of_the_case(rule: str, together: Together) -> None:
    letter = post("U", sendtDato="2024-03-02T10:00:00")
    found = together(dict.fromkeys(CHANGES, letter), {name: text for name, (text, _) in CHANGES.items()})
    assert found[rule] == [
        ("Utgående dokument", "2024-03-02 10:00 second"),
        (CHANGES[rule][1], "2024-03-05 12:00 second"),
    ]


def test_changes_never_name_persons(tmp_path: Path) -> None:
    changes = [text for text, _ in CHANGES.values()]
    log = log_of(tmp_path, archive(folder("1", post())), change_log(*changes))
    assert len(steps(log)) == 2 + len(changes) and "Kari" not in str(rows(log, "*"))


ASIDE = {
    "another field": (change("m-1", "tittel", "x"), "change of another field"),
    "nothing changed": (change("m-1", new="A", old="A"), "change that changes nothing"),
    "nothing new": (change("m-1", new="NULL"), "change that changes nothing"),
    "of what was voided": (change("r-9", "journalstatus", "E"), "voided (utgår)"),
}
LOST = {
    "a unit that is not there": (change("m-2"), "changes a unit that is not in the extraction"),
    "no unit": (change("NULL"), "names no unit that it changes"),
    "a unit in two cases": (change("dobbel"), "changes a unit whose systemID occurs in several cases"),
    "no date": (change("m-1", at="NULL"), "no time"),
}


@pytest.mark.parametrize("rule", [*ASIDE, *LOST])
def test_changes_that_are_no_steps_are_counted(rule: str, tmp_path: Path) -> None:
    text, reason = (ASIDE | LOST)[rule]
    void = post(system="r-9", journalstatus="U")
    structure = archive(folder("1", void), folder("2", system="dobbel"), folder("3", system="dobbel"))
    done = made(tmp_path, structure, change_log(text))
    _, changes = done.receipt.sources
    assert changes.adds_up and changes.records == 1 and changes.accepted == 0
    assert (changes.set_aside if rule in ASIDE else changes.quarantined) == {reason: 1}


def test_a_folder_that_is_there_twice_is_one_case_and_its_changes_are_found(tmp_path: Path) -> None:
    done = made(tmp_path, archive(folder("1", post()), folder("1", post(system="r-2"))), change_log(change("m-1")))
    assert sorted(rows(done.log, "case_id", "activity")) == [
        ("m-1", "Inngående dokument"), ("m-1", "Inngående dokument"), ("m-1", "Sak opprettet"), ("m-1", "Saksstatus: Avsluttet"),
    ]  # fmt: skip
    assert any("Folders with the ids of another: 1" in note for note in done.receipt.notes)


def test_the_change_log_joins_a_zip_a_folder_and_a_file_given_after_its_archive(tmp_path: Path) -> None:
    path = write(tmp_path / "n5", archive(folder("1")), change_log(change("m-1")))
    packed = tmp_path / "uttrekk.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for each in path.iterdir():
            file.write(each, f"content/{each.name}")
        file.writestr("content/arkivstruktur.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
        file.writestr("content/loependeJournal.xml", "<loependeJournal/>")
        file.writestr("arkivuttrekk.xml", "<addml/>")
        file.writestr("dokumenter/1.pdf", "%PDF-1.4")
    nested = tmp_path / "aip"
    nested.mkdir()
    path.rename(nested / "content")
    pair = [nested / "content" / "arkivstruktur.xml", nested / "content" / "endringslogg.xml"]
    for given in (packed, nested, nested / "content", pair):
        assert steps(read(given, now=NOW)) == ["Sak opprettet", "Saksstatus: Avsluttet"]
    notes = import_log(packed, tmp_path / "log", now=NOW).receipt.notes
    assert any("Not read" in note and "the running journal" in note for note in notes)


def test_what_is_no_archive_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = write(tmp_path / "n5", archive(folder("1")), change_log(change("m-1")))
    with pytest.raises(DataError, match=r"endringslogg\.xml is a change log.*beside its arkivstruktur\.xml"):
        read(path / "endringslogg.xml", now=NOW)
    (path / "loependeJournal.xml").write_text("<loependeJournal xmlns='x'/>")
    with pytest.raises(DataError, match="running journal"):
        read(path / "loependeJournal.xml", now=NOW)
    (tmp_path / "tom").mkdir()
    with pytest.raises(DataError, match="is a folder; name the files in it"):
        connector_for(tmp_path / "tom")


def test_folders_without_an_id_are_never_taken_for_one_another(tmp_path: Path) -> None:
    for name, day in (("a", "2024-03-01"), ("b", "2024-04-01")):
        write(tmp_path / name, archive(folder("NULL", system="NULL", opened=day)))
    log = import_log([tmp_path / "a", tmp_path / "b"], tmp_path / "log", now=NOW).log
    assert log.sql("select case_id from cases")["case_id"].to_list() == ["mappe 1", "mappe 2.1"]
    with pytest.raises(UsageError, match=r"arkivstruktur\.xml has cases without an id of their own \(1\)"):
        import_log(tmp_path / "b", tmp_path / "log", now=NOW, append=True)


# Titles


TITLED = {
    "a title gives the step": ({"*søknad*": "Søknad mottatt"}, "SØKNAD om sosialhjelp fra Kari", "Søknad mottatt"),
    "of the types that are named": (
        {"U: *søknad*": "Svar", "IX: *søknad*": "Søknad mottatt"},
        "Søknad",
        "Søknad mottatt",
    ),
    "the first that fits": ({"*a*": "A", "*b*": "B"}, "ba", "A"),
    "none that fits": ({"søknad": "A"}, "søknad fra Kari", "Inngående dokument"),
    "blanks do not count": ({"en søknad": "A"}, " En\n  søknad ", "A"),
    "no lexicon": ({}, "Søknad", "Inngående dokument"),
}


@pytest.mark.parametrize("rule", TITLED)
def test_titles_are_classified_by_the_lexicon_and_dropped(rule: str, tmp_path: Path) -> None:
    lexicon, title, step = TITLED[rule]
    done = made(tmp_path, archive(folder("1", post(tittel=title))), mapping={"titles": lexicon})
    assert steps(done.log) == ["Sak opprettet", step]
    told = [note for note in done.receipt.notes if "Documents whose title says what they are" in note]
    assert told == ([f"arkivstruktur.xml: Documents whose title says what they are: {int(step != 'Inngående dokument')} of 1."] if lexicon else [])  # fmt: skip


def test_the_lexicon_is_part_of_the_mapping_and_checked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="step of the title"):
        made(tmp_path, archive(folder("1")), mapping={"titles": {"*a*": 1}})
    done = made(
        tmp_path, archive(folder("1", post(tittel="a"))), mapping={"titles": {'*"a"*': "A", "*10915596784*": "B"}}
    )
    assert done.log.manifest.mapping["titles"] == {'*"a"*': "A", "*[national id]*": "B"}


def test_ranks_and_names_of_the_mapping_hold(tmp_path: Path) -> None:
    structure = archive(folder("1", post("U"), post("N", system="n"), opened="2024-03-02"))
    assert steps(log_of(tmp_path, structure)) == ["Sak opprettet", "Utgående dokument", "Notat"]
    mapping = {"activities": {"Notat": "Vurdering"}, "ranks": {"Vurdering": -9}}
    assert steps(log_of(tmp_path, structure, mapping=mapping)) == ["Vurdering", "Sak opprettet", "Utgående dokument"]
