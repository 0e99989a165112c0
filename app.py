"""Puts the house together: the only entry point of the screen. Never a callback or a query."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import callbacks
from dashboard import basemap, directing, live, mounting, past_replays, serving
from dashboard.rendering import Renderer
from data import case_copy, opening
from data.city import load
from data.clocks import Clock
from data.errors import ShouwangError
from data.pattern_keeper import Keeper
from data.regions import Regions
from data.settings import Settings, read
from etl import echo, gateway, inbox, photographs
from etl.demo import process as demo_process
from layouts import shell


def create_app(settings: Settings) -> FastAPI:
    """The whole product as one ASGI app. Raises `ShouwangError` when settings, city or database cannot be used."""
    clock, city = Clock(settings.clock_start), load(settings.city_folder)
    engine = opening.open_store(settings.url, city, clock.now())
    copy = case_copy.attached(engine, city, settings.var_folder / "columns")
    regions = Regions(city)
    tiles = basemap.opened(settings, city.settings["guard_box"])
    stream = live.Live(engine, clock)
    replays = past_replays.Replays(engine, city, clock, settings.var_folder / "past", shows_photographs=settings.shows_photographs)
    directors = directing.Directors(stream, engine, city, clock)
    worker = inbox.Worker(engine, city, regions, clock)
    keeper = Keeper(engine, city)
    workers = (worker, echo.Echo(engine, city, settings, clock), photographs.Photographs(engine, settings, clock))
    demo = demo_process.DemoProcess(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await stream.start()
        await directors.start()
        if settings.has_embedded_worker:
            for each in workers:
                each.start()
        copy.start()
        demo.start()
        yield
        for part in (demo, *reversed(workers), replays, copy):
            part.stop()
        await directors.stop()
        await stream.stop()

    server = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    server.include_router(gateway.router(engine, city, settings, clock, worker))
    mounting.mount(server, engine, city, regions, settings, clock, stream, directors, tiles, replays, keeper)
    server.state.stream = stream
    screen = shell.create(server, city.code, city.area(city.code).level_code)
    times = past_replays.AnyTime(Renderer(engine, city, shows_photographs=settings.shows_photographs), clock, replays)
    callbacks.register_all(screen, times, city, clock, keeper, tiles, is_demo=settings.is_demo)
    shell.make_ready(screen)
    return server


def main() -> int:
    try:
        settings = read()
        server = create_app(settings)
    except ShouwangError as error:
        print(error, file=sys.stderr)
        return 2
    serving.Server(server, server.state.stream, settings.host, settings.port_number).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
