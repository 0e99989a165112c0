"""The honest wall: what each tile says of itself, the server's time, and the nightly reload, in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import Engine
from support import browsing
from support.serving import Server

from data import engine as engines
from data import feed
from data.city import City
from data.settings import Settings
from etl import filing

OUTAGE = pytest.mark.console_errors("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET",
                                    "Failed to fetch", "the server did not respond")  # fmt: skip
LISTENING = """() => import("/assets/modules/stream.mjs").then(({ subscribe }) => new Promise((resolve) => {
  window.heard = [];
  subscribe("330483", { onState: ({ last }) => resolve(last), onChange: (change) => window.heard.push(change.id), onHeartbeat() {}, onStatus() {} });
}))"""
STATES = "() => Object.fromEntries([...document.querySelectorAll('.panel:not(.away)')].map((panel) => [panel.classList[1], panel.dataset.state]))"
MARKING = """() => {
  const isAllCut = () => [...document.querySelectorAll(".panel:not(.away)")].every((panel) => panel.dataset.state === "cut" && panel.querySelector(".state-mark"));
  new MutationObserver(() => { if (isAllCut()) window.cutAt ??= Date.now(); }).observe(document.getElementById("stage"), { attributes: true, childList: true, subtree: true });
}"""
OPEN_FOR_A_WHILE = "const opened = performance.now.bind(performance); performance.now = () => opened() + 90000;"
RESTING = "overview"  # a wall whose scenes do not change has nothing to do with each second
CALM_MS = 9000  # without anything: the wall is at rest by then, and only its clock goes on
INK = """() => {
  const canvas = document.querySelector("#clock canvas"), copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const pen = copy.getContext("2d");
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, copy.width, copy.height);
  const inked = [...data.keys()].filter((place) => place % 4 === 3 && data[place] === 255).map((place) => place - 3);
  return { size: [canvas.width, canvas.height], places: inked.join(), drawn: `rgb(${[...data.slice(inked[0], inked[0] + 3)].join(", ")})`, wanted: getComputedStyle(canvas.parentElement).color };
}"""
FIVE_MINUTES = "const real = Date.now; Date.now = () => real() + 300000;"


@pytest.fixture
def engine(house: Server) -> Iterator[Engine]:
    """Another process's way into the server's database: ours."""
    engine = engines.create(Settings(var=house.environment["VAR"]).url)
    yield engine
    engine.dispose()


@pytest.fixture
def file(engine: Engine, city: City) -> Callable[[int], int]:
    """Files new reports, one transaction each; gives how many there are by now."""
    count = 0

    def file_more(more: int) -> int:
        nonlocal count
        for _ in range(more):
            count += 1
            with engines.writing(engine) as conn:
                filing.file_reports(conn, city, [report(count)], datetime.now(UTC))
        return count

    return file_more


def report(number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "source": "wechat", "source_ref": f"r{number}", "reported_at": now, "reported_precision": "second", "received_at": now,
        "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "Z.01.01", "urgency_code": "normal",
        "report_text": f"report {number}", "place_basis_code": "point", "county_code": "330483",
        "township_code": "330483100", "lon": 120.49 + number % 50 / 1000, "lat": 30.74,
    }  # fmt: skip


def changes_after(engine: Engine, last: int) -> list[int]:
    with engines.reading(engine) as conn:
        return [row[0] for row in feed.after(conn, last)]


def open_wall(page: Page, house: Server, query: str = "") -> None:
    browsing.open_wall(page, f"{house.url}/wall{query}")
    page.evaluate("window.isTheSamePage = true")


@pytest.mark.parametrize("query", [f"?scene={RESTING}", f"?scene={RESTING}&theme=light", "?theme=light"])
def test_the_clock_that_is_drawn_goes_on_where_nothing_happens_in_the_pages_own_colour(
    page: Page, house: Server, query: str
) -> None:
    open_wall(page, house, query)
    page.wait_for_timeout(CALM_MS)
    seen = []
    for _ in range(4):
        ink = page.evaluate(INK)
        assert ink["drawn"] == ink["wanted"] and len(ink["places"].split(",")) > 400, ink["drawn"]
        assert ink["size"] == [187, 42]
        seen.append(ink["places"])
        page.wait_for_timeout(1_100)
    assert len(set(seen)) == 4
    page.evaluate("document.documentElement.dataset.theme = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light'")
    page.wait_for_timeout(100)
    ink, before = page.evaluate(INK), ink
    assert ink["drawn"] == ink["wanted"] != before["wanted"]


@pytest.mark.console_errors("ERR_FAILED")
def test_a_clock_that_cannot_have_a_thread_of_its_own_is_drawn_by_the_page(page: Page, house: Server) -> None:
    page.route("**/clock-worker.mjs", lambda route: route.abort())
    open_wall(page, house, f"?scene={RESTING}")
    page.wait_for_timeout(CALM_MS)
    seen = []
    for _ in range(3):
        ink = page.evaluate(INK)
        assert ink["drawn"] == ink["wanted"] and ink["size"] == [187, 42]
        seen.append(ink["places"])
        page.wait_for_timeout(1_100)
    assert len(set(seen)) == 3


@OUTAGE
@pytest.mark.alone
@pytest.mark.parametrize(("query", "quiet_ms"), [("", 0), ("", CALM_MS), (f"?scene={RESTING}", CALM_MS)])
def test_a_killed_server_marks_every_tile_within_three_seconds_and_everything_missed_arrives_once_in_order(
    page: Page, house: Server, engine: Engine, file: Callable[[int], int], query: str, quiet_ms: int
) -> None:
    open_wall(page, house, query)
    file(3)
    known = page.evaluate(LISTENING)
    file(10)
    page.wait_for_function("last => window.heard.at(-1) === last", arg=changes_after(engine, known)[-1])
    page.evaluate(MARKING)
    page.wait_for_timeout(quiet_ms)
    killed_at = time.time()
    house.kill()
    while time.time() < killed_at + 4:
        file(1)
        time.sleep(0.1)
    assert page.evaluate("window.cutAt") / 1000 - killed_at <= 3
    assert page.evaluate(STATES) == dict.fromkeys(
        ["panel-map", "panel-list", "panel-today", "panel-pipeline", "panel-due", "panel-hours", "panel-timeline"], "cut"
    )
    since = re.compile(r"连接中断 · \d\d:\d\d(:\d\d)? 起")
    assert all(since.match(words) for words in page.locator(".panel:not(.away) > .state-mark").all_text_contents())
    expect(page.locator("#sources")).to_have_text(re.compile(r"^✕ 连接中断 · \d\d:\d\d:\d\d 起$"))
    house.start()
    count = file(5)
    written = changes_after(engine, known)
    page.wait_for_function("last => window.heard.at(-1) >= last", arg=written[-1], timeout=15_000)
    assert page.evaluate("window.heard") == written
    page.wait_for_function("count => document.getElementById('map-marks').dataset.marks === String(count)", arg=count)
    rows = [int(each) for each in page.locator("#live-list li").evaluate_all("rows => rows.map((row) => row.dataset.incident)")]
    assert rows == list(range(count, count - len(rows), -1)) and len(rows) >= 5
    expect(page.locator(".state-mark")).to_have_count(0, timeout=5_000)
    assert set(page.evaluate(STATES).values()) == {"fresh"} and page.evaluate("window.isTheSamePage")


def test_a_tile_that_could_not_be_read_has_a_sign_of_its_own_and_keeps_its_picture_and_the_others_go_on(
    page: Page, house: Server, engine: Engine, file: Callable[[int], int]
) -> None:
    file(3)
    open_wall(page, house)
    before = page.locator("#panel-hours .hours").inner_html()
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE rollup RENAME TO hidden")
        feed.append(conn, datetime.now(UTC), [feed.Entry("progress", {"done": 1, "total": 1})])
    mark = page.locator(".panel-hours[data-state=failed] > .state-mark")
    expect(mark).to_have_text(re.compile(r"^读取失败（编号 [0-9a-f]{6}），数据停在 \d\d:\d\d$"), timeout=5_000)
    assert page.locator("#panel-hours .hours").inner_html() == before
    assert page.evaluate(STATES)["panel-pipeline"] == "fresh"
    signs = page.evaluate("""() => ["fresh", "stale", "failed", "cut"].map((state) => {
      const panel = document.querySelector(".panel-hours");
      panel.dataset.state = state;
      return ["::before", "::after"].map((part) => { const style = getComputedStyle(panel, part); return style.backgroundImage + style.clipPath + style.borderRadius; }).join("/");
    })""")
    assert len(set(signs)) == 4
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE hidden RENAME TO rollup")
        feed.append(conn, datetime.now(UTC), [feed.Entry("progress", {"done": 1, "total": 1})])
    expect(page.locator(".panel-hours[data-state=fresh]")).to_be_attached(timeout=5_000)
    expect(page.locator(".state-mark")).to_have_count(0)


def test_a_tile_nobody_answers_for_is_stale_by_its_own_limit_while_the_list_stays_live(
    page: Page, house: Server, file: Callable[[int], int]
) -> None:
    file(1)

    def shorten(route: Route) -> None:
        names = route.fetch().json()
        route.fulfill(json=names | {"freshness_seconds": names["freshness_seconds"] | {"due": 2}})

    page.route("**/names/*.json", shorten)
    open_wall(page, house)
    page.route("**/_dash-update-component*", lambda route: None)  # never answered
    expect(page.locator(".panel-due[data-state=stale] > .state-mark")).to_have_text(
        re.compile(r"^数据停在 \d\d:\d\d · 不到 1 分钟$"), timeout=8_000
    )
    states = page.evaluate(STATES)
    assert {states[tile] for tile in ("panel-list", "panel-map", "panel-today")} == {"fresh"}


def test_a_tile_that_loads_is_no_blank_and_says_so_when_it_takes_long(page: Page, house: Server) -> None:
    def keep_waiting(route: Route) -> None:
        if "panel-today" not in (route.request.post_data or ""):
            route.continue_()

    page.route("**/_dash-update-component*", keep_waiting)
    page.goto(f"{house.url}/wall?scene=command")
    tile = page.locator(".panel-near[data-state=loading]")
    expect(tile).to_be_attached(timeout=15_000)
    assert "linear-gradient" in tile.locator(".note-loading").evaluate("note => getComputedStyle(note).backgroundImage")
    expect(tile.locator(".state-mark")).to_have_text(re.compile(r"^载入已 1\d 秒$"), timeout=15_000)
    expect(page.locator(".panel-list[data-state=fresh] .note-empty")).to_have_text("今天还没有上报")
    page.goto("about:blank")


def test_the_figures_of_the_overview_come_with_its_page(page: Page, house: Server) -> None:
    def answer_no_panel(route: Route) -> None:
        if "panel-today" not in (route.request.post_data or ""):
            route.continue_()

    page.route("**/_dash-update-component*", answer_no_panel)
    page.goto(f"{house.url}/wall?scene=overview")
    expect(page.locator(".panel:not(.away)[data-state=fresh]")).to_have_count(7, timeout=15_000)
    expect(page.locator("#panel-ledger .ledger")).to_be_attached()
    assert page.locator(".panel:not(.away) .note-loading").count() == 0
    page.goto("about:blank")


@pytest.mark.alone
def test_a_machine_whose_clock_is_wrong_shows_the_servers_time_and_says_what_is_wrong(
    context: BrowserContext, house: Server
) -> None:
    wrong = context.new_page()
    wrong.add_init_script(FIVE_MINUTES)
    open_wall(wrong, house)
    expect(wrong.locator("#sources")).to_contain_text("▲ 本机时钟快 5 分钟")
    hours, minutes, seconds = map(int, (wrong.locator("#clock").text_content() or "").split(":"))
    assert abs((hours * 3600 + minutes * 60 + seconds) - (time.time() + 8 * 3600) % 86_400) <= 2
    right = context.new_page()
    open_wall(right, house)
    assert "时钟" not in right.locator("#sources").inner_text()


def test_in_the_quiet_hour_the_page_loads_itself_anew_once_with_the_same_scene(page: Page, tmp_path: Path) -> None:
    with Server({"VAR": str(tmp_path), "DEMO": "0", "CLOCK": "2026-11-24T03:39:45+08:00"}) as server:
        page.add_init_script("Math.random = () => 0;")
        page.add_init_script(OPEN_FOR_A_WHILE)
        open_wall(page, server, "?scene=forces")
        page.wait_for_function("!window.isTheSamePage && document.getElementById('wall')?.dataset.link === 'live'", timeout=120_000)
        assert page.locator("#wall").get_attribute("data-scene") == "forces"
        assert page.evaluate("sessionStorage.getItem('shouwang-night')") == "2026-11-24"
        page.evaluate("window.isTheSamePage = true")
        page.wait_for_timeout(25_000)
        assert page.evaluate("window.isTheSamePage")
        page.goto("about:blank")
