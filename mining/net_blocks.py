"""Is a Petri net made of blocks, and if so, which expression means the same?

The net is made smaller pattern by pattern (:mod:`.net_patterns`), until one transition is left, which holds the expression,
or nothing more can be done. What is left of a net that is not made of blocks is smaller, and can be looked at in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from .block_algebra import NOTHING, Block, TooLarge, step
from .net_patterns import Patterns
from .petri_net import PetriNet, Transition

_MOST_PASSES = 120


@dataclass(frozen=True)
class Blocks:
    """What is left of a net: a single transition when it is made of blocks.

    net : what is left; its labels mean nothing
    blocks : what each of its transitions stands for
    origins : for each of them, one of the transitions of the given net that it was made of, to name it by
    """

    net: PetriNet
    blocks: tuple[Block, ...]
    origins: tuple[int, ...]

    @property
    def whole(self) -> Block | None:
        """The block that the whole net is, or None if it is not made of blocks."""
        ends = [(each.takes, each.gives) for each in self.net.transitions]
        return self.blocks[0] if ends == [(self.net.initial, self.net.final)] else None

    def drained(self) -> Blocks:
        """Made smaller once more, where tokens vanish that come to the end: then ways may end apart."""
        (end,) = self.net.final
        transitions = tuple(
            Transition(None, each.takes, tuple(place for place in each.gives if place != end))
            for each in self.net.transitions
        )
        net = PetriNet(self.net.places, transitions, self.net.initial, ())
        return _smaller(Patterns(net, self.blocks, self.origins))


def blocks_of(net: PetriNet) -> Blocks:
    """The net made as small as it goes.

    net : has one initial token, in a place that nothing fills, and one final token, in a place that nothing empties

    Raises TooLarge if the expression would be too large.
    """
    blocks = [NOTHING if each.label is None else step(each.label) for each in net.transitions]
    return _smaller(Patterns(net, blocks, range(len(blocks))))


def between_its_ends(net: PetriNet) -> PetriNet:
    """The net as :func:`blocks_of` wants it; transitions that are added stand last. The final marking is not empty."""
    filled = {place for each in net.transitions for place in each.gives}
    emptied = {place for each in net.transitions for place in each.takes}
    places, transitions = net.places, list(net.transitions)
    initial, final = net.initial, net.final
    if len(initial) != 1 or initial[0] in filled:
        initial, places = (places,), places + 1
        transitions.append(Transition(None, initial, tuple(sorted(net.initial))))
    if len(final) != 1 or final[0] in emptied or final == net.initial:
        final, places = (places,), places + 1
        transitions.append(Transition(None, tuple(sorted(net.final)), final))
    return PetriNet(places, tuple(transitions), initial, final)


def _smaller(work: Patterns) -> Blocks:
    # The later kinds only when the ones before do nothing more. What goes in a circle is waited with, since several ways
    # that lead back are one choice. Two places with a silent way between them are one only in the end: as long as they
    # are two, they show the blocks.
    kinds = (
        (work.merge_choices, work.merge_sequences, work.merge_branches),
        (work.close_loops,),
        (work.fold_loops,),
        (work.merge_places,),
    )
    sides = [side for each in work.source.transitions for side in (each.takes, each.gives)]
    if all(len(set(side)) == len(side) for side in sides):  # else there are arcs of weight 2, which no block has
        for _ in range(_MOST_PASSES):
            if not any(work.changed_by(*rules) for rules in kinds):
                return _left(work)
        raise TooLarge(f"its blocks are more than {_MOST_PASSES} deep within each other")
    return _left(work)


def _left(work: Patterns) -> Blocks:
    order = sorted(work.takes)
    numbers = {place: number for number, place in enumerate(sorted(work.takers))}
    transitions = [
        Transition(
            None,
            tuple(numbers[place] for place in work.takes[n]),
            tuple(numbers[place] for place in work.gives[n]),
        )
        for n in order
    ]
    final = tuple(numbers[place] for place in work.source.final)
    net = PetriNet(len(numbers), tuple(transitions), (numbers[work.start],), final)
    return Blocks(net, tuple(work.blocks[n] for n in order), tuple(work.origins[n] for n in order))
