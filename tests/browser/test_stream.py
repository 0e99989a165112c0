"""The live stream in a real browser, from a real server that is killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine
from support.house import NOON
from support.ports import free_port
from support.serving import Server

from data import engine as engines
from data import feed
from data.feed import Entry
from data.settings import Settings

AREA = "330483"
LISTENING = """<!doctype html><meta charset="utf-8"><title>listening</title><link rel="icon" href="data:,"><ol></ol><script type="module">
import { subscribe } from "/assets/modules/stream.mjs";
window.heard = { states: [], ids: [], links: [], beats: 0 };
const list = document.querySelector("ol");
subscribe("330483", {
  onState(state) { heard.states.push(state.last); },
  onChange(change) { heard.ids.push(change.id); list.append(Object.assign(document.createElement("li"), { textContent: change.id })); },
  onHeartbeat() { heard.beats += 1; },
  onStatus(status) { heard.links.push([status.link, Date.now()]); },
});
</script>"""
OUTAGE = pytest.mark.console_errors("net::ERR_CONNECTION_REFUSED", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_EMPTY_RESPONSE",
                                    "net::ERR_CONNECTION_RESET", "the server did not respond", "Failed to fetch")  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    server = Server({"VAR": str(tmp_path), "DEMO": "0", "PORT": str(free_port())})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def engine(house: Server) -> Iterator[Engine]:
    """Another process's way into the server's database: ours."""
    engine = engines.create(Settings(var=house.environment["VAR"]).url)
    yield engine
    engine.dispose()


def tell(engine: Engine, count: int = 1) -> int:
    content = {"id": 1, "county": AREA, "township": None, "village": None, "grid": None}
    with engines.writing(engine) as conn:
        return feed.append(conn, NOON, [Entry("incident", content) for _ in range(count)])


def listening(context: BrowserContext, house: Server) -> Page:
    page = context.new_page()
    page.route("**/listening", lambda route: route.fulfill(body=LISTENING, content_type="text/html"))
    page.goto(f"{house.url}/listening")
    page.wait_for_function("window.heard?.links.some(([link]) => link === 'live')")
    return page


def heard(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.heard")
    return found


def wait_for_change(page: Page, last: int, seconds: float = 15) -> None:
    page.wait_for_function("last => window.heard.ids.at(-1) >= last", arg=last, timeout=seconds * 1000)


def test_eight_tabs_hear_everything_through_one_stream(context: BrowserContext, house: Server, engine: Engine) -> None:
    pages = [listening(context, house) for _ in range(8)]
    for _ in range(20):
        tell(engine)
    for page in pages:
        wait_for_change(page, 20)
        assert heard(page)["ids"] == list(range(1, 21))
    assert httpx.get(f"{house.url}/healthz").json()["subscribers"] == 1
    pages[0].close()
    tell(engine)
    for page in pages[1:]:
        wait_for_change(page, 21)


@OUTAGE
@pytest.mark.alone
def test_what_happens_while_the_server_is_dead_is_shown_in_order_without_a_reload(
    context: BrowserContext, house: Server, engine: Engine
) -> None:
    pages = [listening(context, house) for _ in range(2)]
    for each, page in enumerate(pages):
        page.evaluate("each => { window.mark = each; }", each)
    for _ in range(10):
        tell(engine)
    wait_for_change(pages[0], 10)
    killed_at = time.time() * 1000
    house.kill()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        tell(engine)
        time.sleep(0.05)
    house.start()
    up_at = time.time() * 1000
    last = tell(engine, 5)
    for each, page in enumerate(pages):
        wait_for_change(page, last)
        now = heard(page)
        assert now["ids"] == list(range(1, last + 1))
        assert page.locator("li").all_text_contents() == [str(number) for number in range(1, last + 1)]
        assert page.evaluate("window.mark") == each and now["states"] == [0]
        (_, gone_at), (link, back_at) = now["links"][-2:]
        assert gone_at - killed_at < 1000 and link == "live" and back_at - up_at < 2000


@OUTAGE
@pytest.mark.alone
def test_a_wall_says_within_three_seconds_that_its_server_is_gone_and_comes_back_by_itself(page: Page, house: Server) -> None:
    page.goto(f"{house.url}/wall?scene=overview")
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
    page.evaluate("window.mark = 1")
    page.evaluate("""() => new MutationObserver(() => { window.downAt ??= document.querySelector('[data-link=down]') ? Date.now() : undefined; })
        .observe(document.getElementById('wall'), { attributes: true })""")
    killed_at = time.time() * 1000
    house.kill()
    expect(page.locator("[data-link=down]")).to_be_attached(timeout=5_000)
    assert page.evaluate("window.downAt") - killed_at <= 3000
    house.start()
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=5_000)
    assert page.evaluate("window.mark") == 1


@pytest.mark.alone
def test_a_server_that_hangs_is_noticed_within_three_seconds_too(context: BrowserContext, house: Server, engine: Engine) -> None:
    page = listening(context, house)
    assert house.process is not None
    os.kill(house.process.pid, signal.SIGSTOP)
    stopped_at = time.time() * 1000
    try:
        page.wait_for_function("window.heard.links.at(-1)[0] === 'reconnecting'", timeout=5_000)
        assert heard(page)["links"][-1][1] - stopped_at <= 3000
        tell(engine, 3)
    finally:
        os.kill(house.process.pid, signal.SIGCONT)
    wait_for_change(page, 3)
    assert heard(page)["ids"] == [1, 2, 3] and heard(page)["links"][-1][0] == "live"


@OUTAGE
def test_a_database_made_anew_is_taken_as_a_whole(context: BrowserContext, house: Server, engine: Engine, tmp_path: Path) -> None:
    page = listening(context, house)
    wait_for_change(page, tell(engine, 9))
    house.kill()
    engine.dispose()
    for path in tmp_path.glob("*.sqlite*"):
        path.unlink()
    house.start()
    page.wait_for_function("window.heard.states.length === 2", timeout=5_000)
    tell(engine, 2)
    page.wait_for_function("window.heard.ids.length === 11", timeout=5_000)
    assert heard(page)["states"] == [0, 0] and heard(page)["ids"][9:] == [1, 2]


def test_a_page_whose_worker_dies_gets_another(context: BrowserContext, browser: Browser, house: Server, engine: Engine) -> None:
    page = listening(context, house)
    wait_for_change(page, tell(engine, 2))
    kill_worker(browser)
    tell(engine, 3)
    wait_for_change(page, 5, seconds=20)
    assert heard(page)["ids"] == [1, 2, 3, 4, 5] and heard(page)["states"] == [0]


def kill_worker(browser: Browser) -> None:
    session = browser.new_browser_cdp_session()
    workers = [each for each in session.send("Target.getTargets")["targetInfos"] if each["type"] == "shared_worker"]
    assert len(workers) == 1
    assert session.send("Target.closeTarget", {"targetId": workers[0]["targetId"]})["success"]
