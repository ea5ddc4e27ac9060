"""Deviations as JUnit's XML, which build servers and dashboards show as tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ..mining.xml_text import storable
from .notes import counted

if TYPE_CHECKING:
    from ..mining.conform import Conformance


def junit(found: Conformance, flow: str, fails: Sequence[bool]) -> str:
    """One test for the cases as a whole, which only says how many conform, and one per deviation.

    fails : for every deviation, is it a failed test? The others are passed ones that say what was found
    """
    suite = ElementTree.Element(
        "testsuite", name=_text(f"saksflyt conform: {flow}"), tests=str(1 + len(fails)), failures=str(sum(fails)),
        errors="0", skipped=str(int(found.not_computed > 0)),
    )  # fmt: skip
    whole = ElementTree.SubElement(suite, "testcase", classname="conform", name="conform.conforming_share")
    if found.not_computed:
        ElementTree.SubElement(whole, "skipped", message=f"{found.not_computed} cases not computed")
    looked_at = found.cases - found.not_computed
    share = f"{found.conforming_cases} of {looked_at} cases conform ({100 * found.conforming_share:.1f} %)"
    ElementTree.SubElement(whole, "system-out").text = share
    for row, fails_here in zip(found.frame.itertuples(), fails, strict=True):
        test = ElementTree.SubElement(suite, "testcase", classname=f"conform.{row.kind}", name=_text(str(row.id)))
        cases = counted(int(str(row.cases)), "case", "cases")
        said = _text(f"{row.sentence}: {cases} ({100 * float(str(row.share)):.1f} %)")
        if fails_here:
            ElementTree.SubElement(test, "failure", type=str(row.severity), message=said)
        else:
            ElementTree.SubElement(test, "system-out").text = said
    ElementTree.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suite, encoding="unicode")}\n'


def _text(text: str) -> str:
    return storable(text, breaks=False)
