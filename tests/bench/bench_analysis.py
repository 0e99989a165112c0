"""How fast the analyst's page is over a million incidents: a click to all pictures drawn, one panel's query, callbacks a second.

`make bench`, or `python tests/bench/bench_analysis.py --incidents 10000000 --engines sqlite --keep FILE`. Ratios count, not figures:
machines are noisy. Goals: click to all drawn p95 at most 300 ms, one panel query p95 at most 20 ms, 2,000 callbacks a second.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, func, select
from support.desks import browse, fill
from support.invented import NOW, TOWN
from support.measuring import is_copying, processor_seconds
from support.postgresql import Cluster
from support.serving import ROOT, Server

from dashboard.analysis import reads, rows
from dashboard.analysis.view import View, from_address
from data import behind, case_copy, indicators, opening
from data import city as cities
from data import engine as engines
from data.city import City
from data.schema import incident

# What a click leads to: wide, narrow, crossed, in time and in place.
CLICKS = (
    "/analysis", "/analysis?period=2026Q3", f"/analysis/{TOWN}", f"/analysis/{TOWN}?period=2026-10", "/analysis?category=A", "/analysis?channel=wechat",
    "/analysis?department=transport", "/analysis?metric=on_time_rate", "/analysis?state=closed", "/analysis?urgency=urgent", "/analysis?channel=hotline&category=B",
    "/analysis?reporter_kind=steward", "/analysis?period=2026-11-20", f"/analysis/{TOWN}218?period=2026-11", "/analysis?compare=year_ago", "/analysis?period=week",
)  # fmt: skip
# What the rows take longest for, asked again of the copy in columns.
OF_COLUMNS = ("month, words by town (rows)", "rows: page 500 of a quarter by deadline", "rows: a month by deadline")
# The same ways to ask of other days, once what is crossed has its copy in columns.
LATER = tuple(
    f"{path}{'&' if '?' in path else '?'}period={period}"
    for period in ("2026-09", "2026Q2")
    for path in CLICKS
    if "period=" not in path
)


def timed(ask: Callable[[], Any], times: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, warm."""
    taken = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - begun))
    ordered = sorted(taken[1:])
    return statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]


def queries(city: City) -> dict[str, Callable[[Connection], Any]]:
    """One panel's read each."""

    def by(search: str, way: str, path: str = "/analysis") -> Callable[[Connection], Any]:
        view = from_address(city, path, search)
        asked = rows.asked_by(city, view.of(opened=view.metric), NOW).asked
        return lambda conn: indicators.values_by(conn, city, asked, way, (view.metric,), NOW)

    def page(search: str, order: list[dict[str, str]], first: int) -> Callable[[Connection], Any]:
        view = from_address(city, "/analysis", search)
        return lambda conn: rows.page(conn, city, view, {"startRow": first, "endRow": first + 100, "sortModel": order}, NOW)

    def counted(search: str) -> Callable[[Connection], Any]:
        chosen = rows.asked_by(city, from_address(city, "/analysis", search), NOW)
        return lambda conn: behind.totals(conn, chosen, NOW, city.zone)

    return {
        "quarter by town": by("?period=2026Q3", "township"),
        "quarter by day": by("?period=2026Q3", "day"),
        "quarter by category": by("?period=2026Q3", "category"),
        "quarter by department, on time": by("?period=2026Q3&metric=on_time_rate", "organisation"),
        "town's month by village": by("?period=2026-10", "village", f"/analysis/{TOWN}"),
        "month by state (rows)": by("?period=2026-10", "state"),
        "quarter by state (rows)": by("?period=2026Q3", "state"),
        "month, a channel of a category by town (rows)": by("?period=2026-10&channel=hotline&category=B", "township"),
        "month, urgent by category (rows)": by("?period=2026-10&urgency=urgent", "category"),
        "month, words by town (rows)": by("?period=2026-10&text=路灯", "township"),
        "day by hour (rows)": by("?period=2026-11-20", "hour"),
        "rows behind a month: count": counted("?period=2026-10&open=reported"),
        "rows: first page of a quarter": page("?period=2026Q3&open=reported", [], 0),
        "rows: page 500 of a quarter": page("?period=2026Q3&open=reported", [], 50_000),
        "rows: page 500 of a quarter by deadline": page("?period=2026Q3&open=reported", [{"colId": "due_at", "sort": "asc"}], 50_000),
        "rows: a month by deadline": page("?period=2026-10&open=reported", [{"colId": "due_at", "sort": "asc"}], 0),
    }  # fmt: skip


def clicks(address: str, copies: Path) -> tuple[list[float], list[float], list[float]]:
    """From click to all pictures drawn in the browser, in milliseconds: each view for the first time, while the copy in columns that
    the first one begins is made; again; and those of other days for the first time."""
    taken = browse(address, [*CLICKS, *CLICKS])
    while is_copying(copies):
        time.sleep(0.5)
    return taken[: len(CLICKS)], taken[len(CLICKS) :], browse(address, LATER)


async def hammer(address: str, seconds: float, workers: int = 16) -> float:
    """Callbacks a second: views asked again and again, as Dash asks; over plain sockets, so that asking costs little."""
    host, port = address.removeprefix("http://").split(":")
    done, until, questions = 0, time.perf_counter() + seconds, [_question(path, host) for path in CLICKS]

    async def work(number: int) -> None:
        nonlocal done
        chance = random.Random(number)
        reader, writer = await asyncio.open_connection(host, int(port))
        while time.perf_counter() < until:
            writer.write(chance.choice(questions))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            done += 1
        writer.close()

    await asyncio.gather(*(work(number) for number in range(workers)))
    return done / seconds


def _question(path: str, host: str) -> bytes:
    inputs = [{"id": "address", "property": "pathname", "value": path.partition("?")[0]},
              {"id": "address", "property": "search", "value": f"?{path.partition('?')[2]}"}]  # fmt: skip
    body = orjson.dumps(
        {
            "output": "answer.data",
            "outputs": {"id": "answer", "property": "data"},
            "changedPropIds": ["address.search"],
            "inputs": inputs,
        }
    )
    head = f"POST /_dash-update-component HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def tell(engine: Engine, asked: dict[str, Callable[[Connection], Any]]) -> None:
    for label, ask in asked.items():
        with engines.reading(engine) as conn:
            middle, high = timed(lambda ask=ask, conn=conn: ask(conn), 20)  # type: ignore[misc]
        print(f"| {label} | {middle:.1f} | {high:.1f} |", flush=True)


def measure(name: str, url: str, count: int, folder: Path) -> None:
    city = cities.load(ROOT / "data/cities/tongxiang")
    engine = opening.open_store(url, city, NOW)  # while it is empty, so that nothing is derived from steps there are none of
    with engines.reading(engine) as conn:
        is_filled = conn.execute(select(func.count()).select_from(select(incident.c.id).limit(1).subquery())).scalar_one() > 0
    filled = 0.0 if is_filled else fill(engine, city, count, has_words=count <= 1_000_000)
    print(
        f"\n### {name}, {count:,} incidents{f', filled in {filled:.0f} s' if filled else ''}\n\n| one panel's query | p50 ms | p95 ms |\n| --- | ---: | ---: |",
        flush=True,
    )
    asked = queries(city)
    tell(engine, asked)
    with engines.reading(engine) as conn:
        whole = timed(lambda: reads.read(conn, city, View("330483", "2026-10"), NOW), 10)
    print(f"| all of the page, the county's month | {whole[0]:.1f} | {whole[1]:.1f} |", flush=True)
    copy = case_copy.attached(engine, city, folder / "copy")
    copy.load()
    tell(engine, {f"in columns: {label.removesuffix(' (rows)')}": asked[label] for label in OF_COLUMNS})
    copy.stop()
    engine.dispose()
    settings = {"DATABASE_URL": url, "VAR": str(folder), "DEMO": "0", "CLOCK": NOW.isoformat(), "EMBEDDED_WORKER": "0"}
    with Server(settings, start_seconds=600) as server:
        assert server.process is not None
        first, again, later = clicks(server.url, folder / "columns")
        asyncio.run(hammer(server.url, 3))
        before = processor_seconds(server.process.pid)
        rate = asyncio.run(hammer(server.url, 8))
        cost = (processor_seconds(server.process.pid) - before) / (rate * 8)
    with Server(settings, start_seconds=600) as server:
        started = browse(server.url, CLICKS)
    print("\n| click to all drawn, 1440×900 | p50 ms | p95 ms |\n| --- | ---: | ---: |")
    for label, taken in (
        ("views asked for the first time, while the copy is made", first),
        ("views asked again", again),
        ("views of other days, asked for the first time", later),
        ("views asked for the first time after another start, with the copy that stayed", started),
    ):
        ordered = sorted(taken)
        print(f"| {label} | {statistics.median(ordered):.0f} | {ordered[int(0.95 * (len(ordered) - 1))]:.0f} |")
    print(
        "Slowest: "
        + ", ".join(f"{path} {taken:.0f} ms" for taken, path in sorted(zip(first, CLICKS, strict=True), reverse=True)[:4])
    )
    print(
        f"\nCallbacks a second (asked by the same machine): {rate:,.0f}; of the server's processor {1000 * cost:.2f} ms each",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path, help="an SQLite file that is filled once and asked again")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        if "sqlite" in options.engines:
            measure(
                "SQLite", f"sqlite:///{options.keep or Path(folder) / 'bench.sqlite'}", options.incidents, Path(folder) / "sqlite"
            )
        if "postgresql" in options.engines:
            with Cluster() as cluster:
                measure("PostgreSQL", cluster.fresh_url(), options.incidents, Path(folder) / "postgresql")


if __name__ == "__main__":
    main()
