"""What may be said of a column that holds personal data: pseudonymise it, drop it, or keep it with a reason?

In a mapping::

    "Saksnr" = { role = "case", personal = "pseudonymise" }
    "Vakttelefon" = { role = "attribute", personal = "keep", reason = "the office's own number" }
    "Notat" = { role = "free text", personal = "keep", reason = "…" }    # numbers and addresses inside are masked
    "Fnr" = "drop"
    "Klientref" = "pseudonymise"                                          # an attribute

A format connector says the same of the columns of its format, in ``Records.personal``.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..mining.errors import UsageError
from ..mining.identifiers import email_in, identifier_kind

PSEUDONYMISE, DROP, KEEP = "pseudonymise", "drop", "keep"
WAYS = (PSEUDONYMISE, DROP, KEEP)
_MAY = {
    PSEUDONYMISE: ("case", "unit", "case type", "case unit", "resource", "applicant", "attribute"),
    KEEP: ("case", "activity", "unit", "case type", "case unit", "lifecycle", "instance", "attribute", "free text"),
}
_LEAST_REASON = 3  # letters


@dataclass(frozen=True)
class Personal:
    """What is to be done with a column that holds personal data, and why."""

    way: str
    reason: str = ""


def declared_in(said: dict[str, str], where: str) -> dict[str, str]:
    """What a mapping says of a column, with the role that follows from the way its personal data are treated.

    Raises UsageError if the two do not go together, or nothing says why personal data are kept.
    """
    if said.get("role") in (PSEUDONYMISE, KEEP):
        said = {**said, "role": "attribute", "personal": said["role"]}
    way, reason = said.get("personal"), said.get("reason", "").strip()
    if email_in(reason) or identifier_kind(reason):
        raise UsageError(f"{where}: the reason goes into the log, so it must name nobody; write it without the number.")
    if way is None:
        return said
    if way not in WAYS:
        raise UsageError(f"{where}: 'personal' is one of {', '.join(WAYS)}.")
    role = said.get("role") or (DROP if way == DROP else "")
    if not role:
        raise UsageError(f'{where}: say its role as well, such as {{ role = "attribute", personal = "{way}" }}.')
    if way == DROP:
        if role in ("case", "activity", "time"):
            raise UsageError(f"{where}: the {role} cannot be dropped; pseudonymise or keep it, or map another column.")
        return {**said, "role": DROP}
    _require_sense(role, way, said, where)
    if way == KEEP and sum(c.isalpha() for c in reason) < _LEAST_REASON:
        raise UsageError(f'{where}: personal data are kept only with a reason; add reason = "…".')
    return {**said, "role": role}


def _require_sense(role: str, way: str, said: dict[str, str], where: str) -> None:
    if role in ("resource", "applicant") and way == KEEP:
        raise UsageError(f"{where}: people never stand in a log as they are; leave out 'personal', or drop the column.")
    if role not in _MAY[way]:
        raise UsageError(f"{where}: a column with the role {role!r} cannot be declared {way!r}.")
    if way == PSEUDONYMISE and said.get("type", "text") != "text":
        raise UsageError(f"{where}: a pseudonym is a text; leave out 'type'.")
