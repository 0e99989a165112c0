"""The state of every open wall, folded from the change feed. Never decides a scene itself, never says anything to anybody.

The states of all processes agree because they come from the feed alone, in commit order. Now and then a whole state is kept in the
feed: whoever starts, goes on from there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine

from dashboard import director, director_record, happenings
from dashboard.director import State
from dashboard.happenings import Happening, Key, Row
from data import engine as engines
from data import feed, queries
from data.city import City
from data.clocks import Clock
from data.errors import TooManyWalls
from data.playlist_files import Kept
from data.playlists import DEFAULT_SCREEN, Programme
from data.store import shown_places

KEPT_EVERY: Final = timedelta(minutes=10)
FORGOTTEN_AFTER: Final = timedelta(hours=1)  # without anybody asking for it
OLDEST_STATE: Final = timedelta(hours=6)  # a wall that nobody kept longer than this begins anew
CLOCKS_DIFFER: Final = timedelta(minutes=1)
MOST_WALLS: Final = 64
CHUNK: Final = 500


@dataclass
class Wall:
    """One screen of one area: its state as of the last happening, when somebody asked for it, when it was kept."""

    base: State
    asked_at: datetime
    kept_at: datetime


class Walls:
    """One state for each (screen, area) that somebody looks at."""

    def __init__(self, engine: Engine, city: City, clock: Clock) -> None:
        self.engine, self.city, self.clock = engine, city, clock
        self.playlists = Kept(city)
        self.heard_id = 0
        self._walls: dict[Key, Wall] = {}
        self._incidents: dict[int, dict[str, Any]] = {}
        # Held while the feed is folded. Who holds it only reads the database, so nobody waits for a writer that waits for it.
        self._lock = threading.Lock()

    def programme(self, key: Key) -> Programme:
        return self.playlists.current.programme(self.city, *key)

    def ask(self, screen: str, area_code: str) -> dict[str, Any]:
        """What a wall is told now; it is begun when nobody asked before. Raises `UnknownCode` and `TooManyWalls`."""
        key = (self.playlists.current.screen(screen).title.code, self.city.area(area_code).area_code)
        if key not in self._walls:
            if len(self._walls) >= MOST_WALLS:
                raise TooManyWalls(f"{MOST_WALLS} walls are open.", remedy="One that nobody asks for is forgotten in an hour.")
            self._open(key)
        wall = self._walls[key]
        wall.asked_at = max(wall.asked_at, self.clock.now())
        return self._told(key, wall)

    def told(self) -> dict[Key, dict[str, Any]]:
        """What each wall is told now: its whole state."""
        return {key: self._told(key, wall) for key, wall in sorted(self._walls.items(), key=lambda each: each[0])}

    def _told(self, key: Key, wall: Wall) -> dict[str, Any]:
        screens, now, programme = self.playlists.current.screens, self.clock.now(), self.programme(key)
        state = director.advance(wall.base, programme, now)
        told = director_record.told(screens.get(key[0]) or screens[DEFAULT_SCREEN], state, programme, self._incidents)
        return {"screen": key[0], "area": key[1], "now": feed.milliseconds(now)} | told

    # What happens

    def hear(self, rows: Sequence[Row]) -> bool:
        """Take changes of the feed, in order; each counts once, whoever brings it. True when a wall may look different."""
        with self._lock:
            return self._fold(rows)

    def _fold(self, rows: Sequence[Row]) -> bool:
        is_changed = False
        for each in happenings.read([row for row in rows if row[0] > self.heard_id]):
            is_changed |= self._take(each)
        if rows:
            self.heard_id = max(self.heard_id, rows[-1][0])
        return is_changed

    def _take(self, each: Happening) -> bool:
        if each.state is not None:
            self._adopt(each)
        is_shown = each.alarm is not None or each.incident.get("id") in self._incidents
        if is_shown:
            self._incidents[each.incident["id"]] = each.incident
        for key, wall in self._walls.items():
            wall.base = self._after(key, wall.base, each)
        return is_shown or not each.incident

    def _after(self, key: Key, state: State, each: Happening) -> State:
        if not each.concerns(key):
            return state
        programme = self.programme(key)
        if each.command is not None:
            return director.command(state, programme, each.command, each.at)
        if each.alarm is not None and each.is_new(programme.rules.newest):
            return director.interrupt(state, programme, each.alarm, each.at)
        return state

    def _adopt(self, each: Happening) -> None:
        """A kept state, ours or another process's, is what the wall goes on with."""
        assert each.state is not None and each.asked_at is not None
        wall = self._walls.setdefault(each.key, Wall(each.state, each.asked_at, each.at))
        wall.base, wall.kept_at, wall.asked_at = each.state, each.at, max(wall.asked_at, each.asked_at)

    def _catch_up(self, conn: Connection) -> None:
        while rows := feed.after(conn, self.heard_id, CHUNK):
            self._fold(rows)

    # Walls go on, begin, are kept, and are forgotten

    def restore(self) -> None:
        """Go on with the walls that were open a moment ago; what the feed tells from now on is heard."""
        now = self.clock.now()
        with self._lock, engines.reading(self.engine) as conn:
            kept = [each for each in self._kept(conn).values() if each.asked_at and now - each.asked_at < FORGOTTEN_AFTER]
            self.heard_id = min(each.id for each in kept) - 1 if kept else feed.head(conn)
            self._catch_up(conn)
        self.learn_incidents()

    def _kept(self, conn: Connection) -> dict[Key, Happening]:
        """The newest kept state of each wall, as far as one can still go on with it."""
        now = self.clock.now()
        found = happenings.read(feed.of_kind(conn, happenings.KIND, now - OLDEST_STATE))
        newest = {each.key: each for each in found if each.state is not None}
        # A rehearsal may start at an earlier hour than the one before it ended.
        return {key: each for key, each in newest.items() if each.at <= now + CLOCKS_DIFFER}

    def _open(self, key: Key) -> None:
        """Go on with a wall from its kept state, or begin it; of several processes one begins and the others go on."""
        with engines.writing(self.engine) as conn:
            feed.hold(conn)
            kept, now = self._kept(conn).get(key), self.clock.now()
            if kept is None:
                self._keep(conn, {key: Wall(director.begin(self.programme(key), now), now, now)}, now)
        with self._lock, engines.reading(self.engine) as conn:
            self._catch_up(conn)
            if key not in self._walls and kept is not None:
                self._walls[key] = self._continued(conn, key, kept)
        self.learn_incidents()

    def _continued(self, conn: Connection, key: Key, kept: Happening) -> Wall:
        assert kept.state is not None
        state, last = kept.state, kept.id
        while rows := [row for row in feed.after(conn, last, CHUNK) if row[0] <= self.heard_id]:
            last = rows[-1][0]
            for each in happenings.read(rows):
                state = self._after(key, state, each)
        return Wall(state, self.clock.now(), kept.at)

    def keep(self, *, is_all: bool = False) -> None:
        """Keep the states that were kept long ago, or all of them.

        Nobody else can commit in between: what is kept is what the feed says up to there.
        """
        if not self._due(is_all=is_all):
            return
        with engines.writing(self.engine) as conn:
            feed.hold(conn)
            with self._lock:
                self._catch_up(conn)
                due = self._due(is_all=is_all)
            self._keep(conn, due, self.clock.now())

    def _due(self, *, is_all: bool) -> dict[Key, Wall]:
        now = self.clock.now()
        return {key: wall for key, wall in list(self._walls.items()) if is_all or now - wall.kept_at >= KEPT_EVERY}

    def _keep(self, conn: Connection, walls: dict[Key, Wall], at: datetime) -> None:
        states = {key: director.advance(wall.base, self.programme(key), at) for key, wall in walls.items()}
        feed.append(conn, at, [happenings.entry_of_state(key, states[key], wall.asked_at) for key, wall in walls.items()])

    def forget(self) -> None:
        """Forget the walls nobody has asked for in an hour, and the incidents that none shows any more."""
        now = self.clock.now()
        with self._lock:
            for key in [key for key, wall in self._walls.items() if now - wall.asked_at > FORGOTTEN_AFTER]:
                del self._walls[key]
            used = {number for wall in self._walls.values() for number in director_record.incidents_of(wall.base)}
            self._incidents = {number: said for number, said in self._incidents.items() if number in used}

    def learn_incidents(self) -> None:
        """Read what is told of incidents whose words went by before anybody listened."""
        with self._lock:
            asked = {number for wall in self._walls.values() for number in director_record.detailed(wall.base)}
        if missing := asked - self._incidents.keys():
            with engines.reading(self.engine) as conn:
                rows = queries.incidents_of(conn, sorted(missing))
                places = shown_places(conn, rows)
            for row, place in zip(rows, places, strict=True):
                self._incidents.setdefault(row["id"], feed.incident_state({**row, **place}, ""))

    def look_at_playlists(self) -> bool:
        """Take an edited playlist; true when another is in force. What is shown stays until its dwell is over."""
        if not self.playlists.is_edited():
            return False
        with self._lock:
            now = self.clock.now()
            for key, wall in self._walls.items():
                wall.base = director.advance(wall.base, self.programme(key), now)
            return self.playlists.refresh()
