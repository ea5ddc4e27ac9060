"""Saksflyt: process mining for public casework.

Every public name is loaded when it is first asked for, so that ``import saksflyt`` costs nothing.

No statement that runs in this file imports another room: pytest imports the file on its own, under the
checkout's name. The imports under ``TYPE_CHECKING`` never run; they tell type checkers and editors the names.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "Calendar",
    "EventLog",
    "Flow",
    "__version__",
    "backlog",
    "conform",
    "deadlines",
    "discover",
    "graph",
    "mine",
    "quality",
    "read",
    "report",
    "rework",
    "rules",
    "throughput",
    "variants",
    "waiting",
]

_HOME = {
    "Calendar": "mining.calendar",
    "EventLog": "mining.log",
    "Flow": "mining.flow",
    "backlog": "mining.backlog",
    "conform": "mining.conform",
    "deadlines": "mining.deadlines",
    "discover": "mining.discover",
    "graph": "mining.graph",
    "mine": "mining.findings",
    "quality": "mining.quality",
    "read": "connectors.registry",
    "report": "reports.page",
    "rework": "mining.rework",
    "rules": "mining.rules",
    "throughput": "mining.throughput",
    "variants": "mining.variants",
    "waiting": "mining.waiting",
}

if TYPE_CHECKING:
    from .connectors.registry import read as read
    from .mining.backlog import backlog as backlog
    from .mining.calendar import Calendar as Calendar
    from .mining.conform import conform as conform
    from .mining.deadlines import deadlines as deadlines
    from .mining.discover import discover as discover
    from .mining.findings import mine as mine
    from .mining.flow import Flow as Flow
    from .mining.graph import graph as graph
    from .mining.log import EventLog as EventLog
    from .mining.quality import quality as quality
    from .mining.rework import rework as rework
    from .mining.rules import rules as rules
    from .mining.throughput import throughput as throughput
    from .mining.variants import variants as variants
    from .mining.waiting import waiting as waiting
    from .reports.page import report as report
else:

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"saksflyt.{_HOME[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
