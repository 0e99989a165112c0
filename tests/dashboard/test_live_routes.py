"""What the live routes answer, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from support.house import NOON
from support.streaming import following, tell

from dashboard import live_routes
from dashboard.live import Live
from dashboard.selection import Selection
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import StoreUnavailable
from etl import filing


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def house(engine: Engine, live: Live, city: City) -> httpx.AsyncClient:
    server = FastAPI()
    server.include_router(live_routes.router(live, engine, city, live.clock, is_demo=True))
    return httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://house")


def test_no_stream_opens_without_a_database(engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        live = Live(engine, Clock(NOON))

        def gone(_: Engine) -> None:
            raise StoreUnavailable("gone", remedy="come back")

        monkeypatch.setattr(live_routes, "_kept", gone)
        async with house(engine, live, city) as client:
            assert (await client.get("/events")).status_code == 503

    run(scene())


def test_the_state_of_an_area_has_its_incidents_and_the_number_they_are_from(engine: Engine, city: City) -> None:
    async def scene() -> None:
        for place, township in enumerate(("330483100", "330483101")):
            with engines.writing(engine) as conn:
                filing.file_reports(conn, city, [report(f"r{place}", township)], NOON)
        async with following(engine) as live, house(engine, live, city) as client:
            whole, town = [orjson.loads((await client.get(f"/state/{area}")).content) for area in ("330483", "330483100")]
            assert (whole["last"], whole["demo"], len(whole["incidents"]), len(whole["points"])) == (2, True, 2, 2)
            assert [incident["township"] for incident in town["incidents"]] == ["330483100"]
            assert (await client.get("/state/999999")).status_code == 404

    run(scene())


def test_a_hundred_walls_that_open_at_once_cost_one_reading(engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = []
    make = live_routes.States._make

    def counted(self: live_routes.States, asked: Selection) -> tuple[int, bytes]:
        readings.append(asked.area_code)
        return make(self, asked)

    monkeypatch.setattr(live_routes.States, "_make", counted)

    async def scene() -> None:
        async with following(engine) as live, house(engine, live, city) as client:
            await asyncio.gather(*(client.get("/state/330483") for _ in range(100)))
            assert readings == ["330483"]
            last = await asyncio.to_thread(tell, engine)
            while live.last_id < last:
                await asyncio.sleep(0.01)
            assert orjson.loads((await client.get("/state/330483")).content)["last"] == 1
            assert readings == ["330483"] * 2

    run(scene())


def test_a_kept_state_says_the_present_time(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with following(engine) as live, house(engine, live, city) as client:
            first = orjson.loads((await client.get("/state/330483")).content)
            live.clock._ahead += timedelta(hours=1)
            second = orjson.loads((await client.get("/state/330483")).content)
            assert 3_600_000 <= second["now"] - first["now"] < 3_610_000

    run(scene())


def report(reference: str, township: str) -> dict[str, Any]:
    return {
        "source": "wechat", "source_ref": reference, "reported_at": NOON, "reported_precision": "second", "received_at": NOON,
        "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "Z.01.01", "urgency_code": "normal",
        "report_text": "x", "place_basis_code": "point", "county_code": "330483", "township_code": township, "lon": 120.5, "lat": 30.6,
    }  # fmt: skip
