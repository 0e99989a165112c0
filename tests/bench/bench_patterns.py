"""How long each pattern takes to find, how good the forecasts are against others, and what was planted and found.

`make bench`, or `python tests/bench/bench_patterns.py --days 430 --engines sqlite`. The past is the invented county's own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine
from support.postgresql import Cluster
from support.serving import ROOT

from data import arrivals, comparisons, recount, store
from data import city as cities
from data import engine as engines
from data.city import City
from data.pattern_finds import FINDERS, Sought
from data.patterns import expected, forecast
from etl.demo.plan import Planner
from etl.demo.rhythm import Script

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
LAST = date(2026, 11, 23)
JUDGED = 365


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=430)
    parser.add_argument("--engines", nargs="*", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    city = cities.load(ROOT / "data/cities/tongxiang")
    _forecasts(city)
    rows = _reports(city, asked.days)
    for name in asked.engines:
        with _opened(name) as engine:
            _keep(engine, city, rows)
            _found(engine, city, name, len(rows))


def _forecasts(city: City) -> None:
    """Mean absolute errors over twelve months of the county and its towns, by smoothing and by seasonal-naive."""
    counts, kinds = _counts(city, 730)
    naive = np.abs(counts[-JUDGED:] - counts[-JUDGED - 7 : -7]).mean(axis=0)
    print(
        f"\n| Forecast two days ahead, {JUDGED} days, county and {counts.shape[1] - 1} towns | Error / seasonal-naive |\n| --- | --- |"
    )
    for smoothing in (0.02, 0.05, 0.1, 0.2):
        mean = expected.ahead(counts, counts[:, 0], kinds, forecast.HORIZON, smoothing)[: len(counts)]
        error = np.abs(counts[-JUDGED:] - mean[-JUDGED:]).mean(axis=0)
        print(f"| Smoothing {smoothing}, weekdays and holidays | {(error / naive).mean():.3f} |")
    plain = expected.ahead(counts, counts[:, 0], _weekdays(kinds), forecast.HORIZON)[: len(counts)]
    print(
        f"| Smoothing {expected.SMOOTHING}, weekdays alone | {(np.abs(counts - plain)[-JUDGED:].mean(axis=0) / naive).mean():.3f} |"
    )
    begun = time.perf_counter()
    made = forecast.forecasts(counts, counts[:, 0], kinds)
    seconds = time.perf_counter() - begun
    tried, inside, _, _ = made.judged(counts)
    held = inside / tried
    print(f"\nIts 80 % interval held {held.mean():.1%} of days (by series {held.min():.1%} to {held.max():.1%}); "
          f"{len(counts)} days of {counts.shape[1]} series forecast in {seconds:.2f} s")  # fmt: skip


def _weekdays(kinds: Any) -> Any:
    """The kinds of days as if nobody had told of holidays: the first day is known, and the rest follow."""
    first = next(place for place, kind in enumerate(kinds) if kind < expected.HOLIDAY)
    return (np.arange(len(kinds)) - first + kinds[first]) % 7


def _counts(city: City, days: int) -> tuple[Any, Any]:
    script = Script.of(city, 2016)
    towns = sorted(each.area_code for each in city.areas_on(LAST, "township"))
    rows = []
    for back in reversed(range(days)):
        on = LAST - timedelta(days=back)
        generator = np.random.default_rng([2016, on.toordinal()])
        total = script.report_count(city, on, generator)
        rows.append([total, *generator.multinomial(total, script.town_shares(towns, on))])
    seen = [LAST + timedelta(days=number - days + 1) for number in range(days + forecast.HORIZON)]
    return np.array(rows), expected.day_kinds(city.calendar, seen)


def _reports(city: City, days: int) -> list[dict[str, Any]]:
    """The invented county's reports without their logs; what repeats another is merged into it."""
    planner = Planner(city, 2016)
    rows: list[dict[str, Any]] = []
    for back in reversed(range(days)):
        on = LAST - timedelta(days=back)
        generator = np.random.default_rng([2016, on.toordinal()])
        begun = len(rows)
        for number, sight in enumerate(planner._sights(on, planner.grounds.on(on), generator)):
            report = planner._report(f"{on:%Y%m%d}-{number:04d}", sight, generator)
            merged = (
                {}
                if sight.master is None
                else {"master_id": begun + sight.master + 1, "state_code": "merged", "ended_at": sight.at}
            )
            rows.append(report | {"id": len(rows) + 1, "version": 1, "committed_at": sight.at, "state_since_at": sight.at,
                                  "state_code": "reported", **merged})  # fmt: skip
    return rows


def _keep(engine: Engine, city: City, rows: list[dict[str, Any]]) -> None:
    blank = store.incident_defaults()
    listed = [[(blank | row)[name] for name in store.INCIDENT_COLUMNS] for row in rows]
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
        engines.bulk_insert(conn, store.incident, store.INCIDENT_COLUMNS, listed)
        recount.rebuild(conn, city.zone)


def _found(engine: Engine, city: City, name: str, count: int) -> None:
    print(
        f"\n{count:,} reports on {name}\n\n| Pattern of the county | Seconds | of the processor | Found | Right before |\n| --- | --- | --- | --- | --- |"
    )
    sought = Sought(city, "county", city.code, NOW)
    for kind, find in FINDERS.items():
        with engines.reading(engine) as conn:
            begun, worked = time.perf_counter(), time.process_time()
            found = find(conn, sought, lambda share: None)
            took, work = time.perf_counter() - begun, time.process_time() - worked
        track = found[0].track if found else None
        right = "—" if track is None or track.rate is None else f"{track.rate:.0%} of {track.of}" + (
            f", by chance {track.by_chance:.0%}" if track.by_chance is not None else "")  # fmt: skip
        print(f"| {kind} | {took:.2f} | {work:.2f} | {len(found)} | {right} |")
    for panel, read in (("trend", comparisons.trend), ("warnings", comparisons.warnings)):
        times = []
        for _ in range(7):
            with engines.reading(engine) as conn:
                begun = time.perf_counter()
                read(conn, city, "county", city.code, NOW)
                times.append(time.perf_counter() - begun)
        print(f"| the wall's {panel} (median of 7) | {sorted(times)[3]:.3f} | | | |")


@contextmanager
def _opened(name: str) -> Iterator[Engine]:
    if name == "postgresql":
        with Cluster() as cluster:
            yield _fresh(cluster.fresh_url())
        return
    with tempfile.TemporaryDirectory() as folder:
        yield _fresh(f"sqlite:///{Path(folder) / 'bench.sqlite'}")


def _fresh(url: str) -> Engine:
    engine = engines.create(url)
    engines.upgrade(engine)
    return engine


if __name__ == "__main__":
    main()
