"""How fast the flow is read over ten million steps: what the wall and the analysis ask of the ways cases take.

`make bench`, or `python tests/bench/bench_ways.py --steps 10000000 --engines sqlite`. The logs are those of the invented
county, one case in four with steps that fit nowhere, so that there are thousands of ways. Ratios count, not figures.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, func, select, text
from support.postgresql import Cluster
from support.serving import ROOT

from dashboard.analysis import flows as section
from dashboard.analysis.view import View
from dashboard.i18n import ExactLook
from data import arrivals, chains, flows, links, paths, queries, recount, rollups, store
from data import city as cities
from data import engine as engines
from data.city import City
from data.lifecycle import replay
from data.schema import incident, path_count, step
from etl import filing
from etl.demo.flow import Log, make_step
from etl.demo.rhythm import Script

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DAYS = 456
CHUNK = 5_000
MOST_REPLAYED = 1_000_000
SECTION_TIMES = 3
TOWN = "330483100"
STRAY = ("return", "dispatch", "accept", "rework", "reopen", "forward", "resume", "check")


def cases(city: City, steps: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Reports with their logs up to now, until there are so many steps; older cases have ended, as they do."""
    generator = np.random.default_rng(1)
    script = Script.of(city, 1)
    grids = city.areas_on(NOW.date(), "grid")
    codes = [code for code, each in city.categories.items() if each.level == 3]
    base = store.incident_defaults() | {
        "source": "demo", "reported_precision": "second", "channel_code": "wechat", "reporter_kind_code": "steward", "urgency_code": "normal",
        "report_text": "路灯不亮", "place_basis_code": "point", "county_code": city.code,
    }  # fmt: skip
    made = number = 0
    while made < steps:
        grid, code = grids[generator.integers(len(grids))], codes[generator.integers(len(codes))]
        at = NOW - timedelta(minutes=float(generator.uniform(0, DAYS * 1440)))
        report = base | {
            "source_ref": f"b{number}", "reported_at": at, "received_at": at, "category_code": code, "grid_code": grid.area_code,
            "village_code": grid.area_code[:12], "township_code": grid.area_code[:9], "lon": grid.lon, "lat": grid.lat,
            "urgency_code": city.categories[code].urgency_code,
        }  # fmt: skip
        log = Log(city, script, report, generator, None).steps()
        if generator.random() < 0.25:
            log += _strays(report, log, generator)
        log = [each for each in log if each["at"] <= NOW]
        made += len(log)
        number += 1
        yield report, log


def _strays(report: dict[str, Any], log: list[dict[str, Any]], generator: Any) -> Iterator[dict[str, Any]]:
    for place in range(int(generator.geometric(0.5))):
        near = log[generator.integers(len(log))]
        at = near["at"] + timedelta(minutes=float(generator.exponential(300)))
        action = STRAY[generator.integers(len(STRAY))]
        yield make_step(
            report["source_ref"], f"s{place}", action, at, organisation_code="center", to_organisation_code="water", remark="x"
        )


def fill(engine: Engine, city: City, steps: int) -> dict[str, float]:
    """Write the cases, rows first and their cells at the end, as a load of this size is done; gives seconds by what was done."""
    took = dict.fromkeys(("replay", "rows", "ways", "rollups"), 0.0)
    cells: Counter[paths.Cell] = Counter()
    for number, ready in enumerate(batched(cases(city, steps))):
        with _timing(took, "replay"):
            for report, log in ready:
                condition = replay(report, log, city.rules, NOW)
                filing.set_marks(condition)
                report |= condition.columns()
        with _timing(took, "rows"), engines.writing(engine) as conn:
            _write(conn, number * CHUNK, ready)
        with _timing(took, "ways"):
            for report, _ in ready:
                cells.update(paths.contributions(report, city.zone))
    with _timing(took, "ways"), engines.writing(engine) as conn:
        engines.bulk_insert(conn, path_count, (*paths.KEYS, "value"), [(*cell, cells[cell]) for cell in sorted(cells)])
    with _timing(took, "rollups"), engines.writing(engine) as conn:
        recount.rebuild(conn, city.zone)
    return took


def batched(every: Iterator[Any]) -> Iterator[list[Any]]:
    while ready := list(islice(every, CHUNK)):
        yield ready


@contextmanager
def _timing(took: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    took[name] += time.perf_counter() - begun


def _write(conn: Connection, before: int, ready: list[Any]) -> None:
    for place, (report, log) in enumerate(ready, start=before + 1):
        report |= {"id": place, "committed_at": NOW, "version": 1}
        for each in log:
            each["incident_id"] = place
    incidents = [[report[name] for name in store.INCIDENT_COLUMNS] for report, _ in ready]
    engines.bulk_insert(conn, incident, store.INCIDENT_COLUMNS, incidents)
    steps = [[each[name] for name in store.STEP_COLUMNS] for _, log in ready for each in log]
    engines.bulk_insert(conn, step, store.STEP_COLUMNS, steps)


def questions(conn: Connection, city: City) -> dict[str, Callable[[Connection], Any]]:
    month = rollups.month_number(rollups.day_number(NOW.astimezone(city.zone).date()))
    year = (rollups.month_number(month - 365), month)
    busiest = select(step.c.incident_id).group_by(step.c.incident_id).order_by(func.count().desc()).limit(1)
    case = conn.execute(busiest.where(step.c.incident_id <= 100_000)).scalar_one()
    area = ("county", city.code)
    return {
        "variants, county, a month": lambda conn: flows.variants(conn, city.code, (month, month), 20),
        "variants, county, 13 months": lambda conn: flows.variants(conn, city.code, year, 20),
        "variants, town, 13 months": lambda conn: flows.variants(conn, TOWN, year, 20),
        "directly-follows map, county, a month": lambda conn: flows.directly_follows(conn, city.code, (month, month)),
        "directly-follows map, county, 13 months": lambda conn: flows.directly_follows(conn, city.code, year),
        "conformance, county, 13 months": lambda conn: flows.conformance(conn, city.code, year),
        "rework, county, 13 months": lambda conn: flows.rework(conn, city.code, year),
        "stage durations, county, 13 months": lambda conn: flows.stage_minutes(conn, city.code, year),
        "time per holder, county, 13 months": lambda conn: flows.time_per_holder(conn, city.code, year, NOW),
        "signs with chains, county": lambda conn: chains.signs(conn, *area, NOW, 10),
        "signs counted, county": lambda conn: chains.sign_counts(conn, *area, NOW),
        "badly late, county": lambda conn: (queries.badly_late_incidents(conn, *area, NOW, 10), queries.badly_late_count(conn, *area, NOW)),
        "one case's timeline": lambda conn: (queries.incident_with_steps(conn, case), links.family(conn, case)),
        "next to stir": filing.next_wake,
    }  # fmt: skip


def timed(engine: Engine, ask: Callable[[Connection], Any], times: int = 40) -> tuple[float, float, float]:
    """Median and 95th percentile in milliseconds, warm; and the median of the processor's own time, which other work does not stretch."""
    taken, worked = [], []
    for _ in range(times + 2):
        begun, before = time.perf_counter(), time.process_time()
        with engines.reading(engine) as conn:
            ask(conn)
        taken.append(1000 * (time.perf_counter() - begun))
        worked.append(1000 * (time.process_time() - before))
    ordered = sorted(taken[2:])
    return statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))], statistics.median(worked[2:])


def sectioned(engine: Engine, city: City) -> Iterator[tuple[str, int, list[float]]]:
    """What the flow section of the analyst's page takes of some views: cases, and of each part the mean milliseconds of its reading."""
    for view in (
        View(city.code, "2026-10"),
        View(city.code, "2026Q3"),
        View(TOWN, "2026Q3"),
        View(city.code, "2026-01-01..2026-10-31"),
    ):
        took, look = dict.fromkeys((*section.PARTS, "drawn"), 0.0), ExactLook(view.language, city.zone)
        for _ in range(SECTION_TIMES):
            with engines.reading(engine) as conn:
                found = section.Found(conn, city, view, NOW)
                for part in section.PARTS:
                    with _timing(took, part):
                        getattr(found, part)
            with _timing(took, "drawn"):
                section.draw(found, city, look, view, NOW)
        yield f"{view.area_code} {view.period}", found.scope.case_count, [1000 * each / SECTION_TIMES for each in took.values()]


def replayed(engine: Engine, city: City) -> tuple[int, float]:
    """Up to a million cases with their logs read and replayed to an instant half a year ago: how many, in how many seconds."""
    count, last, begun, instant = 0, 0, time.perf_counter(), NOW - timedelta(days=DAYS / 2)
    while count < MOST_REPLAYED:
        with engines.reading(engine) as conn:
            rows = conn.execute(select(incident).where(incident.c.id > last).order_by(incident.c.id).limit(CHUNK)).mappings().all()
            logs = store.steps_of(conn, [row["id"] for row in rows])
        if not rows:
            break
        for row in rows:
            replay(row, logs[row["id"]], city.rules, instant)
        count, last = count + len(rows), rows[-1]["id"]
    return count, time.perf_counter() - begun


def measure(name: str, url: str, steps: int, *, is_kept: bool = False) -> None:
    city = cities.load(ROOT / "data/cities/tongxiang")
    engine = engines.create(url)
    engines.upgrade(engine)
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
        is_filled = conn.execute(select(incident.c.id).limit(1)).first() is not None
    took = {} if is_kept and is_filled else fill(engine, city, steps)
    if engine.dialect.name == "postgresql":  # what the server does by itself a minute after such a load
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))
    with engines.reading(engine) as conn:
        counts = [conn.execute(select(func.count()).select_from(table)).scalar_one() for table in (incident, step, path_count)]
        still = conn.execute(select(func.count()).where(incident.c.ended_at.is_(None))).scalar_one()
        ways = conn.execute(select(func.count(path_count.c.key.distinct())).where(path_count.c.kind_code == "variant")).scalar_one()
        asked = questions(conn, city)
    print(f"\n### {name}: {counts[1]:,} steps of {counts[0]:,} cases, {still:,} open; {ways:,} ways, {counts[2]:,} cells\n")
    print("| question | p50 ms | p95 ms | own processor ms |\n| --- | ---: | ---: | ---: |", flush=True)
    worst = 0.0
    for label, ask in asked.items():
        middle, high, worked = timed(engine, ask)
        worst = max(worst, high)
        print(f"| {label} | {middle:.1f} | {high:.1f} | {worked:.1f} |", flush=True)
    print(f"| **worst** | | **{worst:.1f}** | |\n\nGoal (p95 at most 50 ms): {'met' if worst <= 50 else 'not met'}.")
    print("\n| the flow section of | cases | " + " | ".join((*section.PARTS, "drawn", "ms in all")) + " |")
    print("| --- " + "| ---: " * (len(section.PARTS) + 3) + "|")
    for label, cases_read, parts in sectioned(engine, city):
        print(f"| {label} | {cases_read:,} | " + " | ".join(f"{each:.0f}" for each in (*parts, sum(parts))) + " |", flush=True)
    count, seconds = replayed(engine, city)
    print(f"Read and replayed to an instant: {count:,} cases in {seconds:.0f} s, {count / seconds:,.0f} a second.")
    if took:
        print("Filled: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items()) + ".")
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=120_000)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path, help="an SQLite file that is filled once and asked again")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    if "sqlite" in options.engines:
        with tempfile.TemporaryDirectory() as folder:
            path = options.keep or Path(folder) / "bench.sqlite"
            measure("SQLite", f"sqlite:///{path}", options.steps, is_kept=options.keep is not None)
    if "postgresql" in options.engines:
        with Cluster() as cluster:
            measure("PostgreSQL", cluster.fresh_url(), options.steps)


if __name__ == "__main__":
    main()
