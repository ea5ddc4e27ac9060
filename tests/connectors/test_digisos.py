"""Digisos, rule by rule: what each kind of event becomes, in which order, and when an application is done."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from saksflyt.connectors.digisos.application import Application, Told
from saksflyt.connectors.digisos.history import told_by
from saksflyt.connectors.digisos.schema import check
from saksflyt.connectors.registry import read
from saksflyt.mining.errors import DataError
from saksflyt.mining.flow import Flow

from .digisos_files import (
    FILE,
    NOW,
    OTHER,
    UUID,
    aside,
    asked,
    complaint,
    condition,
    decision,
    demand,
    event,
    events_of,
    file,
    lines,
    matter,
    milliseconds,
    office,
    payment,
    status,
    steps,
    taken_in,
    told,
    wrapper,
    write,
)

MOTTATT, TREATED, DONE = status(0, "MOTTATT"), status(5, "UNDER_BEHANDLING"), "FERDIGBEHANDLET"
SOKER = Path(__file__).parents[2].parent / "shared/logs/open/norway_digisos/src/test/resources/json/digisos/soker"
needs_examples = pytest.mark.skipif(not SOKER.exists(), reason="the public examples are not on this machine")

# rule: the events of a file, and the steps that they become
STEPS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "every status of an application": (
        [MOTTATT, TREATED, status(9, DONE)],
        ["Søknad mottatt", "Søknad under behandling", "Sak ferdigbehandlet"],
    ),
    "an application that is not treated": ([MOTTATT, status(9, "BEHANDLES_IKKE")], ["Søknad mottatt", "Søknad behandles ikke"]),
    "the file is not sorted": ([TREATED, MOTTATT], ["Søknad mottatt", "Søknad under behandling"]),
    "on one moment receipt comes before treatment": (
        [status(0, "UNDER_BEHANDLING"), MOTTATT],
        ["Søknad mottatt", "Søknad under behandling"],
    ),
    "on one moment a payment comes before a condition": (
        [MOTTATT, condition(7, "V"), payment(7, "U")],
        ["Søknad mottatt", "Utbetaling planlagt", "Vilkår satt"],
    ),
    "on one moment a payment comes before a demand for documents": (
        [MOTTATT, demand(7, "D"), payment(7, "U")],
        ["Søknad mottatt", "Utbetaling planlagt", "Dokumentasjonskrav satt"],
    ),
    "on one moment everything else keeps its order": (
        [MOTTATT, condition(7, "V"), decision(7, "S"), matter(7, "S"), payment(7, "U"), status(7, DONE)],
        ["Søknad mottatt", "Utbetaling planlagt", "Vedtak fattet", "Sak opprettet", "Vilkår satt", "Sak ferdigbehandlet"],
    ),
    "an interim reply": ([MOTTATT, event("forelopigSvar", 8, forvaltningsbrev=FILE)], ["Søknad mottatt", "Foreløpig svar"]),
    "documents asked for count with and without a letter": (
        [MOTTATT, asked(3, 99), {**asked(4, 99), "forvaltningsbrev": FILE}],
        ["Søknad mottatt", "Dokumentasjon etterspurt", "Dokumentasjon etterspurt"],
    ),
    "an empty list after one that was not: no more documents": (
        [MOTTATT, asked(3, 99), asked(4)],
        ["Søknad mottatt", "Dokumentasjon etterspurt", "Dokumentasjon ikke lenger etterspurt"],
    ),
    "an empty list when nothing is asked for is no event": ([MOTTATT, asked(3)], ["Søknad mottatt"]),
    "a second empty list is no event": (
        [MOTTATT, asked(3, 9), asked(4), asked(5)],
        ["Søknad mottatt", "Dokumentasjon etterspurt", "Dokumentasjon ikke lenger etterspurt"],
    ),
    "a matter without a status is worked on": ([MOTTATT, matter(6, "S")], ["Søknad mottatt", "Sak opprettet"]),
    "a matter that is not treated": (
        [MOTTATT, matter(6, "S"), matter(7, "S", "BEHANDLES_IKKE")],
        ["Søknad mottatt", "Sak opprettet", "Sak behandles ikke"],
    ),
    "a matter that nobody may look into": (
        [MOTTATT, matter(6, "S"), matter(7, "S", "IKKE_INNSYN")],
        ["Søknad mottatt", "Sak opprettet", "Sak uten innsyn"],
    ),
    "a matter that is taken up again": (
        [MOTTATT, matter(6, "S", "BEHANDLES_IKKE"), matter(7, "S", "UNDER_BEHANDLING")],
        ["Søknad mottatt", "Sak behandles ikke", "Sak gjenopptatt"],
    ),
    "a matter that is worked on after its decision is taken up again": (
        [MOTTATT, matter(6, "S"), decision(7, "S"), matter(8, "S")],
        ["Søknad mottatt", "Sak opprettet", "Vedtak fattet", "Sak gjenopptatt"],
    ),
    "a status that a matter has already is no event": ([MOTTATT, matter(6, "S"), matter(7, "S")], ["Søknad mottatt", "Sak opprettet"]),
    "a decision without a matter before it": ([MOTTATT, decision(6, "S")], ["Søknad mottatt", "Vedtak fattet"]),
    "a decision before the status of its matter": (
        [MOTTATT, decision(6, "S"), matter(7, "S")],
        ["Søknad mottatt", "Vedtak fattet", "Sak opprettet"],
    ),
    "a second decision on one matter": (
        [MOTTATT, decision(6, "S"), decision(7, "S", "AVSLATT")],
        ["Søknad mottatt", "Vedtak fattet", "Nytt vedtak fattet"],
    ),
    "a decision on each of two matters": (
        [MOTTATT, decision(6, "S"), decision(7, "T")],
        ["Søknad mottatt", "Vedtak fattet", "Vedtak fattet"],
    ),
    "decisions that name no matter are of one": (
        [MOTTATT, decision(6, None), decision(7, "default")],
        ["Søknad mottatt", "Vedtak fattet", "Nytt vedtak fattet"],
    ),
    "a payment without a status is planned": ([MOTTATT, payment(6, "U")], ["Søknad mottatt", "Utbetaling planlagt"]),
    "a payment with a new status is a new event": (
        [MOTTATT, payment(6, "U"), payment(7, "U", "UTBETALT")],
        ["Søknad mottatt", "Utbetaling planlagt", "Utbetaling"],
    ),
    "a payment that is replaced with one status is no event": (
        [MOTTATT, payment(6, "U", belop=5), payment(7, "U", belop=7)],
        ["Søknad mottatt", "Utbetaling planlagt"],
    ),
    "payments with two references are two": (
        [MOTTATT, payment(6, "U"), payment(6, "V")],
        ["Søknad mottatt", "Utbetaling planlagt", "Utbetaling planlagt"],
    ),
    "a payment that is stopped or annulled": (
        [MOTTATT, payment(6, "U", "STOPPET"), payment(7, "U", "ANNULLERT")],
        ["Søknad mottatt", "Utbetaling stoppet", "Utbetaling annullert"],
    ),
    "a condition is set once, by whatever of the three codes": (
        [MOTTATT, condition(6, "V", "OPPFYLT"), condition(7, "V"), condition(8, "V", "IKKE_OPPFYLT")],
        ["Søknad mottatt", "Vilkår satt"],
    ),
    "a condition that is annulled": (
        [MOTTATT, condition(6, "V"), condition(7, "V", "ANNULLERT")],
        ["Søknad mottatt", "Vilkår satt", "Vilkår annullert"],
    ),
    "a demand for documents, delivered before, annulled": (
        [MOTTATT, demand(6, "D"), demand(7, "D", "LEVERT_TIDLIGERE"), demand(8, "D", "ANNULLERT")],
        ["Søknad mottatt", "Dokumentasjonskrav satt", "Dokumentasjonskrav levert tidligere", "Dokumentasjonskrav annullert"],
    ),
    "a condition and a demand of one reference are two things": (
        [MOTTATT, condition(6, "V"), demand(6, "V")],
        ["Søknad mottatt", "Vilkår satt", "Dokumentasjonskrav satt"],
    ),
    "a frame decision": (
        [MOTTATT, event("rammevedtak", 6, rammevedtaksreferanse="R", belop=3)],
        ["Søknad mottatt", "Rammevedtak"],
    ),
    "the first office of a file alone is no forwarding": ([MOTTATT, office(1, "0314")], ["Søknad mottatt"]),
    "another office is a forwarding": ([MOTTATT, office(1, "0314"), office(2, "0315")], ["Søknad mottatt", "Søknad videresendt"]),
    "the office that has it already is none": ([MOTTATT, office(1, "0314"), office(2, "0314")], ["Søknad mottatt"]),
    "an unknown type is kept": ([MOTTATT, event("nyttIDigisos", 6, felt=[1])], ["Søknad mottatt", "Annen hendelse (nyttIDigisos)"]),
    "an unknown type that could be anything is not named": ([MOTTATT, event("Kari Nordmann 1", 6)], ["Søknad mottatt", "Annen hendelse"]),
    "the same status again is no event": ([MOTTATT, status(3, "MOTTATT")], ["Søknad mottatt"]),
    "done again after a new matter is an event": (
        [MOTTATT, status(5, DONE), matter(6, "S"), decision(7, "S"), status(8, DONE)],
        ["Søknad mottatt", "Sak ferdigbehandlet", "Sak opprettet", "Vedtak fattet", "Sak ferdigbehandlet"],
    ),
}  # fmt: skip


def history(*events: dict[str, Any]) -> Told:
    """What a valid file with these events tells."""
    check(file(*events))
    return told_by(Application(events=[*events]))


@pytest.mark.parametrize("rule", STEPS)
def test_events_become_steps(rule: str) -> None:
    events, expected = STEPS[rule]
    found = history(*events)
    assert [step.activity for step in found.steps] == expected
    assert found.aside.total() == len(events) - len(expected) and not found.refused


# rule: the events after receipt, and the minute since which the application is done
CLOSED: dict[str, tuple[list[dict[str, Any]], int | None]] = {
    "done when it is said to be, without a matter": ([status(9, DONE)], 9),
    "done when it is said to be, every matter decided": ([matter(2, "S"), decision(4, "S"), status(9, DONE)], 9),
    "not before the last open matter is decided": ([matter(2, "S"), status(5, DONE), decision(8, "S")], 8),
    "not while a matter is open": ([matter(2, "S"), matter(2, "T"), decision(4, "S"), status(9, DONE)], None),
    "a late matter opens it again": ([status(5, DONE), matter(9, "S")], None),
    "until that is decided, too": ([status(5, DONE), matter(9, "S"), decision(12, "S")], 12),
    "a status back opens it": ([status(5, DONE), status(8, "UNDER_BEHANDLING")], None),
    "and it is done anew": ([status(5, DONE), status(8, "UNDER_BEHANDLING"), status(11, DONE)], 11),
    "a decided matter stays done whatever its status says": ([decision(3, "S"), status(5, DONE), matter(9, "S")], 5),
    "a matter without access holds nothing up": ([matter(2, "S", "IKKE_INNSYN"), status(5, DONE)], 5),
    "nor one that is not treated": ([matter(2, "S", "BEHANDLES_IKKE"), status(5, DONE)], 5),
    "nor one that was registered by mistake": ([matter(2, "S"), status(5, DONE), matter(9, "S", "FEILREGISTRERT")], 5),
    "nor one that only a payment names": ([payment(2, "U", saksreferanse="S"), status(5, DONE)], 5),
    "one that is taken up again does": ([matter(2, "S", "BEHANDLES_IKKE"), status(5, DONE), matter(7, "S", "UNDER_BEHANDLING")], None),
    "not treated is done, whatever is open": ([matter(2, "S"), status(5, "BEHANDLES_IKKE")], 5),
    "a payment later does not open it": ([status(5, DONE), payment(9, "U", "UTBETALT")], 5),
    "open": ([status(5, "UNDER_BEHANDLING")], None),
}  # fmt: skip


@pytest.mark.parametrize("rule", CLOSED)
def test_when_is_an_application_done(rule: str) -> None:
    events, minute = CLOSED[rule]
    expected = None if minute is None else datetime(2025, 3, 1, 0, minute, tzinfo=UTC)
    assert history(MOTTATT, *events).closed == expected


@pytest.mark.parametrize("minute", [None, 9])
def test_the_log_says_since_when_it_is_done(minute: int | None, tmp_path: Path) -> None:
    done = told(tmp_path, MOTTATT, *([status(minute, DONE)] if minute else []))
    closed = done.log.sql("select closed from cases")["closed"].iloc[0]
    assert pd.isna(closed) if minute is None else closed == pd.Timestamp("2025-03-01T00:09Z")
    assert steps(done)[0] == "Søknad mottatt" and done.receipt.sources[0].adds_up


def test_matters_registered_by_mistake_are_hidden_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    wrong = [
        matter(2, "S"), decision(3, "S"), payment(4, "U", saksreferanse="S"), condition(4, "V", saksreferanse="S"),
        demand(4, "D", saksreferanse="S"), event("rammevedtak", 4, rammevedtaksreferanse="R", saksreferanse="S"),
        matter(5, "S", "FEILREGISTRERT"),
    ]  # fmt: skip
    done = told(tmp_path, MOTTATT, *wrong, matter(6, "T"), decision(7, "T", "AVSLATT"))
    assert steps(done) == ["Søknad mottatt", "Sak opprettet", "Vedtak fattet"]
    assert aside(done) == {"matter registered by mistake": len(wrong)}
    assert set(events_of(done)["siste utfall"]) == {"avslått"}


def test_a_matter_that_was_no_mistake_after_all_is_shown(tmp_path: Path) -> None:
    done = told(tmp_path, MOTTATT, matter(2, "S", "FEILREGISTRERT"), matter(3, "S", "UNDER_BEHANDLING"))
    assert "Sak gjenopptatt" in steps(done)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([decision(2, "S", "AVSLATT"), decision(3, "S", "INNVILGET")], "innvilget"),
        ([decision(2, "S", "INNVILGET"), decision(3, "S", None)], None),
        ([decision(2, "S", "DELVIS_INNVILGET"), decision(3, "T", "AVVIST")], "delvis innvilget, avvist"),
        ([decision(2, "S"), decision(3, "T")], "innvilget"),
    ],
    ids=["the last one wins", "also when it says nothing", "each matter has its own", "equal ones once"],
)
def test_the_last_outcome(events: list[dict[str, Any]], outcome: str | None, tmp_path: Path) -> None:
    frame = events_of(told(tmp_path, MOTTATT, *events))
    assert outcome is None and "siste utfall" not in frame or set(frame["siste utfall"]) == {outcome}


def test_replaced_payments_count_once_and_with_their_last_amount(tmp_path: Path) -> None:
    done = told(
        tmp_path, MOTTATT, payment(2, "U", belop=5000), payment(3, "U", "UTBETALT", belop=4000),
        payment(4, "U", "UTBETALT", belop=4500), payment(5, "V", "UTBETALT", belop=100), payment(6, "W", "STOPPET", belop=9),
    )  # fmt: skip
    frame = events_of(done)
    assert set(frame["utbetalt"]) == {4600}
    assert frame["beløp"].dropna().to_list() == [5000, 4000, 100, 9]
    assert aside(done) == {"payment with the same status as before": 1}


def test_what_is_needed_to_find_overdue_payments_is_kept(tmp_path: Path) -> None:
    frame = events_of(told(tmp_path, MOTTATT, payment(2, "U", belop=5, forfallsdato="2025-03-09")))
    assert frame["forfall"].iloc[1] == "2025-03-09"


def test_a_request_says_how_many_documents_and_the_first_deadline(tmp_path: Path) -> None:
    frame = events_of(told(tmp_path, MOTTATT, asked(3, 600, 500, 700)))
    assert frame["dokumenter"].iloc[1] == 3 and frame["frist"].iloc[1] == pd.Timestamp("2025-03-01T08:20Z")


@pytest.mark.parametrize(
    "written",
    ["2025-03-01T00:00:00.000Z", "2025-03-01T00:00:00Z", "2025-03-01T01:00:00.5+01:00", "2025-02-28T19:00:00-05:00"],
)
def test_any_offset_and_no_fraction_are_read(written: str, tmp_path: Path) -> None:
    done = told(tmp_path, {"type": "soknadsStatus", "status": "MOTTATT", "hendelsestidspunkt": written})
    assert events_of(done)["end_time"].iloc[0].floor("s") == pd.Timestamp("2025-03-01T00:00Z")


def test_times_are_shown_in_norwegian_time(tmp_path: Path) -> None:
    log = told(tmp_path, status(23 * 60 + 30, "MOTTATT")).log
    assert log.manifest.zone == "Europe/Oslo"
    assert (
        log.sql("select timezone('Europe/Oslo', end_time)::date as d from events")["d"].iloc[0].isoformat()[:10]
        == "2025-03-02"
    )


# The wrapper


def test_the_wrapper_gives_id_sending_and_deliveries(tmp_path: Path) -> None:
    later = {"ettersendelser": [{"timestampSendt": milliseconds(20)}, {"timestampSendt": milliseconds(30)}]}
    done = told(tmp_path, status(3, "MOTTATT"), ettersendtInfoNAV=later, sokerFnr="01819000049")
    frame = events_of(done)
    assert steps(done) == ["Søknad sendt", "Søknad mottatt", "Dokumentasjon levert", "Dokumentasjon levert"]
    assert set(frame["case_id"]) == {UUID} and set(frame["applicant"]) == {"A1"} and set(frame["kanal"]) == {"digital"}


def test_an_application_on_paper_was_not_sent(tmp_path: Path) -> None:
    done = told(tmp_path, status(3, "MOTTATT"), office(4, "0315"), sent=None)
    assert steps(done) == ["Søknad mottatt"] and set(events_of(done)["kanal"]) == {"papir"}


def test_a_time_of_sending_of_zero_is_quarantined(tmp_path: Path) -> None:
    done = told(tmp_path, status(3, "MOTTATT"), originalSoknadNAV={"timestampSendt": 0})
    assert steps(done) == ["Søknad mottatt"] and done.receipt.sources[0].quarantined == {"no time of sending": 1}


def test_a_case_system_that_is_silent_leaves_what_fiks_knows(tmp_path: Path) -> None:
    done = taken_in(write(tmp_path / "x.json", wrapper()), tmp_path)
    assert steps(done) == ["Søknad sendt"] and any("only Fiks tells" in note for note in done.receipt.notes)


ORIGINAL = {"tilleggsinformasjon": {"enhetsnummer": "0314"}}


@pytest.mark.parametrize(
    ("offices", "more", "forwarded", "units"),
    [
        (["0314"], ORIGINAL, 0, ["0314"]),
        (["0315"], ORIGINAL, 1, ["0314", "0315"]),
        (["0315"], {**ORIGINAL, "sent": None}, 0, ["0314", "0315"]),
        (["0315", "0314"], ORIGINAL, 1, ["0314", "0315"]),
        (["0315", "0316"], ORIGINAL, 2, ["0314", "0315", "0316"]),
        (["0315"], {"sent": 0}, 0, ["0315"]),
        ([], ORIGINAL, 0, ["0314"]),
        ([], {"sent": 0}, 0, ["0301"]),
    ],
    ids=[
        "the office that it was sent to", "another office", "the first one on paper", "back again is no forwarding", "on and on",
        "nobody says where it was sent", "unit by enhetsnummer", "unit by kommunenummer",
    ],
)  # fmt: skip
def test_offices(offices: list[str], more: dict[str, Any], forwarded: int, units: list[str], tmp_path: Path) -> None:
    events = [office(10 * n + 10, number) for n, number in enumerate(offices)]
    done = told(tmp_path, MOTTATT, *events, status(99, DONE), **more)
    assert steps(done).count("Søknad videresendt") == forwarded
    assert list(dict.fromkeys(events_of(done)["unit"])) == units


def test_who_comes_back_is_one_applicant(tmp_path: Path) -> None:
    both = [{**wrapper(id=i, sokerFnr="01819000049"), "soker": file(MOTTATT)} for i in (UUID, OTHER)]
    done = taken_in(lines(tmp_path / "x.ndjson", *both), tmp_path)
    assert set(events_of(done)["applicant"]) == {"A1"} and done.log.case_count == 2


# Matters as cases


def test_events_of_an_application_belong_to_each_of_its_matters(tmp_path: Path) -> None:
    events = [
        MOTTATT,
        matter(2, "S"),
        matter(3, "T"),
        asked(4, 99),
        decision(5, "S"),
        payment(6, "U", "UTBETALT", saksreferanse="T", belop=7),
    ]
    path = write(tmp_path / "x.json", {**wrapper(), "soker": file(*events, status(9, DONE))})
    done = taken_in(path, tmp_path, case="matter")
    frame = events_of(done)
    found = {case: group["activity"].to_list() for case, group in frame.groupby("case_id")}
    common = ["Søknad sendt", "Søknad mottatt"]
    assert found == {
        f"{UUID}/1": [*common, "Sak opprettet", "Dokumentasjon etterspurt", "Vedtak fattet", "Sak ferdigbehandlet"],
        f"{UUID}/2": [*common, "Sak opprettet", "Dokumentasjon etterspurt", "Utbetaling", "Sak ferdigbehandlet"],
    }
    [source] = done.receipt.sources
    assert source.adds_up and (source.records, source.accepted, source.events, source.further) == (8, 8, 12, 4)
    assert "one per accepted record and matter" in done.receipt.lines()[0] and done.log.manifest.case_notion == "matter"
    closed = done.log.sql("select case_id, closed from cases order by case_id")["closed"]
    assert closed.iloc[0] == pd.Timestamp("2025-03-01T00:05Z") and pd.isna(closed.iloc[1])


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "application without a matter"),
        ([matter(2, "S"), matter(2, "T"), payment(3, "U")], "nothing says of which matter it is"),
    ],
)
def test_what_belongs_to_no_matter_is_set_aside(events: list[dict[str, Any]], reason: str, tmp_path: Path) -> None:
    good = {**wrapper(id=OTHER), "soker": file(MOTTATT, matter(1, "S"))}
    path = lines(tmp_path / "x.ndjson", good, {**wrapper(sent=None), "soker": file(MOTTATT, *events)})
    assert aside(taken_in(path, tmp_path, case="matter")) == {reason: 1}


def test_a_payment_without_a_matter_is_that_of_the_only_one(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", file(MOTTATT, matter(2, "S"), payment(3, "U")))
    assert steps(taken_in(path, tmp_path, case="matter"))[-1] == "Utbetaling planlagt"


# Complaints


def fiks(*states: tuple[str, int], **more: Any) -> dict[str, Any]:
    listed = [{"status": state, "timestamp": milliseconds(minute)} for state, minute in states]
    return {"klageId": OTHER, "vedtakId": UUID, "digisosId": UUID, "sendtKvittering": {"statusListe": listed}, **more}


WITHDRAWN = {"sendtKvittering": {"statusListe": [{"status": "SENDT", "timestamp": milliseconds(90)}]}}
COMPLAINTS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "klage.json": ([complaint(30)], ["Klage sendt"]),
    "what Fiks knows": ([fiks(("SENDT", 30), ("BEKREFTET", 31))], ["Klage sendt", "Klage mottatt"]),
    "both tell of the sending once": ([complaint(30), fiks(("SENDT", 31), ("BEKREFTET", 32))], ["Klage sendt", "Klage mottatt"]),
    "states that failed are none": ([fiks(("SENDT", 30), ("TTL_TIDSAVBRUDD", 31), ("STOPPET", 32))], ["Klage sendt"]),
    "withdrawn": ([fiks(("SENDT", 30), trukket=True, trekkKlageInfo=WITHDRAWN)], ["Klage sendt", "Klage trukket"]),
    "sent later": (
        [fiks(("SENDT", 30), ettersendtInfoNAV={"ettersendelser": [{"timestampSendt": milliseconds(40)}]})],
        ["Klage sendt", "Dokumentasjon til klage levert"],
    ),
}  # fmt: skip


def test_the_template_has_every_step_that_the_format_carries() -> None:
    told_of = {step for _, steps in (*STEPS.values(), *COMPLAINTS.values()) for step in steps}
    flow = Flow.read("digisos")
    unknown = told_of - {*flow.ordered, *flow.anytime}
    assert {step for step in unknown if not step.startswith("Annen hendelse")} == set()


@pytest.mark.parametrize("rule", COMPLAINTS)
def test_complaints(rule: str, tmp_path: Path) -> None:
    found, expected = COMPLAINTS[rule]
    application = {**wrapper(sent=None), "soker": file(MOTTATT, decision(5, "S"))}
    for case in (None, "matter"):
        done = taken_in(lines(tmp_path / "x.ndjson", *found, application), tmp_path, case=case)
        assert steps(done) == ["Søknad mottatt", "Vedtak fattet", *expected]
        assert done.receipt.sources[0].adds_up and done.log.case_count == 1


def test_a_complaint_without_its_application_is_a_case_of_its_own_or_of_no_matter(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", complaint(30), {**wrapper(id=OTHER), "soker": file(MOTTATT, matter(1, "S"))})
    assert taken_in(path, tmp_path).log.case_count == 2
    assert aside(taken_in(path, tmp_path, case="matter")) == {"complaint about a decision that no matter has": 1}


def test_withdrawn_without_a_time_is_quarantined(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", fiks(("SENDT", 1), trukket=True), {**wrapper(), "soker": file(MOTTATT)})
    assert taken_in(path, tmp_path).receipt.sources[0].quarantined == {"no time": 1}


def test_the_list_of_complaints_that_the_schema_had_for_a_time_is_read(tmp_path: Path) -> None:
    told_by = [
        {"hendelseType": "KlageStatusHendelse", "hendelseDato": "2025-03-10T12:00:00", "status": "MOTTATT"},
        {"hendelseType": "UtfallHendelse", "hendelseDato": "2025-03-11T12:00:00", "utfall": "OPPRETTHOLDT"},
        {"hendelseType": "KlageStatusHendelse", "hendelseDato": "2025-03-12T12:00:00", "status": "VIDERESENDT"},
        {"hendelseType": "StatsforvalterUtfallHendelse", "hendelseDato": "2025-03-13T12:00:00", "utfall": "STADFESTER"},
        {"hendelseType": "KlageDokumentasjonHendelse", "hendelseDato": "2025-03-14T12:00:00", "status": "RELEVANT"},
        {"hendelseType": "SaksframleggHendelse", "hendelseDato": "2025-03-15T12:00:00"},
        {"hendelseType": "JsonVedtakFattet", "hendelseDato": "2025-03-16T12:00:00", "utfall": "INNVILGET"},
    ]
    content = {**file(MOTTATT), "klager": [{"klageId": OTHER, "tittel": "Kari", "hendelser": told_by}]}
    done = taken_in(write(tmp_path / "x.json", content), tmp_path)
    assert steps(done)[1:] == [
        "Klage mottatt", "Vedtak opprettholdt", "Oversendt statsforvalteren", "Statsforvalterens avgjørelse",
        "Dokumentasjon til klage etterspurt", "Saksframlegg sendt",
    ]  # fmt: skip
    assert events_of(done)["end_time"].iloc[1] == pd.Timestamp("2025-03-10T11:00Z")  # local time where no offset is
    assert aside(done) == {"decision that the file tells of by itself": 1}


# The public examples


@needs_examples
def test_the_complete_example_gives_the_right_order() -> None:
    log = read(SOKER / "komplett.json", now=NOW)
    assert log.sql("select activity from events order by position")["activity"].to_list() == [
        "Søknad mottatt", "Søknad videresendt", "Søknad under behandling", "Dokumentasjon etterspurt", "Foreløpig svar",
        "Vedtak fattet", "Sak ferdigbehandlet", "Sak opprettet", "Sak uten innsyn", "Utbetaling planlagt", "Vilkår satt",
        "Dokumentasjonskrav satt", "Dokumentasjonskrav satt", "Dokumentasjonskrav levert tidligere", "Vilkår annullert",
        "Vilkår satt", "Dokumentasjonskrav annullert",
    ]  # fmt: skip


@needs_examples
def test_fields_that_nobody_knows_are_legal() -> None:
    assert read(SOKER / "kan-ha-nye-felter.json", now=NOW).event_count == 1


PLACES = {
    "feil-mangler-version": "version is missing",
    "feil-mangler-avsender": "avsender is missing",
    "feil-mangler-hendelser": "hendelser is missing",
    "feil-mangler-systemversjon": "avsender.systemversjon is missing",
    "feil-mangler-systemnavn": "avsender.systemnavn is missing",
    "feil-hendelse-er-tom": "hendelser[0].type is missing",
    "feil-hendelse-mangler-hendelsestidspunkt": "hendelser[0].hendelsestidspunkt is missing",
    "feil-status-mangler": "hendelser[0].status is missing",
    "feil-status-eksisterer-ikke": "hendelser[0].status is none of MOTTATT",
    "feil-navKontor-mangler": "hendelser[0].navKontor is missing",
    "feil-navKontor-har-tre-siffer": "hendelser[0].navKontor is no number of four digits",
    "feil-navKontor-har-fem-siffer": "hendelser[0].navKontor is no number of four digits",
    "feil-navKontor-har-seks-siffer": "hendelser[0].navKontor is no number of four digits",
    "feil-mangler-vedtaksfil": "hendelser[0].vedtaksfil is missing",
    "feil-mangler-vedtaksfil-referanse": "hendelser[0].vedtaksfil.referanse is missing",
    "feil-mangler-vedlegg-tittel": "hendelser[0].vedlegg[0].tittel is missing",
    "feil-mangler-vedlegg-referanse": "hendelser[0].vedlegg[0].referanse is missing",
    "feil-mangler-forvaltningsbrev": "hendelser[0].forvaltningsbrev is missing",
    "feil-mangler-forvaltningsbrev-referanse": "hendelser[0].forvaltningsbrev.referanse is missing",
    "feil-dokument-mangler-innsendelsesfrist": "hendelser[0].dokumenter[0].innsendelsesfrist is missing",
    "feil-dokument-mangler-dokumenttype": "hendelser[0].dokumenter[0].dokumenttype is missing",
    "feil-dokument-har-feil-dokumentreferanse": "hendelser[0].dokumenter[0].dokumentreferanse is no text",
}  # fmt: skip
_EXAMPLES = sorted(SOKER.rglob("*.json")) if SOKER.exists() else []


def whole(path: Path) -> Any:
    """An example of a part, put into a file."""
    part = json.loads(path.read_text(encoding="utf-8"))
    kind = path.relative_to(SOKER).parts[1:2]
    if kind == ("avsender",):
        return {**file(MOTTATT), "avsender": part}
    if kind == ("filreferanse",):
        return file(event("forelopigSvar", 1, forvaltningsbrev={"referanse": part}))
    return file(part) if kind else part


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda p: "/".join(p.parts[-2:]))
def test_examples_are_read_or_refused_with_the_place(path: Path, tmp_path: Path) -> None:
    copy = write(tmp_path / "x.json", whole(path))
    if path.stem == "feil-hendelse-eksisterer-ikke":  # of a type that may come with a later version
        done = taken_in(copy, tmp_path)
        assert steps(done) == ["Annen hendelse (foobar)"] and any(
            "type that is not known: 1" in n for n in done.receipt.notes
        )
    elif path.stem.startswith("feil-"):
        with pytest.raises(DataError) as refused:
            taken_in(copy, tmp_path)
        assert str(refused.value).startswith(f"x.json: {PLACES[path.stem]}")
    else:
        assert taken_in(copy, tmp_path).receipt.sources[0].adds_up


@needs_examples
def test_every_example_was_found() -> None:
    assert len(_EXAMPLES) == 45
