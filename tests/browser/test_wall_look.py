"""The wall as a designer would check it with a ruler: at each size no text too small, clipped, overlapping or off the screen."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.serving import ROOT, Server

SIZES = [(1280, 720), (1920, 1080), (3840, 2160)]
DESIGNED = (".row-text, .row-category, .row-place, .row-state, .due-place, .due-category, .case-text, .case-place, .case-verdict, .case-facts, .node-who, "
            ".aside, .map-note, .large-category, .ledger, .header-state")  # fmt: skip
ALL_SIZES = [*SIZES, (5760, 2160), (7680, 2160), (1080, 1920)]
SCENES = ("overview", "flow", "analysis", "assessment", "command", "forces")
EMPTY_TILES = """
() => [...document.querySelectorAll('#stage > .panel:not(.away):not(.panel-map)')]
  .filter((panel) => !panel.querySelector('.panel-body')?.textContent.trim() || panel.querySelector('.note-loading'))
  .map((panel) => `empty: ${panel.className}`)
"""
TEXT_ACROSS = """
(lines) => {
  const crossing = [], walker = document.createTreeWalker(document.getElementById('stage'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    let { left, right } = box;
    for (let outer = walker.currentNode.parentElement; outer.id !== 'stage'; outer = outer.parentElement) {
      if (getComputedStyle(outer).overflowX === 'visible') continue;
      const slot = outer.getBoundingClientRect();
      [left, right] = [Math.max(left, slot.left), Math.min(right, slot.right)];
    }
    if (box.width && lines.some((line) => left < line && line < right)) crossing.push(walker.currentNode.textContent);
  }
  return crossing;
}
"""
MEASURE = """
(designed) => {
  const problems = [], slack = innerHeight / 500; // a glyph may reach so far out of its line
  const boxes = [];
  // Words that end in dots where there is no more room, or in lines that are left out as a whole.
  const shortened = (element) => {
    for (let outer = element; outer.id !== 'wall'; outer = outer.parentElement) {
      const style = getComputedStyle(outer);
      if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') return outer;
    }
    return null;
  };
  const walker = document.createTreeWalker(document.getElementById('wall'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, words = node.textContent.trim(), element = node.parentElement;
    if (!words || getComputedStyle(element).visibility === 'hidden') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const slot = element.closest('.panel-body');
    if (slot && box.left >= slot.getBoundingClientRect().right) continue; // a row without room, wrapped out of sight
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < innerHeight / 60 - 0.1 && !element.closest('.shape')) problems.push(`too small (${size}): ${words}`);
    const clip = shortened(element) ?? element.closest(designed);
    const shown = clip ? clip.getBoundingClientRect() : box;
    if (shown.left < -1 || shown.right > innerWidth + 1 || shown.top < -1 || shown.bottom > innerHeight + 1) problems.push(`off the screen: ${words}`);
    if (slot && !clip) {
      const frame = slot.getBoundingClientRect();
      if (box.right > frame.right + slack || box.bottom > frame.bottom + slack) problems.push(`cut by its panel: ${words}`);
    }
    boxes.push({ words, left: Math.max(box.left, shown.left), right: Math.min(box.right, shown.right), top: Math.max(box.top, shown.top), bottom: Math.min(box.bottom, shown.bottom) });
  }
  for (let a = 0; a < boxes.length; a += 1) for (let b = a + 1; b < boxes.length; b += 1) {
    const one = boxes[a], two = boxes[b];
    const across = Math.min(one.right, two.right) - Math.max(one.left, two.left), down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    if (across > 2 && down > Math.min(one.bottom - one.top, two.bottom - two.top) * 0.4) problems.push(`over each other: ${one.words} / ${two.words}`);
  }
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight + 1 || root.scrollWidth > innerWidth + 1) problems.push('the page scrolls');
  return problems;
}
"""


def open_wall(page: Page, url: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(url)
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
    expect(page.locator(".node").first).to_be_attached(timeout=10_000)
    expect(page.locator(".row").first).to_be_attached(timeout=10_000)
    page.wait_for_timeout(1500)


@pytest.mark.parametrize(
    "path",
    [
        "/wall?scene=overview",
        "/wall?scene=overview&lang=en",
        "/wall/330483100?scene=overview",
        "/wall/330483004208?scene=overview&lang=en",
    ],
)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_too_small_clipped_overlapping_or_off_the_screen(
    demo: Server, page: Page, path: str, size: tuple[int, int]
) -> None:
    open_wall(page, demo.url + path, size)
    assert page.evaluate(MEASURE, DESIGNED) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", ALL_SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_scene_is_laid_out_on_every_wall(demo: Server, page: Page, size: tuple[int, int], language: str) -> None:
    for scene in SCENES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{demo.url}/wall?scene={scene}&lang={language}")
        expect(page.locator(f"[data-scene={scene}][data-link=live]")).to_be_attached(timeout=15_000)
        page.wait_for_function(f"() => ({EMPTY_TILES})().length === 0", timeout=10_000)
        page.wait_for_timeout(700)
        assert (scene, page.evaluate(MEASURE, DESIGNED)) == (scene, [])
        if language == "zh-CN":
            page.screenshot(path=_screens() / f"{scene}-{size[0]}x{size[1]}.png")


@pytest.mark.parametrize("zoom", [0.5, 2.0])
def test_a_zoomed_browser_shows_the_same_wall(demo: Server, page: Page, zoom: float) -> None:
    # Zoom is a smaller or larger viewport with another pixel ratio.
    open_wall(page, f"{demo.url}/wall?scene=overview", (int(1920 / zoom), int(1080 / zoom)))
    assert page.evaluate(MEASURE, DESIGNED) == []


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
def test_a_theme_is_the_same_wall_in_other_colours(demo: Server, page: Page, theme: str) -> None:
    open_wall(page, f"{demo.url}/wall?scene=overview&theme={theme}", (1920, 1080))
    assert page.evaluate(MEASURE, DESIGNED) == []
    grounds = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.row-text')).color]"
    )
    assert grounds[0] != "rgb(13, 17, 23)" and grounds[0] != grounds[1]


def test_seams_are_free_of_text(demo: Server, page: Page) -> None:
    for size, seams in (((5760, 2160), (1 / 3, 2 / 3)), ((3840, 2160), (0.5,)), ((7680, 2160), (0.25, 0.5, 0.75))):
        open_wall(page, f"{demo.url}/wall?scene=overview&seams={','.join(f'{seam:.4f}' for seam in seams)}", size)
        assert page.evaluate(TEXT_ACROSS, [seam * size[0] for seam in seams]) == []


def _screens() -> Path:
    folder = ROOT / "var/screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_clicked_report_is_the_one_on_the_timeline_and_in_the_address(demo: Server, page: Page) -> None:
    open_wall(page, f"{demo.url}/wall?scene=overview", (1920, 1080))
    row = page.locator(".row").nth(3)
    chosen, category = row.get_attribute("data-incident"), row.locator(".row-category").inner_text()
    row.click()
    expect(page.locator(".case-number")).to_have_text(re.compile(rf"-0*{chosen}$"), timeout=5_000)
    expect(page.locator(".case-category")).to_have_text(category)
    assert f"incident={chosen}" in page.url
    page.reload()
    expect(page.locator(".case-number")).to_have_text(re.compile(rf"-0*{chosen}$"), timeout=10_000)


def test_the_wall_lives_without_a_hand(demo: Server, page: Page) -> None:
    open_wall(page, f"{demo.url}/wall?scene=overview", (1920, 1080))
    before = page.locator("#clock").text_content()
    newest = httpx.get(f"{demo.url}/healthz").json()["data_version"]
    page.wait_for_timeout(9_000)
    assert page.locator("#clock").text_content() != before
    assert httpx.get(f"{demo.url}/healthz").json()["data_version"] > newest


@pytest.mark.console_errors(
    "ERR_CONNECTION_REFUSED",
    "ERR_INCOMPLETE_CHUNKED",
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION_RESET",
    "Failed to fetch",
    "the server did not respond",
)
@pytest.mark.alone
def test_a_wall_whose_server_is_gone_says_so_within_three_seconds_and_comes_back_by_itself(page: Page, tmp_path: Path) -> None:
    settings = {"VAR": str(tmp_path), "DEMO": "1", "DEMO_DAYS": "2"}
    server = Server(settings)
    server.start()
    settings["PORT"] = str(server.port)
    open_wall(page, f"{server.url}/wall?scene=overview", (1920, 1080))
    page.evaluate("window.isTheSamePage = true")
    server.kill()
    expect(page.locator("[data-link=down]")).to_be_attached(timeout=3_000)
    with Server(settings):
        expect(page.locator("[data-link=live]")).to_be_attached(timeout=10_000)
        assert page.evaluate("window.isTheSamePage")
        page.goto("about:blank")


@pytest.mark.console_errors("status of 404")
def test_an_unknown_area_is_refused_in_a_sentence(demo: Server, page: Page) -> None:
    page.goto(f"{demo.url}/wall/999?lang=en")
    expect(page.get_by_text("no such area: 999")).to_be_visible(timeout=10_000)
