"""The report in a real browser: accessible, silent, offline, and no wider than the screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from report_logs import NOW, hostile, two_years

from saksflyt.reports.page import report

SCREENS = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "no script": {"viewport": {"width": 375, "height": 800}, "java_script_enabled": False},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    made = {}
    for name, log in (("usual", two_years()), ("hostile", hostile())):
        for lang in ("nb", "en"):
            made[f"{name} {lang}"] = folder / f"{name}_{lang}.html"
            report(log, made[f"{name} {lang}"], lang=lang, now=NOW)
    return made


@pytest.fixture
def visit(browser: Browser, pages: dict[str, Path]):
    """Open a report; whatever it asks for or complains about makes the test fail."""
    contexts, noise = [], []

    def opened(name: str, **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("request", lambda request: noise.append(request.url) if not request.url.startswith("file:") else None)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto(pages[name].as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []


Visit = Callable[..., Page]


@pytest.mark.parametrize("screen", ["wide", "narrow", "dark"])
@pytest.mark.parametrize("name", ["usual nb", "usual en", "hostile nb"])
def test_accessible(visit: Visit, name: str, screen: str) -> None:
    result = Axe().run(visit(name, **SCREENS[screen]), options={"runOnly": {"type": "tag", "values": RULES}})
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("name", ["usual nb", "usual en", "hostile nb", "hostile en"])
def test_no_sideways_scroll_on_a_small_screen(visit: Visit, name: str) -> None:
    page = visit(name, **SCREENS["narrow"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_hostile_names_run_nothing(visit: Visit) -> None:
    page = visit("hostile nb", **SCREENS["wide"])
    assert page.evaluate("window.PWNED === undefined && document.scripts.length === 0")
    assert page.locator("h2").count() == 6


def test_readable_without_script(visit: Visit) -> None:
    plain, full = (visit("usual nb", **SCREENS[screen]).inner_text("body") for screen in ("no script", "narrow"))
    assert len(plain) > 3_000 and plain.split() == full.split()


def test_first_screen_holds_the_findings_and_the_figures(visit: Visit) -> None:
    page = visit("usual nb", **SCREENS["wide"])
    box = page.locator(".figures").bounding_box()
    assert box and box["y"] + box["height"] <= 800


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("usual nb", **SCREENS["wide"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]


def test_marks_survive_forced_colours(visit: Visit) -> None:
    page = visit("usual nb", forced_colors="active", **SCREENS["wide"])
    styles = page.evaluate("getComputedStyle(document.querySelector('.strip li')).borderTopStyle")
    assert styles == "solid"


def test_printed_report_is_short_and_has_every_column(visit: Visit, tmp_path: Path) -> None:
    page = visit("usual nb", **SCREENS["wide"])
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") <= 8
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins
    widest = "Math.max(...[...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().right))"
    assert page.evaluate(widest) <= 688
