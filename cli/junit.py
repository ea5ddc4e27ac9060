"""Deviations, deadlines and rules as JUnit's XML, which build servers and dashboards show as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ..mining.xml_text import storable

if TYPE_CHECKING:
    import pandas as pd

    from ..mining.conform import Conformance


def junit(found: Conformance, flow: str, rows: pd.DataFrame) -> str:
    """One test for the cases as a whole, which only says how many conform, and one per deviation, deadline and rule.

    rows : ``id, severity, said, broken, accepted, accepted_until, reason, fails``; one that does not fail is a passed test
        that says what was found, or a skipped one where what was found is accepted
    """
    accepted = rows["broken"] & rows["accepted"]
    suite = ElementTree.Element(
        "testsuite", name=_text(f"saksflyt conform: {flow}"), tests=str(1 + len(rows)), failures=str(sum(rows["fails"])),
        errors="0", skipped=str(int(found.not_computed > 0) + int(accepted.sum())),
    )  # fmt: skip
    whole = ElementTree.SubElement(suite, "testcase", classname="conform", name="conform.conforming_share")
    if found.not_computed:
        ElementTree.SubElement(whole, "skipped", message=f"{found.not_computed} cases not computed")
    looked_at = found.cases - found.not_computed
    share = f"{found.conforming_cases} of {looked_at} cases conform"
    share += f" ({100 * found.conforming_share:.1f} %)" if looked_at else ""
    ElementTree.SubElement(whole, "system-out").text = share
    for row in rows.assign(skipped=accepted).to_dict("records"):
        kind = row["id"].partition(":")[0]
        test = ElementTree.SubElement(suite, "testcase", classname=kind, name=_text(row["id"]))
        if row["fails"]:
            ElementTree.SubElement(test, "failure", type=row["severity"], message=_text(row["said"]))
            continue
        if row["skipped"]:
            why = f"accepted until {row['accepted_until']}: {row['reason']}"
            ElementTree.SubElement(test, "skipped", message=_text(why))
        ElementTree.SubElement(test, "system-out").text = _text(row["said"])
    ElementTree.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suite, encoding="unicode")}\n'


def _text(text: str) -> str:
    return storable(text, breaks=False)
