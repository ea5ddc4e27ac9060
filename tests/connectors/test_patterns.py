"""Which files a pattern means."""

from pathlib import Path

import pytest

from saksflyt.connectors.patterns import expanded
from saksflyt.mining.errors import UsageError


def test_what_an_import_has_put_aside_is_no_export(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "a.quarantine.csv"):
        (tmp_path / name).touch()
    assert expanded([tmp_path / "*.csv"]) == [tmp_path / "a.csv", tmp_path / "b.csv"]
    aside = tmp_path / "a.quarantine.csv"
    assert expanded([aside]) == [aside], "it can be read by its name"
    with pytest.raises(UsageError, match="No file matches"):
        expanded([tmp_path / "*.quarantine.csv"])
