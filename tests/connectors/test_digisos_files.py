"""Digisos on disk: bare files, wrappers, envelopes, lists, NDJSON, folders, zips; pairs, newer files, bombs, refusals."""

import gzip
import io
import json
import os
import zipfile
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from click.testing import CliRunner

from saksflyt.cli.main import main
from saksflyt.connectors.digisos import bundle
from saksflyt.connectors.registry import connector_for, import_log, inspect, read
from saksflyt.mining.errors import DataError, SaksflytError, UsageError

from .digisos_files import (
    NOW,
    OTHER,
    UUID,
    aside,
    complaint,
    decision,
    events_of,
    file,
    lines,
    matter,
    milliseconds,
    status,
    steps,
    taken_in,
    wrapper,
    write,
)

MOTTATT, DONE = status(0, "MOTTATT"), status(9, "FERDIGBEHANDLET")
FILE = file(MOTTATT, DONE)


def zipped(path: Path, **members: Any) -> Path:
    """A zip of JSON files; bytes are taken as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


FORMS = {
    "bare": FILE,
    "sak.soker": {"sak": {"soker": FILE}, "type": ""},
    "DigisosSak with the file in it": {**wrapper(sent=None), "soker": FILE},
    "DigisosSak with the file in digisosSoker": {**wrapper(sent=None), "digisosSoker": FILE},
    "both in one object": {"digisosSak": wrapper(sent=None), "soker": FILE},
    "a list": [{**wrapper(sent=None), "soker": FILE}],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packing", ["json", "json.gz", "zip", "ndjson", "folder", "with a mark"])
def test_every_form_in_every_packing(form: str, packing: str, tmp_path: Path) -> None:
    text = json.dumps(FORMS[form]).encode()
    if packing == "folder":
        path = tmp_path / "export"
        write(path / UUID / "digisos-soker.json", FORMS[form])
    elif packing == "zip":
        path = zipped(tmp_path / "x.zip", **{f"{UUID}.json": text})
    else:
        path = tmp_path / f"x.{packing}"
        made = {"json.gz": gzip.compress(text, mtime=0), "with a mark": b"\xef\xbb\xbf" + text}
        path.write_bytes(made.get(packing, text))
    assert connector_for(path).name == "digisos"
    done = taken_in(path, tmp_path)
    assert steps(done) == ["Søknad mottatt", "Sak ferdigbehandlet"]
    assert done.receipt.sources[0].adds_up and len(done.receipt.sources) == 1
    named = "DigisosSak" in form or form in ("both in one object", "a list") or packing in ("zip", "folder")
    assert set(events_of(done)["case_id"]) == {UUID if named else "Søknad 1"}


# Pairs


PAIRS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "by the id of the file that Fiks names": (
        {"digisosSoker": {"metadata": OTHER}},
        {"a/sak.json": "w", f"b/{OTHER}.json": "f"},
    ),
    "by the name of the file": ({}, {"a/sak.json": "w", f"b/{UUID}.json": "f"}),
    "by the name of the folder": ({}, {"z.json": "w", f"{UUID}/digisos-soker.json": "f"}),
    "alone in one folder": ({}, {"a/digisos-soker.json": "f", "a/sak.json": "w"}),
}


@pytest.mark.parametrize("how", PAIRS)
@pytest.mark.parametrize("packing", ["zip", "folder"])
def test_wrapper_and_file_find_each_other(how: str, packing: str, tmp_path: Path) -> None:
    more, names = PAIRS[how]
    contents = {name: wrapper(**more) if kind == "w" else FILE for name, kind in names.items()}
    if packing == "zip":
        path = zipped(tmp_path / "x.zip", **contents)
    else:
        path = tmp_path / "export"
        for name, content in contents.items():
            write(path / name, content)
    done = taken_in(path, tmp_path)
    assert steps(done) == ["Søknad sendt", "Søknad mottatt", "Sak ferdigbehandlet"]
    assert set(events_of(done)["case_id"]) == {UUID}


def test_in_ndjson_the_file_follows_its_wrapper(tmp_path: Path) -> None:
    done = taken_in(
        lines(tmp_path / "x.ndjson", wrapper(), FILE, wrapper(id=OTHER), {"sak": {"soker": FILE}}), tmp_path
    )
    assert done.log.case_count == 2 and steps(done).count("Søknad sendt") == 2


@pytest.mark.parametrize(
    "between", ["{", json.dumps({**FILE, "version": None}), json.dumps({**wrapper(id=OTHER), "soker": FILE})]
)
def test_a_wrapper_belongs_to_no_file_but_the_next(between: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text("\n".join([json.dumps(wrapper()), between, json.dumps(FILE)]))
    frame = events_of(taken_in(path, tmp_path))
    assert frame[frame["case_id"] == UUID]["activity"].to_list() == ["Søknad sendt"]
    assert frame[frame["case_id"] == "Søknad 1"]["activity"].to_list() == ["Søknad mottatt", "Sak ferdigbehandlet"]


@pytest.mark.parametrize("case", [None, "matter"])
def test_a_wrapper_alone_gives_way_to_the_file_that_comes_later(case: str | None, tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    full = {**wrapper(), "soker": file(MOTTATT, matter(1, "S"))}
    path.write_text("\n".join([json.dumps(wrapper()), "{", json.dumps(full)]))
    done = taken_in(path, tmp_path, case=case)
    assert done.receipt.sources[0].adds_up and steps(done) == ["Søknad sendt", "Søknad mottatt", "Sak opprettet"]


def test_the_application_itself_and_its_enclosures_are_not_read(tmp_path: Path) -> None:
    broken = b'{"data": {"personalia": "Kari'
    path = zipped(
        tmp_path / "x.zip",
        **{"a/soknad.json": broken, "a/vedlegg.json": broken, f"a/{UUID}.json": FILE, "a/brev.pdf": b"%PDF"},
    )
    assert aside(taken_in(path, tmp_path)) == {"the application itself, which is not read": 2, "no Digisos file": 1}


# Names


@pytest.mark.parametrize(
    ("name", "case"),
    [
        (f"{UUID.upper()}.json", UUID), ("4711.json", "4711"), ("sak-12.json", "sak-12"), ("soknad_7.json", "soknad_7"),
        ("Kari Nordmann.json", "Søknad 1"), ("10915596784.json", "Søknad 1"), ("1091559678.json", "Søknad 1"),
        ("kari.nordmann@example.no.json", "Søknad 1"), ("Kari 7/digisos-soker.json", "Søknad 1"), ("17/digisos-soker.json", "17"),
    ],
)  # fmt: skip
def test_names_of_files_that_may_be_a_persons_are_not_taken(name: str, case: str, tmp_path: Path) -> None:
    done = taken_in(zipped(tmp_path / "x.zip", **{name: FILE, "brev.pdf": b"%PDF"}), tmp_path)
    assert set(events_of(done)["case_id"]) == {case}


# Newer files


def test_the_newest_file_of_an_application_counts(tmp_path: Path) -> None:
    old = {**wrapper(sent=None), "soker": file(MOTTATT, status(1, "MOTTATT"))}
    new = {**wrapper(sent=None, sistEndret=milliseconds(99)), "soker": FILE}
    for order in ((old, new), (new, old)):
        done = taken_in(lines(tmp_path / "x.ndjson", *order), tmp_path)
        assert steps(done) == ["Søknad mottatt", "Sak ferdigbehandlet"]
        assert aside(done) == {"in a newer file of the same application": 2}


@pytest.mark.parametrize("case", [None, "matter"])
def test_the_newest_counts_among_several_exports_too(case: str | None, tmp_path: Path) -> None:
    january = lines(
        tmp_path / "1.ndjson", {**wrapper(sent=None), "soker": file(MOTTATT, matter(1, "S"), matter(1, "T"))}
    )
    rest = {**wrapper(id=OTHER, sent=None), "soker": file(MOTTATT, matter(1, "S"))}
    full = file(MOTTATT, matter(1, "S"), matter(1, "T"), decision(4, "S"), DONE)
    february = lines(tmp_path / "2.ndjson", {**wrapper(sent=None), "soker": full}, rest)
    done = taken_in([february, january], tmp_path, case=case)
    alone = taken_in(february, tmp_path / "alone", case=case)
    assert events_of(done)[["case_id", "activity", "end_time"]].equals(
        events_of(alone)[["case_id", "activity", "end_time"]]
    )
    assert all(source.adds_up for source in done.receipt.sources)
    assert done.receipt.sources[1].set_aside == {"in a newer file of the same application": 3}
    assert done.receipt.sources[1].accepted == 0


def test_a_later_export_is_appended(tmp_path: Path) -> None:
    arguments = ["-o", str(tmp_path / "log"), "--now", "2026-11-01"]
    first = lines(tmp_path / "1.ndjson", {**wrapper(), "soker": file(MOTTATT)})
    second = lines(tmp_path / "2.ndjson", {**wrapper(), "soker": FILE})
    assert CliRunner().invoke(main, ["import", str(first), *arguments]).exit_code == 0
    done = CliRunner().invoke(main, ["import", str(second), *arguments, "--append"])
    assert done.exit_code == 0 and "duplicate: 2 (overlapping file)" in done.stderr


def test_applications_without_an_id_are_never_taken_for_one_another(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a.json", FILE), write(tmp_path / "b.json", file(status(5, "MOTTATT")))
    done = import_log([one, other, other], tmp_path / "log", now=NOW)
    assert set(events_of(done)["case_id"]) == {"Søknad 1", "Søknad 2"} and len(steps(done)) == 3
    assert [source.accepted for source in done.receipt.sources] == [2, 1, 0]
    with pytest.raises(UsageError, match=r"b\.json has cases without an id of their own \(1\)"):
        import_log(other, tmp_path / "log", now=NOW, append=True)


@pytest.mark.parametrize(("first", "then"), [("application", "matter"), ("matter", "application")])
def test_an_export_with_other_cases_is_not_appended(first: str, then: str, tmp_path: Path) -> None:
    path = lines(tmp_path / "1.ndjson", {**wrapper(), "soker": file(MOTTATT, matter(1, "S"))})
    before = import_log(path, tmp_path / "log", now=NOW, case=first).log
    with pytest.raises(
        UsageError, match=f"is one {first}, and one of the export would be one {then}; .*--case {first}"
    ):
        import_log(path, tmp_path / "log", now=NOW, case=then, append=True)
    after = import_log(path, tmp_path / "log", now=NOW, case=first, append=True).log
    assert (after.case_count, after.event_count) == (before.case_count, before.event_count)


# What cannot be used


BROKEN = {
    "cut": (b'{"version": "1.0.0", "avsender": {', "not JSON"),
    "not UTF-8": (b'{"hendelser": "\xe6"}', "not JSON"),
    "nested": (b'{"hendelser":' + b"[" * 100_000, "not JSON"),
    "not a number": (b'{"hendelser": NaN}', "not JSON"),
    "a number without end": (b'{"hendelser": ' + b"9" * 5000 + b"}", "not JSON"),
    "no version": (b'{"avsender": {}, "hendelser": []}', "breaks the schema"),
    "no events": (json.dumps({**FILE, "hendelser": []}).encode(), "breaks the schema"),
    "more events than any application has": (json.dumps(file(*[MOTTATT] * 10_001)).encode(), "breaks the schema"),
    "more matters": (json.dumps(file(*(matter(1, f"S{n}") for n in range(102)))).encode(), "breaks the schema"),
    "a wrapper that is none": (b'{"fiksDigisosId": 1, "originalSoknadNAV": 5}', "breaks the schema"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_alone_is_refused_and_among_others_quarantined(fault: str, tmp_path: Path) -> None:
    content, kind = BROKEN[fault]
    alone = tmp_path / "x.json"
    alone.write_bytes(content)
    with pytest.raises(DataError, match=r"^x\.json(: hendelser|: version|: originalSoknadNAV| (is|holds)) ") as refused:
        taken_in(alone, tmp_path)
    assert "\n" not in str(refused.value)
    done = taken_in(zipped(tmp_path / "x.zip", **{f"{OTHER}.json": FILE, "z.json": content}), tmp_path)
    [source] = done.receipt.sources
    assert source.adds_up and source.quarantined == {kind: 1} and source.accepted == 2
    assert done.receipt.quarantine is not None and "file 2: " in done.receipt.quarantine.read_text()


def test_a_member_that_is_damaged_is_quarantined(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{"a.json": {**FILE, "x": "y" * 500}, f"{UUID}.json": FILE})
    content = bytearray(path.read_bytes())
    content[60:64] = b"\0\0\0\0"
    path.write_bytes(bytes(content))
    [source] = taken_in(path, tmp_path).receipt.sources
    assert source.adds_up and source.accepted == 2 and sum(source.quarantined.values()) == 1


@pytest.mark.parametrize("moment", ["1900-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"])
def test_a_time_that_no_log_can_tell_of_is_quarantined(moment: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", file(MOTTATT, {**DONE, "hendelsestidspunkt": moment}))
    [source] = taken_in(path, tmp_path).receipt.sources
    assert source.adds_up and source.quarantined == {"implausible time": 1}


def test_nothing_usable_is_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", {**FILE, "version": None}, {**FILE, "version": None})
    with pytest.raises(DataError, match="No record of x.ndjson can be used"):
        taken_in(path, tmp_path)


# Bombs and crowds


def test_a_zip_that_grows_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{f"{UUID}.json": FILE, "big.json": b'{"hendelser":' + b" " * (80 << 20)})
    with pytest.raises(DataError, match="20 times its size"):
        taken_in(path, tmp_path)


def test_a_gzip_that_grows_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json.gz"
    path.write_bytes(gzip.compress(b'{"hendelser": ' + b" " * (80 << 20)))
    with pytest.raises(DataError, match="20 times its size|larger than"):
        taken_in(path, tmp_path)


def test_more_files_than_any_export_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "x.zip", **{f"{n}.json": FILE for n in range(12)})
    folder = tmp_path / "export"
    for n in range(12):
        write(folder / f"{n}.json", FILE)
    monkeypatch.setattr(bundle, "MOST_FILES", 10)
    for each in (path, folder):
        with pytest.raises(DataError):
            taken_in(each, tmp_path)


def test_a_text_larger_than_any_file_is_quarantined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "x.zip", **{"a.json": {**FILE, "x": "y" * 5000}, f"{UUID}.json": FILE})
    monkeypatch.setattr(bundle.Bundle.read, "__defaults__", (2000,))
    [source] = taken_in(path, tmp_path).receipt.sources
    assert source.quarantined == {"too large or damaged": 1} and source.adds_up


def test_more_than_a_thousand_files_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{f"{n}.json": FILE for n in range(1200)})
    assert read(path, now=NOW).case_count == 1200


@pytest.mark.parametrize("name", ["../evil.json", "/evil.json", "a\\evil.json", "c:evil.json"])
def test_names_that_lead_astray_are_refused(name: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{f"{UUID}.json": FILE, name: FILE})
    with pytest.raises(DataError, match=r"^x\.zip holds names that point outside the archive"):
        taken_in(path, tmp_path)


@pytest.mark.parametrize("files", [2, 1200])
def test_a_zip_with_a_password_is_refused(files: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{f"{n}.json": FILE for n in range(files)})
    path.write_bytes(locked(path.read_bytes()))
    with pytest.raises(DataError, match=r"^x\.zip is locked with a password; unpack it first\.$"):
        taken_in(path, tmp_path)


def locked(content: bytes) -> bytes:
    """A zip of which every member says that it is encrypted."""
    parts = bytearray(content)
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = -1
        while (at := parts.find(mark, at + 1)) >= 0:
            parts[at + flags] |= 1
    return bytes(parts)


# Which files are ours


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"name": "hendelser"}', b"Saksnr;Hendelse\n1;a\n", b"<log/>", b"\x00\x01", b'{"klageId": 1}'],
)
def test_what_is_none_of_ours_is_left_to_others(content: bytes, tmp_path: Path) -> None:
    for name in ("x.json", "x.csv"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SaksflytError):
            assert connector_for(tmp_path / name).name != "digisos"
            raise DataError("another's")


def test_a_folder_of_half_complaints_is_passed_over_at_once(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.json").write_text("{" + '"klageId":' * 6500)
    begun = process_time()
    with pytest.raises(DataError, match="is a folder"):
        connector_for(tmp_path)
    assert process_time() - begun < 4  # a search that begins anew at every place took half a second for each file


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="is a folder; name the files in it"):
        connector_for(tmp_path / "empty")
    write(tmp_path / "export" / "a" / f"{UUID}.json", FILE)
    assert read(tmp_path / "export", now=NOW).case_count == 1
    done = taken_in(tmp_path / "export", tmp_path)
    assert read(tmp_path / "log.saksflyt").case_count == done.log.case_count == 1
    answer = CliRunner().invoke(main, ["variants", str(tmp_path / "export"), "--now", "2026-11-01"])
    assert answer.exit_code == 0 and "Søknad mottatt" in answer.stdout
    with pytest.raises(UsageError, match="is not a Saksflyt log"):
        read(tmp_path / "empty")


def test_links_and_pipes_in_a_folder_are_set_aside_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    write(folder / f"{UUID}.json", FILE)
    write(tmp_path / "elsewhere" / f"{OTHER}.json", FILE)
    (folder / "a.json").symlink_to(tmp_path / "elsewhere" / f"{OTHER}.json")
    (folder / "b").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "c.json")
    done = taken_in(folder, tmp_path)
    assert aside(done) == {"a link or a pipe, which is not followed": 3} and done.log.case_count == 1


def test_a_folder_that_may_not_be_opened_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "export"
    write(folder / f"{UUID}.json", FILE)
    (folder / "closed").mkdir()
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: forbidden() if Path(path).name == "closed" else scandir(path))
    with pytest.raises(DataError, match="permission to read"), bundle.Bundle(folder):
        pass


def forbidden() -> None:
    raise PermissionError


def test_packed_files_within_are_set_aside_and_lines_are_known_by_their_content(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    write(folder / "a.json", {**wrapper(), "soker": FILE})
    (folder / "b.json.gz").write_bytes(gzip.compress(json.dumps(FILE).encode()))
    zipped(folder / "c.zip", **{"x.json": FILE})
    lines(folder / "d.json", {**wrapper(id=OTHER), "soker": FILE}, FILE, FILE)
    done = taken_in(folder, tmp_path)
    assert aside(done) == {"packed file in a folder or zip; unpack it first": 2} and done.log.case_count == 4


def test_the_same_folder_has_the_same_fingerprint(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / f"{UUID}.json", FILE)
    found = {taken_in(tmp_path / name, tmp_path).receipt.sources[0].sha256 for name in ("a", "b")}
    assert len(found) == 1 and len(found.pop()) == 64


# What a case is


def test_the_notion_can_be_given_in_the_mapping_and_on_the_command_line(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", {**wrapper(), "soker": file(MOTTATT, matter(1, "S"), matter(2, "T"))})
    assert read(path, now=NOW).case_count == 1
    assert read(path, now=NOW, case="application").case_count == 1
    assert read(path, now=NOW, mapping={"case_notion": "matter"}).case_count == 2
    assert 'case_notion = "matter"' in inspect(path, case="matter").mapping
    (tmp_path / "m.toml").write_text('case_notion = "application"\n')
    for arguments in (["--case", "matter"], ["--case", "matter", "--mapping", str(tmp_path / "m.toml")]):
        answer = CliRunner().invoke(
            main, ["variants", str(path), *arguments, "--now", "2026-11-01", "--format", "json"]
        )
        assert answer.exit_code == 0 and json.loads(answer.stdout)["parameters"]["case"] == "matter"
        assert "2 cases, " in answer.stderr


def test_a_notion_that_is_none_is_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", {**wrapper(), "soker": FILE})
    with pytest.raises(UsageError, match="case_notion is one of application, matter"):
        read(path, mapping={"case_notion": "person"})
    table = tmp_path / "x.csv"
    table.write_text("Saksnr;Hendelse;Tidspunkt\n1;a;01.02.2025 10:00\n1;b;02.02.2025 10:00\n2;a;13.02.2025 10:00\n")
    with pytest.raises(UsageError, match="no choice of 'matter' as the case"):
        read(table, case="matter", now=NOW)
    done = taken_in(path, tmp_path)
    with pytest.raises(UsageError, match="its cases are made"):
        read(done.log.path, case="matter")


def test_a_complaint_alone_is_read(tmp_path: Path) -> None:
    assert steps(taken_in(write(tmp_path / "klage.json", complaint(5)), tmp_path)) == ["Klage sendt"]
    with pytest.raises(DataError, match="innsendingstidspunkt is missing"):
        taken_in(write(tmp_path / "klage.json", {**complaint(5), "innsendingstidspunkt": None}), tmp_path)


def test_the_same_bytes_give_the_same_log(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", {**wrapper(), "soker": FILE}, {**wrapper(id=OTHER), "soker": FILE})
    found = []
    for folder in ("a", "b"):
        log = taken_in(path, tmp_path / folder).log
        found.append({p.name: p.read_bytes() for p in sorted(Path(log.path).iterdir())})
    assert found[0] == found[1] and io.BytesIO(found[0]["events.parquet"]).read(4) == b"PAR1"
