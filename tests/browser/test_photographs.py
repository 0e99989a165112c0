"""Photographs from the message to the screen: a real WeChat on this machine, a real server, a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.pictures import picture
from support.posting import TOKEN, message_xml, post_message
from support.serving import ROOT, Server, rows
from support.wechat_server import APP_ID, APP_SECRET, WeChatServer

SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (5760, 2160), (7680, 2160), (1080, 1920)]
NOW = "2026-11-24T11:40:00+08:00"
WORDS = "乌镇镇环河路仓库起火了，火势很大，浓烟往东面民房飘，门口堵着两辆车，消防车进不去，请马上派人"
WUZHEN = {
    "MsgType": "location",
    "Location_X": 30.7486,
    "Location_Y": 120.4921,
    "Scale": 15,
    "Label": "浙江省嘉兴市桐乡市乌镇镇环河路",
}
# What stands over what, or out of its tile, with photographs on it: each box is a picture or the words of one element.
MEASURE = """
() => {
  const tile = document.querySelector('#panel-case'), frame = tile.getBoundingClientRect(), problems = [];
  const found = [...tile.querySelectorAll('img, .large-category, .case-number, .large-text, .large-verdict, .case-unseen, .large-facts > div')]
    .map((each) => ({ name: each.className || each.textContent, box: each.getBoundingClientRect() }))
    .filter(({ box }) => box.width && box.height && box.left < frame.right - 1);
  for (const { name, box } of found) {
    if (box.bottom > frame.bottom + 1 || box.right > frame.right + 1 || box.top < frame.top - 1) problems.push(`out of its tile: ${name}`);
  }
  for (let a = 0; a < found.length; a += 1) for (let b = a + 1; b < found.length; b += 1) {
    const one = found[a].box, two = found[b].box;
    const across = Math.min(one.right, two.right) - Math.max(one.left, two.left), down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    if (across > 2 && down > 2) problems.push(`over each other: ${found[a].name} / ${found[b].name}`);
  }
  for (const { name, box } of found) if (name === 'photograph' && box.height < innerHeight / 20) problems.push(`a picture of ${box.height} pixels`);
  const facts = found.filter(({ box }) => box.height && box.top >= tile.querySelector('.large-facts').getBoundingClientRect().top - 1);
  if (facts.length < 4) problems.push(`only ${facts.length} facts are to be seen`);
  return problems;
}
"""


@pytest.fixture(scope="module")
def wechat() -> Iterator[WeChatServer]:
    with WeChatServer() as server:
        server.media = {
            "seen1": picture("steelblue", (1600, 1200), words="1"),
            "seen2": picture("darkolivegreen", (900, 1600), words="2"),
            "rubbish": b"<html>no picture</html>",
        }
        yield server


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory, wechat: WeChatServer) -> Iterator[Callable[[str], Server]]:
    """Servers of an empty house, with photographs on or off."""
    started: dict[str, Server] = {}

    def start(photographs: str) -> Server:
        if photographs not in started:
            folder = tmp_path_factory.mktemp("house")
            settings = {"VAR": str(folder), "DEMO": "0", "CLOCK": NOW, "WECHAT_TOKEN": TOKEN, "WECHAT_APP_ID": APP_ID,
                        "WECHAT_APP_SECRET": APP_SECRET, "WECHAT_API": wechat.url, "PHOTOGRAPHS": photographs}  # fmt: skip
            started[photographs] = Server(settings)
            started[photographs].start()
        return started[photographs]

    yield start
    for each in started.values():
        each.stop()


def report(page: Page, server: Server, sender: str, *media_ids: str, words: str = WORDS) -> int:
    """A report with a place and photographs, filed; gives its number."""
    sent = int(datetime.fromisoformat(NOW).timestamp())
    given: list[dict[str, Any]] = [{"MsgType": "text", "Content": words}, WUZHEN]
    given += [{"MsgType": "image", "PicUrl": "http://elsewhere.example/1.jpg", "MediaId": each} for each in media_ids]
    with httpx.Client(base_url=server.url) as client:
        for number, content in enumerate(given):
            assert post_message(client, message_xml(sender, sent + number, f"{sender}{number}", **content), sent).text == "success"
    for _ in range(100):
        known = rows(
            server, f"SELECT incident_id FROM message WHERE source_ref = '{sender}{len(given) - 1}' AND state_code = 'filed'"
        )
        if known:
            return int(known[0][0])
        page.wait_for_timeout(100)
    raise AssertionError("it was not filed")


def see(page: Page, count: int, where: str) -> None:
    """So many photographs are there, loaded and drawn."""
    expect(page.locator(f"{where} img.photograph")).to_have_count(count, timeout=20_000)
    page.wait_for_function(
        f"[...document.querySelectorAll('{where} img.photograph')].every((each) => each.complete && each.naturalWidth > 0)"
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_command_scene_shows_two_and_nothing_is_pushed_out_at_any_size(
    open_house: Callable[[str], Server], page: Page, language: str
) -> None:
    house = open_house("1")
    report(page, house, f"wall-{language}", "seen1", "seen2", "rubbish")
    folder = ROOT / "var/screens"
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{house.url}/wall?scene=command&lang={language}")
        expect(page.locator("[data-scene=command][data-link=live]")).to_be_attached(timeout=15_000)
        see(page, 2, "#panel-case")
        expect(page.locator(".case-unseen")).to_have_text(
            "1 张照片不可用，未保存" if language == "zh-CN" else "1 refused: not a usable picture", timeout=10_000
        )
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"photographs-{language}-{size[0]}x{size[1]}.png")
        assert page.evaluate(MEASURE) == [], size


def test_a_wall_that_is_open_gets_photographs_when_they_come(
    open_house: Callable[[str], Server], wechat: WeChatServer, page: Page
) -> None:
    house = open_house("1")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{house.url}/wall")
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
    page.evaluate("window.isTheSameWall = true")
    wechat.next.append("slow")
    wechat.hang_seconds = 3
    report(page, house, "alarm", "seen1", "seen2", words="乌镇镇环河路煤气泄漏，煤气味很大")
    expect(page.locator("[data-scene=command]")).to_be_attached(timeout=15_000)  # it interrupts
    expect(page.locator("#panel-case .case-unseen")).to_have_text("2 张照片正在取回", timeout=10_000)
    see(page, 2, "#panel-case")
    expect(page.locator("#panel-case .case-unseen")).to_have_count(0)
    assert page.evaluate("window.isTheSameWall") and page.evaluate(MEASURE) == []


def test_an_open_page_of_an_incident_gets_its_photographs_and_each_opens_large(
    open_house: Callable[[str], Server], wechat: WeChatServer, page: Page
) -> None:
    house = open_house("1")
    wechat.next.append("slow")  # the first comes late
    wechat.hang_seconds = 4
    number = report(page, house, "page", "seen1", "seen2", words="护栏坏了")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{house.url}/incident/{number}")
    expect(page.locator("#incident-media")).to_contain_text("2 张照片正在取回", timeout=10_000)
    see(page, 2, "#incident-media .gallery")
    assert not page.locator("#incident-media .note").count()
    first = page.locator("#incident-media img").first
    assert re.fullmatch(r"事件 \d{8}-\d{6} 的照片，第 1 张，共 2 张", first.get_attribute("alt") or "")
    with page.context.expect_page() as opened:
        page.locator("#incident-media a").first.click()
    assert re.search(r"/photographs/[0-9a-f]{64}\.jpg$", opened.value.url)
    assert opened.value.evaluate("[document.contentType, document.images[0].naturalWidth]") == ["image/jpeg", 1600]
    opened.value.close()
    page.emulate_media(media="print")
    assert page.locator("#incident-media img").first.bounding_box() is not None and page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "2 张照片：未启用照片显示，不取回、不展示"), ("en", "photographs: 2; showing them is off")]
)
def test_off_nobody_is_asked_and_both_pages_say_how_many_there_are(
    open_house: Callable[[str], Server], wechat: WeChatServer, page: Page, language: str, words: str
) -> None:
    house, before = open_house("0"), len(wechat.calls)
    number = report(page, house, f"off-{language}", "seen1", "seen2")
    page.goto(f"{house.url}/wall?scene=command&lang={language}")
    expect(page.locator("#panel-case")).to_contain_text(words, timeout=15_000)
    page.goto(f"{house.url}/incident/{number}?lang={language}")
    expect(page.locator("#incident-media")).to_contain_text(words, timeout=15_000)
    assert not page.locator("img.photograph").count() and len(wechat.calls) == before
