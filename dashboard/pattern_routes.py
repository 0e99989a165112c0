"""The route of an area's patterns: what is kept of them, and how far the search is. Asking starts one where there is news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import APIRouter, Response

from dashboard.figures import patterns
from dashboard.i18n import Look, language_of
from dashboard.map_routes import refused
from data.city import City
from data.clocks import Clock
from data.errors import UnknownCode
from data.instants import to_microseconds
from data.pattern_keeper import Keeper
from data.patterns.record import Found


def router(keeper: Keeper, city: City, clock: Clock) -> APIRouter:
    """`/patterns/<area>?lang=`: `as_of` (milliseconds or none), `share` of the search that runs (or none), and `sections`, one for
    each kind of pattern. Ends the search with the server.
    """

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        keeper.stop()

    routes = APIRouter(lifespan=lifespan)

    @routes.get("/patterns/{area_code}")
    async def found(area_code: str, lang: str = "") -> Response:
        try:
            level = city.area(area_code).level_code
        except UnknownCode as error:
            return refused(error, 404)
        kept = await asyncio.to_thread(keeper.found, level, area_code, clock.now())
        body = told(kept, city, Look(language_of(lang), city.zone))
        return Response(orjson.dumps(body), media_type="application/json", headers={"cache-control": "no-store"})

    return routes


def told(found: Found, city: City, look: Look) -> dict[str, Any]:
    """The patterns as the browser draws them, all in words."""
    return {
        "as_of": found.as_of and to_microseconds(found.as_of) // 1000,
        "share": found.share,
        "sections": patterns.sections(found, city, look),
    }
