"""How soon there is a live wall: a first start over an empty folder, its history filling in behind, and a second start.

`python tests/bench/bench_start.py [days]` (456 are the real ones; the default is short). Goals: a live wall within 20 s of the first
start, and again within 5 s of the next, with nothing lost.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from typing import Any, Final

import httpx
from playwright.sync_api import Page, sync_playwright
from support.browsing import launch_arguments
from support.ports import free_port
from support.serving import Server

DAYS: Final = 30
FIRST_GOAL_SECONDS: Final = 20.0
AGAIN_GOAL_SECONDS: Final = 5.0
LIVE: Final = "[data-link=live] #live-list li[data-incident]"


def started(page: Page, server: Server) -> tuple[float, float]:
    """Seconds from the start to the first answer, and to a wall that is live and lists reports."""
    begun = time.monotonic()
    server.start()
    answered = time.monotonic() - begun
    page.goto(f"{server.url}/wall?scene=overview")
    page.wait_for_selector(LIVE, timeout=120_000)
    return answered, time.monotonic() - begun


def accepted(server: Server) -> int:
    said: dict[str, Any] = httpx.get(f"{server.url}/healthz", timeout=10).json()
    return int(said["ledger"]["counts"]["received"]) if said["ledger"] else 0


def fill(server: Server, begun: float) -> float:
    """Seconds from the first start until the whole history is there."""
    server.wait_for_history(3600)
    return time.monotonic() - begun


def main() -> int:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else DAYS
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        settings = {"VAR": folder, "DEMO": "1", "DEMO_DAYS": str(days), "PORT": str(free_port())}
        server, begun = Server(settings), time.monotonic()
        first = started(page, server)
        filled = fill(server, begun)
        time.sleep(70)  # until the ledger has been checked once more
        before = accepted(server)
        page.goto("about:blank")
        server.kill()
        again = started(page, server)
        after = accepted(server)
        page.goto("about:blank")
        server.stop()
        browser.close()
    print(f"\n{days} days of history, {before:,} reports, {os.cpu_count()} cores; seconds from the start\n")
    print("| start | answers | live wall |\n| --- | --- | --- |")
    print(f"| the first | {first[0]:.1f} | {first[1]:.1f} |\n| the next, after a kill | {again[0]:.1f} | {again[1]:.1f} |")
    print(f"\nThe whole history is there after {filled:.0f} s.")
    is_met = first[1] <= FIRST_GOAL_SECONDS and again[1] <= AGAIN_GOAL_SECONDS and after >= before
    print(
        f"Goal (a live wall within {FIRST_GOAL_SECONDS:.0f} s, again within {AGAIN_GOAL_SECONDS:.0f} s): {'met' if is_met else 'NOT met'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
