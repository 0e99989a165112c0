"""The directors of several processes, and of one that was started again, on both engines: all show the same."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from support.directing import asked, directing, told, until
from support.house import NOON

from dashboard.directing import Directors
from dashboard.director import Command
from data import engine as engines
from data import feed
from data.city import City
from data.clocks import Clock

COUNTY, WUZHEN, PUYUAN = ("default", "330483"), ("default", "330483100"), ("default", "330483101")


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def shown(directors: Directors, key: tuple[str, str]) -> list[int]:
    found = directors.walls.told()[key]["interruption"]
    return [] if found is None else found["group"] or [found["incident"]]


def steady(said: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in said.items() if name != "now"}


def test_two_processes_agree_whatever_comes_from_whom(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as one, directing(engine, city, one_clock := Clock(NOON)) as other:
            await asyncio.gather(asked(one, COUNTY), asked(other, COUNTY), asked(one, WUZHEN))
            moves = [
                ("hold", "Li"),
                ("skip", "Wang"),
                ("resume", "Li"),
                ("pin", "Wang"),
                ("skip", "Li"),
                ("hold", "Wang"),
                ("resume", "Wang"),
            ]
            giving = [
                asyncio.to_thread(each.give, ("*", "*"), Command(kind, name=name)) for kind, name in moves for each in (one, other)
            ]
            alarms = [asyncio.to_thread(told, engine, city, str(number), one_clock.now()) for number in range(4)]
            await asyncio.gather(*giving, *alarms)
            with engines.reading(engine) as conn:
                last = feed.head(conn)
            await until(lambda: one.walls.heard_id == other.walls.heard_id == last)
            for key in (COUNTY, WUZHEN):
                assert one.walls._walls[key].base == other.walls._walls[key].base
            assert len(shown(one, COUNTY)) == 1

    run(scene())


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
