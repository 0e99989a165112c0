"""Panels rendered: each once per data version and minute however many walls ask, with one door for errors."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from plotly.io.json import to_json_plotly
from sqlalchemy import Engine

from dashboard import components
from dashboard.asked import Asked, Panel
from dashboard.i18n import Look
from dashboard.selection import Selection
from data import engine as engines
from data import feed
from data.city import City

KEPT: Final = 512
log = logging.getLogger("shouwang.panels")


@dataclass(frozen=True)
class Rendered:
    """A panel's content and its digest: what a page shows already is not sent, and not laid out, again."""

    children: list[Any]
    digest: str


def _rendered(children: list[Any]) -> Rendered:
    return Rendered(children, hashlib.blake2b(str(to_json_plotly(children)).encode(), digest_size=8).hexdigest())


class Renderer:
    """Renders panels, each once per data version and minute however many walls ask; keeps the last good picture of each."""

    def __init__(self, engine: Engine, city: City) -> None:
        self.engine, self.city = engine, city
        self._kept: OrderedDict[tuple[Any, ...], tuple[tuple[int, int], datetime, Rendered]] = OrderedDict()
        self._lock = threading.Lock()

    def render_all(self, selection: Selection, now: datetime, panels: Sequence[Panel]) -> dict[str, Rendered]:
        """These panels by their keys, in order."""
        return {panel.key: self.render(panel, selection, now) for panel in panels}

    def render(self, panel: Panel, selection: Selection, now: datetime) -> Rendered:
        """The panel's content. An error becomes a sentence here, with the last good picture where there is one."""
        asked = Asked(selection, self.city, Look(selection.language, self.city.zone), now)
        follows = {"area": selection.area_code, "incident": selection.incident_id}
        key = (panel.key, selection.language, *(follows[name] for name in panel.follows))
        kept = self._kept.get(key)
        if kept is not None and abs((now - kept[1]).total_seconds()) < panel.pace_seconds:
            return kept[2]
        try:
            with engines.reading(self.engine) as conn:
                version = (feed.head(conn), int(now.timestamp()) // 60)
                if kept is not None and kept[0] == version:
                    return kept[2]
                found = panel.read(conn, asked)
            drawn = _rendered(panel.draw(found, asked))
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("panel %s failed, reference %s", panel.key, reference)
            return self._failed(reference, asked.look, kept[2] if kept else None)
        with self._lock:
            self._kept[key] = (version, now, drawn)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return drawn

    @staticmethod
    def _failed(reference: str, look: Look, kept: Rendered | None) -> Rendered:
        words = look.word("state.failed" if kept else "state.failed_empty", reference=reference)
        return _rendered([components.note(words, "failed"), *(kept.children if kept else [])])
