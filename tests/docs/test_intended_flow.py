"""The examples of the page that teaches the intended flow: right ones are read, wrong ones say what the page says."""

import re
import runpy
from pathlib import Path

import pytest

from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import RULE_KINDS
from saksflyt.mining.flow_text import parse, written_flow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "intended-flow.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("flow"))
def test_the_flows_are_read(text: str) -> None:
    assert written_flow(parse(text)) == " ".join(text.split())


@pytest.mark.parametrize(("text", "says"), list(zip(blocks("wrong"), blocks("says"), strict=True)))
def test_the_wrong_ones_say_what_the_page_says(text: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)
    assert "\n".join([str(raised.value).removeprefix("At "), *raised.value.__notes__]) == says


def test_the_file_is_read(tmp_path: Path) -> None:
    whole, addition = blocks("toml")
    file = tmp_path / "flow.toml"
    file.write_text(f"{whole}\n{addition}\n", encoding="utf-8")
    flow = Flow.read(file)
    assert len(flow.ordered) == 8
    assert flow.relabelling()["Vedtak fatta"] == "Vedtak fattet"


def test_every_kind_of_rule_is_named_with_its_keys() -> None:
    for kind, keys in RULE_KINDS.items():
        (row,) = [line for line in PAGE.splitlines() if line.startswith("|") and f"`{kind}`" in line.split("|")[1]]
        assert all(f"`{key}`" in row for key in keys), kind


def test_the_code_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks("python")), encoding="utf-8")
    assert runpy.run_path(str(script))["flow"].name == "Søknad om økonomisk sosialhjelp"
