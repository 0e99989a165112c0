"""The page of one incident in a real browser: read at a desk, followed live, printed, and refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.posting import TOKEN, message_xml, post_message, post_steps
from support.serving import ROOT, Server, issue_token, rows

SIZES = [(1440, 900), (2560, 1440)]
NOW = "2026-11-24T11:40:00+08:00"
SENT = int(datetime(2026, 11, 24, 11, 40, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
HOSTILE = "<img src=x onerror=alert(1)>护栏坏了，电话13812345678"
# Words that are cut where nothing says so, and words over other words.
MEASURE = """
() => {
  const problems = [], boxes = [], page = document.getElementById('incident-page');
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement, style = getComputedStyle(element);
    if (!words || style.visibility === 'hidden' || element.closest('.leaflet-container')) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (box.left < 0 || box.right > document.documentElement.clientWidth + 1) problems.push(`off the page: ${words}`);
    const slot = element.closest('.panel')?.getBoundingClientRect();
    if (slot && (box.right > slot.right + 2 || box.left < slot.left - 2)) problems.push(`out of its panel: ${words}`);
    if (parseFloat(style.fontSize) < 11.5 && !element.closest('.shape')) problems.push(`too small: ${words}`);
    const clip = element.closest('.hand-piece, .clock-piece')?.getBoundingClientRect();
    boxes.push({ words, left: Math.max(box.left, clip?.left ?? -1e9), right: Math.min(box.right, clip?.right ?? 1e9), top: box.top, bottom: box.bottom });
  }
  for (let a = 0; a < boxes.length; a += 1) for (let b = a + 1; b < boxes.length; b += 1) {
    const one = boxes[a], two = boxes[b];
    const across = Math.min(one.right, two.right) - Math.max(one.left, two.left), down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    if (across > 2 && down > Math.min(one.bottom - one.top, two.bottom - two.top) * 0.4) problems.push(`over each other: ${one.words} / ${two.words}`);
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) problems.push('the page scrolls sideways');
  return problems;
}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two weeks of the invented county, rehearsing a Tuesday noon, with an open intake."""
    settings = {"VAR": str(tmp_path_factory.mktemp("demo")), "DEMO": "1", "DEMO_DAYS": "14", "CLOCK": NOW, "WECHAT_TOKEN": TOKEN}
    with Server(settings) as server:
        server.wait_for_history()
        yield server


def open_page(page: Page, url: str, size: tuple[int, int] = SIZES[0]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(url)
    expect(page.locator("#incident-page[data-link=live]")).to_be_attached(timeout=20_000)
    expect(page.locator(".log-table tbody tr").first).to_be_attached(timeout=10_000)
    page.wait_for_timeout(700)


def busiest(server: Server) -> tuple[int, str]:
    ((number, words),) = rows(
        server, "SELECT id, report_text FROM incident WHERE NOT is_restricted ORDER BY step_count DESC, id LIMIT 1"
    )
    return number, words


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_case_is_read_at_a_desk(demo: Server, page: Page, size: tuple[int, int], language: str, theme: str) -> None:
    number, words = busiest(demo)
    open_page(page, f"{demo.url}/incident/{number}?lang={language}&theme={theme}", size)
    expect(page.locator(".incident-text")).to_have_text(words)
    assert page.evaluate(MEASURE) == []
    assert page.locator(".note-failed, .note-loading").count() == 0
    expect(page.locator(".map .incident-mark")).to_be_attached()
    steps = rows(demo, f"SELECT count(*) FROM step WHERE incident_id = {number}")[0][0]
    assert page.locator(".log-table tbody tr").count() == steps + 1
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 248, 250)"
    assert light == (theme == "light") and page.evaluate("document.documentElement.lang") == language
    folder = ROOT / "var/screens"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"incident-{language}-{theme}-{size[0]}x{size[1]}.png", full_page=True)


def test_times_on_the_page_add_up_to_what_has_elapsed(demo: Server, page: Page) -> None:
    open_page(page, f"{demo.url}/incident/{busiest(demo)[0]}")
    minutes = page.locator(".hands-table .number").all_inner_texts()
    told = [
        sum(int(count) * unit for count, unit in zip(re.findall(r"\d+", each)[::-1], (1, 60, 1440), strict=False))
        for each in minutes
    ]
    assert sum(told[:-1]) == told[-1] > 0
    assert page.locator(".incident-figures dd").first.inner_text() == minutes[-1]


def test_a_page_without_an_asked_theme_is_as_the_desk_is(demo: Server, page: Page) -> None:
    number, _ = busiest(demo)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        open_page(page, f"{demo.url}/incident/{number}")
        assert page.evaluate("document.documentElement.dataset.theme") == scheme


def test_on_paper_it_is_light_one_column_and_without_buttons(demo: Server, page: Page) -> None:
    open_page(page, f"{demo.url}/incident/{busiest(demo)[0]}?theme=dark")
    page.set_viewport_size({"width": 703, "height": 1000})  # what A4 leaves between its margins
    page.emulate_media(media="print")
    expect(page.locator("html[data-theme=light]")).to_be_attached()
    expect(page.locator("#incident-print")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    lefts = page.evaluate(
        "[...document.querySelectorAll('.incident-columns .panel')].map((each) => each.getBoundingClientRect().left)"
    )
    assert len(lefts) == 9 and max(lefts) - min(lefts) < 1
    page.screenshot(path=ROOT / "var/screens/incident-print.png", full_page=True)
    page.emulate_media(media="screen")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_what_is_not_shown_is_not_on_the_page(demo: Server, page: Page) -> None:
    ((number, words),) = rows(demo, "SELECT id, report_text FROM incident WHERE is_restricted AND step_count > 3 LIMIT 1")
    open_page(page, f"{demo.url}/incident/{number}")
    assert words and words not in page.content()
    expect(page.locator(".incident-text")).to_have_text("内容不公开")


@pytest.mark.parametrize(
    ("asked", "words"), [("99999999", "没有这个事件：99999999"), ("abc?lang=en", "this is no incident number: abc")]
)
def test_an_unknown_incident_is_refused_in_a_sentence_with_a_way_back(demo: Server, page: Page, asked: str, words: str) -> None:
    page.goto(f"{demo.url}/incident/{asked}")
    expect(page.locator(".incident-unknown")).to_contain_text(words, timeout=10_000)
    expect(page.locator(".incident-columns")).to_be_hidden()
    expect(page.locator(".incident-unknown a")).to_have_attribute("href", re.compile("^/wall"))


def test_a_like_one_is_a_click_away_and_back_works(demo: Server, page: Page) -> None:
    found = "SELECT a.id FROM incident a JOIN incident b ON a.village_code = b.village_code AND a.category_code = b.category_code AND a.id <> b.id LIMIT 1"
    number = rows(demo, found)[0][0]
    open_page(page, f"{demo.url}/incident/{number}")
    here = page.locator(".incident-number").inner_text()
    other = page.locator("#incident-alike a").first
    words = other.inner_text()
    other.click()
    expect(page.locator(".incident-number")).to_have_text(words, timeout=10_000)
    page.go_back()
    expect(page.locator(".incident-number")).to_have_text(here, timeout=10_000)


def test_a_page_follows_its_case_and_tells_where_every_word_came_from(demo: Server, page: Page) -> None:
    with httpx.Client(base_url=demo.url) as client:
        xml = message_xml("steward-9", SENT, "99001", MsgType="text", Content=HOSTILE)
        assert post_message(client, xml, SENT).text == "success"
        for _ in range(100):
            known = rows(demo, "SELECT incident_id FROM message WHERE source_ref = '99001' AND incident_id IS NOT NULL")
            if known:
                break
            page.wait_for_timeout(50)
        number = known[0][0]
        open_page(page, f"{demo.url}/incident/{number}")
        page.evaluate("window.isTheSamePage = true")
        raw = page.locator(".raw-text")
        expect(raw).to_contain_text("<img src=x onerror=alert(1)>护栏坏了")
        assert "13812345678" not in page.content() and page.locator(".incident-page img:not(.leaflet-container img)").count() == 0
        checksum = rows(demo, "SELECT checksum FROM message WHERE source_ref = '99001'")[0][0]
        expect(page.locator(".raw .checksum")).to_have_attribute("title", checksum)
        center = issue_token(demo, "center")
        told = {"source_ref": "d9", "incident": {"source": "wechat", "ref": "99001"}, "action": "dispatch",
                "at": datetime.fromtimestamp(SENT, ZoneInfo("Asia/Shanghai")).isoformat(), "to": "市交通局"}  # fmt: skip
        assert post_steps(client, center, told).json()["steps"][0]["result"] == "accepted"
        expect(page.locator(".log-table tbody tr")).to_have_count(2, timeout=5_000)
        expect(page.locator(".incident-state")).to_have_text("待部门受理")
        expect(page.locator(".log-table .checksum")).to_have_count(1)
        assert page.evaluate("window.isTheSamePage")
        page.goto("about:blank")


@pytest.mark.console_errors(
    "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "Failed to fetch"
)
def test_a_page_whose_server_is_gone_says_so(tmp_path: Path, page: Page) -> None:
    with Server({"VAR": str(tmp_path), "DEMO": "1", "DEMO_DAYS": "2"}) as server:
        for _ in range(200):
            if (
                httpx.get(f"{server.url}/healthz").json()["data_version"] > 3
                and rows(server, "SELECT count(*) FROM incident")[0][0]
            ):
                break
            page.wait_for_timeout(50)
        number = rows(server, "SELECT id FROM incident WHERE step_count > 0 LIMIT 1")[0][0]
        open_page(page, f"{server.url}/incident/{number}")
        server.kill()
        expect(page.locator("#incident-page[data-link=down]")).to_be_attached(timeout=6_000)
        expect(page.locator(".incident-standing")).to_have_text("连接中断")
        expect(page.locator(".incident-text")).to_be_visible()
        page.goto("about:blank")
