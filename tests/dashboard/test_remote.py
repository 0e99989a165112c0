"""The routes of the director and the remote, on both engines: who may command, what a command may say, what is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from support.directing import asked, directing, told, until

from dashboard import remote, walls
from dashboard.directing import Directors
from data.city import City

TOKEN = "a-token-of-the-desk"
HOLD = {"screen": "default", "area": "330483", "command": "hold", "name": "Li"}


@dataclass
class Desk:
    client: httpx.AsyncClient
    directors: Directors

    async def post(self, said: Any = HOLD, **headers: str) -> httpx.Response:
        body = said if isinstance(said, bytes) else orjson.dumps(said)
        return await self.client.post(
            "/remote/command?lang=en", content=body, headers={"content-type": "application/json"} | headers
        )


@asynccontextmanager
async def desk(
    engine: Engine, city: City, token: str = "", caller: str = "127.0.0.1", host: str = "127.0.0.1:8050"
) -> AsyncIterator[Desk]:
    async with directing(engine, city) as directors:
        server = FastAPI()
        server.include_router(remote.router(directors, city, token))
        transport = httpx.ASGITransport(server, client=(caller, 5000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            yield Desk(client, directors)


def run(engine: Engine, city: City, scene: Callable[[Desk], Coroutine[Any, Any, None]], **said: str) -> None:
    async def whole() -> None:
        async with desk(engine, city, **said) as found:
            await scene(found)

    asyncio.run(whole())


def test_a_wall_asks_what_it_shows_and_an_unknown_one_is_told_so(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        said = (await at.client.get("/scenes/330483100?screen=north")).json()
        assert (said["screen"], said["area"], said["scene"]) == ("north", "330483100", "overview")
        for address, error in (("/scenes/999999", "unknown_code"), ("/scenes/330483?screen=south", "unknown_code")):
            answer = await at.client.get(address)
            assert (answer.status_code, answer.json()["error"]) == (404, error)

    run(engine, city, scene)


def test_a_remote_begins_with_every_screen_of_the_city_and_every_open_wall(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        await asked(at.directors, ("default", "330483100"))
        await at.post()
        said = (await at.client.get("/remote/state?lang=en")).json()
        assert [(each["screen"], each["area"]) for each in said["walls"]] == [
            ("default", "330483"),
            ("default", "330483100"),
            ("north", "330483"),
        ]
        assert said["areas"] == {"330483": "Tongxiang", "330483100": city.area("330483100").name.en}
        assert (said["screens"]["north"], said["problems"], said["is_guarded"]) == ("North wall", [], False)
        assert [(each["command"], each["name"]) for each in said["log"]] == [("hold", "Li")]

    run(engine, city, scene)


def test_a_remote_opens_even_when_no_further_wall_may(engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "MOST_WALLS", 1)

    async def scene(at: Desk) -> None:
        assert len((await at.client.get("/remote/state")).json()["walls"]) == 1
        assert ((refused := await at.client.get("/scenes/330483100")).status_code, refused.json()["sentence"]) == (
            503,
            "打开的大屏太多",
        )

    run(engine, city, scene)


def test_the_page_lets_no_foreign_script_or_frame_in(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        for address, language, title in (("/remote", "zh-CN", "大屏导播"), ("/remote?lang=en", "en", "Wall remote")):
            page = await at.client.get(address)
            assert f'<html lang="{language}">' in page.text and f"<title>{title}</title>" in page.text
            assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "<script>" not in (await at.client.get("/remote?lang=<script>")).text

    run(engine, city, scene)


def test_a_command_is_in_the_feed_and_on_the_wall(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        await asked(at.directors, ("default", "330483"))
        answer = await at.post()
        assert (answer.status_code, answer.json()) == (200, {"id": 2})
        wall = await until(lambda: (said := at.directors.walls.told()["default", "330483"])["held"] and said)
        assert wall["kept_by"] == "Li"

    run(engine, city, scene)


def test_an_interruption_is_acknowledged_by_name_on_every_wall(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        keys = [("default", "330483"), ("north", "330483"), ("default", "330483100")]
        for key in keys:
            await asked(at.directors, key)
        numbers = [await asyncio.to_thread(told, engine, city, each) for each in ("1", "2")]
        await until(lambda: all(at.directors.walls.told()[key]["interruption"] for key in keys))
        said = {"screen": "*", "area": "*", "command": "acknowledge", "incident": numbers[0]}
        assert (await at.post(said)).json()["error"] == "remote_name"
        assert (await at.post(said | {"name": " "})).json()["error"] == "remote_name"
        assert (await at.post(said | {"name": " 王芳 "})).status_code == 200
        await until(lambda: all(at.directors.walls.told()[key]["interruption"]["acknowledged"] == "王芳" for key in keys))

    run(engine, city, scene)


@pytest.mark.parametrize(
    ("said", "error", "sentence"),
    [
        (b"hold", "remote_bad", "it is no JSON"),
        ([], "remote_bad", "it is no object"),
        (HOLD | {"command": "reboot"}, "remote_bad", "command is one of hold, skip, pin, choose, resume, acknowledge"),
        (HOLD | {"command": ["hold"]}, "remote_bad", "command is one of"),
        (HOLD | {"command": "state"}, "remote_bad", "command is one of"),
        (HOLD | {"screen": "south"}, "remote_bad", "screen is one of *, default, north"),
        (HOLD | {"screen": 3}, "remote_bad", "screen is one of"),
        (HOLD | {"area": "999999"}, "remote_bad", "area is the code of an area"),
        ({"command": "hold"}, "remote_bad", "screen is one of"),
        (HOLD | {"command": "choose"}, "remote_bad", "scene is one of overview, flow"),
        (HOLD | {"command": "pin", "scene": "kitchen"}, "remote_bad", "scene is one of"),
        (HOLD | {"command": "acknowledge"}, "remote_bad", "incident is the number"),
        (HOLD | {"command": "acknowledge", "incident": True}, "remote_bad", "incident is the number"),
        (HOLD | {"command": "acknowledge", "incident": -1}, "remote_bad", "incident is the number"),
        (HOLD | {"sudo": 1}, "remote_bad", "there is no 'sudo'"),
        (HOLD | {"name": "x" * 41}, "remote_name", "at most 40 characters"),
        (HOLD | {"name": "a\nb"}, "remote_name", "at most 40 characters"),
        (HOLD | {"name": "evil\u202eliame"}, "remote_name", "at most 40 characters"),
        (HOLD | {"name": 5}, "remote_name", "at most 40 characters"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("prepared_url", ["sqlite"], indirect=True)
def test_what_cannot_be_a_command_is_refused_in_a_sentence_and_leaves_no_trace(
    engine: Engine, city: City, said: Any, error: str, sentence: str
) -> None:
    async def scene(at: Desk) -> None:
        answer = await at.post(said)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert sentence in answer.json()["sentence"]
        assert at.directors.given() == []

    run(engine, city, scene)


@pytest.mark.parametrize("prepared_url", ["sqlite"], indirect=True)
def test_an_endless_body_is_cut_off(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        pieces = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal pieces
            while pieces < 1000:
                pieces += 1
                yield b" " * 1000

        answer = await at.client.post("/remote/command", content=endless(), headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]) == (413, "remote_large")

    run(engine, city, scene)


@pytest.mark.parametrize("prepared_url", ["sqlite"], indirect=True)
def test_a_hostile_name_is_kept_as_it_is_and_only_ever_text(engine: Engine, city: City) -> None:
    async def scene(at: Desk) -> None:
        name = "<img src=x onerror=alert(1)>"
        assert (await at.post(HOLD | {"name": name})).status_code == 200
        answer = await at.client.get("/remote/state")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["log"][0]["name"] == name

    run(engine, city, scene)


@pytest.mark.parametrize(
    ("said", "headers", "status", "error"),
    [
        ({}, {}, 200, None),
        ({"host": "localhost:8050"}, {"origin": "http://localhost:8050"}, 200, None),
        ({"caller": "::1", "host": "[::1]:8050"}, {}, 200, None),
        ({"caller": "192.168.1.20"}, {}, 403, "remote_far"),
        ({"caller": "192.168.1.20", "token": TOKEN}, {"authorization": f"Bearer {TOKEN}"}, 200, None),
        ({"token": TOKEN}, {}, 401, "remote_token"),
        ({"token": TOKEN}, {"authorization": "Bearer another-token"}, 401, "remote_token"),
        # A name that points here, a proxy on this machine, another site's page, a form.
        ({"host": "rebound.example:8050"}, {"origin": "http://rebound.example:8050"}, 403, "remote_far"),
        ({}, {"x-forwarded-for": "203.0.113.9"}, 403, "remote_far"),
        ({}, {"origin": "http://elsewhere.example"}, 403, "remote_foreign"),
        ({}, {"origin": "null"}, 403, "remote_foreign"),
        ({"token": TOKEN}, {"authorization": f"Bearer {TOKEN}", "origin": "http://elsewhere.example"}, 403, "remote_foreign"),
        ({}, {"content-type": "text/plain"}, 403, "remote_foreign"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("prepared_url", ["sqlite"], indirect=True)
def test_who_may_command(
    engine: Engine, city: City, said: dict[str, str], headers: dict[str, str], status: int, error: str | None
) -> None:
    async def scene(at: Desk) -> None:
        answer = await at.post(**headers)
        assert (answer.status_code, answer.json().get("error")) == (status, error)
        assert len(at.directors.given()) == (status == 200)

    run(engine, city, scene, **said)
