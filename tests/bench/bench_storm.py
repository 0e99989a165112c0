"""A storm: 50 urgent reports a second for the scene director, three walls, twenty open streams, a real server.

`python tests/bench/bench_storm.py [seconds]` (60 is the real one; the default is short) prints how much of a core the server takes, how
late a wall hears of a new interruption, and whether every wall ends as the feed says it must; and of one wall in a browser, how much of a
core all its processes take, and whether it shows that.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import orjson
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine
from support.browsing import launch_arguments
from support.measuring import browser_process, processor_seconds, processor_seconds_of_all, quantiles, report
from support.postgresql import Cluster
from support.serving import ROOT, Server

from dashboard import director
from dashboard.walls import Walls
from data import city as cities
from data import engine as engines
from data import feed
from data.city import City
from data.clocks import Clock
from data.settings import Settings
from etl import filing

EVENTS_A_SECOND: Final = 50
SECONDS: Final = 10.0
STREAMS: Final = 20
WALLS: Final = (("default", "330483"), ("north", "330483"), ("default", "330483100"))
GOAL_SECONDS: Final = 2.0  # until an interruption is on the wall
GOAL_SHARE: Final = 0.4  # of a core, for the browser of one wall
SETTLED_MS: Final = 3000


@dataclass
class Listeners:
    """Plain clients of the stream; `first` is when an incident was first told as a part of an interruption, for each wall."""

    port: int
    first: dict[tuple[str, str, int], float] = field(default_factory=dict)
    scene_count: int = 0

    def start(self) -> None:
        threading.Thread(target=lambda: asyncio.run(self._listen_all()), daemon=True).start()

    async def _listen_all(self) -> None:
        await asyncio.gather(*(self._listen(is_first=number == 0) for number in range(STREAMS)))

    async def _listen(self, *, is_first: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        writer.write(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        is_scene = False
        while line := await reader.readline():
            if line.startswith(b"event: "):
                is_scene = line == b"event: scene\n"
            elif is_first and is_scene and line.startswith(b"data: "):
                self._note(orjson.loads(line[6:]))

    def _note(self, said: dict[str, Any]) -> None:
        self.scene_count += 1
        found = said["interruption"]
        for each in [] if found is None else [found["incident"], *(found["group"] or []), *found["queue"]]:
            self.first.setdefault((said["screen"], said["area"], each), time.time())


def write(engine: Engine, city: City, seconds: float) -> dict[int, float]:
    """Files urgent reports at a steady pace; gives the moment of each commit by incident."""
    committed, start = {}, time.monotonic()
    for number in range(int(seconds * EVENTS_A_SECOND)):
        time.sleep(max(0.0, start + number / EVENTS_A_SECOND - time.monotonic()))
        urgent = report(number) | {"category_code": "E.01.03", "urgency_code": "urgent"}
        with engines.writing(engine) as conn:
            (made,) = filing.file_reports(conn, city, [urgent], datetime.now(UTC))
        committed[made] = time.time()
    return committed


def agrees(engine: Engine, city: City, url: str) -> bool:
    """Whether every wall is what another process makes of the same feed, and lists every alarm since its list began."""
    walls = Walls(engine, city, Clock())
    walls.restore()
    is_right = True
    for screen, area in WALLS:
        said = httpx.get(f"{url}/scenes/{area}?screen={screen}").json()
        ours = walls.told()[screen, area]
        compared = {"now", "incidents"}
        is_right &= {name: each for name, each in said.items() if name not in compared} == {
            name: list(each) if isinstance(each, tuple) else orjson.loads(orjson.dumps(each))
            for name, each in ours.items()
            if name not in compared
        }
        is_right &= said["flood"] is not None and said["interruption"]["waiting"] == 0
        state = director.advance(walls._walls[screen, area].base, walls.programme((screen, area)), Clock().now())
        assert state.shown is not None
        with engines.reading(engine) as conn:
            rows = feed.after(conn, 0, 1_000_000)
        alarms = [row[1] for row in rows if row[2] == "incident"]
        # The first list takes up what was shown and waited before it; each later one begins with what came first after the one before.
        listed = alarms if state.flood_since_at == state.shown.since_at else [at for at in alarms if at >= state.shown.since_at]
        is_right &= len(state.shown.alarms) == len(listed)
    return is_right


def shows(page: Page, url: str) -> bool:
    """Whether the wall in the browser says of its interruption what the server does, and has every open incident on its map."""
    told = httpx.get(f"{url}/scenes/330483?screen=default").json()["interruption"]
    words, marks = page.locator(".alert-words").inner_text(), page.locator("#map-marks").get_attribute("data-marks")
    open_count = len(httpx.get(f"{url}/state/330483").json()["points"])
    return str(told["count"]) in words.replace(",", "") and marks == str(open_count)


def measure(name: str, database_url: str, city: City, seconds: float) -> tuple[Any, ...]:
    with tempfile.TemporaryDirectory() as folder, Server({"VAR": folder, "DEMO": "0", "DATABASE_URL": database_url}) as server:
        assert server.process is not None
        engine = engines.create(Settings(var=folder, database_url=database_url).url)
        for screen, area in WALLS:
            httpx.get(f"{server.url}/scenes/{area}?screen={screen}").raise_for_status()
        listeners = Listeners(server.port)
        listeners.start()
        time.sleep(2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{server.url}/wall")
            page.wait_for_selector("#wall[data-link=live]", state="attached")
            page.wait_for_timeout(SETTLED_MS)
            roots = server.process.pid, browser_process(browser)
            before, started = (processor_seconds(roots[0]), processor_seconds_of_all(roots[1])), time.monotonic()
            committed = write(engine, city, seconds)
            took = time.monotonic() - started
            shares = (processor_seconds(roots[0]) - before[0]) / took, (processor_seconds_of_all(roots[1]) - before[1]) / took
            page.wait_for_timeout(SETTLED_MS)
            is_right = agrees(engine, city, server.url) and shows(page, server.url)
            browser.close()
        engine.dispose()
    # The stream names the first fifty of a list; each of those was heard, and how soon after its commit.
    heard = [max(0.0, at - committed[number]) * 1000 for (_, _, number), at in listeners.first.items() if number in committed]
    rate = f"{len(committed) / took:.0f}"
    return (
        name,
        len(committed),
        rate,
        *quantiles(heard),
        f"{listeners.scene_count / took:.1f}",
        *(f"{share:.1%}" for share in shares),
        "yes" if is_right else "NO",
    )


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    city = cities.load(ROOT / "data/cities/tongxiang")
    with Cluster() as cluster:
        rows = [measure(*each, city, seconds) for each in (("SQLite", ""), ("PostgreSQL", cluster.fresh_url()))]
    print(
        f"\n{len(WALLS)} walls, {STREAMS} streams, {EVENTS_A_SECOND} urgent reports a second for {seconds:.0f} s, {os.cpu_count()} cores\n"
    )
    print(
        "| database | reports | a second | on the wall ms p50 | p99 | scene events a second | server CPU | CPU of one wall's browser | walls agree with the feed |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    is_met = all(
        float(row[4]) <= GOAL_SECONDS * 1000 and float(row[-2].rstrip("%")) <= 100 * GOAL_SHARE and row[-1] == "yes" for row in rows
    )
    goals = f"on the wall within {GOAL_SECONDS:.0f} s, at most {GOAL_SHARE:.0%} of a core for a wall's browser, all walls right"
    print(f"\nGoal ({goals}): {'met' if is_met else 'NOT met'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
