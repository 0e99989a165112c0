"""Walls begin once, go on after a restart, are kept and forgotten, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from support.directing import asked, directing, told, until
from support.house import NOON

from dashboard import walls as walls_module
from dashboard.directing import Directors
from dashboard.director import Command
from data import engine as engines
from data import feed
from data.city import City
from data.clocks import Clock
from data.errors import TooManyWalls

COUNTY, WUZHEN, PUYUAN = ("default", "330483"), ("default", "330483100"), ("default", "330483101")


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def shown(directors: Directors, key: tuple[str, str]) -> list[int]:
    found = directors.walls.told()[key]["interruption"]
    return [] if found is None else found["group"] or [found["incident"]]


def steady(said: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in said.items() if name != "now"}


def test_of_many_who_ask_at_once_one_begins_the_wall(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as one, directing(engine, city) as other:
            said = await asyncio.gather(*(asked(each, COUNTY) for each in (one, other) * 8))
            assert len({each["entered"] for each in said}) == 1
            with engines.reading(engine) as conn:
                assert feed.head(conn) == 1

    run(scene())


def test_started_again_the_walls_are_as_they_were(engine: Engine, city: City) -> None:
    before: dict[str, Any] = {}

    async def first() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            await asked(directors, WUZHEN)
            await asyncio.to_thread(directors.give, COUNTY, Command("choose", scene="forces", name="Li"))
            await asyncio.to_thread(directors.give, ("*", "*"), Command("hold", name="Wang"))
            for number in range(3):
                await asyncio.to_thread(told, engine, city, str(number))
            await until(
                lambda: (
                    directors.walls.told()[WUZHEN]["interruption"]
                    and directors.walls.told()[WUZHEN]["interruption"]["waiting"] == 2
                )
            )
            before.update({key: steady(each) for key, each in directors.walls.told().items()})

    async def second() -> None:
        async with directing(engine, city) as directors:
            after = {key: steady(each) for key, each in directors.walls.told().items()}
            assert after == before and after[COUNTY]["kept_by"] == "Wang"

    run(first())
    run(second())


def test_what_happened_while_nobody_listened_is_on_the_wall(engine: Engine, city: City) -> None:
    async def first() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)

    async def second() -> None:
        async with directing(engine, city) as directors:
            assert shown(directors, COUNTY) == [1]
            assert directors.walls.told()[COUNTY]["incidents"]["1"]["text"] == "仓库起火"

    run(first())
    told(engine, city, "1")
    run(second())


def test_a_wall_nobody_kept_for_six_hours_or_of_a_later_rehearsal_begins_anew(engine: Engine, city: City) -> None:
    async def hold(start: datetime) -> None:
        async with directing(engine, city, Clock(start)) as directors:
            assert not (await asked(directors, COUNTY))["held"]
            await asyncio.to_thread(directors.give, COUNTY, Command("hold", name="Li"))
            await until(lambda: directors.walls.told()[COUNTY]["held"])

    run(hold(NOON))
    run(hold(NOON + timedelta(hours=7)))
    run(hold(NOON - timedelta(hours=7)))


def test_states_are_kept_now_and_then_and_forgotten_when_nobody_asks(engine: Engine, city: City) -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        async with directing(engine, city, clock) as directors:
            await asked(directors, COUNTY)
            await asyncio.to_thread(directors.walls.keep)
            with engines.reading(engine) as conn:
                assert feed.head(conn) == 1  # it has only just been kept
            clock._ahead += walls_module.KEPT_EVERY
            await asyncio.to_thread(directors.walls.keep)
            with engines.reading(engine) as conn:
                assert feed.head(conn) == 2
            await until(lambda: directors.walls.heard_id == 2)
            directors.walls.forget()
            assert COUNTY in directors.walls.told()
            clock._ahead += walls_module.FORGOTTEN_AFTER
            directors.walls.forget()
            assert directors.walls.told() == {}

    run(scene())


def test_more_walls_than_a_server_looks_after_are_refused(engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls_module, "MOST_WALLS", 1)

    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            await asked(directors, COUNTY)
            with pytest.raises(TooManyWalls):
                await asked(directors, WUZHEN)

    run(scene())
