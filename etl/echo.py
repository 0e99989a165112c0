"""The worker of the echo: delivers answers as they fall due, and checks the whole ledger every minute. Safe to kill."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy import Engine

from data import audit
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.settings import Settings
from etl.courier import Courier

IDLE_SECONDS = 1.0
REST = 20  # times as long as a check took, at least: a large database is not looked through all the time
log = logging.getLogger("shouwang.echo")


class Echo:
    """Works in a thread of its own until stopped: a slow WeChat never keeps a message from being filed."""

    def __init__(self, engine: Engine, city: City, settings: Settings, clock: Clock) -> None:
        self.engine, self.city, self.clock = engine, city, clock
        self.courier = Courier(engine, city, settings, clock)
        self._rested_at = 0.0
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="echo", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join(10)

    def check_ledger(self) -> bool:
        """Check the whole ledger when its time has come; gives whether it found something else than before."""
        now, begun = self.clock.now(), time.monotonic()
        if begun < self._rested_at:
            return False
        with engines.reading(self.engine) as conn:
            if not audit.is_due(conn, now):
                return False
            found = audit.check(conn, self.city.code, self.city.rules, now)
        self._rested_at = time.monotonic() + REST * (time.monotonic() - begun)
        if found.faults or found.missing_count:
            log.error("the ledger does not add up: %s missing, at fault: %s", found.missing_count, found.named)
        with engines.writing(self.engine) as conn:
            return audit.record(conn, found, now)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.check_ledger()
                self.courier.deliver()
            except Exception:
                # The database may be away for a while; what is queued waits.
                log.exception("the echo stopped; it goes on in a moment")
            self._ending.wait(IDLE_SECONDS)
