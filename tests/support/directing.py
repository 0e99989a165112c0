"""Directors over a real feed for tests, and urgent incidents to tell them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine
from support.house import NOON

from dashboard.directing import Directors
from dashboard.live import Live
from data import engine as engines
from data.city import City
from data.clocks import Clock
from etl import filing

PATIENCE_SECONDS: Final = 10


@asynccontextmanager
async def directing(engine: Engine, city: City, clock: Clock | None = None) -> AsyncIterator[Directors]:
    clock = clock or Clock(NOON)
    live = Live(engine, clock)
    directors = Directors(live, engine, city, clock)
    await live.start()
    await directors.start()
    try:
        yield directors
    finally:
        await directors.stop()
        await live.stop()


async def until(is_so: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := is_so()):
        assert time.monotonic() < end, "it never came to be"
        await asyncio.sleep(0.01)
    return found


def report(reference: str, at: datetime, township: str = "330483100", **said: Any) -> dict[str, Any]:
    return {
        "source": "wechat", "source_ref": reference, "reported_at": at, "reported_precision": "second", "received_at": at,
        "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "E.01.03", "urgency_code": "urgent",
        "report_text": "仓库起火", "place_basis_code": "point", "county_code": "330483", "township_code": township, "lon": 120.5, "lat": 30.6,
    } | said  # fmt: skip


def told(engine: Engine, city: City, reference: str, at: datetime = NOON, **said: Any) -> int:
    with engines.writing(engine) as conn:
        return filing.file_reports(conn, city, [report(reference, at, **said)], at)[0]


async def asked(directors: Directors, key: tuple[str, str]) -> dict[str, Any]:
    return await asyncio.to_thread(directors.walls.ask, *key)
