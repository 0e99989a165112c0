"""How soon a past hour is open, and how fast it plays: the whole demo county, opened at several distances.

`make bench`, or `python tests/bench/bench_past.py --days 456`; `--var FOLDER` takes a county that is filled already. Processor
seconds stand beside the others: machines are busy.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dashboard.panels import FIRST_TILES, PANELS
from dashboard.rendering import Renderer
from dashboard.selection import Selection
from data import city as cities
from data import engine as engines
from data import opening
from data.clocks import Clock
from data.rewind import Rewound
from data.schema import metadata
from data.settings import Settings
from etl.demo.driver import Driver

ROOT = Path(__file__).parents[2]
TICK = timedelta(seconds=24)  # a fifth of a second at 120 times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=456)
    parser.add_argument("--var", default="")
    options = parser.parse_args()
    city = cities.load(ROOT / "data/cities/tongxiang")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=options.var or folder, demo="1", demo_days=str(options.days))
        house = opening.open_store(settings.url, city, Clock().now())
        if not options.var:
            driver = Driver(house, city, settings, Clock())
            for number in range(options.days):
                driver.fill(Clock().now().date() - timedelta(days=number), number + 1)
        print(
            "\n| Ago | Opened | Of that processor | First figures | Six hours back | An hour at 120×, behind by |\n| --- | --- | --- | --- | --- | --- |"
        )
        for number, days in enumerate((1, 7, 60, 400)):
            if days < options.days - 30:
                _measure(house, city, Path(folder) / f"past-{number}.sqlite", days)


def _measure(house: Any, city: Any, file: Path, days: int) -> None:
    at = (datetime.now(UTC) - timedelta(days=days)).replace(minute=0)
    past = Rewound(house, engines.scratch(file, metadata), city, city.code)
    opened, spent = _timed(lambda: past.open(at))
    tiles = [each for each in PANELS if each.tile in FIRST_TILES]
    figures, _ = _timed(lambda: Renderer(past.scratch, city).render_all(Selection(city.code, "county"), at, tiles))
    played, _ = _timed(lambda: [past.advance(at + number * TICK, datetime.now(UTC)) for number in range(1, 151)])
    back, _ = _timed(lambda: past.jump(at - timedelta(hours=6)))
    behind = max(0.0, played - 30)
    print(
        f"| {days} days | {opened:.1f} s | {spent:.1f} s | {figures:.2f} s | {back:.1f} s | {behind:.1f} s ({3600 / played:.0f}× at most) |"
    )
    past.scratch.dispose()


def _timed(act: Callable[[], Any]) -> tuple[float, float]:
    begun, spent = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - spent


if __name__ == "__main__":
    main()
