"""The routes of the map's layers: values of the areas below, density of reports, where today's came from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import orjson
from cachetools import LRUCache
from fastapi import APIRouter, Response
from sqlalchemy import Connection, Engine

from dashboard.i18n import Look, language_of
from dashboard.live import Live
from data import comparisons, feed, indicators, spots
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import UnknownCode
from data.filters import Filter
from data.instants import minute_of
from data.metrics.registry import METRICS, Metric, Value
from data.periods import KINDS, county_date

KEPT: Final = 128
_HEADERS: Final = {"cache-control": "no-store"}


def router(live: Live, engine: Engine, city: City, clock: Clock) -> APIRouter:
    """`/values/<area>?metric=&period=&lang=`, `/heat/<area>` and `/trail/<area>`."""
    routes = APIRouter()
    answers = Answers(live, engine, clock)

    async def answer(area_code: str, key: tuple[str, ...], make: Callable[[Connection, str, datetime], Any]) -> Response:
        try:
            level = city.area(area_code).level_code
        except UnknownCode as error:
            return refused(error, 404)
        body = await answers.of((area_code, *key), lambda conn, now: make(conn, level, now))
        return Response(body, media_type="application/json", headers=_HEADERS)

    @routes.get("/values/{area_code}")
    async def values(area_code: str, metric: str = "", period: str = "month", lang: str = "") -> Response:
        try:
            _check("metric", metric, METRICS)
            _check("period", period, KINDS)
        except UnknownCode as error:
            return refused(error, 400)
        look = Look(language_of(lang), city.zone)
        return await answer(
            area_code,
            ("values", metric, period, look.language),
            lambda conn, level, now: values_below(conn, city, (level, area_code), (metric, period), now, look),
        )

    @routes.get("/heat/{area_code}")
    async def heat(area_code: str) -> Response:
        return await answer(area_code, ("heat",), lambda conn, level, now: _heat(conn, level, area_code, now))

    @routes.get("/trail/{area_code}")
    async def trail(area_code: str) -> Response:
        return await answer(area_code, ("trail",), lambda conn, level, now: _trail(conn, level, area_code, now, city))

    return routes


def refused(error: UnknownCode, status: int) -> Response:
    """A sentence of what is not known."""
    return Response(orjson.dumps({"error": error.key, "message": error.message}), status, media_type="application/json")


def _check(name: str, given: str, accepted: Any) -> None:
    if given not in accepted:
        raise UnknownCode(f"There is no {name} {given!r}; known are {', '.join(accepted)}.", list=name, code=given)


class Answers:
    """JSON made once per data version and minute, however many walls ask at the same time."""

    def __init__(self, live: Live, engine: Engine, clock: Clock) -> None:
        self.live, self.engine, self.clock = live, engine, clock
        self._made: LRUCache[tuple[str, ...], tuple[tuple[int, int], bytes]] = LRUCache(KEPT)
        self._locks: LRUCache[tuple[str, ...], asyncio.Lock] = LRUCache(KEPT)

    async def of(self, key: tuple[str, ...], make: Callable[[Connection, datetime], Any]) -> bytes:
        """The answer of a key, made by `make` when there is none of this version and minute."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            now = self.clock.now()
            stamp, body = (self.live.last_id, minute_of(now)), b""
            known = self._made.get(key)
            if known is not None and known[0] == stamp:
                return known[1]
            body = await asyncio.to_thread(self._read, make, now)
            self._made[key] = (stamp, body)
            return body

    def _read(self, make: Callable[[Connection, datetime], Any], now: datetime) -> bytes:
        with engines.reading(self.engine) as conn:
            return orjson.dumps(make(conn, now))


def values_below(
    conn: Connection, city: City, place: tuple[str, str], asked: tuple[str, str], now: datetime, look: Look
) -> dict[str, Any]:
    """A metric of each area below, over the period so far: `value` (`None` without a denominator), `words`, `count` (cases asked),
    `ranked` (enough of them to be compared; a plain count always is). `place` is (level, code), `asked` is (metric, period).
    """
    metric, on = METRICS[asked[0]], county_date(now, city.zone)
    stretch = comparisons.so_far(asked[1], on)["now"]
    level, codes = below(city, place, on)
    period = look.word(f"periods.{asked[1]}")
    found = indicators.values_by(conn, city, Filter(stretch, *place), level, (metric.key,), now)
    areas = {code: _area(metric, found[code][metric.key], look) for code in codes if code in found}
    return {
        "metric": metric.key,
        "title": look.word("map.values", metric=look.name(metric.words), unit=look.name(metric.unit), period=period),
        "first_on": stretch.first_on.isoformat(),
        "last_on": stretch.last_on.isoformat(),
        "level": level,
        "decimals": metric.decimals,
        "minimum": metric.minimum,
        "areas": areas,
    }


def below(city: City, place: tuple[str, str], on: Any) -> tuple[str, list[str]]:
    """The level under an area and the codes of its areas there on a day; where there is none, the area itself."""
    level, code = place
    deeper = city.levels[city.levels.index(level) + 1 :] if level in city.levels else ()
    codes = [each.area_code for each in city.areas_on(on, deeper[0]) if each.parent_code == code] if deeper else []
    return (deeper[0], codes) if codes else (level, [code])


def _area(metric: Metric, value: Value, look: Look) -> dict[str, Any]:
    is_rate = value.denominator is not None
    words = "—" if value.number is None else f"{value.number:.{metric.decimals}f}" if metric.decimals else look.number(value.number)
    return {
        "value": None if value.number is None else round(value.number, metric.decimals),
        "words": words,
        "count": value.denominator if is_rate else value.numerator,
        "ranked": value.is_ranked(metric.minimum) if is_rate else True,
    }


def _heat(conn: Connection, level: str, code: str, now: datetime) -> dict[str, Any]:
    cells, is_capped = spots.squares(conn, level, code, now)
    return {"days": spots.HEAT_DAYS, "square_metres": spots.SQUARE_METRES, "capped": is_capped, "cells": cells}


def _trail(conn: Connection, level: str, code: str, now: datetime, city: City) -> dict[str, Any]:
    begin, end = spots.day_bounds(now, city.zone)
    points = spots.today(conn, level, code, now, city.zone)
    return {
        "from": feed.milliseconds(begin),
        "until": feed.milliseconds(end),
        "points": [[each["id"], each["lon"], each["lat"], feed.milliseconds(each["reported_at"])] for each in points],
    }
