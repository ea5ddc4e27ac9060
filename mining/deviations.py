"""What does it mean, in words, that a case went another way than intended?

An alignment (:mod:`.alignment`) says which steps of a case and of the flow do not match. People do not think in such
moves: a step that is left over in one place and missing in another was done out of order, one left over that was done
before was repeated (after García-Bañuelos, van Beest, Dumas, La Rosa and Mertens, 2018). :mod:`.deviation_naming`
makes words of moves; each move that does not match is used up by exactly one deviation.

==============  =================================  ==========================================================
kind            steps                              what happened
==============  =================================  ==========================================================
out_of_order    X, Y                               X was done after Y, and is intended before it
went_back       Y, X                               after Y the case went back to X; more than one step came again
repeated        X                                  X was done again, and the flow does not say so
replaced        X, Y                               X was done where Y is intended
not_intended    X                                  X is a step of the flow, and not intended in this way through it
unknown         X                                  X is no step of the flow
skipped         X, or X, Y                         X was not done; nothing from X to Y was done
too_often       X                                  X was done more often than its ``at_most``; no move is used up
other_unit      X                                  X was done by another unit than the flow says; no move is used up
==============  =================================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from .flow_parts import Severity

Kind = Literal[
    "out_of_order", "went_back", "repeated", "replaced", "not_intended", "unknown", "skipped", "too_often", "other_unit"
]
What = tuple[Kind, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Deviation:
    """One deviation of one case.

    kind, steps : what happened, and with which steps (one or two)
    alternatives : of a choice nobody can tell which branch was left out or is too much: the deviation may as well be
        said of each of these as of the last of `steps`
    moves : the places of the moves that it uses up
    """

    kind: Kind
    steps: tuple[str, ...]
    alternatives: tuple[str, ...] = ()
    moves: tuple[int, ...] = ()

    @property
    def what(self) -> What:
        """What makes it the same deviation in another case."""
        return self.kind, self.steps, self.alternatives

    def of_any(self, names: Sequence[str]) -> Deviation:
        """The same, said of any of the names instead of the last of its steps."""
        return replace(self, steps=(*self.steps[:-1], names[0]), alternatives=tuple(names[1:]))

    @property
    def sentence(self) -> str:
        return sentence(self.kind, self.steps, self.alternatives)


# A step that the flow does not know may be a gap in the flow; every other deviation is one of the case. What is high is for
# an office to say, by rules and deadlines.
SEVERITY: dict[str, Severity] = {kind: "info" if kind == "unknown" else "warn" for kind in get_args(Kind)}

_SENTENCES: dict[tuple[str, int], str] = {
    ("out_of_order", 2): "{0} was done after {1}, and is intended before it",
    ("went_back", 2): "Back to {1} after {0}",
    ("repeated", 1): "{0} was done again",
    ("replaced", 2): "{0} was done instead of {1}",
    ("not_intended", 1): "{0} is not intended here",
    ("unknown", 1): "{0} is not part of the flow",
    ("skipped", 1): "{0} was skipped",
    ("skipped", 2): "From {0} to {1} everything was skipped",
    ("too_often", 1): "{0} was done more often than intended",
    ("other_unit", 1): "{0} was done by another unit than intended",
}


def sentence(kind: str, steps: Sequence[str], alternatives: Sequence[str] = ()) -> str:
    """The deviation in plain English, without a full stop."""
    *before, last = [step for step in steps if step]
    others = [last, *alternatives]
    last = " or ".join(filter(None, [", ".join(others[:-1]), others[-1]]))
    return _SENTENCES[kind, len(before) + 1].format(*before, last)
