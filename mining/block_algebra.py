"""How do two blocks of a model become one?

A block is an expression, or nothing at all (a silent step). The blocks that come out are canonical and mean exactly
what the two meant in that place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .canonical import grouped, repeated
from .expression import Choice, Expression, Parallel, Repeat, Sequence, Step
from .flow_text import DEEPEST

_MOST_LEAVES = 20_000


class TooLarge(Exception):
    """The expression would be too deep or too long to be written. The message says which."""


@dataclass(frozen=True)
class Block:
    """expression : canonical; None does nothing. leaves : how many steps it has; depth : groups within groups"""

    expression: Expression | None = None
    leaves: int = 0
    depth: int = 0


NOTHING = Block()


def step(name: str) -> Block:
    """The block of a single step."""
    return Block(Step(name), 1, 0)


def in_turn(first: Block, second: Block) -> Block:
    """One after the other."""
    return _group(Sequence, (first, second))


def side_by_side(blocks: Iterable[Block]) -> Block:
    """All of them, in any interleaving."""
    return _group(Parallel, tuple(blocks))


def one_of(blocks: Iterable[Block]) -> Block:
    """Exactly one of them. What stands there twice is one."""
    given = list(blocks)
    some = list(dict.fromkeys(block for block in given if block.expression is not None))
    chosen = _group(Choice, tuple(some)) if some else NOTHING
    return _repeat(chosen, 0, False) if len(some) < len(set(given)) else chosen


def again(block: Block) -> Block:
    """Any number of times."""
    return _repeat(block, 0, True)


def loop(do: Block, redo: Block) -> Block:
    """Do the first; then, any number of times, the second and the first again."""
    if redo.expression is None:
        return _repeat(do, 1, True)
    if isinstance(do.expression, Repeat) and do.expression.many and do.expression.least == 0:
        return again(one_of((Block(do.expression.part, do.leaves, do.depth), redo)))  # x* (y x*)* is (x | y)*
    return in_turn(do, again(in_turn(redo, do)))


def _repeat(block: Block, least: int, many: bool) -> Block:
    if block.expression is None:
        return block
    return Block(repeated(block.expression, least, many), block.leaves, block.depth)


def _group(kind: type[Sequence | Choice | Parallel], blocks: tuple[Block, ...]) -> Block:
    some = [block for block in blocks if block.expression is not None]
    if len(some) < 2:
        return some[0] if some else NOTHING
    parts = tuple(block.expression for block in some if block.expression is not None)
    leaves = sum(block.leaves for block in some)
    # A part of the same kind is taken into the group, so it needs no parentheses.
    depth = max(block.depth + (not isinstance(block.expression, kind)) for block in some)
    if leaves > _MOST_LEAVES:
        raise TooLarge(f"it has more than {_MOST_LEAVES} steps when its loops are written out")
    if depth > DEEPEST:
        raise TooLarge(f"its blocks are more than {DEEPEST} deep within each other")
    return Block(grouped(kind, parts), leaves, depth)
