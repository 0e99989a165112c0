"""How fast words are found in a million reports: one character, the common words of two, rare ones, whole phrases; beside filters.

`make bench`, or `python tests/bench/bench_search.py --incidents 1000000 --engines sqlite`. The texts are those of the invented
county. Ratios count, not figures: machines are noisy.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, func, select, text
from support.invented import CHUNK, NOW, TOWN, rows_of, timed
from support.postgresql import Cluster
from support.serving import ROOT

from data import arrivals, engine_words, search, store
from data import city as cities
from data import engine as engines
from data.city import City
from data.filters import Filter
from data.grams import folded
from data.periods import Span
from data.schema import incident
from etl.demo.rhythm import Script

ASKED = (
    "路",
    "灯",
    "垃圾",
    "路灯",
    "彩钢",
    "涵洞",
    "路灯不亮",
    "庆丰南路",
    "煤气味",
    "希望有人来现场看看",
    "积水 公交",
    "不存在的词",
    '"%_',
)
GOAL_MS = 200


def fill(engine: Engine, city: City, count: int) -> tuple[float, float]:
    """Bulk-load invented incidents with words of their own; gives the seconds of the rows and of their words."""
    generator, script = np.random.default_rng(1), Script.of(city, 1)
    grids = city.areas_on(NOW.date(), "grid")
    codes, shares = script.categories(NOW.date())
    places = {
        name: store.INCIDENT_COLUMNS.index(name) for name in ("id", "report_text", "category_code", "village_code", "township_code")
    }
    took = [0.0, 0.0]
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        rows = rows_of(first, size, generator, grids, codes, int(NOW.timestamp() * 1_000_000))
        for row, kind in zip(rows, generator.choice(len(codes), size, p=shares), strict=True):
            spot, village = script.spot(row[places["township_code"]], generator), city.area(row[places["village_code"]])
            row[places["category_code"]] = codes[kind]
            row[places["report_text"]] = script.words(codes[kind], "wechat", village, spot, generator)
        with engines.writing(engine) as conn:
            begun = time.perf_counter()
            engines.bulk_insert(conn, incident, store.INCIDENT_COLUMNS, rows)
            took[0] += time.perf_counter() - begun
            begun = time.perf_counter()
            engine_words.index_words(conn, [(row[places["id"]], "", row[places["report_text"]]) for row in rows])
            took[1] += time.perf_counter() - begun
    return took[0], took[1]


def counted(conn: Connection, asked: str, conditions: Sequence[Any]) -> int:
    """As a figure of the analyst's page is counted from the rows."""
    statement = select(func.count()).select_from(incident).where(search.condition(asked), *conditions)
    return int(conn.execute(statement).scalar_one())


def questions(asked: str) -> dict[str, Callable[[Connection], Any]]:
    on = NOW.date()
    town = Filter(Span(on - timedelta(days=91), on), "township", TOWN)
    of_days = incident.c.reported_at >= NOW - timedelta(days=91)
    kind = Filter(town.span, "county", "330483", category_code="B.01")
    return {
        "newest 50, city": lambda conn: search.newest(conn, asked, [], 50),
        "newest 50, town, 91 days": lambda conn: search.newest(conn, asked, [town.condition(), of_days], 50),
        "newest 50, a kind, 91 days": lambda conn: search.newest(conn, asked, [kind.condition(), of_days], 50),
        "count, city": lambda conn: counted(conn, asked, []),
        "count, town, 91 days": lambda conn: counted(conn, asked, [town.condition(), of_days]),
        "count, a kind, 91 days": lambda conn: counted(conn, asked, [kind.condition(), of_days]),
    }


def own_ms(engine: Engine, ask: Callable[[Connection], Any]) -> float:
    """The median of three, in processor time of this thread: on SQLite what it takes on a machine with nothing else to do."""
    taken = []
    for _ in range(3):
        with engines.reading(engine) as conn:
            begun = time.thread_time()
            ask(conn)
            taken.append(1000 * (time.thread_time() - begun))
    return sorted(taken)[1]


def recount(engine: Engine) -> dict[str, int]:
    """How many reports contain what is asked, by Python's own `in`."""
    found = dict.fromkeys(ASKED, 0)
    with engines.reading(engine) as conn:
        for words in conn.execute(select(incident.c.report_text).execution_options(yield_per=20_000)).scalars():
            whole = folded(words)
            for asked in ASKED:
                found[asked] += all(part in whole for part in asked.split())
    return found


def measure(name: str, url: str, count: int, times: int) -> None:
    city = cities.load(ROOT / "data/cities/tongxiang")
    engine = engines.create(url)
    engines.upgrade(engine)
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
    of_rows, of_words = fill(engine, city, count)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))
    truth = recount(engine)
    labels = list(questions(""))
    print(f"\n### {name}, {count:,} reports: rows in {of_rows:.0f} s, their words in {of_words:.0f} s more\n")
    print(f"| asked | found | {' | '.join(labels)} |\n| --- | ---: |{' ---: |' * len(labels)}")
    slow = []
    for asked in ASKED:
        with engines.reading(engine) as conn:
            found = counted(conn, asked, [])
        assert found == truth[asked], f"{asked}: {found} found, {truth[asked]} are there"
        took = [(*timed(engine, ask, times), own_ms(engine, ask)) for ask in questions(asked).values()]
        slow += [f"{asked}, {label}" for label, (_, high, _) in zip(labels, took, strict=True) if high > GOAL_MS]
        cells = [f"{middle:.0f} / {high:.0f} ({own:.0f})" for middle, high, own in took]
        print(f"| {asked} | {found:,} | {' | '.join(cells)} |", flush=True)
    print(
        f"\np50 / p95 (own processor time) in ms; every count is that of Python's `in`. p95 above {GOAL_MS} ms: {'; '.join(slow) or 'nothing'}."
    )
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    if "sqlite" in options.engines:
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite'}", options.incidents, options.times)
    if "postgresql" in options.engines:
        with Cluster() as cluster:
            measure("PostgreSQL", cluster.fresh_url(), options.incidents, options.times)


if __name__ == "__main__":
    main()
