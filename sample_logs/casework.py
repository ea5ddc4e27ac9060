"""What happens to one application, from receipt to the last payment?"""

from __future__ import annotations

from dataclasses import dataclass

from .arrivals import Application, job_night
from .clock import DAY, a_month_later, day_of, moment
from .deviations import Deviation, deviation_of
from .dice import Dice
from .office_hours import WORKING_DAY, OfficeHours
from .offices import (
    APPROVED,
    ASSESSED,
    ASSIGNED,
    DECIDED,
    DELIVERED,
    EMERGENCY,
    EMERGENCY_AID,
    IMPROVED_FROM,
    IMPROVED_OFFICE,
    IMPROVED_WORKING_DAYS,
    INTERIM,
    MAPPED,
    MEETING_OFFICE,
    MEETING_SHARE,
    MEETING_WEEKDAY,
    NIGHT_JOB,
    NOTIFIED,
    PAID,
    RECEIVED,
    REFUSED,
    REQUESTED,
    TRIAGE,
)
from .plan import SAMPLE, Plan

_ROUNDS = ((0, 46), (1, 32), (2, 16), (3, 6))
_PAYMENTS = ((1, 88), (2, 9), (3, 3))  # most are settled with one; monthly ones come back as new applications
_AMOUNTS = {"livsopphold": (5200, 14800), "boutgifter": (3000, 11500), "særlige utgifter": (400, 6000)}
_EMERGENCY_AMOUNTS = (500, 3000)


@dataclass(frozen=True)
class Event:
    """One row of the export. who : user code, the night job, or empty for the applicant; amount : øre"""

    step: str
    when: int
    who: str
    amount: int | None = None


@dataclass(frozen=True)
class Case:
    """An application with what the export shows of its life. closed : None while the case is open"""

    application: Application
    events: tuple[Event, ...]
    closed: int | None


class CaseFile:
    """A case while it is being worked on: what was done, and the moment that it has come to."""

    def __init__(self, application: Application, dice: Dice, hours: OfficeHours) -> None:
        self.application = application
        self.office = application.office
        self.dice = dice
        self.hours = hours
        self.deviation: Deviation | None = None
        self.worker = f"{self.office.code}{101 + 7 * dice.whole(0, self.office.staff - 1)}"
        self.events: list[Event] = []
        self.now = application.received

    def wait(self, low: int, high: int) -> None:
        """So many minutes of working time pass, most often near the middle."""
        self.now = self.hours.after(self.now, self.dice.middling(low, high))

    def note(self, step: str, who: str | None = None, amount: int | None = None) -> None:
        self.events.append(Event(step, self.now, self.worker if who is None else who, amount))

    def pay(self, low: int, high: int) -> None:
        self.note(PAID, amount=50 * self.dice.whole(2 * low, 2 * high))

    def first(self, step: str) -> int | None:
        return next((event.when for event in self.events if event.step == step), None)


def life_of(application: Application, seed: int, hours: OfficeHours, plan: Plan = SAMPLE) -> Case:
    """The case as the export shows it: nothing later than the export, the events in order of time."""
    case = CaseFile(application, Dice(seed, application.number), hours)
    case.deviation = deviation_of(seed, application.number)
    _receive(case)
    _first_talk(case)
    if not _left_lying(case):
        _documentation(case)
        _decide(case)
    _fall_silent(case, plan)
    closed = _settle(case) if case.first(DECIDED) is not None else None
    _interim_reply(case)
    shown = sorted((event for event in case.events if event.when < plan.end), key=lambda event: event.when)
    return Case(application, tuple(shown), closed if closed is not None and closed < plan.end else None)


def _receive(case: CaseFile) -> None:
    case.note(RECEIVED, who="" if case.application.online else f"{case.office.code}001")
    if case.application.kind == EMERGENCY_AID:
        case.wait(10, 200)
        case.note(TRIAGE)
        if case.dice.chance(0.7):
            case.wait(10, 90)
            case.note(EMERGENCY)
            case.wait(20, 240)
            case.pay(*_EMERGENCY_AMOUNTS)
    case.wait(30, 2 * WORKING_DAY)
    case.note(ASSIGNED)


def _first_talk(case: CaseFile) -> None:
    """The wait that one office cut for all it received from New Year; elsewhere some cases lie in a pile."""
    case.wait(1 * WORKING_DAY, 7 * WORKING_DAY)
    if case.office == IMPROVED_OFFICE:
        if day_of(case.application.received) < IMPROVED_FROM:
            case.now = case.hours.after(case.now, IMPROVED_WORKING_DAYS * WORKING_DAY)
    elif case.application.slow:
        case.wait(21 * WORKING_DAY, 24 * WORKING_DAY)
    elif case.dice.chance(0.18):
        case.wait(12 * WORKING_DAY, 26 * WORKING_DAY)
    case.note(MAPPED)


def _left_lying(case: CaseFile) -> bool:
    """One case in fifty is never taken up again: after the first talk, or while papers are waited for."""
    if case.office == IMPROVED_OFFICE or case.application.slow or not case.dice.chance(0.02):
        return False
    if case.dice.chance(0.5):
        case.wait(30, 2 * WORKING_DAY)
        case.note(REQUESTED)
    return True


def _documentation(case: CaseFile) -> None:
    """The loop: papers are asked for, come by day or in the evening on any day, and turn out not to be enough."""
    for _ in range(case.dice.weigh(_ROUNDS)):
        case.wait(30, 2 * WORKING_DAY)
        case.note(REQUESTED)
        case.now = (case.now // DAY + case.dice.middling(3, 15)) * DAY + case.dice.middling(7 * 60, 23 * 60 - 1)
        case.note(DELIVERED, who="")


def _decide(case: CaseFile) -> None:
    """Assessment and decision; where one of the deviations was planted, the assessment comes late or both come twice."""
    case.wait(WORKING_DAY // 2, 4 * WORKING_DAY)
    if case.deviation is not Deviation.ASSESSED_LATE:
        case.note(ASSESSED)
    if case.dice.chance(0.25):
        case.wait(40, 2 * WORKING_DAY)
        case.note(APPROVED, who=f"{case.office.code}002")
    case.wait(20, WORKING_DAY)
    if case.office == MEETING_OFFICE and case.dice.chance(MEETING_SHARE):
        case.now = case.hours.next_on(MEETING_WEEKDAY, case.now, case.dice.whole(9 * 60, 11 * 60))
    case.note(DECIDED)
    if case.deviation is Deviation.TAKEN_BACK:
        case.wait(WORKING_DAY, 8 * WORKING_DAY)
        case.note(ASSESSED)
        case.wait(20, 2 * WORKING_DAY)
        case.note(DECIDED)
    elif case.deviation is Deviation.ASSESSED_LATE:
        case.wait(15, WORKING_DAY)
        case.note(ASSESSED)


def _fall_silent(case: CaseFile, plan: Plan) -> None:
    """Where letters were lost, what else was planted in the case stands, and the applicant is not told."""
    decided = case.first(DECIDED)
    if plan.silence and decided is not None and plan.silence.holds(case.office, decided):
        case.deviation = Deviation.NO_NOTICE


def _settle(case: CaseFile) -> int:
    """Notice, then refusal or payments; the case is closed after the first payment, later ones do not reopen it."""
    if not case.dice.chance(0.12):  # else the system writes both at once: a tie
        case.wait(5, WORKING_DAY // 2)
    if case.deviation is not Deviation.NO_NOTICE:
        case.note(NOTIFIED)
    if case.dice.chance(0.18):
        case.wait(10, WORKING_DAY)
        case.note(REFUSED)
        return case.hours.after(case.now, case.dice.middling(10, WORKING_DAY))
    case.wait(WORKING_DAY // 3, 4 * WORKING_DAY)
    amounts = _AMOUNTS.get(case.application.kind, _AMOUNTS["livsopphold"])
    case.pay(*amounts)
    closed = case.hours.after(case.now, case.dice.middling(15, 2 * WORKING_DAY))
    for _ in range(case.dice.weigh(_PAYMENTS) - 1):
        case.now = case.hours.after(case.now + case.dice.whole(27, 31) * DAY, case.dice.middling(0, WORKING_DAY // 2))
        case.pay(*amounts)
    return closed


def _interim_reply(case: CaseFile) -> None:
    """Sent to whoever still waits for the office after three weeks: by the night job, or by hand and often late."""
    application, dice = case.application, case.dice
    if application.online:
        reply = Event(INTERIM, moment(job_night(application.received), 2, dice.whole(5, 50)), NIGHT_JOB)
        in_time = True
    else:
        in_time = dice.chance(0.4)
        days = dice.whole(17, 22) if in_time else dice.whole(33, 42)
        reply = Event(INTERIM, case.hours.after(application.received + days * DAY, dice.middling(0, 300)), case.worker)
    if _fits(case, reply.when, in_time):
        case.events.append(reply)


def _fits(case: CaseFile, when: int, in_time: bool) -> bool:
    """Not once decided nor while papers are waited for, and either clearly in time or clearly late.

    Whoever counts the month with or without the days spent waiting for papers must find the same late replies,
    so a case in which papers were asked for gets its reply in time or not at all.
    """
    decided = case.first(DECIDED)
    if decided is not None and decided <= when:
        return False
    month_end = a_month_later(case.application.received)
    if not in_time:
        asked = case.first(REQUESTED)
        return when > month_end + DAY and (asked is None or asked > when)
    before = [event.step for event in case.events if event.when <= when]
    return when < month_end - DAY // 2 and before.count(REQUESTED) == before.count(DELIVERED)
