"""The routes of the scene director: what a wall shows now, and the tablet that directs it (`/remote`)."""

from __future__ import annotations

import asyncio
import contextlib
import html
from string import Template
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from dashboard.directing import Directors
from dashboard.director import Command
from dashboard.happenings import Key
from dashboard.i18n import Look, language_of
from dashboard.remote_access import LARGEST_BODY, LONGEST_NAME, check_access, read_command
from data import feed
from data.city import City
from data.errors import AccessDenied, RowRejected, ShouwangError, StoreUnavailable, TooManyWalls, UnknownCode
from data.playlists import DEFAULT_SCREEN, SCENES

NO_STORE: Final = {"cache-control": "no-store"}
STRICT: Final = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
PAGE: Final = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/remote.css">
</head>
<body class="remote">
<main id="remote" data-language="$language"></main>
<script type="module" src="/assets/modules/remote.mjs"></script>
</body>
</html>
""")


def router(directors: Directors, city: City, token: str) -> APIRouter:
    """`/scenes/<area>`, `/remote`, `/remote/state` and `/remote/command`."""
    routes, playlists = APIRouter(), directors.walls.playlists

    @routes.get("/scenes/{area_code}")
    async def scenes(area_code: str, screen: str = DEFAULT_SCREEN) -> Response:
        try:
            return _answer(await asyncio.to_thread(directors.walls.ask, screen, area_code))
        except (ShouwangError, SQLAlchemyError) as error:
            return _refusal(error, Look(language_of(None), city.zone))

    @routes.get("/remote")
    async def page(lang: str | None = None) -> Response:
        look = Look(language_of(lang), city.zone)
        said = PAGE.substitute(language=look.language, title=html.escape(look.word("remote.title")))
        return Response(said, media_type="text/html; charset=utf-8", headers=NO_STORE | STRICT)

    @routes.get("/remote/state")
    async def state(lang: str | None = None) -> Response:
        look = Look(language_of(lang), city.zone)
        try:
            return _answer(await asyncio.to_thread(whole_state, directors, city, look) | {"is_guarded": bool(token)})
        except (ShouwangError, SQLAlchemyError) as error:
            return _refusal(error, look)

    @routes.post("/remote/command")
    async def command(request: Request, lang: str | None = None) -> Response:
        look = Look(language_of(lang), city.zone)
        try:
            check_access(token, request.client.host if request.client else None, request.headers)
            given: tuple[Key, Command] = read_command(await _body(request), city, playlists.current)
            return _answer({"id": await asyncio.to_thread(directors.give, *given)})
        except (ShouwangError, SQLAlchemyError) as error:
            return _refusal(error, look)

    return routes


def whole_state(directors: Directors, city: City, look: Look) -> dict[str, Any]:
    """All a remote needs to begin: every wall, those of the city's screens at least, their names, what was commanded of late."""
    screens = directors.walls.playlists.current.screens
    for name, screen in screens.items():
        with contextlib.suppress(TooManyWalls):
            directors.walls.ask(name, screen.area_code or city.code)
    walls = list(directors.walls.told().values())
    return {
        "now": feed.milliseconds(directors.clock.now()),
        "city": city.code,
        "walls": walls,
        "areas": {each["area"]: look.name(city.area(each["area"]).name) for each in walls},
        "screens": {name: look.name(screen.title) for name, screen in screens.items()},
        "scenes": SCENES,
        "log": directors.given(),
        "problems": directors.problems(),
    }


async def _body(request: Request) -> bytes:
    """Raises `RowRejected` as soon as a body is too large, however long it says it is."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise RowRejected("large", f"A command has at most {LARGEST_BODY} bytes.")
    return body


def _answer(content: Any) -> Response:
    return Response(orjson.dumps(content), media_type="application/json", headers=NO_STORE)


def _refusal(error: Exception, look: Look) -> Response:
    """A refused request in a sentence of the page's language; `message` says the same for the log of a program."""
    key, status, facts = "store_unavailable", 503, {}
    match error:
        case UnknownCode():
            key, status, facts = "unknown_code", 404, {"code": error.facts["code"]}
        case TooManyWalls():
            key = "too_many_walls"
        case AccessDenied():
            reason = str(error.facts["reason"])
            key, status = f"remote_{reason}", 401 if reason == "token" else 403
        case RowRejected():
            key, status = f"remote_{error.reason}", 413 if error.reason == "large" else 400
            facts = {"longest": LONGEST_NAME, "what": error.facts.get("what", "")}
    sentence = look.word(f"error.{key}", **facts)
    message = error.message if isinstance(error, ShouwangError) else StoreUnavailable("The database does not answer.").message
    content = {"error": key, "sentence": sentence, "message": message}
    return Response(orjson.dumps(content), status, media_type="application/json", headers=NO_STORE)
