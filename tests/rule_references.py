"""What the kinds of rule mean, written a second time: as regular expressions, and as plain loops over the events.

The expressions are those of Di Ciccio and Mecella, "On the discovery of declarative control flows for artful processes"
(ACM TMIS 5(4), 2015), table II, for the steps A and B among one-letter steps. Of a case that may go on, an expression
says what it will say of every way in which it goes on.
"""

import re
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from saksflyt.mining.flow_parts import Rule, Term

PAIR: dict[str, Term] = {"before": "A", "after": "B"}
BOTH: dict[str, Term] = {"steps": ("A", "B")}
ONE: dict[str, Term] = {"step": "A"}

# Each rule, what it means for a case that is over, and in which cases it asks for anything.
EXPRESSIONS: list[tuple[Rule, str, str]] = [
    (Rule("existence", ONE), ".*A.*", ".*"),
    (Rule("absence", ONE), "[^A]*", ".*"),
    (Rule("exactly", ONE | {"times": 0}), "[^A]*", ".*"),
    (Rule("exactly", ONE | {"times": 2}), "([^A]*A){2}[^A]*", ".*"),
    (Rule("at_least", ONE | {"times": 2}), "(.*A){2}.*", ".*"),
    (Rule("at_most", ONE | {"times": 1}), "[^A]*(A[^A]*){0,1}", ".*"),
    (Rule("at_most", ONE | {"times": 2}), "[^A]*(A[^A]*){0,2}", ".*"),
    (Rule("between", ONE | {"least": 1, "most": 2}), "[^A]*(A[^A]*){1,2}", ".*"),
    (Rule("starts", ONE), "A.*", ".*"),
    (Rule("ends", ONE), ".*A", ".*"),
    (Rule("precedence", PAIR), "[^B]*(A.*B)*[^B]*", ".*B.*"),
    (Rule("alternate_precedence", PAIR), "[^B]*(A[^B]*B[^B]*)*", ".*B.*"),
    (Rule("chain_precedence", PAIR), "[^B]*(AB[^B]*)*", ".*B.*"),
    (Rule("response", PAIR), "[^A]*(A.*B)*[^A]*", ".*A.*"),
    (Rule("alternate_response", PAIR), "[^A]*(A[^A]*B[^A]*)*", ".*A.*"),
    (Rule("chain_response", PAIR), "[^A]*(AB[^A]*)*", ".*A.*"),
    (Rule("succession", PAIR), "[^AB]*(A.*B)*[^AB]*", ".*[AB].*"),
    (Rule("alternate_succession", PAIR), "[^AB]*(A[^AB]*B[^AB]*)*", ".*[AB].*"),
    (Rule("chain_succession", PAIR), "[^AB]*(AB[^AB]*)*", ".*[AB].*"),
    (Rule("not_succession", PAIR), "[^A]*(A[^B]*)*[^AB]*", ".*A.*"),
    (Rule("responded_existence", {"if": "A", "then": "B"}), "[^A]*((A.*B.*)|(B.*A.*))*[^A]*", ".*A.*"),
    (Rule("both_or_none", BOTH), "[^AB]*((A.*B.*)|(B.*A.*))*[^AB]*", ".*[AB].*"),
    (Rule("not_both", BOTH), "[^AB]*((A[^B]*)|(B[^A]*))?", ".*[AB].*"),
]

# How the words may go on: with three more steps every rule above can be made good that can be at all.
_MORE = ["".join(letters) for length in range(4) for letters in product("ABC", repeat=length)]


def state_of(word: str, meaning: str, asks: str, *, closed: bool) -> str:
    """How the rule stands in the case whose steps are the letters of the word."""
    if re.fullmatch(meaning, word):
        return "fulfilled" if re.fullmatch(asks, word) else "untriggered"
    if closed or not any(re.fullmatch(meaning, word + more) for more in _MORE):
        return "broken"
    return "pending"


Event = tuple[str, datetime, str, str | None, str | None]
"""A step, its moment (UTC), its precision, who did it, and where."""


def four_eyes(events: list[Event], one: str, other: str) -> str:
    pairs = [
        (events[i][3], events[j][3])
        for i in range(len(events))
        for j in range(len(events))
        if i != j and events[i][0] == one and events[j][0] == other
    ]
    if not pairs:
        return "untriggered"
    if any(first is not None and first == second for first, second in pairs):
        return "broken"
    return "not_judged" if any(None in pair for pair in pairs) else "fulfilled"


def only_by_unit(events: list[Event], step: str, unit: str) -> str:
    units = [where for name, _, _, _, where in events if name == step]
    if not units:
        return "untriggered"
    if any(where is not None and where != unit for where in units):
        return "broken"
    return "not_judged" if None in units else "fulfilled"


def apart_by_days(events: list[Event], before: str, after: str, days: int, zone: str) -> str:
    """Each `after` with the last `before` ahead of it."""
    states = []
    for place, second in enumerate(events):
        earlier = [event for event in events[:place] if event[0] == before]
        if second[0] == after and earlier:
            first = earlier[-1]
            wall = first[1].astimezone(ZoneInfo(zone)) + timedelta(days=days)
            by_day = "day" in (first[2], second[2])
            there = second[1].astimezone(ZoneInfo(zone))
            states.append(there.date() >= wall.date() if by_day else second[1] >= wall)
    return "untriggered" if not states else "fulfilled" if all(states) else "broken"
