"""The routes of the live wall: `/events` streams what changes, `/state/<area>` is what there was when a wall opens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.asked import scope_of
from dashboard.live import CHUNK, Live, encode
from dashboard.selection import Selection
from data import engine as engines
from data import feed, queries
from data.city import City
from data.clocks import Clock
from data.errors import StoreUnavailable, UnknownCode
from data.instants import to_microseconds
from data.periods import Period, county_date
from data.store import shown_places

LONGEST_REPLAY: Final = 5000  # further behind, a wall takes the whole state anew
LIST_LENGTH: Final = 60
MOST_POINTS: Final = 6000
MOST_STATES: Final = 64  # of areas, and of what scenes narrow them to
RETRY: Final = b"retry: 500\n\n"


def router(live: Live, engine: Engine, city: City, clock: Clock, *, is_demo: bool) -> APIRouter:
    """The routes, over one `Live`."""
    routes = APIRouter()
    states = States(live, engine, city, clock, is_demo=is_demo)

    @routes.get("/events")
    async def events(request: Request) -> Response:
        asked = request.headers.get("last-event-id") or request.query_params.get("last") or ""
        last = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        try:
            kept = await asyncio.to_thread(_kept, engine)
        except (StoreUnavailable, SQLAlchemyError):
            # Refused before it opens: a stream that opens and ends at once would look like a link.
            return Response(status_code=503, headers=headers)
        return StreamingResponse(stream(live, engine, last, kept), media_type="text/event-stream", headers=headers)

    @routes.get("/state/{area_code}")
    async def state(area_code: str, request: Request) -> Response:
        try:
            body = await states.of(area_code, dict(request.query_params))
        except UnknownCode as error:
            return Response(orjson.dumps({"error": error.key, "message": error.message}), 404, media_type="application/json")
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})

    return routes


async def stream(live: Live, engine: Engine, last: int | None, kept: tuple[int, int]) -> AsyncIterator[bytes]:
    """Subscribe first, then replay what came after `last`, then live; what was sent already is left out.

    `kept` are the numbers that the feed can replay, both ends included; without `last` it starts at the newest.
    """
    subscriber = live.subscribe()
    reached = live.last_id  # all above it comes through the queue
    first, newest = kept
    try:
        yield RETRY + live.greeting()
        if last is None:
            last = newest
        elif not max(first - 1, newest - LONGEST_REPLAY) <= last <= newest:
            last = newest
            yield f'id: {last}\nevent: reset\ndata: {{"last":{last}}}\n\n'.encode()
        while last < reached and (rows := await asyncio.to_thread(_after, engine, last)):
            last = rows[-1][0]
            yield b"".join(encode(*row) for row in rows)
        while (item := await subscriber.queue.get()) is not None:
            ready = [item]
            while not subscriber.queue.empty() and ready[-1] is not None:
                ready.append(subscriber.queue.get_nowait())  # type: ignore[arg-type]
            fresh = [event for event in ready if event is not None and (event[0] == 0 or event[0] > last)]
            last = max([last, *(event[0] for event in fresh)])
            if fresh:
                yield b"".join(event[1] for event in fresh)
            if ready[-1] is None:
                return
    finally:
        live.unsubscribe(subscriber)


def _after(engine: Engine, last: int) -> list[Any]:
    with engines.reading(engine) as conn:
        return feed.after(conn, last, CHUNK)


def _kept(engine: Engine) -> tuple[int, int]:
    with engines.reading(engine) as conn:
        newest, first = feed.head(conn), feed.first(conn)
    return newest + 1 if first is None else first, newest


class States:
    """The whole state of an area, made once per data version however many walls ask at the same time."""

    def __init__(self, live: Live, engine: Engine, city: City, clock: Clock, *, is_demo: bool) -> None:
        self.live, self.engine, self.city, self.clock, self.is_demo = live, engine, city, clock, is_demo
        self._made: dict[tuple[Any, ...], tuple[int, bytes]] = {}
        self._locks: dict[tuple[Any, ...], asyncio.Lock] = {}

    async def of(self, area_code: str, narrowed: Mapping[str, str] | None = None) -> bytes:
        """The state as JSON, narrowed as a scene is. Raises `UnknownCode`."""
        asked = Selection(area_code, self.city.area(area_code).level_code).narrowed(self.city, narrowed)
        key = (area_code, asked.filters)
        if len(self._made) > MOST_STATES:
            self._made.clear()
        async with self._locks.setdefault(key, asyncio.Lock()):
            version, body = self._made.get(key, (-1, b""))
            if version != self.live.last_id:
                version, body = await asyncio.to_thread(self._make, asked)
                self._made[key] = (version, body)
        # The present is not kept with it: a quiet hour would set the wall's clock back by an hour.
        return b'{"now":%d,' % (to_microseconds(self.clock.now()) // 1000) + body[1:]

    def _conditions(self, asked: Selection) -> list[Any]:
        return scope_of(asked, Period("day", county_date(self.clock.now(), self.city.zone)).span).more_conditions()

    def _make(self, asked: Selection) -> tuple[int, bytes]:
        level, area_code, more = asked.level_code, asked.area_code, self._conditions(asked)
        with engines.reading(self.engine) as conn:
            last = feed.head(conn)
            newest = queries.latest_incidents(conn, level, area_code, LIST_LENGTH, more)
            places = shown_places(conn, newest)
            points = queries.open_points(conn, level, area_code, MOST_POINTS, more)
            shown = shown_places(conn, points)
            running = queries.progress_of(conn, "demo-history")
        content = {
            "last": last,
            "demo": self.is_demo,
            "incidents": [feed.incident_state({**row, **place}, "") for row, place in zip(newest, places, strict=True)],
            "points": [
                {"id": row["id"], "version": row["version"], "lon": place["lon"], "lat": place["lat"],
                 "at": feed.milliseconds(row["reported_at"]), "due": feed.milliseconds(row["due_at"]),
                 "risk": feed.milliseconds(row["at_risk_at"]), "resolved": feed.milliseconds(row["resolved_at"]),
                 "urgency": row["urgency_code"], "state": row["state_code"]}
                for row, place in zip(points, shown, strict=True) if place["lon"] is not None
            ],
            "progress": running and {"done": running["done_count"], "total": running["total_count"]},
        }  # fmt: skip
        return last, orjson.dumps(content)
