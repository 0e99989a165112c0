"""What the map's routes answer, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from support.cases import incident
from support.house import NOON
from support.streaming import following, tell

from dashboard import map_routes
from dashboard.live import Live
from data import engine as engines
from data import indicators, store
from data.city import City
from data.metrics.registry import METRICS
from data.periods import KINDS

WUZHEN, PUYUAN = "330483100", "330483101"
TOWNS = 11


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def house(engine: Engine, live: Live, city: City) -> httpx.AsyncClient:
    server = FastAPI()
    server.include_router(map_routes.router(live, engine, city, live.clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://house")


def file(engine: Engine, city: City) -> None:
    """Forty cases of Wuzhen due today, ten of them late; two of Puyuan; none elsewhere."""
    due = NOON - timedelta(hours=2)
    rows = [case(f"w{number}", WUZHEN, due, due + timedelta(minutes=30 if number < 10 else -30)) for number in range(40)]
    rows += [case(f"p{number}", PUYUAN, due, due - timedelta(minutes=5)) for number in range(2)]
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "") for row in rows], zone=city.zone, at=NOON)


def case(reference: str, township: str, due: datetime, resolved: datetime) -> dict[str, Any]:
    return incident(
        reference, township_code=township, reported_at=NOON - timedelta(hours=5), due_at=due, resolved_at=resolved,
        state_code="checking", lon=120.49, lat=30.745,
    )  # fmt: skip


def test_values_say_number_words_cases_and_whether_there_are_enough(engine: Engine, city: City) -> None:
    async def scene() -> None:
        file(engine, city)
        async with following(engine) as live, house(engine, live, city) as client:
            found = (await client.get("/values/330483?metric=on_time_rate&period=day")).json()
            assert (found["level"], len(found["areas"]), found["decimals"], found["minimum"]) == ("township", TOWNS, 1, 30)
            assert found["areas"][WUZHEN] == {"value": 75.0, "words": "75.0", "count": 40, "ranked": True}
            assert found["areas"][PUYUAN] == {"value": 100.0, "words": "100.0", "count": 2, "ranked": False}
            rest = [each for code, each in found["areas"].items() if code not in (WUZHEN, PUYUAN)]
            assert rest == [{"value": None, "words": "—", "count": 0, "ranked": False}] * (TOWNS - 2)
            assert (found["first_on"], found["last_on"], found["title"]) == ("2026-11-24", "2026-11-24", "按期处置率 % · 今日")
            english = (await client.get("/values/330483?metric=on_time_rate&period=day&lang=en")).json()
            assert english["title"] == "on-time handling rate, % · Today"

    run(scene())


def test_a_count_of_nothing_is_zero_and_is_compared(engine: Engine, city: City) -> None:
    async def scene() -> None:
        file(engine, city)
        async with following(engine) as live, house(engine, live, city) as client:
            areas = (await client.get("/values/330483?metric=reported&period=week")).json()["areas"]
            assert areas[WUZHEN] == {"value": 40, "words": "40", "count": 40, "ranked": True}
            assert areas["330483001"] == {"value": 0, "words": "0", "count": 0, "ranked": True}
            assert sum(each["value"] for each in areas.values()) == 42

    run(scene())


def test_every_metric_is_answered_in_every_period_and_for_every_level(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with following(engine) as live, house(engine, live, city) as client:
            for key in METRICS:
                for kind in KINDS:
                    answer = await client.get(f"/values/330483?metric={key}&period={kind}")
                    assert (answer.status_code, len(answer.json()["areas"])) == (200, TOWNS), key
            levels = {}
            for code in (WUZHEN, "330483004208", "330483001001001"):
                levels[code] = (await client.get(f"/values/{code}?metric=reported")).json()
            assert [each["level"] for each in levels.values()] == ["village", "grid", "grid"]
            assert list(levels["330483001001001"]["areas"]) == ["330483001001001"]
            assert all(code.startswith(WUZHEN) for code in levels[WUZHEN]["areas"])

    run(scene())


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/values/330483?metric=happiness", 400, "There is no metric 'happiness'; known are reported,"),
        ("/values/330483", 400, "There is no metric ''"),
        ("/values/330483?metric=reported&period=year", 400, "There is no period 'year'; known are day, week, month, quarter."),
        ("/values/999?metric=reported", 404, "has no area '999'"),
        ("/heat/999", 404, "has no area '999'"),
        ("/trail/999", 404, "has no area '999'"),
    ],
)
def test_what_is_not_known_is_told_in_a_sentence(engine: Engine, city: City, address: str, status: int, words: str) -> None:
    async def scene() -> None:
        async with following(engine) as live, house(engine, live, city) as client:
            answer = await client.get(address)
            assert answer.status_code == status
            assert words in answer.json()["message"]

    run(scene())


def test_heat_and_trail_say_what_they_hold(engine: Engine, city: City) -> None:
    async def scene() -> None:
        file(engine, city)
        async with following(engine) as live, house(engine, live, city) as client:
            heat = (await client.get("/heat/330483")).json()
            assert (heat["days"], heat["square_metres"], heat["capped"]) == (7, 200, False)
            assert [cell[2] for cell in heat["cells"]] == [42]
            trail = (await client.get(f"/trail/{WUZHEN}")).json()
            assert len(trail["points"]) == 40
            assert trail["until"] - trail["from"] == 86_400_000
            midnight = datetime(2026, 11, 24, tzinfo=ZoneInfo("Asia/Shanghai"))
            assert trail["from"] == midnight.timestamp() * 1000
            assert {(lon, lat) for _, lon, lat, _ in trail["points"]} == {(120.49, 30.745)}

    run(scene())


def test_a_hundred_walls_cost_one_reading_until_something_changes_or_a_minute_is_over(
    engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = []
    read = indicators.values_by

    def counted(*given: Any) -> Any:
        readings.append(given[2])
        return read(*given)

    monkeypatch.setattr(indicators, "values_by", counted)

    async def scene() -> None:
        address = "/values/330483?metric=reported"
        async with following(engine) as live, house(engine, live, city) as client:
            await asyncio.gather(*(client.get(address) for _ in range(100)))
            assert len(readings) == 1
            live.clock._ahead += timedelta(minutes=1)
            await client.get(address)
            assert len(readings) == 2
            last = await asyncio.to_thread(tell, engine)
            while live.last_id < last:
                await asyncio.sleep(0.01)
            await client.get(address)
            assert len(readings) == 3

    run(scene())
