"""The replays of this process: few at once, each for one wall, forgotten when nobody watches."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from dashboard import past_clock
from dashboard.asked import Panel
from dashboard.panels import asked_for, asked_next
from dashboard.past import BEHIND, Replay
from dashboard.past_clock import PastClock
from dashboard.rendering import Rendered, Renderer
from dashboard.selection import Selection
from data import engine as engines
from data import known, rooms
from data.city import City
from data.clocks import Clock
from data.errors import NoSuchPast

MOST: Final = 4


class Replays:
    """Opens replays and finds them again by their key."""

    def __init__(self, engine: Engine, city: City, clock: Clock, folder: Path, *, shows_photographs: bool = False) -> None:
        self.engine, self.city, self.clock, self.parent = engine, city, clock, folder
        self.shows_photographs = shows_photographs
        self._folder: Path | None = None
        self._kept: dict[str, Replay] = {}
        self._lock = threading.Lock()

    def open(self, written: Mapping[str, str], selection: Selection, loop: asyncio.AbstractEventLoop) -> str:
        """Begin a replay for a wall; gives its key. Raises `NoSuchPast` for an instant or a speed that cannot be."""
        at = past_clock.instant(written.get("at", ""), self.city.zone)
        speed = past_clock.speed(written.get("speed", ""))
        if at > self.clock.now() - BEHIND:
            raise NoSuchPast(f"{at} has not come yet.", reason="to_come", written=written["at"])
        with engines.reading(self.engine) as conn:
            first_at = known.first_at(conn)
        if first_at is None:
            raise NoSuchPast("Nothing has been reported yet.", reason="nothing")
        if at < first_at:
            raise NoSuchPast(f"The first report is of {first_at}.", reason="too_early", first_at=first_at)
        is_playing = written.get("paused", "") != "1"
        with self._lock:
            self._make_room()
            key = secrets.token_urlsafe(9)
            clock = PastClock(at, speed, is_playing=is_playing)
            told = (self.engine, self._file(key), self.city, self.clock, clock, selection, first_at)
            self._kept[key] = Replay(*told, shows_photographs=self.shows_photographs)
        self._kept[key].start(loop)
        return key

    def get(self, key: str) -> Replay | None:
        """The replay of a key, unless it is over."""
        found = self._kept.get(key)
        return None if found is None or (found.is_over and found.state != "failed") else found

    def stop(self) -> None:
        """End all of them."""
        for each in list(self._kept.values()):
            each.stop()
        self._kept.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _make_room(self) -> None:
        self._kept = {key: each for key, each in self._kept.items() if not each.is_over}
        if len(self._kept) < MOST:
            return
        unwatched = [key for key, each in self._kept.items() if each.state == "ready" and not each.live.subscribers]
        if not unwatched:
            raise NoSuchPast(f"There are {MOST} replays already.", reason="too_many", count=MOST)
        self._kept.pop(unwatched[0]).stop()

    def _file(self, key: str) -> Path:
        if self._folder is None:
            rooms.sweep(self.parent)
            self._folder = rooms.room(self.parent)
        return self._folder / f"{key}.sqlite"


class AnyTime:
    """Renders a page's panels as of its own time: the present, or the past of the replay that its pulse names."""

    def __init__(self, renderer: Renderer, clock: Clock, replays: Replays) -> None:
        self.renderer, self.clock, self.replays = renderer, clock, replays

    def first(self, selection: Selection) -> dict[str, Rendered]:
        """What stands on a page before it has said what it shows; nothing of a past, which is not open yet."""
        return {} if selection.at else self.render_all(selection, None, asked_for(None))

    def answer(self, selection: Selection, pulse: Mapping[str, Any]) -> tuple[tuple[Panel, ...], dict[str, Rendered]]:
        """What a page asks for: its panels narrowed as its scene is, and those that only the next scene shows, as that one is."""
        panels, ahead = asked_for(pulse), asked_next(pulse)
        now, then = (selection.narrowed(self.renderer.city, pulse.get(name)) for name in ("filters", "next_filters"))
        following = tuple(panel for panel in ahead if panel not in panels)
        rendered = self.render_all(now, pulse, panels)
        # What stands already is made ahead of time only where it will be narrowed otherwise, and not shown before.
        ready = self.render_all(then, pulse, following if now == then else ahead)
        return (*panels, *following), {**{panel.key: ready[panel.key] for panel in following if panel.key in ready}, **rendered}

    def render_all(self, selection: Selection, pulse: Mapping[str, Any] | None, panels: Sequence[Panel]) -> dict[str, Rendered]:
        """Panels by their keys; none of a replay that is not open, or over."""
        if not selection.at:
            return self.renderer.render_all(selection, self.clock.now(), panels)
        found = self.replays.get(str((pulse or {}).get("past") or ""))
        return {} if found is None else found.render(selection, panels)
