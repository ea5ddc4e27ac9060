"""Noark 5 that is odd or made to do harm: one sentence, in little time and memory."""

import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors import xml_stream
from saksflyt.connectors.key_file import make_key
from saksflyt.connectors.noark import changes, store
from saksflyt.connectors.registry import connector_for, connectors, import_log, inspect, read
from saksflyt.mining.errors import DataError
from saksflyt.mining.log import EventLog

from .noark_archive import HEAD, archive, change, change_log, folder, post, write

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLAIN = archive(folder("1", post()))
LAUGHS = "<!DOCTYPE arkiv [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip


def with_type(text: str) -> str:
    return PLAIN.replace("<arkiv ", f"{text}<arkiv ", 1)


REFUSED = {
    "a billion laughs": (with_type(LAUGHS).replace(">Tittel<", ">&j;<"), "document type"),
    "an external entity": (
        with_type('<!DOCTYPE arkiv [<!ENTITY x SYSTEM "file:///etc/passwd">]>').replace(">Tittel<", ">&x;<"), "document type",
    ),
    "a document type alone": (with_type('<!DOCTYPE arkiv SYSTEM "http://example.no/a.dtd">'), "document type"),
    "an entity that is not known": (PLAIN.replace(">Tittel<", ">&x;<"), "line 3"),
    "deep nesting of what is read": (archive("<mappe>" * 200 + "</mappe>" * 200), "nested more than 100 deep"),
    "deep nesting of what is not": (archive("<x>" * 200 + "</x>" * 200), "nested more than 100 deep"),
    "a huge attribute": (PLAIN.replace("<mappe ", f'<mappe a="{"x" * 11_000_000}" ', 1), "line"),
    "cut short": (PLAIN[: len(PLAIN) // 2], "not well-formed XML, line 3"),
    "more after the end": (f"{PLAIN}<arkiv/>", "not well-formed XML, line 3"),
    "bytes that are not of its encoding": (PLAIN.encode().replace(b"Tittel", b"\xff\xfe"), "line 3"),
    "too many parts of one document": (
        archive(folder("1", post(more="<avskrivning/>" * 100_001))), "more than 100000 of one document",
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", REFUSED)
def test_harm_is_refused_in_one_sentence(harm: str, tmp_path: Path) -> None:
    content, said = REFUSED[harm]
    with pytest.raises(DataError, match=said) as refusal:
        read(write(tmp_path / "n5", content), now=NOW)
    assert (
        "\n" not in str(refusal.value) and "arkivstruktur.xml" in str(refusal.value) and len(str(refusal.value)) < 300
    )


@pytest.mark.parametrize("harm", ["a billion laughs", "deep nesting of what is not", "cut short"])
def test_harm_in_the_change_log_is_refused(harm: str, tmp_path: Path) -> None:
    content = str(REFUSED[harm][0]).replace("<arkiv ", "<endringslogg ").replace("</arkiv>", "</endringslogg>")
    with pytest.raises(DataError, match=r"endringslogg\.xml"):
        read(write(tmp_path / "n5", PLAIN, content), now=NOW)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "n5.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("arkivstruktur.xml", "w", force_zip64=True) as out,
    ):
        out.write(HEAD.encode())
        for _ in range(75):
            out.write(b" " * 1_000_000)
        out.write(b"</arkiv>")
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(DataError, match="grows to more than"):
        read(bomb, now=NOW)


IGNORED = {
    "elements within a value": (PLAIN.replace(">2024/1<", "><b>2</b><"), 2),
    "a folder in a document": (archive(folder("1", post(more=folder("2")))), 2),
    "a folder in a file's description": (archive(folder("1", post(more=f"<dokumentbeskrivelse>{folder('2')}</dokumentbeskrivelse>"))), 2),
    "an element of another kind around folders": (archive(f"<noe>{folder('2')}</noe>", folder("1", post())), 2),
    "capitals": (PLAIN.replace("<mappe ", "<MAPPE ").replace("/mappe>", "/MAPPE>").replace("journaldato", "JournalDato"), 2),
    "a field twice: the first that is filled": (archive(folder("1", post(), late="<saksdato/><opprettetDato>x</opprettetDato>")), 2),
    "a title without end is passed over": (PLAIN.replace(">Tittel<", f">{'x' * 11_000_000}<"), 2),
    "a prefix without a namespace": (PLAIN.replace("xmlns:xsi", "xmlns:xyz"), 2),
    "CDATA": (PLAIN.replace(">2024-03-02<", "><![CDATA[2024-03-02]]><"), 2),
    "character references": (PLAIN.replace(">2024-03-02<", ">2024&#45;03-02<"), 2),
    "an empty archive": (archive(), 0),
    "no archive parts": ("<arkiv/>", 0),
}  # fmt: skip


@pytest.mark.parametrize("oddity", IGNORED)
def test_oddities_are_read_as_what_they_are(oddity: str, tmp_path: Path) -> None:
    content, events = IGNORED[oddity]
    done = import_log(write(tmp_path / "n5", content), tmp_path / "log", now=NOW)
    assert done.log.event_count == events and done.receipt.sources[0].adds_up


def test_an_empty_change_log_changes_nothing(tmp_path: Path) -> None:
    done = import_log(write(tmp_path / "n5", PLAIN, change_log()), tmp_path / "log", now=NOW)
    assert [source.records for source in done.receipt.sources] == [2, 0] and done.log.event_count == 2


def test_two_archives_in_one_import_keep_their_cases_apart(tmp_path: Path) -> None:
    one = write(tmp_path / "a", archive(folder("1", system="x")), change_log(change("x")))
    two = write(tmp_path / "b", archive(folder("2", system="y")), change_log(change("y", new="B")))
    log = read([one, two], now=NOW)
    found = log.sql("select case_id || ' ' || activity as t from events join cases using (case_no)")["t"]
    assert sorted(found) == [
        "1 Sak opprettet",
        "1 Saksstatus: Avsluttet",
        "2 Sak opprettet",
        "2 Saksstatus: Under behandling",
    ]


def test_the_same_archive_twice_counts_once(tmp_path: Path) -> None:
    one = write(tmp_path / "a", PLAIN)
    done = import_log([one, write(tmp_path / "b", PLAIN)], tmp_path / "log", now=NOW)
    assert done.log.event_count == 2 and all(source.adds_up for source in done.receipt.sources)


def test_a_later_extraction_is_added_once(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    make_key(key := tmp_path / "keys" / "k")
    import_log(write(tmp_path / "a", PLAIN), tmp_path / "log", now=NOW, key=key)
    later = archive(folder("1", post(), post("U", "2024-03-05", system="r-2")))
    done = import_log(write(tmp_path / "b", later), tmp_path / "log", now=NOW, append=True, key=key)
    assert done.log.event_count == 3


KNOWN = {
    "arkiv": ("<arkiv/>", "noark5"), "with a comment before": ("<!-- x --><arkiv xmlns='u'/>", "noark5"),
    "a change log": ("<endringslogg/>", "noark5"), "a word that begins so": ("<arkivmelding/>", None),
    "XES": ('<log xes.version="1.0"/>', "xes"), "HTML": ("<html><arkiv/></html>", None), "nothing": ("", None),
}  # fmt: skip


@pytest.mark.parametrize("form", KNOWN)
def test_content_decides_who_reads_a_file(form: str, tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    path.write_text(KNOWN[form][0])
    found = [connector.name for connector in connectors() if connector.knows(path)]
    assert ("noark5" in found) == (KNOWN[form][1] == "noark5") and (KNOWN[form][1] is None or found == [KNOWN[form][1]])


def test_a_folder_without_an_archive_and_a_log_are_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    with pytest.raises(DataError, match="is a folder"):
        connector_for(tmp_path / "tom")
    made = import_log(write(tmp_path / "n5", PLAIN), tmp_path / "log", now=NOW).log
    assert isinstance(read(made.path), EventLog)
    assert inspect(write(tmp_path / "n5", PLAIN), now=NOW).lines()


def test_the_same_bytes_give_the_same_log(tmp_path: Path) -> None:
    path = write(tmp_path / "n5", archive(*(folder(str(n), post(system=f"r{n}")) for n in range(50))))
    tables = [import_log(path, tmp_path / name, now=NOW).log.path for name in ("a", "b")]
    for name in ("events.parquet", "cases.parquet", "variants.parquet"):
        assert (tables[0] / name).read_bytes() == (tables[1] / name).read_bytes()


def test_small_batches_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = (folder(str(n), post(system=f"r{n}"), closed="2024-05-01T10:00:00") for n in range(20))
    path = write(tmp_path / "n5", archive(*folders), change_log(*(change(f"m-{n}") for n in range(20))))
    whole = import_log(path, tmp_path / "a", now=NOW).log.path
    monkeypatch.setattr(xml_stream, "_CHUNK", 100)
    monkeypatch.setattr(store, "_ENOUGH", 3)
    monkeypatch.setattr(changes, "_ENOUGH", 2)
    again = import_log(path, tmp_path / "b", now=NOW).log.path
    assert (whole / "events.parquet").read_bytes() == (again / "events.parquet").read_bytes()


MEMORY = """
import sys
from pathlib import Path
from saksflyt.connectors.importing import desk_for
from saksflyt.connectors.mapping import Mapping
from saksflyt.connectors.noark.extraction import NoarkExtractions
with desk_for(Mapping()) as desk:
    NoarkExtractions().records(Path(sys.argv[1]), desk, 0)
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def peak(path: Path) -> int:
    """Peak megabytes of a process that reads the files into the database, which may take 100 MB."""
    limited = os.environ | {"SAKSFLYT_MEMORY": "100MB"}
    done = subprocess.run([sys.executable, "-c", MEMORY, str(path)], env=limited, capture_output=True, check=True)
    return int(done.stdout) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")
def test_memory_does_not_grow_with_one_folder_of_many_documents(tmp_path: Path) -> None:
    """What is not read is most of such a file; a tree of the larger one would take a gigabyte."""
    filler = f"<dokumentbeskrivelse>{'<a>b</a>' * 500}</dokumentbeskrivelse>"
    found = {}
    for documents in (1000, 8000):
        path = tmp_path / str(documents)
        write(path, archive(folder("1", *(post(system=f"r{n}", more=filler) for n in range(documents)))))
        found[documents] = peak(path)
    assert found[8000] < found[1000] + 50
