"""The seed case: a broken fence at 长浜南高速涵洞, from a steward's WeChat message to its settlement four months later.

A real server in rehearsal time, a real browser, the real intake. D is 15 March 2016, as chosen in DOMAIN section 9.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.posting import TOKEN, message_xml, post_message, post_steps
from support.serving import Server, issue_token

SHANGHAI = ZoneInfo("Asia/Shanghai")
REPORTED = int(datetime(2016, 3, 15, 9, 29, tzinfo=SHANGHAI).timestamp())
# The culvert near Wuzhen as WeChat sends it: GCJ-02, latitude first.
LATITUDE, LONGITUDE = 30.742726, 120.494410
TEXT = "长浜南高速涵洞旁的铁丝网护栏坏了一大片，小孩容易钻进去，有安全隐患"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def rehearse(folder: Path, clock: str) -> Server:
    return Server({"VAR": str(folder), "DEMO": "0", "CLOCK": f"{clock}+08:00", "WECHAT_TOKEN": TOKEN})


@pytest.mark.alone
def test_the_seed_case_is_on_the_wall_within_a_second_and_its_timeline_tells_all(folder: Path, page: Page) -> None:
    with rehearse(folder, "2016-03-15T09:28:55") as server:
        page.goto(f"{server.url}/wall?scene=overview")
        expect(page.locator("[data-link=live]")).to_be_attached(timeout=10_000)
        with httpx.Client(base_url=server.url) as client:
            location = message_xml("steward-1", REPORTED + 1, "6292500000000000002", MsgType="location", Location_X=LATITUDE,
                                   Location_Y=LONGITUDE, Scale=16, Label="长浜")  # fmt: skip
            report = message_xml("steward-1", REPORTED, "6292500000000000001", MsgType="text", Content=TEXT)
            posted = time.monotonic()
            assert post_message(client, report, REPORTED).text == "success"
            assert post_message(client, location, REPORTED + 1).text == "success"
            page.get_by_text("长浜南高速涵洞").first.wait_for(timeout=5_000)
            page.locator("[data-marks='1']").wait_for(state="attached", timeout=5_000)
            assert time.monotonic() - posted <= 1.0
        page.goto("about:blank")
    incident = {"source": "wechat", "ref": "6292500000000000001"}
    with rehearse(folder, "2016-03-15T09:35:20") as server, httpx.Client(base_url=server.url) as client:
        tokens = {name: issue_token(server, name) for name in ("room-330483100", "center", "transport")}
        page.goto(f"{server.url}/wall?scene=overview")
        expect(page.locator("[data-link=live]")).to_be_attached(timeout=10_000)
        forward = {"source_ref": "f1", "incident": incident, "action": "forward", "at": "2016-03-15T09:31+08:00", "to": "center"}
        dispatch = {
            "source_ref": "d1",
            "incident": incident,
            "action": "dispatch",
            "at": "2016-03-15T09:35+08:00",
            "to": "市交通局",
        }
        assert post_steps(client, tokens["room-330483100"], forward).json()["steps"][0]["result"] == "accepted"
        assert post_steps(client, tokens["center"], dispatch).json()["steps"][0]["result"] == "accepted"
        expect(page.locator("#panel-timeline")).to_contain_text("6 分钟", timeout=5_000)
        page.goto("about:blank")
    with rehearse(folder, "2016-03-16T11:17:10") as server, httpx.Client(base_url=server.url) as client:
        accept = {"source_ref": "a1", "incident": incident, "action": "accept", "at": "2016-03-16T11:17+08:00"}
        assert post_steps(client, tokens["transport"], accept).json()["steps"][0]["result"] == "accepted"
    with rehearse(folder, "2016-07-15T15:00:30") as server, httpx.Client(base_url=server.url) as client:
        resolve = {"source_ref": "r1", "incident": incident, "action": "resolve", "at": "2016-07-15T15:00+08:00"}
        close = {"source_ref": "c1", "incident": incident, "action": "close", "at": "2016-07-15T15:00+08:00"}
        page.goto(f"{server.url}/wall?scene=overview")
        assert post_steps(client, tokens["transport"], resolve).json()["steps"][0]["result"] == "accepted"
        assert post_steps(client, tokens["center"], close).json()["steps"][0]["result"] == "accepted"
        timeline = page.locator("#panel-timeline")
        for words in ("6 分钟", "25 小时 42 分", "逾期 113 天", "7 个工作日", "2016-03-24"):
            expect(timeline).to_contain_text(words, timeout=5_000)
        page.goto(f"{server.url}/wall?scene=overview&lang=en")
        for words in ("6 min", "25 h 42 min", "113 days"):
            expect(page.locator("#panel-timeline")).to_contain_text(words, timeout=10_000)
        page.goto("about:blank")
