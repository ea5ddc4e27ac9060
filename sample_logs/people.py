"""Who applies? Synthetic people only.

National identity numbers of the series that the Norwegian Tax Administration sets apart for test data: 80 is
added to the month, so that the number can belong to nobody.
"""

from __future__ import annotations

from datetime import date, timedelta

from .dice import Dice

_FIRST_BIRTHDAY = date(1958, 1, 1)
_LAST_BIRTHDAY = date(2006, 12, 31)
_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


class People:
    """Hands out synthetic identity numbers, never the same one twice."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._taken: set[str] = set()

    def someone_new(self) -> str:
        while True:
            number = _identity_number(_birthday(self._dice), self._dice)
            if number is not None and number not in self._taken:
                self._taken.add(number)
                return number


def _birthday(dice: Dice) -> date:
    return _FIRST_BIRTHDAY + timedelta(days=dice.whole(0, (_LAST_BIRTHDAY - _FIRST_BIRTHDAY).days))


def _identity_number(birthday: date, dice: Dice) -> str | None:
    """None where the check digits cannot be written: one individual number in six is never used."""
    individual = dice.whole(0, 499) if birthday.year < 2000 else dice.whole(500, 999)
    text = f"{birthday.day:02}{birthday.month + 80}{birthday.year % 100:02}{individual:03}"
    for weights in (_FIRST_CHECK, _SECOND_CHECK):
        digit = -sum(weight * int(figure) for weight, figure in zip(weights, text, strict=True)) % 11
        if digit == 10:
            return None
        text += str(digit)
    return text
