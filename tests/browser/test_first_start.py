"""The first start over an empty folder: a live wall of the invented county at once, its history filling in behind with a line that says so."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect
from support.serving import Server


def test_the_invented_county_is_live_at_once_says_what_it_is_and_fills_its_history_behind(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    with Server({"VAR": str(tmp_path), "DEMO": "1", "DEMO_DAYS": "40"}) as server:
        page.goto(f"{server.url}/wall?scene=overview")
        expect(page.locator(".demo")).to_have_text("演示数据")
        expect(page.locator("#live-list li[data-incident]").first).to_be_visible(timeout=60_000)
        progress = page.locator("#progress")
        expect(progress).to_have_text(re.compile(r"^历史数据载入 \d+/40 天$"), timeout=60_000)
        first = int(re.findall(r"\d+", progress.inner_text())[0])
        page.wait_for_function(
            "first => Number(document.getElementById('progress').textContent.match(/\\d+/)?.[0]) > first", arg=first, timeout=60_000
        )
        assert httpx.get(f"{server.url}/healthz").json()["sources"]["demo"]["accepted"] > 0
        page.goto("about:blank")
