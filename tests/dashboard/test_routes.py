"""The names and the time that a page asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient
from support.house import NOON

from dashboard import routes
from dashboard.panels import PANELS
from data.city import City
from data.clocks import Clock
from data.regions import Regions


def client(city: City, regions: Regions, clock: Clock) -> TestClient:
    server = FastAPI()
    server.include_router(routes.router(city, regions, clock))
    return TestClient(server)


def test_the_time_is_told_to_the_millisecond_and_a_rehearsal_says_how_far_it_is_ahead(city: City, regions: Regions) -> None:
    before = datetime.now(UTC)
    rehearsal = client(city, regions, Clock(NOON)).get("/now")
    said, ahead = rehearsal.json(), NOON - before
    assert rehearsal.headers["cache-control"] == "no-store"
    assert abs(timedelta(milliseconds=said["ahead"]) - ahead) < timedelta(seconds=5)
    assert 0 <= said["now"] / 1000 - NOON.timestamp() < 5
    assert client(city, regions, Clock()).get("/now").json()["ahead"] == 0


def test_each_tile_says_when_its_figures_are_stale_and_never_before_they_could_be_asked_for_anew(
    city: City, regions: Regions
) -> None:
    names = client(city, regions, Clock(NOON)).get("/names/en.json").json()
    assert names["freshness_seconds"] == {panel.tile: panel.freshness_seconds for panel in PANELS}
    assert all(panel.freshness_seconds > panel.pace_seconds + 60 for panel in PANELS)
    assert names["nightly_reload"] == "03:40"
