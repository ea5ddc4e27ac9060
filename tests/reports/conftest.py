"""For the tests of texts: which sentences of the catalogue were said."""

import pytest

from saksflyt.reports.words import Words


@pytest.fixture
def said_keys(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys of all sentences that are said from here on."""
    said: set[str] = set()
    say = Words.say

    def noted(self: Words, key: str, count: int | None = None, **values: str | int) -> str:
        said.add(key)
        return say(self, key, count, **values)

    monkeypatch.setattr(Words, "say", noted)
    return said
