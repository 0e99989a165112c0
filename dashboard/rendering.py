"""Panels rendered: each once per data version and minute however many walls ask, with one door for errors."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cachetools import LRUCache
from plotly.io.json import to_json_plotly
from sqlalchemy import Engine

from dashboard import components
from dashboard.asked import Asked, Panel
from dashboard.i18n import Look
from dashboard.selection import Selection
from data import engine as engines
from data import feed
from data.city import City
from data.instants import to_microseconds

KEPT: Final = 512
log = logging.getLogger("shouwang.panels")


@dataclass(frozen=True)
class Rendered:
    """A panel's content and its digest: what a page shows already is not sent, and not laid out, again.

    `as_of` is when its figures were read, `None` when they never were; `has_failed` says that they could not be read now.
    """

    children: list[Any]
    digest: str
    as_of: datetime | None
    has_failed: bool = False


def _rendered(children: list[Any], as_of: datetime | None, *, has_failed: bool = False) -> Rendered:
    digest = hashlib.blake2b(str(to_json_plotly(children)).encode(), digest_size=8).hexdigest()
    return Rendered(children, digest, as_of, has_failed)


def shown(panels: Sequence[Panel], rendered: Mapping[str, Rendered], known: Mapping[str, str]) -> dict[str, Any]:
    """What a page shows once it has these: `digests` by key, and by tile `as_of` (milliseconds or none) and which `failed`."""
    found = [(panel.tile, rendered[panel.key]) for panel in panels if panel.key in rendered]
    return {
        "digests": {**known, **{key: each.digest for key, each in rendered.items()}},
        "as_of": {tile: each.as_of and to_microseconds(each.as_of) // 1000 for tile, each in found},
        "failed": [tile for tile, each in found if each.has_failed],
    }


class Renderer:
    """Renders panels, each once per data version and minute however many walls ask; keeps the last good picture of each."""

    def __init__(self, engine: Engine, city: City, *, shows_photographs: bool = False) -> None:
        self.engine, self.city, self.shows_photographs = engine, city, shows_photographs
        self._kept: LRUCache[tuple[Any, ...], tuple[tuple[int, int], datetime, Rendered]] = LRUCache(KEPT)
        self._failing: dict[tuple[Any, ...], tuple[str, str]] = {}  # what it said and its reference, said once while it lasts
        self._lock = threading.Lock()

    def render_all(self, selection: Selection, now: datetime, panels: Sequence[Panel]) -> dict[str, Rendered]:
        """These panels by their keys, in order."""
        return {panel.key: self.render(panel, selection, now) for panel in panels}

    def render(self, panel: Panel, selection: Selection, now: datetime) -> Rendered:
        """The panel's content. An error becomes a sentence here, with the last good picture where there is one."""
        asked = Asked(selection, self.city, Look(selection.language, self.city.zone), now, self.shows_photographs)
        follows = {"area": selection.area_code, "incident": selection.incident_id, "filters": selection.filters}
        key = (panel.key, selection.language, *(follows[name] for name in panel.follows))
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and abs((now - kept[1]).total_seconds()) < panel.pace_seconds:
            return kept[2]
        try:
            with engines.reading(self.engine) as conn:
                version = feed.version(conn, now)
                if kept is not None and kept[0] == version:
                    return kept[2]
                found = panel.read(conn, asked)
            drawn = _rendered(panel.draw(found, asked), now)
        except Exception as error:
            said, reference = self._failing.get(key, ("", ""))
            if said != repr(error):
                reference = secrets.token_hex(3)
                if len(self._failing) >= KEPT:
                    self._failing.clear()
                self._failing[key] = (repr(error), reference)
                log.exception("panel %s failed, reference %s", panel.key, reference)
            return self._failed(reference, asked.look, kept[2] if kept else None)
        self._failing.pop(key, None)
        with self._lock:
            self._kept[key] = (version, now, drawn)
        return drawn

    @staticmethod
    def _failed(reference: str, look: Look, kept: Rendered | None) -> Rendered:
        if kept is None or kept.as_of is None:
            words = look.word("state.failed_empty", reference=reference)
            return _rendered([components.note(words, "failed")], None, has_failed=True)
        words = look.word("state.failed", reference=reference, time=look.clock(kept.as_of))
        return _rendered([components.note(words, "failed"), *kept.children], kept.as_of, has_failed=True)
