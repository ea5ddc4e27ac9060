"""Which of the processes in a BPMN file is the intended flow?"""

from __future__ import annotations

from dataclasses import dataclass

from .bpmn_document import children, label
from .bpmn_elements import KINDS, MODEL, named
from .errors import UsageError
from .xml_document import Element, line_of, local_name, namespace


@dataclass
class Chosen:
    """process : the element; name : of the pool or process, or empty"""

    process: Element
    name: str
    warnings: list[str]


@dataclass
class _Pool:
    process: Element
    names: list[str]  # of the pool and of the process; either may be empty
    ids: list[str]

    @property
    def name(self) -> str:
        return next(filter(None, self.names), "")

    @property
    def shown(self) -> str:
        return self.name or self.ids[0]


def chosen(root: Element, where: str, pool: str | None) -> Chosen:
    """The process that has flow nodes, or the one that was asked for.

    pool : the name or id of a pool or process

    Raises UsageError if there is none, or several and none was asked for.
    """
    if namespace(root) != MODEL or local_name(root) != "definitions":
        raise UsageError(f"{where} is XML but no BPMN 2.0: it begins with <{local_name(root)[:80]}>; export BPMN 2.0.")
    processes = {each.get("id", ""): each for each in children(root) if local_name(each) == "process"}
    pools, warnings = _pools(root, processes)
    found = _asked(pools, where, pool) if pool is not None else _only(pools, where, processes)
    others = [each.shown for each in pools if each is not found]
    if others:
        shown = ", ".join(map(repr, others))
        warnings.append(f"only {found.shown!r} is read; {shown} and all messages between pools are left out.")
    return Chosen(found.process, found.name, warnings)


def _pools(root: Element, processes: dict[str, Element]) -> tuple[list[_Pool], list[str]]:
    """The pools that have something in them, and a warning for each other one."""
    pools, warnings, shown = [], [], set()
    collaborations = [each for each in children(root) if local_name(each) == "collaboration"]
    for member in (each for one in collaborations for each in children(one) if local_name(each) == "participant"):
        process = processes.get(member.get("processRef", "").rpartition(":")[2])
        if process is None or not _filled(process):
            what = named("pool", label(member), member.get("id", ""))
            warnings.append(f"line {line_of(member)}: the {what} has no process to be seen; it is left out.")
        else:
            ids = [member.get("id", ""), process.get("id", "")]
            pools.append(_Pool(process, [_on_one_line(label(member)), _on_one_line(label(process))], ids))
        shown.add(member.get("processRef", "").rpartition(":")[2])
    called = {each.get("calledElement", "").rpartition(":")[2] for each in root.iter(f"{{{MODEL}}}callActivity")}
    for id_, process in processes.items():
        if id_ not in shown | called and _filled(process):
            pools.append(_Pool(process, [_on_one_line(label(process))], [id_]))
    return pools, warnings


def _only(pools: list[_Pool], where: str, processes: dict[str, Element]) -> _Pool:
    if len(pools) == 1:
        return pools[0]
    if pools:
        names = ", ".join(repr(each.shown) for each in pools)
        raise UsageError(
            f"{where} has {len(pools)} pools or processes with steps in them ({names}), and a flow is one of them; choose it "
            f"with --pool NAME (in Python: pool=NAME)."
        )
    line = f", line {line_of(next(iter(processes.values())))}" if processes else ""
    raise UsageError(f"{where}{line}: no process in the file has a start event and steps; draw them and save it anew.")


def _asked(pools: list[_Pool], where: str, pool: str) -> _Pool:
    found = [each for each in pools if pool in (*each.names, *each.ids)]
    if len(found) != 1:
        names = ", ".join(repr(each.shown) for each in pools) or "none"
        how = "has no pool" if not found else f"has {len(found)} pools"
        raise UsageError(f"{where} {how} named {pool!r}; those with steps in them are: {names}; an id does as well.")
    return found[0]


def _filled(process: Element) -> bool:
    return any(local_name(child) in KINDS for child in children(process))


def _on_one_line(name: str) -> str:
    return " ".join(name.split())
