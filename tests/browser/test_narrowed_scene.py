"""A scene that its playlist narrows: list, map and figures show what it asks for, and what is of all cases says so."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.posting import TOKEN, message_xml, post_message
from support.serving import ROOT, Server

from data.playlist_files import FILE

SECOND = "    - {scene: flow, dwell_seconds: 30}"
LAMP, STALL = "环河路路灯不亮", "菜场门口流动摊贩占道经营"


@pytest.fixture
def house(serve: Callable[..., Server], tmp_path: Path) -> Server:
    folder = Path(shutil.copytree(ROOT / "data/cities/tongxiang", tmp_path / "city"))
    return serve(WECHAT_TOKEN=TOKEN, CITY=str(folder), CLOCK="2026-11-24T10:00:00+08:00")


def report(house: Server, text: str, number: int) -> None:
    now = int(datetime.fromisoformat(httpx.get(f"{house.url}/healthz").json()["now"]).timestamp())
    with httpx.Client(base_url=house.url) as client:
        xml = message_xml(f"steward-{number}", now, f"62925100000000{number:05d}", MsgType="text", Content=f"乌镇镇{text}")
        assert post_message(client, xml, now).text == "success"


def skip(house: Server) -> None:
    said = {"screen": "*", "area": "*", "command": "skip", "name": "Li"}
    httpx.post(f"{house.url}/remote/command", json=said).raise_for_status()


WATCHING = """
window.states = [];
new MutationObserver(() => {
  const state = document.querySelector(".panel-today")?.dataset.state;
  if (state && state !== window.states.at(-1)) window.states.push(state);
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
"""


def narrow(house: Server, filters: str) -> None:
    """Makes the playlist's second scene a narrowed overview, and goes on to it."""
    path = Path(house.environment["CITY"]) / FILE
    text = path.read_text("utf-8")
    path.write_text(text.replace(SECOND, f"    - {{scene: overview, dwell_seconds: 3600, filters: {{{filters}}}}}", 1), "utf-8")
    while httpx.get(f"{house.url}/scenes/330483?screen=default").json()["next_entry"]["scene"] != "overview":
        time.sleep(0.05)
    skip(house)


def test_a_narrowed_scene_shows_what_it_asks_for_and_says_what_is_of_all(house: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    report(house, LAMP, 1)
    report(house, STALL, 2)
    page.add_init_script(WATCHING)
    page.goto(f"{house.url}/wall")
    rows, name = page.locator("#live-list li[data-incident]"), page.locator("#scene-name")
    expect(rows).to_have_count(2, timeout=15_000)
    expect(page.locator("#panel-today .figure-large").first).to_have_text("2")
    incidents = httpx.get(f"{house.url}/state/330483").json()["incidents"]
    kinds = {each["text"].removeprefix("乌镇镇"): each["category"] for each in incidents}
    lamp = kinds[LAMP].split(".")[0]
    assert lamp != kinds[STALL].split(".")[0]

    narrow(house, f'category: "{lamp}"')
    expect(rows).to_have_count(1, timeout=15_000)
    expect(name).to_contain_text("总览 · 只看 ")
    expect(rows.first).to_contain_text(LAMP)
    expect(page.locator("#panel-today .figure-large").first).to_have_text("1")
    # Until the narrowed figures were there, what stood in their place did not pass for them.
    expect(page.locator(".panel-today[data-state=fresh]")).to_be_attached()
    assert page.evaluate("window.states")[-3:] == ["fresh", "loading", "fresh"]
    narrowed = httpx.get(f"{house.url}/state/330483?category={lamp}").json()
    assert [each["category"] for each in narrowed["incidents"]] == [kinds[LAMP]]
    heads = page.locator(".panel:not(.away) .panel-head[data-all='全部']")
    expect(heads).to_have_count(2)  # the day's hours and the newest case's way are of all cases

    expect(page.locator("#panel-today .standing")).to_have_class("standing unknown")  # what is usual is known of all cases only
    expect(page.locator(".panel-map")).to_have_attribute("data-layers", "marks")
    unknown = httpx.get(f"{house.url}/state/330483?category=X.99&colour=red").json()
    assert len(unknown["incidents"]) == 2  # no such code narrows nothing

    page.reload()  # a wall that is opened into a narrowed scene
    expect(name).to_contain_text("只看 ", timeout=15_000)
    expect(rows).to_have_count(1, timeout=10_000)
    expect(page.locator("#panel-today .figure-large").first).to_have_text("1", timeout=10_000)

    report(house, STALL + "二", 3)
    report(house, LAMP + "二", 4)
    expect(rows).to_have_count(2)
    expect(page.locator("#panel-today .figure-large").first).to_have_text("2", timeout=10_000)
    assert all("路灯" in words for words in rows.all_text_contents())

    skip(house)  # the next scene is of all cases again
    expect(name).to_have_text("研判", timeout=15_000)
    expect(page.locator(".panel-head[data-all='全部']")).to_have_count(0)
    page.goto(f"{house.url}/wall?scene=overview")
    expect(rows).to_have_count(4, timeout=15_000)
    expect(page.locator("#panel-today .figure-large").first).to_have_text("4", timeout=10_000)
