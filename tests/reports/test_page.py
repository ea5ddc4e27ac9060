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
from judged_logs import JUDGED
from report_logs import HOSTILE, NOW, findings_of, hostile, log_of, small, two_years

from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.reports import figures
from saksflyt.reports.page import report
from saksflyt.reports.words import LOCALES

_EMPTY = {"meta", "rect", "line", "circle", "path", "input"}


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
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append((self.open[-1], data))


def content(opening: str, page: str) -> list[str]:
    """What stands in the elements that open like this."""
    return re.findall(rf"{opening}(.*?)</(?:script|style)>", page, re.DOTALL)


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(page: str) -> dict[str, str]:
    """The content security policy, part by part."""
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    return dict(part.strip().split(" ", 1) for part in unescape(policy[1]).split(";"))


@pytest.fixture(scope="module", params=[(lang, lite) for lang in LOCALES for lite in (True, False)], ids=str)
def hostile_page(request: pytest.FixtureRequest) -> str:
    lang, lite = request.param
    return report(hostile(), lang=lang, lite=lite, title=HOSTILE[0] + HOSTILE[1]).replace(figures.library(), "")


def test_hostile_names_are_text(hostile_page: str) -> None:
    reader = Reader(hostile_page)
    assert reader.open == []
    assert not {tag for tag, _ in reader.tags} & {"img", "iframe", "link", "object"}
    assert not any(name.startswith("on") or name == "style" for _, attrs in reader.tags for name in attrs)
    assert sum(tag == "style" for tag, _ in reader.tags) == 1
    text = " ".join(data for tag, data in reader.text if tag != "script")
    for name in (*HOSTILE[:4], HOSTILE[5], HOSTILE[6]):
        assert name in text and escape(name, quote=False) in hostile_page.replace("&#34;", '"').replace("&#39;", "'")
    assert not any(name in data for tag, data in reader.text if tag == "script" for name in HOSTILE)
    assert not set(hostile_page) & set("\u202e\u200f\x00")
    assert "49" not in re.findall(r"\d+", text)


def test_the_lite_page_has_no_script_and_its_style_has_its_hash() -> None:
    page = report(small(), lite=True)
    policy, (style,) = policy_of(page), content("<style>", page)
    assert policy["default-src"] == "'none'" and "script-src" not in policy and policy["style-src"] == hash_of(style)
    assert "<script" not in page and "http:" not in page and "https:" not in page and "javascript:" not in page


def test_the_full_page_runs_only_what_has_its_hash() -> None:
    page = report(two_years())
    policy = policy_of(page)
    assert policy["default-src"] == "'none'" and "unsafe" not in policy["script-src"]
    inert = content('<script type="text/plain" id="plotly">', page)
    assert inert == [figures.library()]
    assert policy["script-src"].split() == [hash_of(text) for text in (*content("<script>", page), *inert)]
    ours = page.replace(inert[0], "")
    assert "http:" not in ours and "https:" not in ours and "javascript:" not in ours
    kinds = set(re.findall(r"<script([^>]*)>", ours))
    assert kinds == {"", ' type="application/json"', ' type="text/plain" id="plotly"'}


def test_without_a_chart_there_is_no_library() -> None:
    page = report(log_of([("", ["A", "B"])] * 3, closed=False))
    assert len(page) < 200_000 and policy_of(page)["style-src"].startswith("'sha256-")


def test_sizes() -> None:
    """Bars of the report: 5.2 MB in all, 400 kB without plotly, 300 kB when lite."""
    full, lite = (report(two_years(), lite=lite).encode() for lite in (False, True))
    library = len(figures.library().encode())
    assert len(full) <= 5_200_000 and len(full) - library <= 400_000 and len(lite) <= 300_000


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
    assert ("22.\u00a0november 2026" if lang == "nb" else "22\u00a0November 2026") in page


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
    assert len(report(log, lite=True)) < 160_000


def lix(sentences: str) -> float:
    """Björnsson's readability: words per sentence + long words per hundred words. Names in quotes are left out."""
    text = re.sub(r"«[^»]*»", "", sentences)
    words = re.findall(r"[A-Za-zÆØÅæøåéÉ]+", text)
    ends = max(len(re.findall(r"[.!?:](?=\s|$)", text)), 1)
    return len(words) / ends + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize(
    "log", [small, two_years, JUDGED["deadlines and rules"]], ids=["small", "two years", "deadlines and rules"]
)
def test_the_bokmal_is_easy_to_read(log) -> None:
    prose = {"p", "span", "li", "dd", "h1", "h2", "h3", "figcaption"}
    sentences = [
        data.strip() for tag, data in Reader(report(log(), now=NOW)).text if tag in prose and len(data.split()) > 3
    ]
    assert lix(" ".join(s if s[-1] in ".!?:" else f"{s}." for s in sentences)) <= 40
