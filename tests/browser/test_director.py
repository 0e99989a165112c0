"""The scene director as its users meet it: a real server, the real intake, real tablets; killed, started again, edited on disk."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from playwright.sync_api import Browser, Page, expect
from support.browsing import Witness
from support.posting import TOKEN, message_xml, post_message
from support.serving import ROOT, Server

from data.playlist_files import FILE

WUZHEN, PUYUAN = "330483100", "330483101"
FIRE = "乌镇镇环河路仓库起火了"
GAS = "乌镇镇环河路煤气泄漏，煤气味很大"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def house(serve: Callable[..., Server], tmp_path: Path) -> Server:
    """A server over an empty database, with a city folder of its own that a test may edit."""
    folder = Path(shutil.copytree(ROOT / "data/cities/tongxiang", tmp_path / "city"))
    return serve(WECHAT_TOKEN=TOKEN, CITY=str(folder), CLOCK="2026-11-24T10:00:00+08:00")


def playlists_of(house: Server) -> Path:
    return Path(house.environment["CITY"]) / FILE


def report(house: Server, text: str, number: int = 1) -> None:
    now = int(datetime.fromisoformat(httpx.get(f"{house.url}/healthz").json()["now"]).timestamp())
    with httpx.Client(base_url=house.url) as client:
        xml = message_xml(f"steward-{number}", now, f"62925000000000{number:05d}", MsgType="text", Content=text)
        assert post_message(client, xml, now).text == "success"


def ask(house: Server, area: str = "330483", screen: str = "default") -> dict[str, Any]:
    return dict(httpx.get(f"{house.url}/scenes/{area}?screen={screen}").raise_for_status().json())


def command(house: Server, kind: str, area: str = "*", **said: Any) -> httpx.Response:
    return httpx.post(f"{house.url}/remote/command", json={"screen": "*", "area": area, "command": kind, **said})


def until(is_so: Callable[[], Any], seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)
    return found


class Stream:
    """One open `/events`: every scene it is told, with the moment."""

    def __init__(self, house: Server) -> None:
        self.scenes: list[tuple[float, dict[str, Any]]] = []
        self.changes: list[tuple[float, dict[str, Any]]] = []
        self._client = httpx.Client(timeout=None)
        self._thread = threading.Thread(target=self._listen, args=(house.url,), daemon=True)
        self._thread.start()

    def _listen(self, url: str) -> None:
        try:
            with self._client.stream("GET", f"{url}/events") as answer:
                name = ""
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        name = line[7:]
                    elif line.startswith("data: ") and name in ("scene", "change"):
                        (self.scenes if name == "scene" else self.changes).append((time.time(), orjson.loads(line[6:])))
        except httpx.TransportError:
            pass  # the server was killed on purpose

    def interrupted(self, area: str) -> tuple[float, dict[str, Any]] | None:
        return next((each for each in self.scenes if each[1]["area"] == area and each[1]["interruption"]), None)


@pytest.mark.alone
def test_an_urgent_report_interrupts_every_wall_concerned_within_two_seconds_of_its_commit(house: Server) -> None:
    for area, screen in (("330483", "default"), (WUZHEN, "north"), (PUYUAN, "default")):
        ask(house, area, screen)
    stream = Stream(house)
    until(lambda: {each["area"] for _, each in stream.scenes} == {"330483", WUZHEN, PUYUAN})
    report(house, FIRE)
    county, town = until(lambda: stream.interrupted("330483")), until(lambda: stream.interrupted(WUZHEN))
    heard_at, change = next((at, each) for at, each in stream.changes if each["kind"] == "incident")
    for at, said in (county, town):
        incident = said["incidents"][str(said["interruption"]["incident"])]
        assert (incident["text"], incident["holder"]) == (FIRE, f"room-{WUZHEN}")
        assert said["now"] - change["incident"]["committed"] <= 2000
        assert at - heard_at <= 2
    # It has had its time, and a wall of another town was never told of it.
    until(lambda: sum(each["area"] == PUYUAN for _, each in stream.scenes) >= 3, 15)
    assert stream.interrupted(PUYUAN) is None


def test_killed_and_started_again_the_walls_are_as_they_were(house: Server, serve: Callable[..., Server]) -> None:
    for area in ("330483", WUZHEN):
        ask(house, area)
    command(house, "choose", scene="forces", name="Li").raise_for_status()
    command(house, "hold", area=WUZHEN, name=HOSTILE).raise_for_status()
    report(house, FIRE)
    until(lambda: ask(house)["interruption"])
    report(house, GAS, 2)
    until(lambda: ask(house)["interruption"]["waiting"] == 1)
    before = [ask(house, area) for area in ("330483", WUZHEN)]
    clock = datetime.fromisoformat(httpx.get(f"{house.url}/healthz").json()["now"]).isoformat()
    house.kill()
    settings = {name: house.environment[name] for name in ("WECHAT_TOKEN", "CITY", "PORT")}
    again = serve(CLOCK=clock, **settings)
    after = {each["area"]: each for each in httpx.get(f"{again.url}/remote/state").json()["walls"] if each["screen"] == "default"}
    assert [{**after[each["area"]], "now": 0} for each in before] == [{**each, "now": 0} for each in before]


def test_an_edited_playlist_is_shown_without_a_restart_and_a_broken_one_is_kept_out(house: Server, page: Page) -> None:
    path, before = playlists_of(house), ask(house)
    good = path.read_text("utf-8")
    assert (before["scene"], before["next"]) == ("overview", "flow")
    path.write_text(good.replace("{scene: flow, dwell_seconds: 30}", "{scene: analysis, dwell_seconds: 33}", 1), "utf-8")
    after = until(lambda: (said := ask(house))["next"] == "analysis" and said)
    assert (after["entered"], after["scene"]) == (before["entered"], "overview")
    path.write_text(good.replace("scene: forces", "scene: farces"), "utf-8")
    reasons = until(lambda: httpx.get(f"{house.url}/healthz").json()["reasons"])
    assert "playlist county, entry 6: there is no scene 'farces'" in reasons[0]
    assert ask(house)["next"] == "analysis"
    page.goto(f"{house.url}/remote")
    expect(page.locator("[data-slot=problems]")).to_contain_text("there is no scene 'farces'")
    path.write_text(good, "utf-8")
    until(lambda: httpx.get(f"{house.url}/healthz").json()["status"] == "ok")


@pytest.fixture
def tablets(browser: Browser) -> Iterator[list[Page]]:
    """Two tablets at the desk, each with a memory of its own."""
    contexts = [browser.new_context(viewport={"width": 1024, "height": 768}) for _ in range(2)]
    witnesses = [Witness(each) for each in contexts]
    yield [each.new_page() for each in contexts]
    for context, witness in zip(contexts, witnesses, strict=True):
        context.close()
        witness.accuse(["403", "400"])


def shown(page: Page) -> list[str]:
    return page.locator(".wall .wall-scene, .wall .wall-state").all_text_contents()


def test_two_tablets_at_once_agree_with_each_other_and_with_every_wall(house: Server, tablets: list[Page]) -> None:
    ask(house, WUZHEN)
    for number, tablet in enumerate(tablets):
        tablet.goto(f"{house.url}/remote")
        expect(tablet.locator(".wall")).to_have_count(3)
        tablet.locator("[data-field=name]").fill(f"Desk {number}")
        tablet.locator("[data-reach=all]").click()
    for kinds in (
        ("[data-command=skip]", "[data-scene=forces]"),
        ("[data-command=hold]", "[data-scene=analysis]"),
        ("[data-command=pin]", "[data-command=skip]"),
    ):
        for tablet, kind in zip(tablets, kinds, strict=True):
            tablet.locator(kind).click()
    for tablet in tablets:
        expect(tablet.locator(".line")).to_have_count(6)
    walls = httpx.get(f"{house.url}/remote/state").json()["walls"]
    mark = "◆ 已固定" if walls[0]["pinned"] else "■ 已保持"
    expect(tablets[0].locator(".wall-state").first).to_have_text(f"{mark} {walls[0]['kept_by']}")
    until(lambda: shown(tablets[0]) == shown(tablets[1]))
    lines = [tablet.locator(".line").all_text_contents() for tablet in tablets]
    assert lines[0] == lines[1]
    assert len({(each["scene"], each["held"], each["pinned"]) for each in walls}) == 1


def test_an_alarm_is_acknowledged_by_name_on_the_tablet_and_hostile_names_are_only_text(house: Server, tablets: list[Page]) -> None:
    one, other = tablets
    for tablet in tablets:
        tablet.goto(f"{house.url}/remote")
        expect(tablet.locator(".wall")).to_have_count(2)
    report(house, FIRE + HOSTILE)
    report(house, GAS, 2)
    expect(one.locator(".incident-text")).to_have_text(FIRE + HOSTILE, timeout=5000)
    expect(one.locator(".alarm")).to_contain_text("另有 1 件排队")
    expect(one.locator(".alarm")).to_contain_text("承办 乌镇镇综合指挥室")
    one.locator("[data-command=acknowledge]").click()
    expect(one.locator("[data-slot=message]")).to_contain_text("确认需要姓名")
    expect(one.locator("[data-field=name]")).to_be_focused()
    one.locator("[data-field=name]").fill(HOSTILE)
    one.locator("[data-reach=all]").click()
    one.locator("[data-command=acknowledge]").click()
    for tablet in tablets:
        expect(tablet.locator(".line").first).to_contain_text(f"{HOSTILE}　确认 #1　全部屏", timeout=5000)
        assert tablet.locator("img").count() == 0
    # Shown for at least ten seconds because another waits; then that one.
    expect(other.locator(".incident-text")).to_have_text(GAS, timeout=15_000)
    one.reload()
    expect(one.locator("[data-field=name]")).to_have_value(HOSTILE)


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 800), (800, 1280)])
def test_the_remote_fits_a_tablet_and_every_target_is_large_enough(house: Server, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{house.url}/remote")
    expect(page.locator(".wall")).to_have_count(2)
    report(house, FIRE)
    expect(page.locator(".acknowledge")).to_be_visible()
    sizes = page.evaluate(
        "[...document.querySelectorAll('button, input')].map((each) => each.getBoundingClientRect()).map(({ width, height, right, bottom }) => [width, height, right, bottom])"
    )
    assert len(sizes) >= 16
    assert all(wide >= 48 and high >= 48 and right <= width for wide, high, right, _ in sizes), sizes
    assert all(bottom <= height for *_, bottom in sizes), "a button stands below the fold"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
