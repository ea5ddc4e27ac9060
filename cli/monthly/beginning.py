"""What does a new project's ``saksflyt.toml`` say? Written for people, with what the exports show filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...mining.flow import Flow
from ...mining.log import EventLog
from ...mining.slugs import slugs
from ...mining.toml_writing import text, value
from ...mining.waiting import waiting

_WAITS = 3
_HEAD = {
    "nb": (
        "# Månedens sjekk. Kjør: saksflyt check\n"
        "# Hvert tall i historikken har en id (saksflyt history), som kan stå under [[limits]].\n"
    ),
    "en": (
        "# The monthly check. Run: saksflyt check\n"
        "# Every figure of the history has an id (saksflyt history) that can stand under [[limits]].\n"
    ),
}
_WORDS = {
    "nb": {
        "source": "# Hvor eksportene ligger. Mønstre går an. zone og mapping (se saksflyt inspect) kan også stå her.\n"
        "# key er nøkkelen som gir folk de samme pseudonymene hver gang; den hører ikke hjemme i denne mappen.",
        "month": "# Så mange arbeidsdager etter månedens slutt vurderes den. first = \"2025-01\" er første måned.",
        "fitness": "# Når en eksport ikke er til å stole på, felles ingen dom.",
        "waits": "# Ventetid som følges: de som tar mest tid nå.",
        "limits": "# Når et tall er for dårlig, uansett hvordan det var før. unit = \"*\" er alle enheter og samlet.",
        "changes": "# Når dere endrer noe med vilje, begynner vanlig variasjon på nytt:\n# [[changes]]\n# month = \"2026-03\"\n"
        "# what = \"Lean-tiltak startet\"",
        "notify": "# Hvem som får beskjed. En hemmelighet står aldri her: ${NAVN} hentes fra miljøet eller nøkkelringen (tjenesten saksflyt).\n"
        "# [[notify]]\n# name = \"ledelsen\"\n# to = \"mailtos://saksflyt:${SMTP_PASSORD}@smtp.eksempel.no?from=saksflyt@eksempel.no&to=leder@eksempel.no\"\n"
        "# when = \"warn\"",
    },
    "en": {
        "source": "# Where the exports lie. Patterns will do. zone and mapping (see saksflyt inspect) may stand here, too.\n"
        "# key gives people the same pseudonyms each time; it does not belong in this folder.",
        "month": "# So many working days after its end a month is judged. first = \"2025-01\" is the first month.",
        "fitness": "# When an export cannot be trusted, there is no verdict.",
        "waits": "# Waits that are followed: those that take the most time now.",
        "limits": "# When a figure is too bad, whatever it was before. unit = \"*\" is every unit and all together.",
        "changes": "# When you change something on purpose, the usual variation begins anew:\n# [[changes]]\n# month = \"2026-03\"\n"
        "# what = \"Lean measure started\"",
        "notify": "# Who is told. A secret never stands here: ${NAME} comes from the environment or the keyring (service saksflyt).\n"
        "# [[notify]]\n# name = \"managers\"\n# to = \"mailtos://saksflyt:${SMTP_PASSWORD}@smtp.example.no?from=saksflyt@example.no&to=head@example.no\"\n"
        "# when = \"warn\"",
    },
}  # fmt: skip


def project_text(
    name: str,
    language: str,
    files: Sequence[str],
    flow_file: str,
    key: Path | None,
    flow: Flow,
    log: EventLog | None,
) -> str:
    """The text of the file. log : of the exports, where they are there already"""
    said = _WORDS[language]
    keyed = f"\nkey = {text(_from_home(key))}" if key else ""
    parts = [
        _HEAD[language]
        + f'name = {text(name)}\nlanguage = {text(language)}\nflow = {text(flow_file)}\nhistory = "history"',
        f"{said['source']}\n[source]\nfiles = {value(list(files))}{keyed}",
        f"{said['month']}\n[month]\nworking_days = 5",
        f"{said['fitness']}\n[fitness]\nnewest_days = 10\nleast_share_of_usual = 0.5\nquarantined_share = 0.02\nunmapped_share = 0.05",
    ]
    if log is not None and (waits := _waits(flow.named(log))):
        pairs = [f"[[waits]]\nfrom = {text(source)}\nto = {text(target)}" for source, target in waits]
        parts.append("\n\n".join([f"{said['waits']}\n{pairs[0]}", *pairs[1:]]))
    if limits := _limits(flow):
        parts.append("\n\n".join([f"{said['limits']}\n{limits[0]}", *limits[1:]]))
    return "\n\n".join([*parts, said["changes"], said["notify"]]) + "\n"


def _from_home(key: Path) -> str:
    """A key among one's own settings is named from there, so that the settings can be read by others."""
    return f"~/{key.relative_to(Path.home()).as_posix()}" if key.is_relative_to(Path.home()) else str(key)


def _waits(log: EventLog) -> list[tuple[str, str]]:
    frame = waiting(log).frame.head(_WAITS)
    return list(zip(frame["source"].astype(str), frame["target"].astype(str), strict=True))


def _limits(flow: Flow) -> list[str]:
    """The deadlines that the flow calls serious."""
    names = slugs([each.name for each in flow.deadlines], ())
    return [
        f'[[limits]]\nindicator = {text(f"deadlines.met_share:{names[each.name]}")}\nunit = "*"\nwarn_below = 0.95\nhigh_below = 0.9'
        for each in flow.deadlines
        if each.severity == "high"
    ]
