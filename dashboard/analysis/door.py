"""What stands before Dash: a view of the analysis that is known is answered here, in the words Dash would send.

Dash and its server take a millisecond to find a callback and to turn its answer into JSON, however short the callback itself.
Whatever is not plainly such a question goes on to them untouched.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import orjson

from dashboard import ids
from dashboard.analysis.answers import KEPT, Analyst
from dashboard.analysis.view import is_address

PATH: Final = "/_dash-update-component"
OUTPUT: Final = f"{ids.ANSWER}.data"
LONGEST: Final = 8192  # bytes of a question; one that is longer has other things to say
HEADERS: Final = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))


class Door:
    """ASGI: answers what the analyst knows already, and hands on the rest."""

    def __init__(self, app: Any, analyst: Analyst) -> None:
        self.app, self.analyst = app, analyst

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or not _is_short(scope):
            await self.app(scope, receive, send)
            return
        message = await receive()
        asked = address_of(message.get("body", b"")) if not message.get("more_body") else None
        known = self.analyst.kept(*asked) if asked is not None else None
        if known is None:
            await self.app(scope, _again(message, receive), send)
            return
        body = answer_of(known)
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
        await send({"type": "http.response.body", "body": body})


def address_of(body: bytes) -> tuple[str, str] | None:
    """The path and search of a question for a view, as Dash's page asks it; `None` for any other."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(asked, dict) or asked.get("output") != OUTPUT:
        return None
    inputs = asked.get("inputs")
    try:
        found = {each["property"]: each["value"] for each in inputs if each["id"] == ids.ADDRESS}  # type: ignore[union-attr]
    except (TypeError, KeyError):
        return None
    path, search = found.get("pathname"), found.get("search")
    return (path, search) if isinstance(path, str) and isinstance(search, str) and is_address(path) else None


@lru_cache(KEPT)
def answer_of(known: str) -> bytes:
    """A view as Dash sends the one output of its callback."""
    return orjson.dumps({"multi": True, "response": {ids.ANSWER: {"data": known}}})


def _is_short(scope: Any) -> bool:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return length.isdigit() and int(length) <= LONGEST


def _again(message: Any, receive: Any) -> Any:
    """Gives what was taken already, then whatever comes."""
    waiting = [message]

    async def heard() -> Any:
        return waiting.pop() if waiting else await receive()

    return heard
