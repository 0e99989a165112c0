"""The routes of the time machine: `/past` opens a replay and steers it; below a replay's own address everything the wall of the
present asks for is answered as of then, by the very same routes.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import live_routes, map_routes, past_clock
from dashboard.i18n import Look, language_of
from dashboard.past import Replay
from dashboard.past_replays import Replays
from dashboard.selection import Selection
from data.city import City
from data.errors import NoSuchPast, ShouwangError, UnknownCode
from data.instants import from_microseconds

LARGEST: Final = 2_000  # bytes of what a wall says
_HEADERS: Final = {"cache-control": "no-store"}


def router(replays: Replays, city: City) -> APIRouter:
    """`POST /past` opens a replay, `GET /past/<key>` says how it stands, `POST /past/<key>` steers it."""
    routes = APIRouter()

    @routes.post("/past")
    async def begin(request: Request) -> Response:
        written = await _written(request)
        language = language_of(str(written.get("lang", "")))
        try:
            area = city.area(str(written.get("area") or city.code))
            selection = Selection(area.area_code, area.level_code, language)
            said = {name: str(written.get(name) or "") for name in ("at", "speed", "paused")}
            key = await asyncio.to_thread(replays.open, said, selection, asyncio.get_running_loop())
        except (NoSuchPast, UnknownCode) as error:
            return _answer({"message": _sentence(error, Look(language, city.zone))}, 400)
        return _answer({"key": key})

    @routes.get("/past/{key}")
    async def how(key: str) -> Response:
        found = replays.get(key)
        if found is None:
            return _answer({"state": "over"}, 404)
        found.hear()
        return _answer(found.said())

    @routes.post("/past/{key}")
    async def steer(key: str, request: Request) -> Response:
        found, written = replays.get(key), await _written(request)
        if found is None:
            return _answer({"state": "over"}, 404)
        try:
            _steer(found, written)
        except (NoSuchPast, TypeError, ValueError, OverflowError):
            return _answer({"message": "bad"}, 400)
        return _answer(found.said())

    return routes


def _steer(replay: Replay, written: dict[str, Any]) -> None:
    """`playing`, `speed` and `at` (milliseconds), whichever are there."""
    if "speed" in written:
        replay.pace(past_clock.speed(str(written["speed"])))
    if "playing" in written:
        replay.pace(is_playing=bool(written["playing"]))
    if "at" in written:
        replay.seek(from_microseconds(int(written["at"]) * 1000))


async def _written(request: Request) -> dict[str, Any]:
    """What a wall says as JSON; nothing for what is none. No other page can say it, for browsers do not send it without asking."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return {}
    body = await request.body()
    try:
        found = orjson.loads(body) if len(body) <= LARGEST else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _sentence(error: ShouwangError, look: Look) -> str:
    if isinstance(error, UnknownCode):
        return look.word("error.unknown_code", code=str(error.facts["code"]))
    facts = dict(error.facts)
    if "first_at" in facts:
        facts["first_at"] = f"{facts['first_at'].astimezone(look.zone):%Y-%m-%d %H:%M}"  # type: ignore[attr-defined]
    return look.word(f"past.{facts.pop('reason')}", **facts)


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json", headers=_HEADERS)


class Houses:
    """What lies below `/past/<key>/`: for each replay an application of the routes of the live wall, over the replay's house."""

    def __init__(self, replays: Replays, city: City, *, is_demo: bool) -> None:
        self.replays, self.city, self.is_demo = replays, city, is_demo
        self._made: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key, _, rest = scope["path"].removeprefix(scope.get("root_path", "")).strip("/").partition("/")
        replay = self.replays.get(key)
        if replay is None or replay.state != "ready":
            await _answer({"state": "over"}, 404)(scope, receive, send)
            return
        replay.hear()
        if key not in self._made:
            self._made = {each: app for each, app in self._made.items() if self.replays.get(each)}
            self._made[key] = self._app(replay)
        await self._made[key]({**scope, "path": f"/{rest}", "root_path": ""}, receive, send)

    def _app(self, replay: Replay) -> ASGIApp:
        house = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        engine, live, clock = replay.rewound.scratch, replay.live, replay.clock
        house.include_router(live_routes.router(live, engine, self.city, clock, is_demo=self.is_demo))
        house.include_router(map_routes.router(live, engine, self.city, clock))
        return house
