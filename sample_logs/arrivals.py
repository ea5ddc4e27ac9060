"""What comes in, when, to which office and from whom?"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, count

from .clock import AUTUMN_NIGHTS, DAY, SPRING_NIGHTS, day_of, moment
from .dice import Dice
from .office_hours import closing_time
from .offices import KINDS, NORDHAMN, OFFICES, Office
from .people import People
from .plan import SAMPLE, Plan

_JOB_AGE = 20 * DAY  # the night job answers those who have waited so long, each night to Sunday
_WEEKDAYS = (26, 22, 20, 20, 18, 4, 3)
_MONTHS = (12, 10, 10, 9, 9, 9, 7, 9, 10, 11, 12, 12)
_DAY_OFF = 4
_SLOW_ONES = 2


@dataclass(frozen=True)
class Application:
    """number : case number; online : sent by the applicant, else on paper; slow : left lying, to meet a clock change"""

    number: str
    received: int
    office: Office
    applicant: str
    kind: str
    online: bool
    slow: bool


def applications(seed: int, cases: int, plan: Plan = SAMPLE) -> list[Application]:
    """The applications in order of receipt, numbered by year as a case system does."""
    dice, people = Dice(seed, "arrivals"), People(Dice(seed, "people"))
    known: dict[Office, list[tuple[str, int]]] = {office: [] for office in OFFICES}
    slow_ones = dict.fromkeys((*SPRING_NIGHTS, *AUTUMN_NIGHTS), _SLOW_ONES)
    numbers = {year: count(1) for year in range(plan.first.year, plan.last.year + 1)}
    made = []
    for received, online in sorted(_time_of_receipt(day, dice) for day in _days(cases, plan, dice)):
        night = job_night(received)
        slow = slow_ones.get(night, 0) > 0
        if slow:
            slow_ones[night] -= 1
        office = NORDHAMN if slow else dice.weigh([(office, office.weight) for office in OFFICES])
        year = day_of(received).year
        applicant = _applicant(received, known[office], people, dice)
        number = f"{year}/{next(numbers[year]):05}"
        made.append(Application(number, received, office, applicant, dice.weigh(KINDS), online or slow, slow))
    return made


def job_night(received: int) -> date:
    """The Sunday whose night job sends the interim reply, if the case is still waiting by then."""
    due = day_of(received + _JOB_AGE - 1) + timedelta(days=1)
    return due + timedelta(days=6 - due.weekday())


def _days(cases: int, plan: Plan, dice: Dice) -> list[date]:
    """Evenly spread by weight, so that no month is empty by chance; somebody always applies on the last day."""
    days = [plan.first + timedelta(days=n) for n in range((plan.last - plan.first).days + 1)]
    reached = list(accumulate(_weight(day) for day in days))
    step = reached[-1] / max(cases - 1, 1)
    start = dice.share() * step
    return [days[bisect_right(reached, start + n * step)] for n in range(cases - 1)] + [plan.last]


def _weight(day: date) -> int:
    by_weekday = _WEEKDAYS[day.weekday()] if day.weekday() >= 5 or closing_time(day) is not None else _DAY_OFF
    return by_weekday * _MONTHS[day.month - 1]


def _time_of_receipt(day: date, dice: Dice) -> tuple[int, bool]:
    """Paper comes while the office is open, the rest at any time but between two and three, when the night job runs."""
    closes = closing_time(day)
    if closes is not None and dice.chance(0.3):
        return moment(day) + dice.middling(8 * 60, closes - 30), False
    if dice.chance(0.06):
        return moment(day) + dice.whole(0, 2 * 60 - 1), True
    return moment(day) + dice.middling(5 * 60, DAY - 1), True


def _applicant(received: int, known: list[tuple[str, int]], people: People, dice: Dice) -> str:
    """Four in ten have applied at this office before; nobody twice within a month."""
    if known and dice.chance(0.4):
        place = int(dice.share() * len(known))
        applicant, last = known[place]
        if received - last > 30 * DAY:
            known[place] = (applicant, received)
            return applicant
    applicant = people.someone_new()
    known.append((applicant, received))
    return applicant
