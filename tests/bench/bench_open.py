"""How soon a wall can be read after its address is opened, at 1080p and 4K: cold (a browser that has seen nothing of it), the second
time, and warm (one that has compiled its scripts, which browsers do the second time, for the times after it).

`python tests/bench/bench_open.py [rounds] [address]` prints a table; with an address it asks a server that runs already, else one over a
small invented county. Read means that the link is live, the list has rows and every tile of the scene shows fresh figures, painted.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright
from support.browsing import launch_arguments
from support.serving import Server

ROUNDS: Final = 5
SETTLED_MS: Final = 1500
DAYS: Final = 30
SIZES: Final = ((1920, 1080), (3840, 2160))
COLD_GOAL_SECONDS: Final = 1.2
WARM_GOAL_SECONDS: Final = 0.5
# The frame after which all is there, in milliseconds since the navigation began.
READABLE: Final = """() => {
  const tiles = [...document.querySelectorAll(".panel:not(.away)")];
  const isReadable = document.querySelector("[data-link=live]:not([data-veil])") && document.querySelector("#live-list li[data-incident]")
    && tiles.length > 3 && tiles.every((tile) => tile.dataset.state === "fresh") && document.querySelector("#map-marks[data-marks]");
  if (!isReadable) return false;
  return new Promise((tell) => requestAnimationFrame(() => setTimeout(() => tell(performance.now()))));
}"""


def opened(page: Page, address: str) -> float:
    """Seconds until the wall can be read."""
    page.goto(address, wait_until="commit")
    return float(page.wait_for_function(READABLE, polling="raf", timeout=60_000).json_value()) / 1000


def measure(browser: Browser, address: str, size: tuple[int, int], rounds: int) -> tuple[list[float], ...]:
    """Seconds of each round: cold, the second time, warm."""
    taken: tuple[list[float], ...] = ([], [], [])
    for _ in range(rounds):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        page = context.new_page()
        for each in taken:
            each.append(opened(page, address))
            page.wait_for_timeout(SETTLED_MS)
        context.close()
    return taken


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        server = None if len(sys.argv) > 2 else Server({"VAR": folder, "DEMO": "1", "DEMO_DAYS": str(DAYS)})
        if server is not None:
            server.start()
            server.wait_for_history()
        address = sys.argv[2] if server is None else f"{server.url}/wall?scene=overview"
        measure(browser, address, SIZES[0], 1)  # the server's own first time
        found = {size: measure(browser, address, size, rounds) for size in SIZES}
        browser.close()
        if server is not None:
            server.stop()
    print(f"\nSeconds until the wall can be read, {rounds} rounds, {os.cpu_count()} cores, no graphics card\n")
    print("| size | cold median | worst | second median | worst | warm median | worst |\n|" + " --- |" * 7)
    for (width, height), taken in found.items():
        said = (value for each in taken for value in (statistics.median(each), max(each)))
        print(f"| {width}×{height} | " + " | ".join(f"{value:.2f}" for value in said) + " |")
    medians = [(statistics.median(cold), statistics.median(warm)) for cold, _, warm in found.values()]
    is_met = all(cold <= COLD_GOAL_SECONDS and warm <= WARM_GOAL_SECONDS for cold, warm in medians)
    print(f"\nGoal (cold {COLD_GOAL_SECONDS} s, warm {WARM_GOAL_SECONDS} s): {'met' if is_met else 'NOT met'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
