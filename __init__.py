"""Saksflyt: process mining for public casework.

Every public name is loaded when it is first asked for, so that ``import saksflyt`` costs nothing.

No statement that runs in this file imports another room: pytest imports the file on its own, under the
checkout's name. The imports under ``TYPE_CHECKING`` never run; they tell type checkers and editors the names.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "EventLog",
    "Flow",
    "__version__",
    "conform",
    "discover",
    "graph",
    "mine",
    "read",
    "report",
    "rework",
    "throughput",
    "variants",
    "waiting",
]

_HOME = {
    "EventLog": "mining.log",
    "Flow": "mining.flow",
    "conform": "mining.conform",
    "discover": "mining.discover",
    "graph": "mining.graph",
    "mine": "mining.findings",
    "read": "connectors.registry",
    "report": "reports.page",
    "rework": "mining.rework",
    "throughput": "mining.throughput",
    "variants": "mining.variants",
    "waiting": "mining.waiting",
}

if TYPE_CHECKING:
    from .connectors.registry import read as read
    from .mining.conform import conform as conform
    from .mining.discover import discover as discover
    from .mining.findings import mine as mine
    from .mining.flow import Flow as Flow
    from .mining.graph import graph as graph
    from .mining.log import EventLog as EventLog
    from .mining.rework import rework as rework
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
