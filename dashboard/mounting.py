"""Every route of the screen that is not a page of Dash, put onto the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard import (
    health,
    live_routes,
    map_routes,
    past_routes,
    pattern_routes,
    photograph_routes,
    remote,
    routes,
    stopwatch,
    tile_routes,
)
from dashboard.analysis import routes as analysis_routes

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from dashboard.basemap import Basemap
    from dashboard.directing import Directors
    from dashboard.live import Live
    from dashboard.past_replays import Replays
    from data.city import City
    from data.clocks import Clock
    from data.pattern_keeper import Keeper
    from data.regions import Regions
    from data.settings import Settings


def mount(
    server: FastAPI,
    engine: Engine,
    city: City,
    regions: Regions,
    settings: Settings,
    clock: Clock,
    stream: Live,
    directors: Directors,
    tiles: Basemap | None,
    replays: Replays,
    keeper: Keeper,
) -> None:
    """The live stream, borders and names, the remote, the map, patterns, photographs, the stopwatch, health, and the past."""
    paces = stopwatch.Stopwatch()
    limits = city.settings.get("freshness_minutes")
    for router in (
        live_routes.router(stream, engine, city, clock, is_demo=settings.is_demo),
        routes.router(city, regions, clock),
        analysis_routes.router(engine, city, regions, clock),
        remote.router(directors, city, settings.remote_secret),
        map_routes.router(stream, engine, city, clock),
        tile_routes.router(city, tiles),
        pattern_routes.router(keeper, city, clock),
        photograph_routes.router(engine, settings),
        stopwatch.router(paces),
        past_routes.router(replays, city),
        health.router(engine, clock, stream, limits, directors.problems, more=paces.histograms),
    ):
        server.include_router(router)
    server.mount("/past", past_routes.Houses(replays, city, is_demo=settings.is_demo))
