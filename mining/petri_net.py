"""What is a Petri net, and which one does a process tree mean?

Places hold tokens; a transition takes one from each of its input places and puts one into each of its output places.
One that has no label is silent. The nets here have arcs of weight one, and run from the initial tokens to the final ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from .process_tree import ProcessTree


@dataclass(frozen=True)
class Transition:
    """takes, gives : the numbers of its input and output places, sorted; label : None when silent."""

    label: str | None
    takes: tuple[int, ...]
    gives: tuple[int, ...]


@dataclass(frozen=True)
class PetriNet:
    """places : how many, numbered from 0; initial, final : the places that hold one token each at start and at end."""

    places: int
    transitions: tuple[Transition, ...]
    initial: tuple[int, ...]
    final: tuple[int, ...]

    @property
    def activities(self) -> list[str]:
        """The labels, sorted."""
        return sorted({transition.label for transition in self.transitions if transition.label is not None})

    @property
    def free_choice(self) -> bool:
        """Do transitions that share an input place share them all? Then every choice can be drawn as one gateway."""
        rivals: dict[int, set[tuple[int, ...]]] = {}
        for transition in self.transitions:
            for place in transition.takes:
                rivals.setdefault(place, set()).add(transition.takes)
        return all(len(takes) == 1 for takes in rivals.values())


def net_of(tree: ProcessTree) -> PetriNet:
    """The net with the same language, from place 0 to place 1 (van der Aalst, Process Mining, 2016, §7.2)."""
    builder = _Builder()
    builder.add(tree, builder.place(), builder.place())
    return PetriNet(builder.places, tuple(builder.transitions), (0,), (1,))


def stopping_anywhere(net: PetriNet) -> PetriNet:
    """The net whose ways are the beginnings of the ways of `net`: at any point it may go on without a label."""
    going, stopped = net.places, net.places + 1
    steps = [Transition(each.label, (*each.takes, going), (*each.gives, going)) for each in net.transitions]
    silent = [Transition(None, (*each.takes, stopped), (*each.gives, stopped)) for each in net.transitions]
    stop = Transition(None, (going,), (stopped,))
    return PetriNet(net.places + 2, (*steps, stop, *silent), (*net.initial, going), (*net.final, stopped))


class _Builder:
    def __init__(self) -> None:
        self.places = 0
        self.transitions: list[Transition] = []

    def place(self) -> int:
        self.places += 1
        return self.places - 1

    def transition(self, label: str | None, takes: list[int], gives: list[int]) -> None:
        self.transitions.append(Transition(label, tuple(sorted(takes)), tuple(sorted(gives))))

    def add(self, tree: ProcessTree, start: int, end: int) -> None:
        """Put the tree between two places. Nothing it adds takes a token from `end` or puts one into `start`."""
        if tree.operator is None:
            self.transition(tree.label, [start], [end])
        elif tree.operator == "->":
            between = [start, *(self.place() for _ in tree.children[1:]), end]
            for child, before, after in zip(tree.children, between, between[1:], strict=False):
                self.add(child, before, after)
        elif tree.operator == "X":
            for child in tree.children:
                self.add(child, start, end)
        elif tree.operator == "+":
            ends = [(self.place(), self.place()) for _ in tree.children]
            self.transition(None, [start], [before for before, _ in ends])
            for child, (before, after) in zip(tree.children, ends, strict=True):
                self.add(child, before, after)
            self.transition(None, [after for _, after in ends], [end])
        else:
            self.add_loop(tree, start, end)

    def add_loop(self, tree: ProcessTree, start: int, end: int) -> None:
        # Places of its own: others may start at `start` or end at `end`, and must not be drawn into the loop.
        before, after = self.place(), self.place()
        self.transition(None, [start], [before])
        self.add(tree.children[0], before, after)
        for redo in tree.children[1:]:
            self.add(redo, after, before)
        self.transition(None, [after], [end])
