"""The time machine as its users meet it: the real server, a house that was lived in, and a browser that goes back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, Request, expect
from support.living import Life, standing
from support.serving import Server

from data import engine as engines
from data.city import City
from data.settings import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = "2026-10-20T12:00:00+08:00"
OPEN_MS = 60_000
SMALL = """() => [...document.querySelectorAll(".past-bar *, .past-badge, .past-cover *")]
  .filter((each) => each.checkVisibility() && each.textContent && !each.children.length && parseFloat(getComputedStyle(each).fontSize) < innerHeight / 60 - 0.1)
  .map((each) => each.className)"""
SHOWN = "() => Object.fromEntries([...document.querySelectorAll('#live-list [data-incident]')].map((row) => [row.dataset.incident, row.querySelector('.row-state').textContent]))"
INSTANT = "() => document.querySelector('.past-time').textContent"


@pytest.fixture(scope="module")
def lived(city: City, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[datetime, Any]]:
    """A database that was lived in, and how it stood at some instants."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copy(sqlite_template, folder / "shouwang.sqlite")
    engine = engines.create(Settings(var=str(folder)).url)
    seen: dict[datetime, Any] = {}
    Life(engine, city, seed=4).run(None, 60, lambda at: seen.update({at: standing(engine)["incident"]}))
    engine.dispose()
    return folder, seen


@pytest.fixture
def house(lived: tuple[Path, Any], tmp_path: Path) -> Iterator[Server]:
    shutil.copytree(lived[0], tmp_path / "var")
    with Server({"VAR": str(tmp_path / "var"), "DEMO": "0", "CLOCK": NOW, "EMBEDDED_WORKER": "0"}) as server:
        yield server


@pytest.fixture
def visit(page: Page, house: Server) -> Callable[..., Page]:
    """Goes back to an instant of a wall, and waits until it is there."""

    def go(at: datetime, more: str = "", area: str = "") -> Page:
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.goto(f"{house.url}/wall{area}?at={at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M:%S}{more}")
        expect(page.locator(".past-cover")).to_have_attribute("data-state", "open", timeout=OPEN_MS)
        expect(page.locator(".panel-today .figure-large")).to_be_visible(timeout=OPEN_MS)
        return page

    return go


def instants(lived: tuple[Path, dict[datetime, Any]]) -> list[datetime]:
    return sorted(lived[1])


def told(page: Page) -> datetime:
    return datetime.strptime(page.evaluate(INSTANT), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)


def test_a_past_instant_is_shown_as_it_was_and_says_that_it_is_past(
    visit: Callable[..., Page], house: Server, lived: Any, city: City
) -> None:
    asked: list[str] = []
    at = instants(lived)[3].replace(microsecond=0) + timedelta(seconds=1)
    rows = lived[1][instants(lived)[3]]
    before = httpx.get(f"{house.url}/metrics").text
    engine = engines.create(Settings(var=house.environment["VAR"]).url)
    stood = standing(engine)
    page = visit(at, "&paused=1")
    page.on("request", lambda request: asked.append(_path(request)))
    today = sum(row["reported_at"].astimezone(SHANGHAI).date() == at.astimezone(SHANGHAI).date() for row in rows)
    expect(page.locator(".panel-today .figure-large")).to_have_text(str(today))
    shown = page.evaluate(SHOWN)
    newest = sorted(rows, key=lambda row: (row["reported_at"], row["id"]), reverse=True)[: len(shown)]
    assert {int(each) for each in shown} == {row["id"] for row in newest} and shown
    expect(page.locator(".wall-header .past-badge")).to_have_text("回放")
    expect(page.locator("#clock")).to_have_text(f"{at.astimezone(SHANGHAI):%H:%M:%S}")
    expect(page.locator("#day")).to_contain_text(f"{at.astimezone(SHANGHAI):%Y-%m-%d}")
    expect(page.locator("#sources")).not_to_contain_text("实时")
    assert page.evaluate(SMALL) == []
    page.wait_for_timeout(3000)
    assert (
        page.evaluate("() => [...document.querySelectorAll('.panel:not(.away)')].map((each) => each.dataset.state)").count("fresh")
        >= 6
    )
    # The present is neither asked nor told of anything.
    assert not [each for each in asked if re.match(r"/(events|state|scenes|stopwatch|intake|values|heat|trail)", each)]
    assert standing(engine) == stood
    assert _reports(httpx.get(f"{house.url}/metrics").text) == _reports(before)
    engine.dispose()


@pytest.mark.alone
def test_it_plays_pauses_moves_and_goes_back_to_now(visit: Callable[..., Page], lived: Any) -> None:
    at = instants(lived)[2]
    page = visit(at, "&speed=60")
    page.wait_for_timeout(2000)
    first, began = told(page), page.evaluate("performance.now()")
    page.wait_for_timeout(3000)
    gone = (told(page) - first).total_seconds() / (page.evaluate("performance.now()") - began) * 1000
    assert 50 < gone < 70
    page.keyboard.press("Space")
    expect(page.locator(".past-bar")).to_have_attribute("data-state", "paused")
    stood = told(page)
    page.wait_for_timeout(1500)
    assert told(page) == stood and "paused=1" in page.url
    page.keyboard.press("ArrowRight")
    expect(page.locator(".past-time")).to_have_text(f"{stood + timedelta(minutes=5):%Y-%m-%d %H:%M:%S}")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".past-speed")).to_have_text("120×")
    page.locator(".past-range").evaluate("(range) => { range.value = Number(range.max) - 7200000; range.dispatchEvent(new Event('input')); range.dispatchEvent(new Event('change')); }")  # fmt: skip
    moved = at + timedelta(hours=10)
    expect(page.locator("#clock")).to_have_text(re.compile(f"{moved.astimezone(SHANGHAI):%H:%M}:"))
    known = [row for row in lived[1][max(lived[1])] if (row["known_at"] or row["received_at"]) <= moved]
    newest = sorted(known, key=lambda row: (row["reported_at"], row["id"]), reverse=True)
    expect(page.locator("#live-list [data-incident]").first).to_have_attribute("data-incident", str(newest[0]["id"]))
    shown = page.evaluate(SHOWN)
    assert {int(each) for each in shown} == {row["id"] for row in newest[: len(shown)]}
    page.keyboard.press("2")
    expect(page.locator("#wall")).to_have_attribute("data-scene", "flow")
    page.locator(".past-back").click()
    expect(page.locator("#wall.is-past")).to_have_count(0)
    expect(page.locator("#live-list .row").first).to_be_visible()
    assert page.url.endswith("/wall")


@pytest.mark.parametrize(
    ("asked", "said"),
    [("at=gestern", "看不懂这个时间：gestern"), ("at=2031-01-01T00:00", "还没有到来"), ("at=2001-01-01T00:00", "最早的上报在 2026-09-24"),
     ("at=2026-09-25T08:00&speed=500", "1 到 120"), ("at=2001-01-01T00:00&lang=en", "the first report is of 2026-09-24")],
)  # fmt: skip
@pytest.mark.console_errors("400")
def test_a_past_that_cannot_be_is_refused_in_words(page: Page, house: Server, asked: str, said: str) -> None:
    page.goto(f"{house.url}/wall?{asked}")
    expect(page.locator(".past-cover")).to_have_attribute("data-state", "refused", timeout=OPEN_MS)
    expect(page.locator("#past-cover")).to_contain_text(said)
    page.locator(".past-cover a").click()
    expect(page.locator("#live-list .row").first).to_be_visible(timeout=OPEN_MS)


def _path(request: Request) -> str:
    return "/" + request.url.split("/", 3)[3]


def _reports(metrics: str) -> list[str]:
    """What the metrics say of the house and its walls, but for its clock and its size on disk."""
    names = r"shouwang_(report_to_wall|commit_to_paint|live|feed|ledger|progress)"
    found = [
        line for line in metrics.splitlines() if re.match(names, line) and not re.match(r"\S*(_created|_timestamp_seconds)", line)
    ]
    assert len(found) > 20
    return [line for line in found if "shouwang_live_sent" not in line]
