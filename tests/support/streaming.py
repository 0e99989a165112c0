"""Server-sent events as a client without a browser hears them, and a feed to listen to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Engine
from support.house import NOON

from dashboard import live_routes
from dashboard.live import Live
from data import engine as engines
from data import feed
from data.clocks import Clock
from data.feed import Entry

PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Event:
    name: str
    id: int | None
    content: Any


def parsed(text: bytes) -> list[Event]:
    """The whole events in a piece of a stream."""
    events = []
    for block in text.split(b"\n\n"):
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
        if b"data" in fields:
            number = fields.get(b"id")
            events.append(Event(fields[b"event"].decode(), None if number is None else int(number), orjson.loads(fields[b"data"])))
    return events


def change_ids(events: Iterable[Event]) -> list[int]:
    return [event.id for event in events if event.name == "change" and event.id is not None]


class Ear:
    """One subscriber, reading the stream's generator as the server does."""

    def __init__(self, live: Live, last: int | None) -> None:
        kept = live_routes._kept(live.engine)
        self.events: list[Event] = []
        self._stream = live_routes.stream(live, live.engine, last, kept)
        self.is_over = False

    async def hear_until(self, is_enough: Callable[[list[Event]], bool]) -> list[Event]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_enough(self.events) and not self.is_over:
                try:
                    self.events += parsed(await anext(self._stream))
                except StopAsyncIteration:
                    self.is_over = True
        return self.events

    async def leave(self) -> None:
        await self._stream.aclose()  # type: ignore[attr-defined]


def tell(engine: Engine, count: int = 1) -> int:
    with engines.writing(engine) as conn:
        return feed.append(conn, NOON, [Entry("progress", {"done": each}) for each in range(count)])


def ids_up_to(last: int) -> Callable[[list[Event]], bool]:
    return lambda events: bool(change_ids(events)) and change_ids(events)[-1] >= last


@asynccontextmanager
async def following(engine: Engine) -> AsyncIterator[Live]:
    live = Live(engine, Clock(NOON))
    await live.start()
    try:
        yield live
    finally:
        await live.stop()
