"""Which process tree means the same as an expression?"""

from __future__ import annotations

from .expression import Choice, Expression, Parallel, Repeat, Sequence, Step
from .process_tree import Operator, ProcessTree

_OPERATORS: dict[type, Operator] = {Sequence: "->", Choice: "X", Parallel: "+"}
_SILENT = ProcessTree()


def tree_of(expression: Expression) -> ProcessTree:
    """The tree with the same language, part for part; what may be left out or comes again has a silent leaf."""
    if isinstance(expression, Step):
        return ProcessTree(label=expression.name)
    if isinstance(expression, Repeat):
        part = tree_of(expression.part)
        if not expression.many:
            return ProcessTree("X", (part, _SILENT)) if expression.least == 0 else part
        return ProcessTree("*", (_SILENT, part) if expression.least == 0 else (part, _SILENT))
    return ProcessTree(_OPERATORS[type(expression)], tuple(map(tree_of, expression.parts)))
