"""The page is whole, safe, plain, and the same every time."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_logs import HOSTILE, NOW, findings_of, hostile, log_of, small, two_years

from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.reports.page import report
from saksflyt.reports.words import LOCALES


class Reader(HTMLParser):
    """The text of a page, its tags and its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "rect"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append((self.open[-1], data))


@pytest.fixture(scope="module", params=LOCALES)
def hostile_page(request: pytest.FixtureRequest) -> str:
    return report(hostile(), lang=request.param, title=HOSTILE[0] + HOSTILE[1])


def test_hostile_names_are_text(hostile_page: str) -> None:
    reader = Reader(hostile_page)
    assert reader.open == []
    assert not {tag for tag, _ in reader.tags} & {"script", "img", "iframe", "link", "object"}
    assert not any(name.startswith("on") or name == "style" for _, attrs in reader.tags for name in attrs)
    assert sum(tag == "style" for tag, _ in reader.tags) == 1
    text = " ".join(data for _, data in reader.text)
    for name in (*HOSTILE[:4], HOSTILE[5], HOSTILE[6]):
        assert name in text and escape(name, quote=False) in hostile_page.replace("&#34;", '"').replace("&#39;", "'")
    assert not set(hostile_page) & set("\u202e\u200f\x00")
    assert "49" not in re.findall(r"\d+", text)


def test_no_script_and_the_style_has_its_hash() -> None:
    page = report(small())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert policy and style
    assert "default-src 'none'" in unescape(policy[1]) and "script-src" not in policy[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in unescape(policy[1])
    assert "<script" not in page and "http:" not in page and "https:" not in page and "javascript:" not in page


def test_no_case_and_no_person_is_shown() -> None:
    page = report(small(closed=True))
    assert "HEMMELIG" not in page and "Nordmann" not in page


@pytest.mark.parametrize("lang", LOCALES)
def test_language_title_and_links(lang: str) -> None:
    page = report(small(), lang=lang, now=NOW)
    reader = Reader(page)
    assert ("html", {"lang": lang}) in reader.tags
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] or "" for tag, attrs in reader.tags if tag == "a"]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert ("22. november 2026" if lang == "nb" else "22 November 2026") in page


def test_without_now_the_page_bears_no_date_of_making() -> None:
    assert "Laget med Saksflyt." in report(small())


def test_own_title() -> None:
    assert "<h1>Mottak</h1>" in report(small(), title="Mottak")


def test_a_selection_is_said() -> None:
    page = report(small().where("activity=Dokumentasjon etterspurt"))
    assert "Gjelder et utvalg: activity=Dokumentasjon etterspurt" in page


def test_findings_and_log_give_the_same_page() -> None:
    log = small()
    assert report(log, now=NOW) == report(findings_of(log), now=NOW)


def test_same_bytes_whatever_the_hash_seed_and_zone(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); from report_logs import small, NOW; "
        "from saksflyt.reports.page import report; report(small(), sys.argv[1], now=NOW)"
    )
    pages = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        path = tmp_path / f"{seed}.html"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        root = Path(__file__).parents[2]
        subprocess.run([sys.executable, "-c", code, str(path)], check=True, cwd=root, env=environment)
        pages.add(path.read_bytes())
    assert len(pages) == 1


def test_empty_log_and_unknown_language() -> None:
    with pytest.raises(EmptyLog):
        report(small().where("activity=Finnes ikke"))
    with pytest.raises(UsageError):
        report(small(), lang="nn")


def test_five_thousand_activities_and_a_case_of_many_events_stay_small() -> None:
    log = log_of([("", [f"Steg {n}" for n in range(5_000)]), ("", ["Steg 1"] * 5_000)])
    page = report(log)
    assert len(page) < 120_000


def lix(sentences: str) -> float:
    """Björnsson's readability: words per sentence + long words per hundred words. Names in quotes are left out."""
    text = re.sub(r"«[^»]*»", "", sentences)
    words = re.findall(r"[A-Za-zÆØÅæøåéÉ]+", text)
    ends = max(len(re.findall(r"[.!?:](?=\s|$)", text)), 1)
    return len(words) / ends + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize("log", [small, two_years], ids=["small", "two years"])
def test_the_bokmal_is_easy_to_read(log) -> None:
    prose = {"p", "span", "li", "dd", "h1", "h2", "h3"}
    sentences = [
        data.strip() for tag, data in Reader(report(log(), now=NOW)).text if tag in prose and len(data.split()) > 3
    ]
    assert lix(" ".join(s if s[-1] in ".!?:" else f"{s}." for s in sentences)) <= 40
