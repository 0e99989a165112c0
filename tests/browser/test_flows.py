"""What opens below the analyst's page, in a real browser: the flow, a way to its cases, a limit that is moved, and the patterns."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from support.serving import Server

SVG = "{http://www.w3.org/2000/svg}"
SIZES = [(1440, 900), (2560, 1440)]
PROBLEMS = """
() => {
  const problems = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) problems.push('the page scrolls sideways');
  for (const each of document.querySelectorAll('.section .way')) {
    const frame = each.getBoundingClientRect();
    if (!each.querySelector('.way-body').childElementCount) problems.push(`empty: ${each.className}`);
    for (const inside of each.querySelectorAll('.way-body :is(a, span, td, th)')) {
      const box = inside.getBoundingClientRect();
      if (box.width && (box.right > frame.right + 4 || box.left < frame.left - 4)) problems.push(`out of ${each.className}: ${inside.textContent}`);
    }
  }
  const marks = [...document.querySelectorAll('.arc-words, .edge-median, .map-node')].map((each) => [each.textContent, each.getBoundingClientRect()]);
  marks.forEach(([words, one], place) => marks.slice(place + 1).forEach(([others, two]) => {
    const across = Math.min(one.right, two.right) - Math.max(one.left, two.left), down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    if (across > 2 && down > 4) problems.push(`over each other: ${words} / ${others}`);
  }));
  return problems;
}
"""


def open_page(page: Page, url: str, size: tuple[int, int] = SIZES[0]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(url)
    expect(page.locator("#analysis[data-drawn]")).to_be_attached(timeout=20_000)


@pytest.fixture(scope="module")
def demo(rehearse: Callable[..., Server]) -> Server:
    """The county's history with nobody reporting meanwhile: what is counted and what it opens to are of one state."""
    return rehearse(DEMO="0")


def then(page: Page, act: object) -> None:
    """Do something that moves the address, and wait until the page has been drawn again."""
    before = int(page.locator("#analysis").get_attribute("data-drawn") or 0)
    act()  # type: ignore[operator]
    page.wait_for_function(
        "(before) => Number(document.getElementById('analysis').dataset.drawn) > before", arg=before, timeout=20_000
    )


def number(words: str) -> int:
    return int(re.sub(r"\D", "", words))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "asked", ["", "&lang=en&theme=light&limits=finish~*~~5", "&channel=wechat&by=category&stage=dispatch_to_accept"]
)
def test_the_flow_is_laid_out_at_both_sizes(page: Page, demo: Server, size: tuple[int, int], asked: str) -> None:
    open_page(page, f"{demo.url}/analysis?section=flows{asked}", size)
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    assert page.evaluate(PROBLEMS) == []


def test_the_flow_is_opened_by_the_keyboard_after_the_page_stands(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis")
    expect(page.locator(".way")).to_have_count(0)
    page.locator("[data-key='section flows']").focus()
    then(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    assert "section=flows" in page.url
    expect(page.locator("[data-key='section flows']")).to_have_attribute("aria-expanded", "true")
    page.locator(".way-follows .way-table summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".way-follows tbody tr").first).to_be_visible()
    then(page, page.go_back)
    expect(page.locator(".way")).to_have_count(0)


def test_a_picture_hands_out_the_file_of_what_it_shows(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?section=flows&channel=wechat")
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    shown = [number(text) for text in page.locator(".way-conformance .bar-row .bar-count").all_inner_texts()]
    page.locator(".way-conformance .way-files summary").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as handed:
        page.locator(".way-conformance .way-files a", has_text="CSV").click()
    lines = list(csv.reader(handed.value.path().read_text("utf-8-sig").splitlines()))
    counts = [int(line[2]) for line in lines if len(line) == 4 and line[2].isdigit()]
    assert handed.value.suggested_filename.startswith("flow-conformance-330483-") and len(shown) > 3
    assert set(shown) <= set(counts) and "/analysis-export" not in page.url


WORDS = """
(body) => {
  const found = [], shown = (each) => each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().width > 0;
  const cut = (each) => { for (let up = each; up !== body; up = up.parentElement) if (up.scrollWidth > up.clientWidth + 1 && getComputedStyle(up).overflowX !== 'visible') return true; return false; };
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (shown(walker.currentNode.parentElement) && !cut(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  return [...found, ...[...body.querySelectorAll('input')].map((each) => each.value)].map((each) => each.replace(/\\s+/g, '')).filter(Boolean);
}
"""


@pytest.mark.parametrize(("size", "look"), [(SIZES[0], ""), (SIZES[1], "&lang=en&theme=dark")])
def test_every_picture_of_the_flow_is_saved_as_it_stands(
    page: Page, demo: Server, size: tuple[int, int], look: str, tmp_path: Path
) -> None:  # fmt: skip
    open_page(page, f"{demo.url}/analysis?section=flows&limits=finish~*~~5{look}", size)
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    sentence = page.locator("#analysis-sentence").inner_text()
    for way in page.locator(".way").all():
        name = way.get_attribute("data-name")
        for ending in ("svg", "png"):
            way.locator(".way-files summary").click()
            with page.expect_download() as handed:
                way.locator(f"[data-picture={ending}]").click()
            assert handed.value.suggested_filename == f"analysis-flow-{name}.{ending}"
            handed.value.save_as(tmp_path / f"{name}.{ending}")
        picture = ElementTree.parse(tmp_path / f"{name}.svg").getroot()
        texts = [each.text or "" for each in picture.iter(f"{SVG}text")]
        written = re.sub(r"\s+", "", "".join(texts))
        missing = [words for words in way.locator(".way-body").evaluate(WORDS) if words not in written]
        assert missing == [], name
        assert len(texts) > 8 and re.sub(r"\s+", "", sentence) in written and "/analysis?section=flows" in written
        png = (tmp_path / f"{name}.png").read_bytes()
        assert png.startswith(b"\x89PNG") and len(png) > 20_000
        assert int.from_bytes(png[16:20]) == 2 * int(float(picture.get("width") or 0)), name
        drawn = {kind: len(list(picture.iter(SVG + kind))) for kind in ("rect", "path")}
        bars = way.locator(".way-body :is(.bar, .fit-bar, .walk-bar, .edge, .time-line, .hand:not(.hand-cut))").count()
        assert drawn["rect"] > bars and drawn["path"] >= way.locator(".arc").count(), (name, drawn)


def test_a_way_a_deviation_and_an_edge_open_to_their_cases(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?section=flows&channel=wechat")
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    counts = (".way-variants .walk .walk-count", ".way-conformance .bar-row .bar-count", ".way-times .time-row a.bar-count")
    for mark, count in zip(("a.walk", ".way-conformance a.bar-row", ".way-times a.bar-count"), counts, strict=True):
        shown = number(page.locator(count).first.inner_text())
        then(page, page.locator(mark).first.click)
        expect(page.locator(".drawer")).to_be_visible()
        assert number(page.locator(".drawer-title strong").inner_text()) == shown > 0
        page.wait_for_function(
            "(count) => window.dash_ag_grid.getApi('rows').getDisplayedRowCount() === count", arg=shown, timeout=20_000
        )
        assert "mark=" in page.url
        then(page, lambda: page.keyboard.press("Escape"))
        expect(page.locator(".drawer")).to_be_hidden()
    then(page, page.locator("a.edge-median").first.click)
    assert number(page.locator(".drawer-title strong").inner_text()) > 0


def test_a_limit_is_moved_and_put_back(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?section=flows")
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    field, whole = page.locator(".limit-input input").first, page.locator(".limit-total td").nth(2)
    given = field.input_value()
    assert "→" not in page.locator(".limits").inner_text()
    field.fill(str(int(given) - 4))
    then(page, lambda: field.press("Enter"))
    expect(page.locator(".limit-moved")).to_have_count(1, timeout=20_000)
    was, _, would_be = whole.inner_text().partition("→")
    assert "limits=" in page.url and number(was) > number(would_be.splitlines()[0]) > 0
    page.wait_for_function("() => document.activeElement.tagName === 'INPUT'", timeout=5_000)  # the field has the focus again
    would = number(page.locator(".limit-total .limit-would").nth(1).inner_text())
    then(page, page.locator(".limit-total .limit-would").nth(1).click)
    assert number(page.locator(".drawer-title strong").inner_text()) == would
    then(page, lambda: page.keyboard.press("Escape"))
    then(page, page.locator(".way-limits .filter-chip").click)
    expect(page.locator(".limit-moved")).to_have_count(0, timeout=20_000)
    assert "limits=" not in page.url and field.input_value() == given and "→" not in page.locator(".limits").inner_text()


def test_every_filter_of_the_page_holds_in_the_flow(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?section=flows")
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    then(page, page.locator("#picture-channel .mark > a:not(.open)").first.click)
    shown = number(page.locator("#analysis-tiles [data-key='open reported']").first.inner_text())
    expect(page.locator(".way-follows .aside")).to_contain_text(f"{shown:,}", timeout=20_000)
    then(page, page.locator(".way-times .time-name").nth(1).click)
    assert "department=" in page.url and "section=flows" in page.url
    then(page, page.locator(".way-choices a", has_text="类别").click)
    assert "by=category" in page.url


def test_the_patterns_say_how_sure_they_are_and_open_to_their_cases(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?section=patterns")
    expect(page.locator(".pattern")).to_have_count(8, timeout=20_000)
    expect(page.locator(".section .note-loading")).to_have_count(0, timeout=240_000)
    expect(page.locator(".pattern-as-of")).to_be_visible()
    links = page.locator(".pattern-rows th a")
    assert links.count() > 0
    recurrence = page.locator(".pattern-recurrence th a, .pattern-hot_spot th a").first
    then(page, recurrence.click)
    assert "section=patterns" in page.url and "open=reported" in page.url
    assert number(page.locator(".drawer-title strong").inner_text()) > 0


def test_what_is_printed_of_the_flow_is_its_pictures(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?section=flows")
    expect(page.locator(".way")).to_have_count(7, timeout=20_000)
    page.emulate_media(media="print")
    expect(page.locator(".way-variants .walk").first).to_be_visible()
    for hidden in (".way-choices", ".way-table summary", "[data-key='section patterns']"):
        expect(page.locator(hidden).first).to_be_hidden()
