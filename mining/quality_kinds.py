"""Which imperfections are looked for, how bad is how much of each, and which questions does each one spoil?

The kinds stand in ``quality_kinds.toml``: the eleven event-log imperfection patterns (Suriadi, Andrews, ter Hofstede,
Wynn, 2017) and what daqapo detects, as far as a log without rules of its own can be asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Severity = Literal["info", "warn", "high"]
Verdict = Literal["usable", "usable with care", "not usable"]

VERDICTS: tuple[Verdict, ...] = ("usable", "usable with care", "not usable")

# What people ask of a log, in the words of an answer.
QUESTIONS = {
    "variants": "which ways cases take",
    "rework": "what is done again",
    "time_between_steps": "time between steps, in days",
    "hours_between_steps": "time between steps, in hours",
    "throughput": "how long cases take",
    "deadlines": "deadlines",
    "conformance": "rules and the intended flow",
    "open_cases": "open cases",
    "comparison": "comparison over time and between units",
}


@dataclass(frozen=True)
class Kind:
    """One kind of imperfection; ``quality_kinds.toml`` says what each field is."""

    name: str
    pattern: str
    of: str
    title: str
    says: str
    mend: str
    warn: float | None = None
    high: float | None = None
    care: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    care_from: float | None = None
    stop_from: float | None = None

    def severity(self, share: float) -> Severity:
        """How bad it is when it is so much."""
        if self.high is not None and share >= self.high:
            return "high"
        return "warn" if self.warn is not None and share >= self.warn else "info"

    def verdict(self, question: str, share: float) -> Verdict:
        """What is left of a question when it is so much."""
        care_from = self.warn if self.care_from is None else self.care_from
        stop_from = self.high if self.stop_from is None else self.stop_from
        if question in self.stop and stop_from is not None and share >= stop_from:
            return "not usable"
        touched = question in self.care or question in self.stop
        return "usable with care" if touched and care_from is not None and share >= care_from else "usable"

    def spoils(self, share: float) -> dict[str, Verdict]:
        """The questions that are not simply usable any longer, with their verdicts."""
        verdicts: dict[str, Verdict] = {question: self.verdict(question, share) for question in QUESTIONS}
        return {question: verdicts[question] for question in QUESTIONS if verdicts[question] != "usable"}

    def sentence(self, text: str, names: Mapping[str, object]) -> str:
        """One of the kind's texts with its numbers and names."""
        return text.format(**names)


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of the file."""
    text = files("saksflyt.mining").joinpath("quality_kinds.toml").read_text(encoding="utf-8")
    return {name: Kind(name, **_tuples(said)) for name, said in tomllib.loads(text).items()}


def _tuples(said: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
