"""One reader of the change feed per process, fanned out to every open wall. Reads the feed, never computes a number."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Engine

from data import engine as engines
from data import feed, queries
from data.clocks import Clock
from data.instants import to_microseconds

POLL_SECONDS: Final = 0.01  # how often SQLite is asked; PostgreSQL tells by itself
SAFETY_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 1.0  # a wall says within three seconds that it hears nothing
SOURCES_SECONDS: Final = 5.0  # how often the heartbeat learns anew how old each source is
LONGEST_QUEUE: Final = 2000  # a subscriber further behind is dropped: it reconnects and replays
CHUNK: Final = 500
Row = tuple[int, datetime, str, str]  # number, committed at, kind, content as JSON
log = logging.getLogger("shouwang.live")


class Subscriber:
    """One open stream: a bounded queue of encoded events; `None` ends it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue(LONGEST_QUEUE)


class Live:
    """Follows the feed in a thread and hands each change, encoded once, to all subscribers."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock
        self.last_id = 0
        self.subscribers: set[Subscriber] = set()
        self.dropped_count = 0
        self.sent_count = 0
        # Who else in this process follows the feed: told in its thread, before the walls are. What they say to a new wall.
        self.listeners: list[Callable[[Sequence[Row]], None]] = []
        self.greeters: list[Callable[[], bytes]] = []
        self._sources: list[dict[str, Any]] = []
        self._is_broken = False
        self._is_ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self.attach(asyncio.get_running_loop())
        self._is_ending.clear()
        self._thread = threading.Thread(target=self._follow, name="live", daemon=True)
        self._thread.start()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Speak to walls in this loop, from the newest change on."""
        self._loop = loop
        with engines.reading(self.engine) as conn:
            self.last_id = feed.head(conn)
        self.learn_sources()

    async def stop(self) -> None:
        self._is_ending.set()
        self.hang_up()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 5)

    def hang_up(self) -> None:
        """End all streams; they come back by themselves, to whoever answers then."""
        for subscriber in list(self.subscribers):
            self._drop(subscriber)

    def subscribe(self) -> Subscriber:
        subscriber = Subscriber()
        self.subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)

    def _follow(self) -> None:
        while not self._is_ending.is_set():
            try:
                self._follow_until_error()
            except Exception:
                # The database may be away for hours: said once. The streams end, so that every wall knows it within seconds.
                if not self._is_broken:
                    log.exception("the feed cannot be read; trying again every second")
                self._is_broken = True
                self.in_loop(self.hang_up)
                self._is_ending.wait(SAFETY_SECONDS)

    def _follow_until_error(self) -> None:
        wake = engines.Wake(self.engine)
        is_sqlite = self.engine.dialect.name == "sqlite"
        last_read = last_beat = last_learned = -math.inf
        try:
            while not self._is_ending.is_set():
                now = time.monotonic()
                if wake.wait(POLL_SECONDS if is_sqlite else max(0.0, last_beat + HEARTBEAT_SECONDS - now)):
                    last_read = -math.inf
                now = time.monotonic()
                if now - last_read >= SAFETY_SECONDS:
                    last_read = now
                    self.read()
                if now - last_learned >= SOURCES_SECONDS:
                    last_learned = now
                    self.learn_sources()
                if now - last_beat >= HEARTBEAT_SECONDS:
                    last_beat = now
                    self.publish([(0, self.heartbeat())])
                if is_sqlite:
                    self._is_ending.wait(POLL_SECONDS)
        finally:
            wake.close()

    def read(self) -> None:
        """Hand on what the feed has that was not handed on yet."""
        while True:
            with engines.reading(self.engine) as conn:
                rows = feed.after(conn, self.last_id, CHUNK)
            if rows:
                self.last_id = rows[-1][0]
                for listener in self.listeners:
                    listener(rows)
                self.publish([(row[0], encode(*row)) for row in rows])
            if len(rows) < CHUNK:
                self._is_broken = False
                return

    def learn_sources(self) -> None:
        """How old each source is by now, for the next heartbeat."""
        with engines.reading(self.engine) as conn:
            rows = queries.source_states(conn)
        self._sources = [
            {
                "source": row["source"],
                "event": milliseconds(row["last_event_at"]),
                "received": milliseconds(row["last_received_at"]),
            }
            for row in rows
        ]

    def heartbeat(self) -> bytes:
        """What the server says of itself at this moment: its clock, its newest change, when it last heard of each source."""
        content = {"now": milliseconds(self.clock.now()), "last": self.last_id, "sources": self._sources, **self.said()}
        return b"event: heartbeat\ndata: " + orjson.dumps(content) + b"\n\n"

    def said(self) -> dict[str, Any]:
        """What else a heartbeat says."""
        return {}

    def greeting(self) -> bytes:
        """What a wall is told first."""
        return b"".join((self.heartbeat(), *(greeter() for greeter in self.greeters)))

    def publish(self, events: list[tuple[int, bytes]]) -> None:
        """Hand events to all open streams, from any thread: (number of the change or 0, encoded)."""
        self.in_loop(self._fan_out, events)

    def in_loop(self, action: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: we are ending
                self._loop.call_soon_threadsafe(action, *arguments)

    def _fan_out(self, events: list[tuple[int, bytes]]) -> None:
        for subscriber in list(self.subscribers):
            for event in events:
                try:
                    subscriber.queue.put_nowait(event)
                    self.sent_count += 1
                except asyncio.QueueFull:
                    self.dropped_count += 1
                    self._drop(subscriber)
                    break

    def _drop(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        while not subscriber.queue.empty():
            subscriber.queue.get_nowait()
        subscriber.queue.put_nowait(None)


def encode(change_id: int, at: Any, kind: str, content: str) -> bytes:
    """One change as a server-sent event; its content is JSON already."""
    name = "incident" if kind == "incident" else "content"
    content = "{}" if kind == feed.ROWS else content  # which rows they are is nothing to a wall
    head = f'{{"kind":"{kind}","id":{change_id},"at":{milliseconds(at)},"{name}":'
    return f"id: {change_id}\nevent: change\ndata: {head}{content}}}\n\n".encode()


def milliseconds(instant: Any) -> int | None:
    return None if instant is None else to_microseconds(instant) // 1000
