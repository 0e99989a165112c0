"""A replay that a wall watches: a house rewound to an instant, played on by a thread of its own, with a stream like the present's.

It reads the house and writes into its own scratch database alone: no director hears of it, nothing is filed, sent or measured.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from dashboard.asked import Panel
from dashboard.i18n import Look
from dashboard.live import HEARTBEAT_SECONDS, Live, milliseconds
from dashboard.pages import day_words
from dashboard.past_clock import PastClock
from dashboard.rendering import Rendered, Renderer
from dashboard.selection import Selection
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.rewind import Rewound
from data.schema import metadata

TICK_SECONDS: Final = 0.2
AROUND: Final = timedelta(hours=12)  # so far to both sides it can be scrubbed
EDGE: Final = timedelta(hours=1)  # who comes so near to an end of that sees further
BEHIND: Final = timedelta(seconds=2)  # what was committed so long ago can be read by everybody
IDLE_SECONDS: Final = 60.0  # nobody watches and nobody asks
SLOWER_SECONDS: Final = 1.5  # a house that cannot follow makes the clock wait for it
log = logging.getLogger("shouwang.past")


class Replay:
    """One wall's replay. It is opening, ready or failed; `stage` says what is being done while it opens."""

    def __init__(
        self, source: Engine, file: Path, city: City, present: Clock, clock: PastClock, selection: Selection, first_at: datetime,
        *, shows_photographs: bool = False,
    ) -> None:  # fmt: skip
        self.city, self.present, self.clock, self.selection, self.file = city, present, clock, selection, file
        self.at, self.first_at = clock.now(), first_at
        self._look_around(self.at)
        self.state, self.stage = "opening", "changed"
        self.rewound = Rewound(source, engines.scratch(file, metadata), city, selection.area_code)
        self.live = PastLive(self)
        self.renderer = Renderer(self.rewound.scratch, city, shows_photographs=shows_photographs)
        self._heard_at = time.monotonic()
        self._sought: datetime | None = None
        self._stirred, self.is_over = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="past", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """End it and forget its database."""
        self.is_over = True
        self._stirred.set()
        self._thread.join(30)

    def horizon(self) -> datetime:
        """Up to here the present has become past."""
        return self.present.now() - BEHIND

    def hear(self) -> None:
        """Somebody is still interested."""
        self._heard_at = time.monotonic()

    @property
    def is_idle(self) -> bool:
        return not self.live.subscribers and time.monotonic() - self._heard_at > IDLE_SECONDS

    def seek(self, at: datetime) -> None:
        """Be at another instant of the stretch that can be scrubbed, as soon as may be."""
        self._sought = min(max(at, self.from_at), self.until_at)
        self._move_on(self._sought)
        self.clock.set(self._sought)
        self._stirred.set()

    def _look_around(self, at: datetime) -> None:
        self.from_at, self.until_at = max(at - AROUND, self.first_at), min(at + AROUND, self.horizon())

    def _move_on(self, at: datetime) -> None:
        """Let the stretch that can be scrubbed come along where the replay has come to an end of it."""
        if not self.from_at + EDGE <= at <= self.until_at - EDGE:
            self._look_around(at)

    def pace(self, speed: float | None = None, *, is_playing: bool | None = None) -> None:
        self.clock.pace(speed, is_playing=is_playing)
        self._stirred.set()

    def said(self) -> dict[str, Any]:
        """How it stands, for its wall: instants in milliseconds."""
        look = Look(self.selection.language, self.city.zone)
        return {
            "state": self.state,
            "stage": self.stage,
            "at": milliseconds(self.clock.now()),
            "speed": self.clock.speed,
            "playing": self.clock.is_playing,
            "from": milliseconds(self.from_at),
            "until": milliseconds(self.until_at),
            "day": day_words(self.city, look, self.clock.now()),
        }

    def render(self, selection: Selection, panels: Sequence[Panel]) -> dict[str, Rendered]:
        """Panels as they were at the instant that the database has reached; none before it is open."""
        if self.state != "ready":
            return {}
        self.hear()
        if selection.incident_id is not None:
            self.rewound.bring(selection.incident_id)
        return self.renderer.render_all(selection, self.rewound.at, panels)

    def _run(self) -> None:
        try:
            self.rewound.open(self.at, self._tell)
            self.live.attach(self._loop)
            # Time was not to run while the house was being rewound.
            self.clock.set(self._sought or self.at)
            self.state = "ready"
            self._play()
        except InterruptedError:
            log.info("the replay of %s was given up", self.at)
        except Exception:
            log.exception("the replay of %s ended", self.at)
            self.state = "failed"
        finally:
            self.is_over = True
            self.live.hang_up_from_anywhere()
            self.rewound.scratch.dispose()
            for each in self.file.parent.glob(f"{self.file.name}*"):
                each.unlink(missing_ok=True)

    def _tell(self, stage: str) -> None:
        self.stage = stage
        if self.is_over:
            raise InterruptedError("nobody wants it any more")

    def _play(self) -> None:
        beaten_at = 0.0
        while not self.is_over and not self.is_idle:
            self._stirred.wait(TICK_SECONDS)
            has_changed = self._stirred.is_set()
            self._stirred.clear()
            self._follow()
            self.live.read()
            if has_changed or time.monotonic() - beaten_at >= HEARTBEAT_SECONDS:
                beaten_at = time.monotonic()
                self.live.learn_sources()
                self.live.publish([(0, self.live.heartbeat())])

    def _follow(self) -> None:
        """Bring the database to where the clock is."""
        if self._sought is not None:
            sought, self._sought = self._sought, None
            self.rewound.jump(sought)
            if self._sought is None:  # else another was asked for meanwhile
                self.clock.set(sought)
            return
        if not self.clock.is_playing:
            return
        horizon, target = self.horizon(), self.clock.now()
        if target >= horizon:
            target = horizon
            self.clock.set(horizon)
            self.clock.pace(is_playing=False)
        self._move_on(target)
        begun = time.monotonic()
        if target > self.rewound.at:
            self.rewound.advance(target, horizon)
        if time.monotonic() - begun > SLOWER_SECONDS and self._sought is None and self.clock.is_playing:
            self.clock.set(target)


class PastLive(Live):
    """The stream of a replay: fed by the replay's own thread, its heartbeats tell the speed."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay.rewound.scratch, replay.clock)
        self.replay = replay

    def said(self) -> dict[str, Any]:
        return {"past": self.replay.said()}

    def hang_up_from_anywhere(self) -> None:
        self.in_loop(self.hang_up)
