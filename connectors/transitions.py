"""What can happen to a piece of work, in the words of the XES standard, and what became of the records that say so."""

from __future__ import annotations

from dataclasses import dataclass, field

START = "start"
ENDS = ("complete", "ate_abort", "pi_abort")
# No work of their own: plans, pauses, and work that was never begun.
OTHERS = ("schedule", "assign", "reassign", "suspend", "resume", "withdraw", "autoskip", "manualskip")
TRANSITIONS = (*ENDS, START, *OTHERS)


@dataclass
class Lives:
    """What became of the records of one source that tell of starts and ends.

    paired : records that are part of the event of another, by what they are
    unpaired : events without their other half, by what is missing
    aside : records that are no work of their own, by transition
    """

    paired: dict[str, int] = field(default_factory=dict)
    unpaired: dict[str, int] = field(default_factory=dict)
    aside: dict[str, int] = field(default_factory=dict)
