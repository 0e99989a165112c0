"""The analyst's page in a real browser: drill, cross-filter, Back, a link, the drawer, files, keyboard, at both sizes of a desk."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from support.serving import Server

SIZES = [(1440, 900), (2560, 1440)]
PROBLEMS = """
() => {
  const problems = [], root = document.documentElement;
  if (root.scrollWidth > innerWidth + 1) problems.push(`the page scrolls sideways: ${root.scrollWidth}`);
  for (const picture of document.querySelectorAll('.picture')) {
    const frame = picture.getBoundingClientRect();
    for (const text of picture.querySelectorAll('svg text, th, td, h2')) {
      const box = text.getBoundingClientRect();
      if (box.width && (box.right > frame.right + 4 || box.left < frame.left - 4)) problems.push(`out of ${picture.id}: ${text.textContent}`);
    }
    const names = [...picture.querySelectorAll('.map-names text, .mark > a > .name')].map((each) => [each.textContent, each.getBoundingClientRect()]);
    names.forEach(([words, one], place) => names.slice(place + 1).forEach(([others, two]) => {
      const across = Math.min(one.right, two.right) - Math.max(one.left, two.left), down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
      if (across > 2 && down > 6) problems.push(`over each other: ${words} / ${others}`);
    }));
    if (!picture.querySelector('svg.drawn, table, p.quiet')) problems.push(`empty: ${picture.id}`);
  }
  for (const tile of document.querySelectorAll('.desk-tile .value')) if (tile.scrollWidth > tile.parentElement.clientWidth) problems.push(`clipped: ${tile.textContent}`);
  for (const link of document.querySelectorAll('svg a')) if (!link.getAttribute('aria-label')) problems.push(`without a name: ${link.outerHTML.slice(0, 80)}`);
  for (const field of document.querySelectorAll('.filters select, .filters input')) if (!field.getAttribute('aria-label')) problems.push(`without a name: ${field.name}`);
  return problems;
}
"""


def drawn(page: Page) -> int:
    return int(page.locator("#analysis").get_attribute("data-drawn") or 0)


def open_page(page: Page, url: str, size: tuple[int, int] = SIZES[0]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(url)
    expect(page.locator("#analysis[data-drawn]")).to_be_attached(timeout=20_000)


def then(page: Page, act: object) -> None:
    """Do something that moves the address, and wait until the page has been drawn again."""
    before = drawn(page)
    act()  # type: ignore[operator]
    page.wait_for_function(
        "(before) => Number(document.getElementById('analysis').dataset.drawn) > before", arg=before, timeout=20_000
    )


def asked(page: Page) -> str:
    parts = urlsplit(page.url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def tile(page: Page, key: str) -> int:
    return int(re.sub(r"\D", "", page.locator(f"[data-key='open {key}']").first.inner_text()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "address",
    [
        "/analysis",
        "/analysis?theme=light&lang=en",
        "/analysis/330483100?metric=on_time_rate&period=2026Q4",
        "/analysis/330483100218?period=2026-11-20",
    ],
)
def test_the_page_is_laid_out_at_both_sizes(page: Page, demo: Server, size: tuple[int, int], address: str) -> None:
    open_page(page, demo.url + address, size)
    assert page.evaluate(PROBLEMS) == []
    assert page.evaluate("getComputedStyle(document.documentElement).overflowY") == "auto"  # walls never scroll, desks do


@pytest.mark.parametrize("size", SIZES)
def test_a_click_drills_down_to_a_grid_and_back_leads_up_again(page: Page, demo: Server, size: tuple[int, int]) -> None:
    open_page(page, demo.url + "/analysis", size)
    whole, ways = tile(page, "reported"), []
    counts = [whole]
    for level in (9, 12, 15):
        ways.append(asked(page))
        bar = page.locator("#picture-area .mark > a:not(.open)").first
        key = bar.get_attribute("data-key") or ""
        shown = int(re.sub(r"\D", "", page.locator(f"#picture-area [data-key='open {key}'] .amount").text_content() or ""))
        then(page, bar.click)
        assert len(key) == level and urlsplit(page.url).path == f"/analysis/{key}"
        assert tile(page, "reported") == shown <= counts[-1]
        counts.append(shown)
    assert page.locator("#analysis-places li").count() == 4
    for way, count in zip(reversed(ways), reversed(counts[:-1]), strict=True):
        then(page, page.go_back)
        assert asked(page) == way and tile(page, "reported") == count
    then(page, page.go_forward)
    then(page, page.locator("#analysis-places a").first.click)
    assert asked(page) == "/analysis"


def test_time_drills_from_the_quarter_to_the_hour(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?period=2026Q4")
    then(page, page.locator("#picture-trend .groups a").nth(1).click)
    assert asked(page) == "/analysis?period=2026-11"
    then(page, page.locator("#picture-trend .groups a").nth(2).click)
    assert asked(page) == "/analysis?period=2026-W46"
    then(page, page.locator("#picture-trend .mark[data-key='2026-11-11']").click)
    assert asked(page) == "/analysis?period=2026-11-11" and page.locator("#picture-trend .mark").count() == 24
    day = tile(page, "reported")
    then(page, page.locator("#picture-trend .mark[data-key='09']").click)
    assert asked(page) == "/analysis?period=2026-11-11&hour=9" and 0 < tile(page, "reported") < day
    times = page.locator("#analysis-times li")
    assert times.all_inner_texts()[0] == "2026 年第 4 季度" and times.count() == 5
    then(page, page.locator("#analysis-times a").first.click)
    assert asked(page) == "/analysis?period=2026Q4"


def test_every_mark_filters_the_others_and_its_chip_takes_it_off(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis")
    whole = tile(page, "reported")
    for name in ("category", "channel", "department", "state", "urgency", "reporter_kind"):
        mark = page.locator(f"#picture-{name} .mark > a:not(.open)").first
        key = mark.get_attribute("data-key") or ""
        shown = int(re.sub(r"\D", "", page.locator(f"#picture-{name} [data-key='open {key}'] .amount").text_content() or ""))
        then(page, mark.click)
        assert tile(page, "reported") == shown < whole, name
        assert key in page.url and page.locator(f"[data-key='chip {name}']").count() == 1
        # The rest of the page is of the same cases: what the towns add up to is what the tile says, or less (no town known).
        then(page, page.locator(f"[data-key='chip {name}']").click)
        assert tile(page, "reported") == whole and asked(page) == "/analysis"


def test_words_and_selects_filter_too_and_a_link_is_the_same_view_for_anybody(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis")
    page.locator("[name=text]").fill("路灯")
    then(page, lambda: page.keyboard.press("Enter"))
    then(page, lambda: page.locator("[name=channel]").select_option("wechat"))
    then(page, lambda: page.locator("[name=area_code]").select_option("330483100"))
    shown = page.locator("#analysis-tiles").inner_text(), page.locator("#analysis-sentence").inner_text()
    assert "路灯" in shown[1] and "乌镇镇" in shown[1]
    other = page.context.new_page()
    open_page(other, page.url)
    assert (other.locator("#analysis-tiles").inner_text(), other.locator("#analysis-sentence").inner_text()) == shown


def test_a_figure_opens_to_its_incidents_in_a_table_that_pages_and_narrows(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?period=2026-11-20")
    count = tile(page, "reported")
    then(page, page.locator("[data-key='open reported']").first.click)
    expect(page.locator(".drawer")).to_be_visible()
    assert page.locator(".rows-count").inner_text() == f"{count} 件"
    assert "收到的上报" in page.locator(".facts").inner_text()
    rows = page.locator("#rows .ag-center-cols-container .ag-row:not(.ag-row-loading)")
    expect(rows.first).to_be_visible(timeout=20_000)
    page.wait_for_function("() => window.dash_ag_grid.getApi('rows').getDisplayedRowCount() > 1")
    assert page.evaluate("() => window.dash_ag_grid.getApi('rows').getDisplayedRowCount()") == count
    page.evaluate(
        "() => window.dash_ag_grid.getApi('rows').ensureIndexVisible(window.dash_ag_grid.getApi('rows').getDisplayedRowCount() - 1)"
    )
    last = page.locator(f"#rows .ag-pinned-left-cols-container [row-index='{count - 1}'] a")
    expect(last).to_be_visible(timeout=10_000)
    assert (last.get_attribute("href") or "").startswith("/incident/")
    page.locator("#rows input[aria-label]").nth(2).fill("路灯")
    page.wait_for_function(
        "(count) => window.dash_ag_grid.getApi('rows').getDisplayedRowCount() < count", arg=count, timeout=10_000
    )
    then(page, lambda: page.keyboard.press("Escape"))
    expect(page.locator(".drawer")).to_be_hidden()
    then(page, page.go_back)
    expect(page.locator(".drawer")).to_be_visible()


def test_a_rate_opens_to_whom_it_asks_and_whom_it_counts(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?open=on_time_rate")
    counts = []
    for number in range(3):
        if number:
            then(page, page.locator(".parts a").nth(number).click)
        counts.append(int(re.sub(r"\D", "", page.locator(".rows-count").inner_text())))
    assert counts[0] == counts[1] + counts[2] and counts[2] > 0
    assert "不含未到期在办 (D2)" in page.locator(".facts").inner_text()


def test_the_files_of_the_drawer_and_of_a_picture_are_what_is_shown(page: Page, demo: Server, tmp_path: Path) -> None:
    open_page(page, demo.url + "/analysis/330483100?period=2026-11-20&open=reported")
    count = int(re.sub(r"\D", "", page.locator(".rows-count").inner_text()))
    with page.expect_download() as saved:
        page.locator(".file[data-ending=csv]").click()
    saved.value.save_as(tmp_path / "rows.csv")
    lines = list(csv.reader((tmp_path / "rows.csv").read_text("utf-8-sig").splitlines()))
    body = [line for line in lines if not line[0].startswith("# ")][1:]
    shown = page.locator("#rows .ag-pinned-left-cols-container [row-index='0'] a").inner_text()
    assert len(body) == count and body[0][0] == shown
    then(page, page.locator(".drawer .close").click)
    marks = page.locator("#picture-channel .mark").count()
    page.locator("#picture-channel summary").click()
    for ending in ("SVG", "PNG"):
        with page.expect_download() as saved:
            page.locator("#picture-channel .menu").get_by_text(ending, exact=True).click()
        saved.value.save_as(tmp_path / f"picture.{ending}")
    picture = ElementTree.parse(tmp_path / "picture.SVG").getroot()
    texts = "".join(picture.itertext())
    assert "2026-11-20" in texts and "截至" in texts and "乌镇镇" in texts
    bars = [each for each in picture.iter("{http://www.w3.org/2000/svg}rect") if "bar" in (each.get("class") or "")]
    assert len(bars) == marks and all("fill" in (each.get("style") or "") for each in bars)
    png = (tmp_path / "picture.PNG").read_bytes()
    assert (
        png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) == 2 * int(float(picture.get("width") or 0)) and len(png) > 5_000
    )


def test_a_picture_is_also_a_table_whose_figures_open(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis")
    bars = page.locator("#picture-category .mark .amount").all_text_contents()
    page.locator("#picture-category .toggle").click()
    table = page.locator("#picture-category tbody tr")
    assert [row.locator("td").first.inner_text() for row in table.all()][: len(bars)] == bars
    then(page, table.first.locator("td a").click)
    assert "open=reported" in page.url and "category=" in page.url
    assert page.locator(".drawer-title strong").inner_text() == bars[0]


def test_the_keyboard_is_enough(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    first = page.locator("#picture-channel .mark > a:not(.open)").first
    first.focus()
    page.keyboard.press("ArrowDown")
    key = page.evaluate("() => document.activeElement.dataset.key")
    assert key == page.locator("#picture-channel .mark > a:not(.open)").nth(1).get_attribute("data-key")
    then(page, lambda: page.keyboard.press("Enter"))
    assert f"channel={key}" in page.url
    assert page.evaluate("() => document.activeElement.dataset.key") == key, "focus stays on the mark"
    assert page.evaluate("() => document.activeElement.getAttribute('aria-current')") == "true"
    reachable = page.evaluate(
        "() => [...document.querySelectorAll('#picture-area .marks a')].filter((each) => each.tabIndex === 0).length"
    )
    assert reachable <= 4


def test_views_are_kept_by_name_in_this_browser(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?channel=wechat&period=2026-11")
    page.locator(".views summary").click()
    page.locator(".views input").fill("<b>微信</b> 11 月")
    page.locator(".views form button").click()
    then(page, page.locator("[data-key='chip channel']").click)
    page.reload()
    expect(page.locator("#analysis[data-drawn]")).to_be_attached(timeout=20_000)
    page.locator(".views summary").click()
    kept = page.locator(".views li a")
    assert kept.inner_text() == "<b>微信</b> 11 月"
    then(page, kept.click)
    assert asked(page) == "/analysis?channel=wechat&period=2026-11"
    page.locator(".views li button").click()
    expect(page.locator(".views li a")).to_have_count(0)


def test_a_wrong_address_is_refused_in_a_sentence(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis?category=moon")
    expect(page.locator("#analysis-sentence")).to_contain_text("没有这样的类别：moon")


def test_what_is_printed_is_the_pictures_and_the_sentence(page: Page, demo: Server) -> None:
    open_page(page, demo.url + "/analysis")
    page.emulate_media(media="print")
    expect(page.locator("#analysis-sentence")).to_be_visible()
    expect(page.locator("#picture-trend svg")).to_be_visible()
    for hidden in ("#analysis-filters", "#analysis-tools", "#picture-trend .picture-tools"):
        expect(page.locator(hidden)).to_be_hidden()
