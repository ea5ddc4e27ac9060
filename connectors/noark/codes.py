"""The code lists of the standard: a value is a letter or the words for it, and both give the words.

What is in no list is called ``annen``: it may be anything, a name among it, and what stands in a step stands in reports.
"""

from __future__ import annotations

OTHER = "annen"

JOURNAL_TYPES = {
    "I": "Inngående dokument",
    "U": "Utgående dokument",
    "N": "Organinternt dokument for oppfølging",
    "X": "Organinternt dokument uten oppfølging",
    "S": "Saksframlegg",
}
JOURNAL_STATUSES = {
    "J": "Journalført",
    "F": "Ferdigstilt fra saksbehandler",
    "G": "Godkjent av leder",
    "E": "Ekspedert",
    "A": "Arkivert",
    "U": "Utgår",
    "M": "Midlertidig registrering av innkommet dokument",
    "S": "Saksbehandler har registrert innkommet dokument",
    "R": "Reservert dokument",
}
CASE_STATUSES = {
    "B": "Under behandling",
    "A": "Avsluttet",
    "U": "Utgår",
    "R": "Opprettet av saksbehandler",
    "S": "Avsluttet av saksbehandler",
    "P": "Unntatt prosesstyring",
    "F": "Ferdig fra saksbehandler",
}
WRITE_OFFS = {
    "BU": "Besvart med brev",
    "BE": "Besvart med e-post",
    "TLF": "Besvart på telefon",
    "TE": "Tatt til etterretning",
    "TO": "Tatt til orientering",
    "BN": "Besvart med notat",
    "SA": "Saken ble avsluttet",
}
FLOW_STATUSES = {
    "G": "Godkjent",
    "I": "Ikke godkjent",
    "S": "Sendt tilbake til saksbehandler med kommentarer",
}
VOID = "Utgår"


class CodeList:
    """One list: ``words("bu")`` and ``words("Besvart med brev")`` are the same words. unknown : values in no list"""

    def __init__(self, codes: dict[str, str]) -> None:
        self._words = {code.lower(): words for code, words in codes.items()}
        self._words |= {words.lower(): words for words in codes.values()}
        self.unknown = 0

    def words(self, value: str) -> str:
        """The words for a code or for themselves; ``annen`` for what is neither."""
        found = self._words.get(" ".join(value.lower().split()))
        if found is None:
            self.unknown += 1
            return OTHER
        return found
