"""A deadline passes and nobody says a word, or a case is given back again: the wall names it with its chain of hands within two seconds.

A real server in rehearsal time on either database, a real browser, the real intake, and one listener without a browser.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.posting import TOKEN, message_xml, post_message, post_steps
from support.serving import Server, issue_token
from support.streaming import parsed

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOCK = datetime(2026, 11, 23, 15, 0, tzinfo=SHANGHAI)  # a Monday; office hours 08:30-12:00, 13:30-17:00
REPORTED = int(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI).timestamp())
FOUR_HOURS = timedelta(hours=5, minutes=30)  # four working hours in the morning and the afternoon, the noon hour and a half between
AHEAD = timedelta(seconds=6)
SOON = timedelta(seconds=2)
INCIDENT = {"source": "wechat", "ref": "1"}


class Listener:
    """The server's stream, and from each heartbeat what its clock says."""

    def __init__(self, client: httpx.Client) -> None:
        self._response = client.stream("GET", "/events", timeout=20)
        self._pieces = self._response.__enter__().iter_bytes()
        self._rest = b""
        self._ahead = timedelta()
        while not self._hear("heartbeat"):
            pass

    def now(self) -> datetime:
        return datetime.now(SHANGHAI) + self._ahead

    def wait_for_sign(self) -> tuple[dict[str, Any], datetime]:
        """The next change of a case that has a sign, and the server's time at which it was heard."""
        while True:
            for event in self._hear("change"):
                if event.content["incident"]["signs"]:
                    return event.content, self.now()

    def leave(self) -> None:
        self._response.__exit__(None, None, None)

    def _hear(self, name: str) -> list[Any]:
        whole, _, self._rest = (self._rest + next(self._pieces)).rpartition(b"\n\n")
        events = parsed(whole)
        for event in events:
            if event.name == "heartbeat":
                self._ahead = datetime.fromtimestamp(event.content["now"] / 1000, SHANGHAI) - datetime.now(SHANGHAI)
        return [event for event in events if event.name == name]


@pytest.mark.alone
def test_a_hand_over_that_nobody_answers_is_on_the_wall_within_two_seconds(tmp_path: Path, page: Page, database_url: str) -> None:
    settings = {"VAR": str(tmp_path), "DEMO": "0", "CLOCK": CLOCK.isoformat(), "WECHAT_TOKEN": TOKEN, "DATABASE_URL": database_url}
    with Server(settings) as server, httpx.Client(base_url=server.url) as client:
        token = issue_token(server, "center")
        page.goto(f"{server.url}/wall")
        expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
        post_message(client, message_xml("s", REPORTED, "1", MsgType="text", Content="乌镇护栏坏了"), REPORTED)
        page.get_by_text("护栏坏了").first.wait_for(timeout=10_000)
        listener = Listener(client)
        instant = (listener.now() + AHEAD).replace(microsecond=0)
        step = {"source_ref": "d", "incident": INCIDENT, "action": "dispatch", "to": "transport"}
        answer = post_steps(client, token, step | {"at": (instant - FOUR_HOURS).isoformat()})
        assert answer.json()["steps"][0]["result"] == "accepted"
        told, heard_at = listener.wait_for_sign()
        page.locator("#panel-due").get_by_text("交办无回应").wait_for(timeout=10_000)
        shown_at = listener.now()
        listener.leave()
        assert [sign["kind"] for sign in told["incident"]["signs"]] == ["unheard"]
        assert told["incident"]["signs"][0]["at"] == instant.timestamp() * 1000
        assert instant <= heard_at <= instant + SOON
        assert shown_at <= instant + SOON, f"on the wall {shown_at - instant} after its instant"
        row = page.locator("#panel-due .due-row").filter(has_text="交办无回应")
        assert "乌镇镇综合指挥室" in row.inner_text() and "→ 市交通运输局" in row.inner_text()


@pytest.mark.alone
def test_a_case_given_back_twice_is_on_the_wall_within_two_seconds_with_its_chain(
    tmp_path: Path, page: Page, database_url: str
) -> None:
    settings = {"VAR": str(tmp_path), "DEMO": "0", "CLOCK": CLOCK.isoformat(), "WECHAT_TOKEN": TOKEN, "DATABASE_URL": database_url}
    with Server(settings) as server, httpx.Client(base_url=server.url) as client:
        tokens = {name: issue_token(server, name) for name in ("center", "transport", "water")}
        page.goto(f"{server.url}/wall")
        expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
        post_message(client, message_xml("s", REPORTED, "1", MsgType="text", Content="乌镇护栏坏了"), REPORTED)
        page.get_by_text("护栏坏了").first.wait_for(timeout=10_000)

        def post(number: int, who: str, action: str, **more: str) -> None:
            at = (CLOCK - timedelta(minutes=40 - 10 * number)).isoformat()
            step = {"source_ref": str(number), "incident": INCIDENT, "action": action, "at": at, **more}
            assert post_steps(client, tokens[who], step).json()["steps"][0]["result"] == "accepted"

        post(0, "center", "dispatch", to="transport")
        post(1, "transport", "return", remark="不属本单位职责")
        post(2, "center", "dispatch", to="water")
        row = page.locator("#panel-due .due-row").filter(has_text="退回 2 次")
        assert row.count() == 0
        posted = time.monotonic()
        post(3, "water", "return", remark="不属本单位职责")
        row.wait_for(timeout=10_000)
        assert time.monotonic() - posted <= SOON.total_seconds()
        # 14:20 transport 10 minutes, the centre 10, water 10, then the centre again: the last four of five hands.
        hands = ["市交通运输局 10 分钟", "市社会治理综合指挥中心 10 分钟", "市水利局 10 分钟", "市社会治理综合指挥中心"]
        shown = row.inner_text()
        assert [shown.count(hand) > 0 for hand in hands] == [True] * 4 and shown.index(hands[0]) < shown.index(hands[2])
        assert shown.count("→") == 3
