"""How long from a commit until a wall shows it: 100 streams, 5 reports a second, a real server, a real browser.

`python tests/bench/bench_push.py [seconds] [streams]` prints a table for SQLite and PostgreSQL. Commit is when the writer's transaction has
ended, in another process than the server; received is the event in a plain client; painted is the frame of the wall that shows it.
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

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine
from support.browsing import launch_arguments
from support.measuring import processor_seconds, quantiles, report
from support.postgresql import Cluster
from support.serving import ROOT, Server

from data import city as cities
from data import engine as engines
from data import feed
from data.city import City
from data.settings import Settings
from etl import filing

STREAMS: Final = 100  # the wall and 99 plain clients
EVENTS_A_SECOND: Final = 5
SECONDS: Final = 40.0
WARM_UP: Final = 10  # events that are not measured
GOAL_MILLISECONDS: Final = 100
WATCHING: Final = """() => {
  window.painted = {};
  const seen = () => {
    const fresh = [...document.querySelectorAll("#live-list li[data-incident]")].map((row) => row.dataset.incident).filter((id) => !(id in window.painted));
    fresh.forEach((id) => { window.painted[id] = null; });
    // The list is drawn in the frame's own callback; a message posted there arrives after the frame's paint.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => fresh.forEach((id) => { window.painted[id] = Date.now(); });
    if (fresh.length) port2.postMessage(0);
  };
  seen();
  new MutationObserver(seen).observe(document.getElementById("live-list"), { childList: true, subtree: true });
}"""


@dataclass
class Clients:
    """Plain clients of the stream in a thread of their own; `received` are the moments by the number of the change."""

    port: int
    count: int
    received: dict[int, list[float]] = field(default_factory=dict)

    def start(self) -> None:
        threading.Thread(target=lambda: asyncio.run(self._listen_all()), daemon=True).start()

    async def _listen_all(self) -> None:
        await asyncio.gather(*(self._listen() for _ in range(self.count)))

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        while line := await reader.readline():
            if line.startswith(b"id: "):
                self.received.setdefault(int(line[4:]), []).append(time.time())


def write(engine: Engine, city: City, seconds: float) -> dict[int, tuple[int, float]]:
    """Files reports at a steady pace; gives for each incident the number of its change and the moment of its commit."""
    committed = {}
    start = time.monotonic()
    for number in range(int(seconds * EVENTS_A_SECOND)):
        time.sleep(max(0.0, start + number / EVENTS_A_SECOND - time.monotonic()))
        with engines.writing(engine) as conn:
            ids = filing.file_reports(conn, city, [report(number)], datetime.now(UTC))
            change_id = feed.head(conn)
        committed[ids[0]] = (change_id, time.time())
    return committed


def measure(page: Page, name: str, database_url: str, city: City, seconds: float, streams: int) -> tuple[Any, ...]:
    with tempfile.TemporaryDirectory() as folder, Server({"VAR": folder, "DEMO": "0", "DATABASE_URL": database_url}) as server:
        assert server.process is not None
        engine = engines.create(Settings(var=folder, database_url=database_url).url)
        page.goto(f"{server.url}/wall")
        page.wait_for_selector("[data-link=live]", state="attached")
        clients = Clients(server.port, streams - 1)
        clients.start()
        page.wait_for_timeout(3000)
        page.evaluate(WATCHING)
        committed: dict[int, tuple[int, float]] = {}
        writer = threading.Thread(target=lambda: committed.update(write(engine, city, seconds)))
        before, started = processor_seconds(server.process.pid), time.monotonic()
        writer.start()
        while writer.is_alive():
            page.wait_for_timeout(250)
        share = (processor_seconds(server.process.pid) - before) / (time.monotonic() - started)
        page.wait_for_timeout(1000)
        shown = {int(key): value for key, value in page.evaluate("window.painted").items()}
        page.goto("about:blank")
        engine.dispose()
    measured = list(committed.items())[WARM_UP:]
    received = [(moment - at) * 1000 for _, (change, at) in measured for moment in clients.received.get(change, [])]
    painted = [shown[incident] - at * 1000 for incident, (_, at) in measured if shown.get(incident)]
    lost = len(measured) * (streams - 1) - len(received), len(measured) - len(painted)
    return (name, len(measured), *quantiles(received), *quantiles(painted), sum(lost), f"{share:.1%}")


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    streams = int(sys.argv[2]) if len(sys.argv) > 2 else STREAMS
    city = cities.load(ROOT / "data/cities/tongxiang")
    with sync_playwright() as playwright, Cluster() as cluster:
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        rows = [measure(page, *each, city, seconds, streams) for each in (("SQLite", ""), ("PostgreSQL", cluster.fresh_url()))]
        browser.close()
    print(f"\n{streams} streams, {EVENTS_A_SECOND} reports a second, {os.cpu_count()} cores; milliseconds from the commit\n")
    print("| database | events | received p50 | p99 | painted p50 | p99 | lost | server CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    is_met = all(float(row[5]) <= GOAL_MILLISECONDS and row[6] == 0 for row in rows)
    print(f"\nGoal (painted p99 at most {GOAL_MILLISECONDS} ms, none lost): {'met' if is_met else 'NOT met'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
