"""The process map in a real browser: chosen without a script, moved with one, and no text outside its box."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from report_logs import NOW, made

from saksflyt.reports.page import report

LEVELS = {"1": "hovedflyten", "2": "vanlige avvik", "3": "flere avvik"}
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    for name in ("many rare steps", "hostile"):
        report(made(name), folder / f"{name}.html", now=NOW)
    return folder


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Visit]:
    """Open a report; whatever the browser complains about makes the test fail."""
    contexts, noise = [], []

    def opened(name: str = "many rare steps", **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []


SEEN = """what => [...document.querySelectorAll(what)].filter(each => {
    const { width, height } = each.getBoundingClientRect();
    return each.checkVisibility() && width + height > 0;
}).length"""


def seen(page: Page, what: str) -> int:
    return page.evaluate(SEEN, what)


def scale(page: Page) -> float:
    picture = page.locator(".map-picture")
    return float(picture.get_attribute("width") or 0) / float((picture.get_attribute("viewBox") or "").split()[2])


@pytest.mark.parametrize("script", [True, False])
def test_levels_and_views_are_chosen_without_a_script(visit: Visit, script: bool) -> None:
    page = visit(java_script_enabled=script)
    if not script:
        # Without scripts the page cannot be asked: what is seen is read from it as a reader would.
        page.get_by_label(LEVELS["3"]).check()
        assert page.locator(".box.others").is_visible() and page.locator(".only-3").is_visible()
        page.get_by_label(LEVELS["1"]).check()
        assert not page.locator(".box.others").is_visible() and not page.locator(".only-3").is_visible()
        page.get_by_label("tid i alt").check()
        assert page.locator("tspan.view-total").first.is_visible()
        assert not page.locator("tspan.view-cases").first.is_visible()
        assert page.locator(".map-zoom").count() == 0
        return
    shown = []
    for level, name in LEVELS.items():
        page.get_by_label(name).check()
        assert page.locator("input[name=map-level]:checked").get_attribute("value") == level
        shown.append(
            (seen(page, ".map-picture .way"), seen(page, ".map-picture .box"), seen(page, ".map-picture .number"))
        )
    assert shown == sorted(shown) and len(set(shown)) == 3
    assert all(lines == numbers for lines, _, numbers in shown)
    for view in ("cases", "median", "p90", "total"):
        page.locator(f"#map-view-{view}").check()
        assert seen(page, f"tspan.view-{view}") and seen(page, "tspan") == seen(page, f"tspan.view-{view}")
        assert seen(page, ".map-about .view-median") == (view == "median")


def test_boxes_do_not_move_between_levels(visit: Visit) -> None:
    page = visit()
    places = "[...document.querySelectorAll('.box.line rect')].map(e => e.getBoundingClientRect().left)"
    before = page.evaluate(places)
    page.locator("#map-level-1").check()
    assert page.evaluate(places) == before


def test_the_keyboard_chooses_zooms_and_pans(visit: Visit) -> None:
    page = visit()
    page.locator("#map-level-2").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#map-level-3").is_checked()
    box = page.locator(".map-box")
    box.focus()
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(1.25, abs=0.01)
    for _ in range(4):
        page.keyboard.press("+")
    left = box.evaluate("e => e.scrollLeft")
    page.keyboard.press("ArrowRight")
    assert box.evaluate("e => e.scrollLeft") == left + 60
    page.keyboard.press("0")
    fits = box.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= innerHeight")
    assert fits and scale(page) <= 1
    page.keyboard.press("-")
    assert scale(page) < 1


def test_buttons_wheel_and_mouse(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Større").click()
    assert scale(page) == pytest.approx(1.25, abs=0.01)
    page.get_by_role("button", name="Mindre").click()
    assert scale(page) == pytest.approx(1, abs=0.01)
    box = page.locator(".map-box")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    x, y = place["x"] + 300, place["y"] + 200
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    assert scale(page) > 2
    left = box.evaluate("e => e.scrollLeft")
    page.mouse.down()
    page.mouse.move(x - 50, y)
    page.mouse.up()
    assert box.evaluate("e => e.scrollLeft") == pytest.approx(left + 50, abs=2)


@pytest.mark.parametrize("name", ["many rare steps", "hostile"])
def test_every_text_lies_inside_its_box_and_is_large_enough(visit: Visit, name: str) -> None:
    page = visit(name)
    page.locator("#map-level-3").check()
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.map-picture .box')].flatMap(box => {
            const frame = box.querySelector('rect').getBBox();
            return [...box.querySelectorAll('text')].filter(text => {
                const at = text.getBBox();
                return at.x < frame.x || at.x + at.width > frame.x + frame.width
                    || at.y < frame.y || at.y + at.height > frame.y + frame.height;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []
    sizes = "[...document.querySelectorAll('.map-picture text')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(page.evaluate(sizes)) >= 11


@pytest.mark.parametrize("view", ["cases", "median", "p90", "total"])
def test_no_number_lies_on_a_box_or_another_number(visit: Visit, view: str) -> None:
    page = visit()
    page.locator("#map-level-3").check()
    page.locator(f"#map-view-{view}").check()
    met = page.evaluate(
        """() => {
            const places = what => [...document.querySelectorAll(what)].map(e => e.getBBox()).filter(b => b.width);
            const meet = (a, b) => a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1
                && a.y + 2 < b.y + b.height - 2 && b.y + 2 < a.y + a.height - 2;
            const numbers = places('.map-picture .number'), boxes = places('.map-picture .box rect');
            return numbers.flatMap((a, i) => [...boxes, ...numbers.slice(0, i)].filter(b => meet(a, b))).length;
        }"""
    )
    assert met == 0


def test_the_map_scrolls_in_its_box_on_a_telephone(visit: Visit) -> None:
    page = visit(viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    box = page.locator(".map-box")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    start = page.locator(".box.start rect").bounding_box()
    assert start and start["x"] >= 0 and start["x"] + start["width"] <= 320


def test_printed_it_fits_the_page(visit: Visit) -> None:
    page = visit()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 971})  # A4 less its margins
    picture = page.locator(".map-picture").bounding_box()
    assert picture and picture["width"] <= 688 and picture["height"] <= 971
    assert seen(page, ".map-controls, .map-zoom") == 0
    assert re.search(rb"/Type /Page\b", page.pdf(format="A4"))


def test_forced_colours_show_lines_and_what_goes_back(visit: Visit) -> None:
    page = visit(forced_colors="active")
    style = "what => { const s = getComputedStyle(document.querySelector(what)); return [s.stroke, s.strokeDasharray] }"
    back, forward = (page.evaluate(style, f".map-picture .{kind} .way") for kind in ("back", "forward"))
    assert back[0] == forward[0] != "none" and back[1] != forward[1] == "none"
