"""The report in a real browser: accessible, silent, offline, quick, and no wider than the screen."""

import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from report_logs import HOSTILE, NOW, hostile, made, two_years

from saksflyt.mining.findings import Findings, mine
from saksflyt.mining.log import EventLog
from saksflyt.reports.page import report

SCREENS = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "no script": {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False},
    "forced": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOGS = {
    "usual": two_years,
    "hostile": hostile,
    "meant": lambda: made("with a flow"),
    "hostile meant": lambda: made("with a hostile flow"),
}

# All that is written, except in the drawings, where one chart may have taken the place of another.
WORDS = """
() => [...document.querySelectorAll('h1, h2, h3, p, li, th, td, dt, dd, caption, figcaption, summary')]
    .filter(each => !each.closest('.drawing') && each.checkVisibility()).map(each => each.textContent.trim()).join('\\n')
"""


@cache
def found_in(name: str) -> Findings:
    """What is found in a log, once for all its pages."""
    log = LOGS[name]()
    return mine(log) if isinstance(log, EventLog) else log


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of a log in a language ("usual nb"), and " lite"; written when it is first asked for."""
    folder = tmp_path_factory.mktemp("reports")

    @cache
    def written(key: str) -> Path:
        name, lang, lite = re.fullmatch(r"(.+) (nb|en)( lite)?", key).groups()  # type: ignore[union-attr]
        title = HOSTILE[0] + HOSTILE[1] if "hostile" in name else None
        path = folder / f"{key.replace(' ', '_')}.html"
        report(found_in(name), path, lang=lang, now=NOW, lite=bool(lite), title=title)
        return path

    return written


@pytest.fixture
def visit(browser: Browser, page_of: Callable[[str], Path]):
    """Open a report; whatever it asks for or complains about makes the test fail."""
    contexts, noise = [], []

    def opened(name: str, screen: str = "wide") -> Page:
        contexts.append(browser.new_context(**SCREENS[screen]))
        page = contexts[-1].new_page()
        page.on("request", lambda request: noise.append(request.url) if not request.url.startswith("file:") else None)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto(page_of(name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []


Visit = Callable[..., Page]


def scrolled(page: Page) -> float:
    """Show every chart; the seconds until all of them are live."""
    begun = time.monotonic()
    charts = page.locator(".drawing")
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
    while page.locator(".drawing.drawn .live .main-svg").count() == 0 or page.locator(".drawing:not(.drawn)").count():
        assert time.monotonic() - begun < 30, "a chart did not come to life"
        page.wait_for_timeout(20)
    return time.monotonic() - begun


def opened_up(page: Page) -> Page:
    """Every fold open and every chart live."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    scrolled(page)
    return page


def assert_accessible(page: Page) -> None:
    rules = {"type": "tag", "values": RULES}
    # Without the list of all that is well, it is four times as quick.
    result = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert result.violations_count == 0, result.generate_report()


def assert_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_timeout(400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert_accessible(page)


@pytest.mark.parametrize(
    "name", ["usual nb", "usual en", "hostile nb", "hostile en", "meant nb", "meant en", "hostile meant nb"]
)
def test_accessible_harmless_and_no_wider_than_the_screen(visit: Visit, name: str) -> None:
    page = opened_up(visit(name))
    assert page.evaluate("window.PWNED === undefined")
    assert page.locator("svg a, .live a, .live b, img, iframe").count() == 0
    assert page.locator("section h2").count() == page.locator("section").count()
    assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    assert_fits_a_telephone(page)


@pytest.mark.parametrize("name", ["usual nb lite", "hostile en lite", "meant nb lite"])
def test_lite_is_accessible(visit: Visit, name: str) -> None:
    page = visit(name)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.scripts.length") == 0
    assert_accessible(page)
    assert_fits_a_telephone(page)


def test_it_opens_at_once_and_the_charts_come_to_life(visit: Visit) -> None:
    loads, lives = [], []
    for _ in range(3):
        page = visit("usual nb")
        loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        assert page.locator(".drawn").count() == 0
        lives.append(scrolled(page))
    # Other work on the machine only adds time: the quickest is what the page itself takes.
    assert median(loads) < 1_000 and min(lives) < 5


@pytest.mark.parametrize("name", ["usual nb", "hostile en", "meant nb"])
def test_all_of_it_is_read_without_script(visit: Visit, name: str) -> None:
    full, plain, lite = (
        page.evaluate(WORDS) for page in (visit(name), visit(name, "no script"), visit(f"{name} lite"))
    )
    assert len(plain) > 3_000 and plain == full == lite


@pytest.mark.parametrize(
    ("name", "screen"), [("usual nb", "no script"), ("usual en lite", "wide"), ("usual nb", "forced")]
)
def test_charts_are_drawn_where_no_script_draws_them(visit: Visit, name: str, screen: str) -> None:
    page = visit(name, screen)
    charts = page.locator(".still")
    assert charts.count() == 4
    for number in range(4):
        charts.nth(number).scroll_into_view_if_needed()
        box = charts.nth(number).bounding_box()
        assert box and box["width"] > 1_000 and box["height"] > 200
    assert page.locator(".drawn").count() == 0


def test_one_chart_takes_the_other_s_place_without_a_jump(visit: Visit) -> None:
    page = visit("usual nb")
    page.wait_for_timeout(50)
    sizes = "[...document.querySelectorAll('.drawing')].map(each => each.getBoundingClientRect().height)"
    still = page.evaluate(sizes)
    scrolled(page)
    assert page.evaluate(sizes) == still


def test_a_live_chart_answers_to_pointing(visit: Visit) -> None:
    page = visit("usual nb")
    scrolled(page)
    months = page.locator("figure[aria-labelledby=c-months]")
    months.scroll_into_view_if_needed()
    point = months.locator(".live .points path.point").first.bounding_box()
    assert point
    page.mouse.move(point["x"] + 2, point["y"] + 2)
    page.mouse.move(point["x"] + 4, point["y"] + 4)
    assert "januar 2025" in (months.locator(".hoverlayer").text_content(timeout=3_000) or "")
    assert page.locator(".modebar").count() == 0


def test_the_live_curve_says_what_is_left(visit: Visit) -> None:
    page = visit("usual nb")
    scrolled(page)
    curve = page.locator("figure[aria-labelledby=c-curve]")
    curve.scroll_into_view_if_needed()
    field = curve.locator(".live .nsewdrag").first.bounding_box()
    assert field
    for step in (2, 4):
        page.mouse.move(field["x"] + field["width"] / 2 + step, field["y"] + field["height"] / 2)
    page.wait_for_timeout(300)
    said = curve.locator(".hoverlayer").text_content(timeout=3_000) or ""
    # Its own words alone, without a number from the axis.
    assert re.match(r"etter \d+,\d\xa0dager: \d+\xa0% ikke ferdige \(", said)


def test_live_charts_follow_the_theme(visit: Visit) -> None:
    page = visit("usual nb")
    scrolled(page)
    colour = "getComputedStyle(document.querySelector('.live .ytick text')).fill"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert page.evaluate(colour) != light


def test_first_screen_holds_the_findings_and_the_figures(visit: Visit) -> None:
    for name in ("usual nb", "usual en"):
        box = visit(name).locator(".figures").bounding_box()
        assert box and box["y"] + box["height"] <= 800


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    page = visit("usual nb")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    seen = [
        "a[href], summary, input, button, [tabindex='0']",
        "each => each.checkVisibility() && !(each.type === 'radio' && !each.checked)",
    ]
    wanted = page.evaluate(f"[...document.querySelectorAll(`{seen[0]}`)].filter({seen[1]}).length")
    reached, outlined = 0, True
    for _ in range(wanted):
        outlined &= page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'")
        reached += page.evaluate("document.activeElement !== document.body")
        page.keyboard.press("Tab")
    assert reached == wanted and outlined


def test_a_fold_opens_with_the_keyboard(visit: Visit) -> None:
    page = visit("usual nb")
    page.locator("#throughput summary").last.focus()
    page.keyboard.press("Enter")
    assert page.locator("#throughput details[open] table").is_visible()


def test_marks_survive_forced_colours(visit: Visit) -> None:
    page = visit("usual nb", "forced")
    assert page.evaluate("getComputedStyle(document.querySelector('.strip li')).borderTopStyle") == "solid"
    marks = page.evaluate(
        "['.bar', '.point', 'text'].map(each => getComputedStyle(document.querySelector('.still ' + each)).fill)"
    )
    marks += page.evaluate(
        "['line.line', 'path.line', '.band'].map(each => getComputedStyle(document.querySelector('.still ' + each)).stroke)"
    )
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert set(marks[3:]) == {ink}
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper not in marks


@pytest.mark.parametrize("name", ["usual nb", "usual en", "hostile nb"])
def test_every_number_in_brief_stands_again_below(visit: Visit, name: str) -> None:
    page = visit(name, "no script")
    first, *others = page.locator("section").all()
    quoted = re.compile(r"«.*?»|“.*?”", re.DOTALL)  # names are no figures
    brief = set(re.findall(r"\d[\d\u00a0,.]*", quoted.sub("", first.inner_text())))
    below = set(re.findall(r"\d[\d\u00a0,.]*", " ".join(section.text_content() or "" for section in others)))
    bare = {number.strip("\u00a0,.") for number in below}
    assert brief and {number.strip("\u00a0,.") for number in brief} <= bare


def test_the_part_that_is_read_is_marked(visit: Visit) -> None:
    page = visit("usual nb", "no script")
    marked = "nav a:target-current"
    assert page.locator(marked).get_attribute("href") == "#brief"
    page.locator("#method").scroll_into_view_if_needed()
    page.locator("#h-method").evaluate("each => each.scrollIntoView()")
    page.wait_for_timeout(600)
    assert page.locator(marked).get_attribute("href") == "#method"
