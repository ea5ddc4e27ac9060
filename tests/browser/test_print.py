"""The report on paper, made from a real log: short, and with nothing cut off."""

import re
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from report_logs import NOW

import saksflyt as sf

RECEIPT = Path(__file__).parents[3] / "shared/logs/restricted/municipal/Receipt_WABO_CoSeLoG.xes.gz"
pytestmark = pytest.mark.skipif(not RECEIPT.is_file(), reason="the shared logs are not beside this checkout")


@pytest.fixture(scope="module", params=["nb", "en"])
def page(request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("print") / "receipt.html"
    sf.report(sf.read(RECEIPT, now=NOW), path, lang=request.param, now=NOW)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    yield page
    page.close()


def printed(page: Page, path: Path) -> tuple[int, str]:
    """The number of pages and the letters on them, without spaces."""
    page.pdf(path=path, prefer_css_page_size=True)
    pages = PdfReader(path).pages
    return len(pages), bare("".join(each.extract_text() for each in pages))


def bare(text: str) -> str:
    """Without spaces, and with the letters that the font joins taken apart."""
    return re.sub(r"[\s\u00ad]+", "", unicodedata.normalize("NFKC", text))


def test_eight_pages_at_most(page: Page, tmp_path: Path) -> None:
    number, text = printed(page, tmp_path / "folded.pdf")
    assert number <= 8
    for heading in page.locator("h1, h2, h3, figcaption").all_inner_texts():
        assert bare(heading) in text


def test_nothing_is_cut(page: Page, tmp_path: Path) -> None:
    """The last column of every table is there, also of those that were folded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    _, text = printed(page, tmp_path / "open.pdf")
    for table in page.locator("table").all():
        if table.locator("thead th").count() > 2:
            assert bare(table.locator("thead th").last.inner_text()) in text
        for row in table.locator("tbody tr").all():
            assert bare(row.locator("td").last.inner_text()) in text
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1_000})  # A4 less its margins
    over = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 689).length"
    assert page.evaluate(over) == 0
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1_280, "height": 800})


def test_static_charts_are_printed_also_after_live_ones_were_shown(page: Page, tmp_path: Path) -> None:
    page.locator("#throughput").scroll_into_view_if_needed()
    page.wait_for_timeout(1_500)
    page.emulate_media(media="print")
    assert page.locator(".still").first.is_visible() and not page.locator(".live").first.is_visible()
    page.emulate_media(media="screen")


def test_the_first_screen_fits_a_laptop(page: Page) -> None:
    page.evaluate("scrollTo(0, 0)")
    box = page.locator(".figures").bounding_box()
    assert box and box["y"] + box["height"] <= 800


def test_small_enough_to_keep_and_to_send(page: Page) -> None:
    log = sf.read(RECEIPT, now=NOW)
    full, lite = (len(sf.report(log, lite=lite).encode()) for lite in (False, True))
    assert full <= 5_200_000 and lite <= 300_000
