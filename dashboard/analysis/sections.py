"""What is opened below the pictures of the analysis page: the flow, or the patterns. Made apart from it: no click waits for it.

One door for errors, as in `dashboard.analysis.answers`.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from cachetools import LRUCache, cached
from dash.development.base_component import Component
from sqlalchemy import Engine

from dashboard.analysis import flows, sentences
from dashboard.analysis.view import METRIC, View, from_address
from dashboard.components import note
from dashboard.components_patterns import patterns_panel
from dashboard.components_ways import again, remark
from dashboard.i18n import ExactLook, Look
from data import engine as engines
from data import feed
from data.city import City
from data.clocks import Clock
from data.errors import UnknownCode
from data.pattern_keeper import Keeper
from data.periods import Span

KEPT: Final = 96  # reads; a view takes six
log = logging.getLogger("shouwang.analysis")


class Shown(NamedTuple):
    """What stands in the section, and of which view and state of the data it is."""

    key: str
    children: list[Component]


class Sections:
    """Makes the sections of one city; safe to ask from several threads."""

    def __init__(self, engine: Engine, city: City, clock: Clock, keeper: Keeper) -> None:
        self.engine, self.city, self.clock, self.keeper = engine, city, clock, keeper
        remembering = cached(LRUCache(KEPT), key=lambda key, make: key, lock=threading.Lock())
        self._remembered = remembering(lambda key, make: make())  # what is kept under a key, or made

    def shown(self, path: str, search: str, known: str = "") -> Shown | None:
        """The section of an address; `None` where the one of the key `known` is it already."""
        now = self.clock.now()
        try:
            view = from_address(self.city, path, search)
        except UnknownCode:
            return None if known == "" else Shown("", [])
        look = ExactLook(view.language, self.city.zone)
        try:
            return self._made(view, look, now, known)
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("the section %s of %s%s failed, reference %s", view.section, path, search, reference)
            words = look.word("section.failed", reference=reference)
            return Shown(reference, [note(words, "failed")])

    def _made(self, view: View, look: Look, now: datetime, known: str) -> Shown | None:
        if view.section == "patterns":
            return Shown(f"patterns {now.timestamp()}", self._patterns(view, look, now))
        if not view.section:
            return None if known == "" else Shown("", [])
        with engines.reading(self.engine) as conn:
            stamp = feed.version(conn, now)
            # Every link in it leads from the view as it stands, but for what is opened above it.
            key = repr((view.of(), stamp))
            if key == known:
                return None
            asked = flows.asked_of(self.city, view, now)
            found = flows.read(conn, self.city, view, now, lambda name, make: self._remembered((stamp, asked, name), make))
        return Shown(key, flows.draw(found, self.city, look, view.of(), now))

    def _patterns(self, view: View, look: Look, now: datetime) -> list[Component]:
        area = self.city.area(view.area_code)
        found = self.keeper.found(area.level_code, area.area_code, now)
        go = sentences.goer(self.city, View(view.area_code, language=view.language, section=view.section))
        parts = [remark(look.word("section.patterns.scope", area=look.name(area.name)))]
        parts += patterns_panel(found, look, self.city, lambda row: self._leads(row, look, go))
        return [*parts, again()] if found.share is not None else parts

    def _leads(self, row: Any, look: Look, go: Callable[..., str]) -> str:
        """The incidents of a pattern: of its place, kind, words and days; the first of a pair; of what is to come, its area."""
        if row["kind"] == "duplicate":
            return sentences.incident_address(row["incident_ids"][0], look)
        if row["kind"] == "forecast":
            return go(area_code=row["area_code"]) if self.city.areas_of(row["area_code"]) else ""
        if not self.city.areas_of(row["area_code"]) or (row["category_code"] and row["category_code"] not in self.city.categories):
            return ""
        days = f"{row['first_on']}..{row['last_on']}"
        period = Span.parse(days).name
        return go(area_code=row["area_code"], period=period, category=row["category_code"], text=row["words"], opened=METRIC)
