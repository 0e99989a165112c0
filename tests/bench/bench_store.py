"""How fast the store is: twelve panel queries over a million incidents, bulk rows a second, live events a second.

`make bench`, or `python tests/bench/bench_store.py --incidents 10000000 --engines sqlite`. Ratios count, not figures:
machines are noisy.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, text
from support.invented import CHUNK, NOW, TOWN, rows_of, timed
from support.postgresql import Cluster
from support.serving import ROOT

from dashboard.panels import TODAY
from data import arrivals, indicators, queries, recount, rollups, store
from data import city as cities
from data import engine as engines
from data.city import City
from data.filters import Filter
from data.instants import to_microseconds
from data.periods import Period, Span
from etl import filing


def fill(engine: Engine, city: City, count: int) -> float:
    """Bulk-load invented incidents over fifteen months; gives rows a second."""
    generator = np.random.default_rng(1)
    grids = city.areas_on(NOW.date(), "grid")
    codes = [code for code, each in city.categories.items() if each.level == 3]
    now = to_microseconds(NOW)
    seconds = 0.0
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        rows = rows_of(first, size, generator, grids, codes, now)
        begun = time.perf_counter()
        with engines.writing(engine) as conn:
            engines.bulk_insert(conn, store.incident, store.INCIDENT_COLUMNS, rows)
        seconds += time.perf_counter() - begun
    return count / seconds


def panels(city: City) -> dict[str, Callable[[Connection], Any]]:
    on = NOW.astimezone(city.zone).date()
    today = rollups.day_number(on)
    of_today = Filter(Period("day", on).span, "county", "330483")
    ninety = of_today.of(span=Span(on - timedelta(days=91), on))
    crossed = ninety.of(channel_code="wechat", organisation_code="transport")
    metrics = ("reported", "on_time_rate", "rework_rate")

    def by(scope: Filter, way: str) -> Callable[[Connection], Any]:
        return lambda conn: indicators.values_by(conn, city, scope, way, metrics, NOW)

    return {
        "today's counts": lambda conn: indicators.values(conn, city, of_today, TODAY, NOW),
        "24 hours and usual band": lambda conn: queries.hours_of_day(conn, "330483", NOW, city.zone),
        "pipeline, city": lambda conn: queries.pipeline(conn, "county", "330483", NOW),
        "pipeline, town": lambda conn: queries.pipeline(conn, "township", TOWN, NOW),
        "newest 60, city": lambda conn: queries.latest_incidents(conn, "county", "330483", 60),
        "late and at risk": lambda conn: (queries.late_incidents(conn, "county", "330483", NOW, 6),
                                          queries.soon_due_incidents(conn, "county", "330483", NOW, 6)),
        "91 days, rates by category": by(ninety, "category"),
        "91 days, rates by town": by(ninety, "township"),
        "91 days, rates by department": by(ninety, "organisation"),
        "91 days, rates by week": by(ninety, "week"),
        "a department's share of a channel, from rows": lambda conn: indicators.values(conn, city, crossed, metrics, NOW),
        "quarter's median wait": lambda conn: queries.median_minutes(conn, "330483", "report_to_resolve", today - 91, today),
    }  # fmt: skip


def live_events(engine: Engine, city: City, count: int = 400) -> float:
    """Durable single-event commits a second: a report, or a step on one, with rollups and feed."""
    base = store.incident_defaults() | {
        "source": "live", "reported_precision": "second", "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "B.01.02",
        "urgency_code": "normal", "report_text": "路灯不亮", "place_basis_code": "area", "county_code": "330483", "township_code": TOWN,
    }  # fmt: skip
    begun = time.perf_counter()
    for number in range(count // 2):
        at = NOW + timedelta(seconds=number)
        with engines.writing(engine) as conn:
            filing.file_reports(conn, city, [base | {"source_ref": str(number), "reported_at": at, "received_at": at}], at)
        step = {"source": "live", "source_ref": str(number), "incident_source": "live", "incident_ref": str(number), "action_code": "dispatch",
                "at": at, "precision_code": "second", "received_at": at, "organisation_code": "center", "to_organisation_code": "transport"}  # fmt: skip
        with engines.writing(engine) as conn:
            filing.file_steps(conn, city, [step], at)
    return count / (time.perf_counter() - begun)


def asked(engine: Engine, city: City, heading: str) -> None:
    print(f"\n### {heading}\n")
    print("| panel query | p50 ms | p95 ms |\n| --- | ---: | ---: |")
    worst = 0.0
    for label, ask in panels(city).items():
        middle, high = timed(engine, ask)
        worst = max(worst, high)
        print(f"| {label} | {middle:.1f} | {high:.1f} |", flush=True)
    print(f"| **worst** | | **{worst:.1f}** |\n")


def measure(name: str, url: str, count: int) -> None:
    city = cities.load(ROOT / "data/cities/tongxiang")
    engine = engines.create(url)
    engines.upgrade(engine)
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
    rate = fill(engine, city, count)
    begun = time.perf_counter()
    with engines.writing(engine) as conn:
        made = recount.rebuild(conn, city.zone)
        if engine.dialect.name == "postgresql":
            conn.execute(text("SELECT setval(pg_get_serial_sequence('incident', 'id'), (SELECT max(id) FROM incident))"))
            conn.execute(text("ANALYZE"))
    rebuilt = time.perf_counter() - begun
    asked(engine, city, f"{name}, {count:,} incidents")
    events = live_events(engine, city)
    print(
        f"Bulk load {rate:,.0f} rows/s; {made:,} rollup cells rebuilt in {rebuilt:.0f} s; {events:,.0f} live events/s, each its own durable commit."
    )
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--ask", type=Path, help="only ask an SQLite file that is filled already, as `bench_ways.py --keep` does")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    if options.ask:
        asked(engines.create(f"sqlite:///{options.ask}"), cities.load(ROOT / "data/cities/tongxiang"), str(options.ask.name))
        return
    if "sqlite" in options.engines:
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite'}", options.incidents)
    if "postgresql" in options.engines:
        with Cluster() as cluster:
            measure("PostgreSQL", cluster.fresh_url(), options.incidents)


if __name__ == "__main__":
    main()
