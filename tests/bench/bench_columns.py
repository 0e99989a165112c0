"""How fast what is crossed is counted from the copy in columns, each question asked once, and what making the copy costs.

`python tests/bench/bench_columns.py --incidents 10000000 --engines sqlite --keep FILE`, with the files of `bench_analysis.py`. Questions
and views are drawn at random: two or three filters, any way, a month, a quarter or a year. Goals: one question p95 at most 20 ms, a click
to all pictures drawn p95 at most 300 ms, and nobody on the live stream notices that the copy is being made.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, select
from support.desks import CHANNELS, KINDS, browse, fill
from support.invented import HANDLERS, NOW, TOWN
from support.measuring import is_copying
from support.postgresql import Cluster
from support.serving import ROOT, Server

from dashboard.analysis import reads
from dashboard.analysis.view import from_address
from data import case_copy, indicators, opening
from data import city as cities
from data import engine as engines
from data.city import City
from data.schema import incident

PERIODS = ("2026-10", "2026-09", "2026-05", "2026Q3", "2026Q2", "2026-01-01..2026-11-24", "month", "quarter", "2026-11-20")
FIELDS = {
    "category": ("A", "B", "C.01", "E"), "channel": CHANNELS, "department": HANDLERS, "state": ("closed", "handling"),
    "urgency": ("urgent", "normal"), "reporter_kind": KINDS,
}  # fmt: skip
TEXTS = ("路灯", "垃圾", "占道经营", "河", "井盖 破损", "没有的词")
MOST_WITH_WORDS = 1_000_000  # incidents whose words are put into the index
SHOWN = ("reported", "resolved", "closed", "on_time_rate", "rework_rate", "return_rate")


def addresses(seed: int, count: int, texts: Sequence[str] = ("",)) -> list[tuple[str, str]]:
    """Path and search of crossed views, each with one of some texts."""
    chance, found = random.Random(seed), []
    while len(found) < count:
        chosen = {name: chance.choice(FIELDS[name]) for name in chance.sample(list(FIELDS), chance.choice((1, 2, 2, 3)))}
        asked = {"period": chance.choice(PERIODS), "metric": chance.choice(SHOWN), **chosen}
        asked |= {"text": found_in} if (found_in := texts[len(found) % len(texts)]) else {}
        search = "?" + "&".join(f"{name}={value}" for name, value in asked.items())
        found.append((chance.choice(("/analysis", "/analysis", f"/analysis/{TOWN}")), search))
    return found


def shown(label: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    print(
        f"| {label} | {statistics.median(ordered):.1f} | {ordered[int(0.95 * (len(ordered) - 1))]:.1f} | {ordered[-1]:.0f} |",
        flush=True,
    )


def each_once(engine: Engine, asks: list[Callable[[Any], Any]]) -> list[float]:
    taken = []
    for ask in asks:
        with engines.reading(engine) as conn:
            begun = time.perf_counter()
            ask(conn)
            taken.append(1000 * (time.perf_counter() - begun))
    return taken


def questions(city: City, seed: int, count: int, texts: Sequence[str] = ("",)) -> list[Callable[[Any], Any]]:
    """One panel's read each."""
    chance, asks = random.Random(seed), []
    for path, search in addresses(seed, count, texts):
        view = from_address(city, path, search)
        asked = view.filter(city, NOW.date())
        way = chance.choice(["category", "organisation", "channel", "state", "urgency", "reporter_kind", "village", "day"])
        asks.append(lambda conn, asked=asked, way=way, key=view.metric: indicators.values_by(conn, city, asked, way, (key,), NOW))
    return asks


def pages(city: City, seed: int, count: int, texts: Sequence[str] = ("",)) -> list[Callable[[Any], Any]]:
    """All that one view asks."""
    views = [from_address(city, path, search) for path, search in addresses(seed, count, texts)]
    return [lambda conn, view=view: reads.read(conn, city, view, NOW) for view in views]


async def answered(client: httpx.AsyncClient, is_over: Callable[[], bool]) -> list[float]:
    """How long a small answer takes, asked every ten milliseconds until it is over: what anybody else would wait."""
    taken = []
    while not is_over():
        begun = time.perf_counter()
        await client.get("/analysis-choices/none.json")
        taken.append(1000 * (time.perf_counter() - begun))
        await asyncio.sleep(0.01)
    return taken


async def made(address: str, copies: Path) -> tuple[list[float], list[float], list[float]]:
    """Small answers before a server makes its copy and from the first crossed question until it has it; and seconds: until that
    question was answered, until the copy was there, and of another such question then."""
    question = "/analysis-export/area.csv?channel=wechat&urgency="
    async with httpx.AsyncClient(base_url=address, timeout=1_800) as client:
        quiet = time.perf_counter() + 10
        before = await answered(client, lambda: time.perf_counter() > quiet)
        begun, has_begun = time.perf_counter(), False

        async def ask(urgency: str) -> float:
            asked = time.perf_counter()
            (await client.get(question + urgency)).raise_for_status()
            return time.perf_counter() - asked

        def is_over() -> bool:
            nonlocal has_begun
            is_making = is_copying(copies)
            has_begun = has_begun or is_making
            return has_begun and not is_making

        # Beside the first question, not after it: that may last longer than all the rest.
        first = asyncio.create_task(ask("urgent"))
        during = await answered(client, is_over)
        there = time.perf_counter() - begun
        return before, during, [await first, there, await ask("normal")]


def served(url: str, folder: Path, count: int) -> None:
    """The same in a server: what others wait while it makes its copy, and clicks in a browser."""
    settings = {"DATABASE_URL": url, "VAR": str(folder), "DEMO": "0", "CLOCK": NOW.isoformat(), "EMBEDDED_WORKER": "0"}
    with Server(settings, start_seconds=600) as server:
        before, during, (first, there, then) = asyncio.run(made(server.url, folder / "columns"))
        print(
            f"\nThe first crossed question: the server had its copy after {there:.0f} s, and its answer from the rows after {first:.1f} s."
        )
        print(f"Another such question then took {then:.2f} s.")
        print("\n| a small answer of the server | p50 ms | p95 ms | most |\n| --- | ---: | ---: | ---: |")
        shown("before", before)
        shown(f"while the copy is made, {len(during)} of them", during)
        clicked = browse(server.url, [path + search for path, search in addresses(3, count)])
        print("\n| click to all drawn, crossed views, each once | p50 ms | p95 ms | most |\n| --- | ---: | ---: | ---: |")
        shown("1440×900", clicked)


def measure(name: str, url: str, count: int, folder: Path, clicks: int) -> None:
    city, has_words = cities.load(ROOT / "data/cities/tongxiang"), count <= MOST_WITH_WORDS
    engine = opening.open_store(url, city, NOW)
    with engines.reading(engine) as conn:
        is_filled = conn.execute(select(incident.c.id).limit(1)).first() is not None
    if not is_filled:
        fill(engine, city, count, has_words=has_words)
    print(
        f"\n### {name}, {count:,} incidents\n\n| each asked once | p50 ms | p95 ms | most |\n| --- | ---: | ---: | ---: |",
        flush=True,
    )
    if count <= 1_000_000:
        shown("a crossed question, from the rows", each_once(engine, questions(city, 1, 40)))
        shown("a crossed page, from the rows", each_once(engine, pages(city, 2, 8)))
        shown("a question with words, from the rows", each_once(engine, questions(city, 4, 12, TEXTS)))
        shown("a page with words, from the rows", each_once(engine, pages(city, 5, 6, TEXTS)))
    copy = case_copy.attached(engine, city, folder / "here")
    begun = time.perf_counter()
    copy.load()
    seconds = time.perf_counter() - begun
    shown("a crossed question, from columns", each_once(engine, questions(city, 1, 300)))
    shown("a crossed page, from columns", each_once(engine, pages(city, 2, 60)))
    if has_words:
        shown("words asked for the first time, and counted", each_once(engine, questions(city, 6, len(TEXTS), TEXTS)))
        shown("a question with words, from columns", each_once(engine, questions(city, 4, 120, TEXTS)))
        shown("a page with words, from columns", each_once(engine, pages(city, 5, 60, TEXTS)))
    assert copy.bytes_each is not None
    print(f"\nThe copy was there after {seconds:.1f} s, {copy.bytes_each:.1f} bytes an incident.", flush=True)
    copy.stop()
    engine.dispose()
    served(url, folder, clicks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path, help="an SQLite file that is filled once and asked again")
    parser.add_argument("--clicks", type=int, default=30)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        if "sqlite" in options.engines:
            url = f"sqlite:///{options.keep or Path(folder) / 'bench.sqlite'}"
            measure("SQLite", url, options.incidents, Path(folder) / "sqlite", options.clicks)
        if "postgresql" in options.engines:
            with Cluster() as cluster:
                measure("PostgreSQL", cluster.fresh_url(), options.incidents, Path(folder) / "postgresql", options.clicks)


if __name__ == "__main__":
    main()
