"""Directs the walls of this process: hears the feed, looks at the clock four times a second, says to each wall what it shows."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Engine

from dashboard import happenings
from dashboard.director import Command
from dashboard.happenings import Key
from dashboard.live import Live, Row
from dashboard.walls import Walls
from data import engine as engines
from data import feed
from data.city import City
from data.clocks import Clock

TICK_SECONDS: Final = 0.25
LOOK_TICKS: Final = 4  # between two looks at the playlists' file
TIDY_TICKS: Final = 40
SAID_EVERY: Final = timedelta(seconds=5)  # a wall that missed something has it by then
SOONEST: Final = timedelta(seconds=0.1)  # what happens faster than this is said together
LOGGED: Final = timedelta(hours=6)
MOST_LOGGED: Final = 30
log = logging.getLogger("shouwang.directing")


class Directors:
    """The walls, and what was last said of each. States are said to every stream: there are few, and each wall takes its own."""

    def __init__(self, live: Live, engine: Engine, city: City, clock: Clock) -> None:
        self.live, self.engine, self.clock = live, engine, clock
        self.walls = Walls(engine, city, clock)
        self._said: dict[Key, tuple[bytes, datetime]] = {}
        self._is_broken = False
        self._beating: asyncio.Task[None] | None = None
        live.listeners.append(self._hear)
        live.greeters.append(lambda: b"".join(encode(each) for each in self.walls.told().values()))

    async def start(self) -> None:
        """Go on with the walls that were open. The stream follows the feed already: nothing is missed in between."""
        await asyncio.to_thread(self.walls.restore)
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating

    def problems(self) -> list[str]:
        """What is wrong with the playlists, in sentences; the last good ones are shown."""
        return [f"{each} The last good playlists are shown." for each in self.walls.playlists.problems]

    def give(self, key: Key, command: Command) -> int:
        """Put a command into the feed, from where every process takes it; gives its number."""
        with engines.writing(self.engine) as conn:
            return feed.append(conn, self.clock.now(), [happenings.entry_of(key, command)])

    def given(self) -> list[dict[str, Any]]:
        """The last commands, the newest first."""
        with engines.reading(self.engine) as conn:
            rows = feed.of_kind(conn, happenings.KIND, self.clock.now() - LOGGED)
        return happenings.commands_of(rows)[:MOST_LOGGED]

    def _hear(self, rows: Sequence[Row]) -> None:
        if self.walls.hear(rows):
            self.live.in_loop(self._say)

    def _say(self) -> None:
        """Say the states that are other than before, and each anew now and then."""
        now, events = self.clock.now(), []
        for key, told in self.walls.told().items():
            mark = orjson.dumps({name: each for name, each in told.items() if name != "now"})
            said, said_at = self._said.get(key, (b"", now - SAID_EVERY))
            since = abs(now - said_at)
            if since >= SAID_EVERY or (mark != said and since >= SOONEST):
                self._said[key] = (mark, now)
                events.append((0, encode(told)))
        if events:
            self.live.publish(events)

    async def _beat(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            tick += 1
            try:
                self._say()
                if tick % LOOK_TICKS == 0:
                    await asyncio.to_thread(self._look)
                if tick % TIDY_TICKS == 0:
                    await asyncio.to_thread(self._tidy)
                self._is_broken = False
            except Exception:
                # The database may be away for hours: said once. The walls turn on meanwhile.
                if not self._is_broken:
                    log.exception("the walls are not looked after as they should; trying again")
                self._is_broken = True

    def _look(self) -> None:
        if self.walls.look_at_playlists():
            self.walls.keep(is_all=True)
        self.walls.learn_incidents()

    def _tidy(self) -> None:
        self.walls.forget()
        self.walls.keep()


def encode(told: dict[str, Any]) -> bytes:
    """A wall's whole state as a server-sent event."""
    return b"event: scene\ndata: " + orjson.dumps(told) + b"\n\n"
