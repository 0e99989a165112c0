"""Keeps the patterns of the areas somebody looks at: found in the background, once per data version, one area after the other.

Who asks gets at once what is kept, however old, and whether newer ones are being looked for and how far that is.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from cachetools import LRUCache
from sqlalchemy import Engine

from data import engine as engines
from data import pattern_reads, rollups
from data.city import City
from data.pattern_finds import FINDERS
from data.patterns.record import Found, of_plain
from data.periods import county_date
from data.settings import ROOT

KEPT: Final = 64  # areas
PAUSE: Final = timedelta(minutes=5)  # between two searches of one area, be the data new or not
log = logging.getLogger("shouwang.patterns")


class Keeper:
    """The patterns of one process; its searches run one at a time in a child of low priority."""

    def __init__(self, engine: Engine, city: City, kinds: tuple[str, ...] = tuple(FINDERS)) -> None:
        self.engine, self.city, self.kinds = engine, city, kinds
        self._kept: LRUCache[tuple[str, str], Found] = LRUCache(KEPT)
        self._tried_at: LRUCache[tuple[str, str], datetime] = LRUCache(KEPT)
        self._lock, self._searching = threading.Lock(), threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ending = False

    def found(self, level: str, code: str, now: datetime) -> Found:
        """What is kept of an area. Starts a search when there is news; never waits for it."""
        key = (level, code)
        with self._lock:
            kept = self._kept.get(key, Found())
            tried_at = self._tried_at.get(key)
        if kept.share is not None or self._is_ending or (tried_at is not None and now - tried_at < PAUSE):
            return kept
        with engines.reading(self.engine) as conn:
            version = pattern_reads.version(conn, code, rollups.day_number(county_date(now, self.city.zone)))
        if version == kept.version and not kept.failed and "duplicate" not in self.kinds:
            return kept
        # Duplicates are of this very hour: they are looked for again though the days have not changed.
        kinds = ("duplicate",) if version == kept.version and not kept.failed else self.kinds
        return self._begin(key, now, version, kinds)

    def _begin(self, key: tuple[str, str], now: datetime, version: str, kinds: tuple[str, ...]) -> Found:
        with self._lock:
            kept = self._kept.get(key, Found())
            if kept.share is not None:
                return kept
            kept = self._kept[key] = replace(kept, share=0.0, failed=())
            self._tried_at[key] = now
        threading.Thread(target=self._search, args=(key, now, version, kinds), daemon=True).start()
        return kept

    def _search(self, key: tuple[str, str], now: datetime, version: str, kinds: tuple[str, ...]) -> None:
        job = {"url": self.engine.url.render_as_string(hide_password=False), "city": str(self.city.folder), "level": key[0],
               "area": key[1], "now": now.isoformat(), "kinds": kinds}  # fmt: skip
        ended: int | None = None
        try:
            with self._searching:
                ended = None if self._is_ending else self._run(key, job)
        finally:
            if ended:
                log.error("the search for patterns of %s ended with %s", key[1], ended)
            with self._lock:
                kept = self._kept.get(key, Found())
                done = replace(kept, share=None, as_of=now, version=version)
                self._kept[key] = done if ended == 0 else replace(kept, share=None, failed=kinds)

    def _run(self, key: tuple[str, str], job: dict[str, Any]) -> int:
        command = [sys.executable, "-m", "data.pattern_worker"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603 - our own
            self._child = child
            if self._is_ending:
                child.terminate()
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write(orjson.dumps(job) + b"\n")
            child.stdin.close()
            for line in child.stdout:
                self._hear(key, orjson.loads(line))
            self._child = None
            return child.wait()

    def _hear(self, key: tuple[str, str], said: dict[str, Any]) -> None:
        with self._lock:
            kept = self._kept.get(key, Found())
            if "patterns" in said:
                kept = replace(kept, patterns=kept.patterns | {said["kind"]: [of_plain(each) for each in said["patterns"]]})
            elif "failed" in said:
                log.error("patterns of kind %s of %s: %s", said["kind"], key[1], said["failed"])
                kept = replace(kept, failed=(*kept.failed, said["kind"]))
            else:
                kept = replace(kept, share=said["share"])
            self._kept[key] = kept

    def stop(self) -> None:
        """End the search that runs, if one does; no other begins."""
        self._is_ending = True
        child = self._child
        if child is not None:
            child.terminate()
