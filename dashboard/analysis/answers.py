"""Answers to addresses: the page of each view made once per data version and minute, as the text it is sent as.

Text, not dicts: a page has some hundred marks, and turning them into JSON anew for everybody who asks costs more than the
answer. One door for errors, as in `dashboard.rendering`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from cachetools import LRUCache
from sqlalchemy import Engine

from dashboard.analysis import drawing, reads, rows
from dashboard.analysis.view import from_address, is_address
from dashboard.i18n import Look, language_of
from data import engine as engines
from data import feed
from data.city import City
from data.clocks import Clock
from data.errors import UnknownCode
from data.instants import minute_of

KEPT: Final = 512
LOOK_SECONDS: Final = 0.5  # so long a data version is taken for the newest without asking
log = logging.getLogger("shouwang.analysis")


class Analyst:
    """Answers views of one city; safe to ask from several threads."""

    def __init__(self, engine: Engine, city: City, clock: Clock) -> None:
        self.engine, self.city, self.clock = engine, city, clock
        self._kept: LRUCache[tuple[str, str], tuple[tuple[int, int], str]] = LRUCache(KEPT)
        self._making: dict[tuple[str, str], asyncio.Future[str]] = {}
        self._lock = threading.Lock()
        self._version, self._looked = -1, float("-inf")

    def kept(self, path: str, search: str) -> str | None:
        """The answer of an address that is of this data version and minute, when there is one and the version is known."""
        if time.monotonic() - self._looked > LOOK_SECONDS:
            return None
        found = self._found((path, search))
        return found[1] if found is not None and found[0] == self._stamp(self.clock.now()) else None

    async def asked(self, path: str, search: str) -> str:
        """`answer` without holding up others: at once what is known, and what several ask for at a time made once for all."""
        known = self.kept(path, search)
        if known is not None:
            return known
        making = self._making.get((path, search))
        if making is None:
            making = asyncio.ensure_future(asyncio.to_thread(self.answer, path, search))
            self._making[path, search] = making
            making.add_done_callback(lambda _: self._making.pop((path, search), None))
        return await asyncio.shield(making)

    def answer(self, path: str, search: str) -> str:
        """The page of an address as JSON: what `dashboard.analysis.drawing.draw` gives, or `refused` or `failed` in a sentence."""
        now = self.clock.now()
        look = Look(language_of("en" if "lang=en" in (search or "") else None), self.city.zone)
        try:
            view = from_address(self.city, path, search)
            with engines.reading(self.engine) as conn:
                stamp, known = feed.version(conn, now), self._found((path, search))
                self._version, self._looked = stamp[0], time.monotonic()
                if known is not None and known[0] == stamp:
                    return known[1]
                found = reads.read(conn, self.city, view, now)
            look = Look(view.language, self.city.zone)
            made = orjson.dumps(drawing.draw(found, self.city, look, view, now)).decode()
        except UnknownCode as error:
            words = look.word("analysis.refused", list=named(look, error), code=str(error.facts["code"])[:40])
            return orjson.dumps({"refused": words}).decode()
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("the analysis of %s%s failed, reference %s", path, search, reference)
            return orjson.dumps({"failed": look.word("analysis.failed", reference=reference)}).decode()
        self._keep((path, search), stamp, made)
        return made

    def page_of_rows(self, path: str, search: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Rows of the opened figure for the table that asks; none when nothing is opened, or the page refuses the address."""
        nothing = {"rowData": [], "rowCount": 0}
        try:
            view = from_address(self.city, path, search) if is_address(path) else None
        except UnknownCode:
            return nothing
        if view is None or not view.opened:
            return nothing
        with engines.reading(self.engine) as conn:
            return rows.page(conn, self.city, view, request, self.clock.now())

    def _stamp(self, now: datetime) -> tuple[int, int]:
        return self._version, minute_of(now)

    def _found(self, key: tuple[str, str]) -> tuple[tuple[int, int], str] | None:
        with self._lock:
            return self._kept.get(key)

    def _keep(self, key: tuple[str, str], stamp: tuple[int, int], made: str) -> None:
        with self._lock:
            self._kept[key] = (stamp, made)


def named(look: Look, error: UnknownCode) -> str:
    """What the list is called in which there is no such code."""
    name = {"organisation": "department", "open": "metric"}.get(str(error.facts["list"]), str(error.facts["list"]))
    return look.maybe(f"analysis.by.{name}") or look.maybe(f"analysis.{name}") or name
