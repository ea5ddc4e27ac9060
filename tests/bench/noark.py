"""How fast is a Noark 5 extraction read, and in how much memory?

    python tests/bench/noark.py [--megabytes 100 300] [--memory 300MB] [--changes]

Makes an arkivstruktur.xml (with an endringslogg.xml beside it) of each size, as archives write them: files, checksums,
correspondents, write-offs. Prints seconds on the clock and peak memory of the whole import. `--memory` is what DuckDB
may take before it spills.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMPORT = """
import sys
from saksflyt.connectors.registry import import_log
done = import_log(sys.argv[1], sys.argv[2])
print(done.log.event_count, [source.adds_up for source in done.receipt.sources])
"""
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<arkiv xmlns="http://www.arkivverket.no/standarder/noark5/arkivstruktur" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<arkivdel><klassifikasjonssystem><klasse><klasseID>01819000049</klasseID>
"""
FOLDER = """<mappe xsi:type="saksmappe"><systemID>00000000-0000-4000-8000-{0:012}</systemID><mappeID>2024/{0}</mappeID>
<tittel>Sosialhjelp</tittel><opprettetDato>2024-{1:02}-{2:02}T08:{3:02}:00</opprettetDato><opprettetAv>u{3}</opprettetAv>
<avsluttetDato>2025-{1:02}-{2:02}T10:{3:02}:00</avsluttetDato><avsluttetAv>u{3}</avsluttetAv>
"""
DOCUMENT = """<registrering xsi:type="journalpost">
  <systemID>10000000-0000-4000-8000-{0:012}</systemID><opprettetDato>2024-{1:02}-{2:02}T10:{3:02}:00</opprettetDato>
  <opprettetAv>Ansatt {3}</opprettetAv><arkivertDato>2024-{1:02}-{2:02}T10:{3:02}:00</arkivertDato><arkivertAv>x</arkivertAv>
  <dokumentbeskrivelse>
    <systemID>20000000-0000-4000-8000-{0:012}</systemID><dokumenttype>Brev</dokumenttype><dokumentstatus>Dokumentet er
    ferdigstilt</dokumentstatus><tittel>Brev {0}</tittel><opprettetDato>2024-{1:02}-{2:02}T10:{3:02}:00</opprettetDato>
    <opprettetAv>x</opprettetAv><tilknyttetRegistreringSom>Hoveddokument</tilknyttetRegistreringSom>
    <dokumentnummer>1</dokumentnummer><tilknyttetDato>2024-{1:02}-{2:02}T10:{3:02}:00</tilknyttetDato>
    <dokumentobjekt><versjonsnummer>1</versjonsnummer><variantformat>Arkivformat</variantformat><format>PDF/A</format>
      <opprettetDato>2024-{1:02}-{2:02}T10:{3:02}:00</opprettetDato><referanseDokumentfil>dokumenter/{0}.pdf</referanseDokumentfil>
      <sjekksum>0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef</sjekksum>
      <sjekksumAlgoritme>SHA-256</sjekksumAlgoritme><filstoerrelse>12345</filstoerrelse></dokumentobjekt>
  </dokumentbeskrivelse>
  <tittel>Brev {0}</tittel>
  <korrespondansepart><korrespondanseparttype>Avsender</korrespondanseparttype><korrespondansepartNavn>N</korrespondansepartNavn></korrespondansepart>
  <korrespondansepart><korrespondanseparttype>Intern mottaker</korrespondanseparttype><administrativEnhet>Nav
  {4}</administrativEnhet><saksbehandler>Ansatt {3}</saksbehandler></korrespondansepart>
  <journalaar>2024</journalaar><journalsekvensnummer>{0}</journalsekvensnummer><journalpostnummer>1</journalpostnummer>
  <journalposttype>{5}</journalposttype><journalstatus>Arkivert</journalstatus><journaldato>2024-{1:02}-{2:02}</journaldato>
  <mottattDato>2024-{1:02}-{2:02}T09:{3:02}:00</mottattDato>
  <avskrivning><avskrivningsdato>2024-{1:02}-{2:02}</avskrivningsdato><avskrevetAv>Ansatt {3}</avskrevetAv>
    <avskrivningsmaate>Besvart med brev</avskrivningsmaate></avskrivning>
</registrering>
"""
TAIL = """<saksaar>2024</saksaar><sakssekvensnummer>{0}</sakssekvensnummer><saksdato>2024-{1:02}-{2:02}</saksdato>
<administrativEnhet>Nav {4}</administrativEnhet><saksansvarlig>Ansatt {3}</saksansvarlig><saksstatus>Avsluttet</saksstatus></mappe>
"""
CHANGE = """<endring><referanseArkivenhet>00000000-0000-4000-8000-{0:012}</referanseArkivenhet>
<referanseMetadata>saksstatus</referanseMetadata><endretDato>2024-{1:02}-{2:02}T11:{3:02}:00</endretDato><endretAv>Ansatt {3}</endretAv>
<tidligereVerdi>Under behandling</tidligereVerdi><nyVerdi>Avsluttet</nyVerdi></endring>
"""


def write_large(folder: Path, megabytes: int) -> int:
    """Write both files until the first one has that size; gives the documents in it."""
    folder.mkdir()
    documents = number = 0
    with (
        (folder / "arkivstruktur.xml").open("w", encoding="utf-8") as file,
        (folder / "endringslogg.xml").open("w") as log,
    ):
        file.write(HEAD)
        log.write('<endringslogg xmlns="http://www.arkivverket.no/standarder/noark5/endringslogg">\n')
        while file.tell() < megabytes * 1_000_000 - 20_000:
            number += 1
            when = (number % 12 + 1, number % 28 + 1, number % 60, number % 9)
            parts = [FOLDER.format(number, *when)]
            for kind in ("Inngående dokument", "Utgående dokument", "N", "X", "I", "U"):
                documents += 1
                parts.append(DOCUMENT.format(documents, *when, kind))
            file.write("".join([*parts, TAIL.format(number, *when)]))
            log.write(CHANGE.format(number, *when))
        file.write("</klasse></klassifikasjonssystem></arkivdel></arkiv>\n")
        log.write("</endringslogg>\n")
    return documents


def run(path: Path, target: Path, memory: str) -> tuple[float, float, str]:
    """Seconds on the clock, peak megabytes, and what the import found."""
    command = [sys.executable, "-W", "ignore", "-c", IMPORT, str(path), str(target)]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"SAKSFLYT_MEMORY": memory})
    found = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the import failed with status {status}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024, found.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--memory", default="300MB")
    given = parser.parse_args()
    for megabytes in given.megabytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "noark5"
            documents = write_large(path, megabytes)
            seconds, peak, found = run(path, Path(folder) / "log", given.memory)
        print(f"{megabytes:5} MB, {documents} documents: {seconds:7.1f} s {peak:7.0f} MB  {found}", flush=True)


if __name__ == "__main__":
    main()
