"""What the route of patterns answers: at once what is kept, then what was found; and with the server its search ends."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from support.house import NOON
from support.past import Past
from support.reporting import SetClock

from dashboard import pattern_routes
from data.city import City
from data.pattern_keeper import Keeper
from data.patterns.record import KINDS


def house(keeper: Keeper, city: City, clock: SetClock) -> TestClient:
    server = FastAPI()
    server.include_router(pattern_routes.router(keeper, city, clock))  # type: ignore[arg-type]
    return TestClient(server)


def states(said: dict[str, Any]) -> dict[str, str]:
    return {each["kind"]: each["state"] for each in said["sections"]}


def test_an_area_is_answered_at_once_and_in_full_when_the_search_is_over(engine: Engine, city: City) -> None:
    Past(city, 70, 40).keep(engine)
    with house(Keeper(engine, city, ("forecast", "surge")), city, SetClock()) as client:
        first = client.get("/patterns/330483").json()
        assert (first["as_of"], first["share"]) == (None, 0)
        assert states(first) == dict.fromkeys(KINDS, "waiting")
        for _ in range(600):
            said = client.get("/patterns/330483?lang=en").json()
            if said["share"] is None:
                break
            time.sleep(0.1)
        assert said["as_of"] == NOON.timestamp() * 1000
        assert states(said) == dict.fromkeys(KINDS, "waiting") | {"forecast": "found", "surge": "empty"}
        forecasts = next(each for each in said["sections"] if each["kind"] == "forecast")
        assert forecasts["rows"][0]["what"] == "Tongxiang" and forecasts["rows"][0]["certainty"] == "interval 80 %"


def test_an_area_nobody_knows_is_not_looked_at(engine: Engine, city: City) -> None:
    with house(Keeper(engine, city), city, SetClock()) as client:
        assert client.get("/patterns/nowhere").status_code == 404


def test_with_the_server_ends_its_search(engine: Engine, city: City) -> None:
    clock, keeper = SetClock(), Keeper(engine, city)
    with house(keeper, city, clock) as client:
        client.get("/patterns/330483")
    for _ in range(300):
        if keeper.found("county", "330483", clock.now()).share is None:
            break
        time.sleep(0.1)
    later = keeper.found("county", "330483", clock.now() + timedelta(days=2))
    assert (later.as_of, later.share) == (None, None)
