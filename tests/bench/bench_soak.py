"""Whether a wall that has run for long weighs as much as on its first day: 40 events a second, memory after forced collections.

`python tests/bench/bench_soak.py [minutes]` prints what the browser takes when idle, at 5 and at 40 events a second, beside what it takes
for a page of nothing but a clock, and the slopes of its heap, nodes and listeners. The shares are of the scene that draws most, the
slopes of a wall that goes through all its scenes and is weighed whenever it comes back to the same one. Reports come and end at the same
pace, so that what there is to show stays as much.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from playwright.sync_api import CDPSession, Page, sync_playwright
from sqlalchemy import Engine
from support.browsing import launch_arguments
from support.measuring import browser_process, share_of_a_core
from support.serving import ROOT, Server

from data import city as cities
from data import engine as engines
from data.city import City
from data.settings import Settings
from etl import filing

EVENTS_A_SECOND: Final = 40
MINUTES: Final = 2.0
OPEN_AT_ONCE: Final = 400
SHARE_SECONDS: Final = 30.0
WEIGHED_SCENE: Final = "overview"
SCENE_SETTLED_MS: Final = 5000
PACE_SETTLED_MS: Final = 30_000  # what was made before is collected meanwhile
CLOCK: Final = """<!doctype html><body style="contain: strict"><p>-</p><script>
  const place = document.querySelector("p").firstChild, format = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
  (function next() { setTimeout(() => { next(); place.data = format.format(Date.now()); }, 1002 - Date.now() % 1000); })();
</script>"""
WARM_UP: Final = 0.25  # of the samples: what is made once is no leak
MOST_HEAP_GROWTH: Final = 8.0  # MiB an hour
MOST_NODE_GROWTH: Final = 600.0  # nodes an hour
ACTIONS: Final = ("forward", "dispatch", "accept", "close")


@dataclass
class Writer:
    """Writes events at a pace it is told, in a thread of its own; each in its own transaction."""

    engine: Engine
    city: City
    pace: float = 0.0
    count: int = 0
    is_ending: bool = False

    def run(self) -> None:
        events = self._events()
        due = time.monotonic()
        while not self.is_ending:
            pace = self.pace  # another thread changes it
            if not pace:
                time.sleep(0.05)
                due = time.monotonic()
                continue
            next(events)
            self.count += 1
            due = max(due + 1 / pace, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))

    def _events(self) -> Iterator[None]:
        """A report, then the steps of one that came before it: each goes its way to its end, and the oldest ends first."""
        number = 0
        while True:
            number += 1
            yield self._report(number)
            for action in ACTIONS:
                if (older := number - (OPEN_AT_ONCE * (1 + ACTIONS.index(action))) // len(ACTIONS)) > 0:
                    yield self._step(older, action)

    def _report(self, number: int) -> None:
        now = datetime.now(UTC)
        row = {
            "source": "wechat", "source_ref": f"soak-{number}", "reported_at": now, "reported_precision": "second", "received_at": now,
            "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "Z.01.01", "urgency_code": "normal",
            "report_text": f"道路护栏破损，存在安全隐患 {number}", "place_basis_code": "point", "county_code": "330483",
            "township_code": "330483100", "lon": 120.42 + number % 89 / 600, "lat": 30.60 + number % 83 / 600,
        }  # fmt: skip
        with engines.writing(self.engine) as conn:
            filing.file_reports(conn, self.city, [row], now)

    def _step(self, number: int, action: str) -> None:
        now = datetime.now(UTC)
        row = {
            "source": "soak", "source_ref": f"{number}-{action}", "incident_source": "wechat", "incident_ref": f"soak-{number}",
            "action_code": action, "at": now, "precision_code": "second", "received_at": now, "organisation_code": "center",
            "to_organisation_code": "transport" if action == "dispatch" else None,
        }  # fmt: skip
        with engines.writing(self.engine) as conn:
            filing.file_steps(conn, self.city, [row], now)


def weigh(session: CDPSession) -> dict[str, float]:
    """What the page holds once everything that can be collected is."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    counters = session.send("Memory.getDOMCounters")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    return {"heap": used / 2**20, "nodes": counters["nodes"], "listeners": counters["jsEventListeners"]}


def slope(samples: list[tuple[float, float]]) -> tuple[float, float]:
    """Least squares, a unit an hour, and its standard error: what is held differs from scene to scene."""
    count = len(samples)
    mean_at = sum(at for at, _ in samples) / count
    mean = sum(value for _, value in samples) / count
    spread = sum((at - mean_at) ** 2 for at, _ in samples)
    found = sum((at - mean_at) * (value - mean) for at, value in samples) / spread
    left = sum((value - mean - found * (at - mean_at)) ** 2 for at, value in samples) / max(1, count - 2)
    return 3600 * found, 3600 * (left / spread) ** 0.5


def soak(page: Page, session: CDPSession, minutes: float) -> list[tuple[float, dict[str, float]]]:
    """Collects every minute, in short runs at least a dozen times, and weighs when the same scene stands again."""
    pause = min(60.0, minutes * 60 / 12)
    started, samples = time.monotonic(), []
    while time.monotonic() - started < minutes * 60:
        page.wait_for_timeout(pause * 1000)
        session.send("HeapProfiler.collectGarbage")
        # A locator: what `wait_for_selector` gives would hold the page of each area for good.
        page.locator(f"#wall[data-scene={WEIGHED_SCENE}]:not(:has(h1 .area))").wait_for(state="attached", timeout=600_000)
        page.wait_for_timeout(SCENE_SETTLED_MS)
        assert page.locator("#wall[data-link=live]").count(), "the link is gone: what stands still weighs nothing more by the hour"
        samples.append((time.monotonic() - started, weigh(session)))
        print(
            "{:6.0f} s  heap {heap:6.2f} MiB  nodes {nodes:5.0f}  listeners {listeners:4.0f}".format(
                samples[-1][0], **samples[-1][1]
            ),
            flush=True,
        )
    return samples


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    city = cities.load(ROOT / "data/cities/tongxiang")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, Server({"VAR": folder, "DEMO": "0"}) as server:
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        session = page.context.new_cdp_session(page)
        root = browser_process(browser)
        page.set_content(CLOCK)
        page.wait_for_timeout(SCENE_SETTLED_MS)
        shares = {"a clock": share_of_a_core(page, root, SHARE_SECONDS)}
        page.goto(f"{server.url}/wall?scene={WEIGHED_SCENE}")
        page.wait_for_selector("[data-link=live]", state="attached")
        engine = engines.create(Settings(var=folder).url)
        writer = Writer(engine, city, pace=EVENTS_A_SECOND)
        thread = threading.Thread(target=writer.run, daemon=True)
        thread.start()
        page.wait_for_timeout(OPEN_AT_ONCE * (1 + len(ACTIONS)) / EVENTS_A_SECOND * 1000)  # until as many end as come
        for pace in (0, 5, EVENTS_A_SECOND):
            writer.pace = pace
            page.wait_for_timeout(PACE_SETTLED_MS)
            shares[str(pace)] = share_of_a_core(page, root, SHARE_SECONDS)
        page.goto(f"{server.url}/wall")
        before, started = writer.count, time.monotonic()
        samples = soak(page, session, minutes)
        written = (writer.count - before) / (time.monotonic() - started)
        shown, figure = page.locator("#map-marks").get_attribute("data-marks"), page.locator("#sources").inner_text()
        writer.is_ending = True
        thread.join()
        browser.close()
        engine.dispose()
    assert written > 0.9 * EVENTS_A_SECOND, f"{written:.1f} events a second were written: this measured another thing"
    settled = samples[int(len(samples) * WARM_UP) :]
    slopes = {name: slope([(at, weight[name]) for at, weight in settled]) for name in ("heap", "nodes", "listeners")}
    print(f"\n{minutes:g} minutes at {written:.1f} events a second, {shown} on the map, {os.cpu_count()} cores; header: {figure}\n")
    print("| events a second | " + " | ".join(shares) + " |\n| --- |" + " --- |" * len(shares))
    print("| browser, all its processes, of a core | " + " | ".join(f"{share:.1%}" for share in shares.values()) + " |")
    said = (f"{name} {found:+.2f} ± {error:.2f}" for name, (found, error) in slopes.items())
    print(f"\nAn hour, with the standard error: {', '.join(said)} (heap in MiB)")
    most = {"heap": MOST_HEAP_GROWTH, "nodes": MOST_NODE_GROWTH, "listeners": MOST_NODE_GROWTH}
    is_met = all(found <= most[name] and found <= 2 * error for name, (found, error) in slopes.items())
    print(
        f"Goal (no slope beyond twice its error, at most {MOST_HEAP_GROWTH:g} MiB and {MOST_NODE_GROWTH:g} nodes or listeners an hour): {'met' if is_met else 'NOT met'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
