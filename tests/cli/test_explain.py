"""Every public number can be explained, and the method page says the same as the program."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from strategies import log_of

from saksflyt.cli.main import main
from saksflyt.mining.backlog import backlog
from saksflyt.mining.definitions import definition, definitions, parse_finding
from saksflyt.mining.distribution import distribution
from saksflyt.mining.errors import UsageError
from saksflyt.mining.graph import graph
from saksflyt.mining.manifest import Manifest, Source
from saksflyt.mining.rework import rework, rework_by_case
from saksflyt.mining.throughput import throughput
from saksflyt.mining.variants import variants
from saksflyt.mining.waiting import waiting

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"

# Not figures: what identifies or describes the log, and what another figure already counts.
_NO_FIGURES = {
    "name",
    "zone",
    "sources",
    "mapping",
    "case_notion",
    "start_note",
    "people",
    "declared",
    "appended",
    "drift",
    "program",
    "notes",
    "schema",
}


def explain(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["explain", *arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("measure", [variants, throughput, backlog, distribution, graph, rework, waiting])
def test_every_column_and_figure_of_every_measure_is_defined(measure) -> None:
    found = measure(log_of("A B A", "A B", "A A C"))
    named = {name for part in vars(found).values() if isinstance(part, pd.DataFrame) for name in part.columns}
    named |= {
        name for name, value in vars(found).items() if isinstance(value, (int, float)) and name != "closing_known"
    }
    assert {f"{measure.__name__}.{name}" for name in named} <= set(definitions())


def test_every_column_of_rework_by_case_is_defined() -> None:
    assert {f"rework.{name}" for name in rework_by_case(log_of("A B A")).columns} <= set(definitions())


def test_every_figure_of_the_manifest_is_defined() -> None:
    named = set(Manifest.__dataclass_fields__) - _NO_FIGURES
    named |= set(Source.__dataclass_fields__) - {"name", "sha256", "bytes", "events", "encoding"}
    assert {f"log.{name}" for name in named} <= set(definitions())


def test_the_texts_are_sentences() -> None:
    for figure in definitions().values():
        assert all(vars(figure).values()), figure.id
        assert figure.definition.endswith("."), figure.id
        assert figure.limits.endswith("."), figure.id
        assert not figure.title.endswith("."), figure.id


def test_sources_point_at_headings_of_the_method_page() -> None:
    headings = set(re.findall(r"^## (.+)$", METHODS.read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        heading for figure in definitions().values() for heading in re.findall(r"methods\.md, (.+)$", figure.source)
    }
    assert named <= headings


def test_the_method_page_holds_what_explain_prints() -> None:
    page = METHODS.read_text(encoding="utf-8")
    assert page.endswith(explain("--format", "markdown")), (
        "saksflyt explain --format markdown makes the end of the page"
    )


def test_one_figure() -> None:
    text = explain("rework.extra_times")
    assert text.startswith("Extra times (rework.extra_times)\n")
    assert all(f"\n{part} " in text for part in ("definition", "formula", "unit", "limits", "source"))
    assert max(map(len, text.splitlines())) <= 80


def test_a_finding_is_explained_by_its_figure() -> None:
    text = explain("rework.extra_times:dokumentasjon-etterspurt@nordvik")
    assert "About step dokumentasjon-etterspurt, unit nordvik." in text
    parts = parse_finding("waiting.total_days:soknad-mottatt>vedtak-fattet@nordvik")
    assert (parts.figure, parts.steps, parts.unit) == (
        "waiting.total_days",
        ("soknad-mottatt", "vedtak-fattet"),
        "nordvik",
    )


def test_without_id_all_of_them() -> None:
    assert [line.split()[0] for line in explain().splitlines() if line] == list(definitions())
    assert [each["id"] for each in json.loads(explain("--format", "json"))["records"]] == list(definitions())


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("rework.extra_time", "rework.extra_times"), ("share", "variants.share"), ("P90 days", "p90_days")],
)
def test_an_unknown_id_gets_the_nearest(asked: str, meant: str) -> None:
    with pytest.raises(UsageError, match=re.escape(meant)):
        definition(asked)
    assert CliRunner().invoke(main, ["explain", asked]).exit_code == 2
