"""The registry of panels: which question each answers, what it reads, how it is drawn; and `render`, their one door for errors."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from plotly.io.json import to_json_plotly
from sqlalchemy import Connection, Engine

from dashboard import components, ids
from dashboard.asked import Asked, Panel
from dashboard.figures import flow, wall
from dashboard.i18n import Look
from dashboard.panels_flow import FLOW, read_case
from dashboard.selection import Selection
from data import engine as engines
from data import feed, ledger, queries, rollups, sums
from data.city import City
from data.periods import county_date

MOST_DUE: Final = 4
KEPT: Final = 512
log = logging.getLogger("shouwang.panels")


def _read_today(conn: Connection, asked: Asked) -> Any:
    code, level, zone = asked.selection.area_code, asked.selection.level_code, asked.city.zone
    counts = queries.counts_of_day(conn, code, rollups.day_number(county_date(asked.now, zone)))
    waits = queries.pipeline(conn, level, code, asked.now)
    return {
        "counts": counts,
        "hours": queries.hours_of_day(conn, code, asked.now, zone),
        "open_count": sum(each["open_count"] for each in waits.values()),
        "late_count": sum(each["late_count"] for each in waits.values()),
        "due_count": queries.due_today_count(conn, level, code, asked.now, zone),
    }


def _read_pipeline(conn: Connection, asked: Asked) -> Any:
    return queries.pipeline(conn, asked.selection.level_code, asked.selection.area_code, asked.now)


def _read_due(conn: Connection, asked: Asked) -> Any:
    area = (asked.selection.level_code, asked.selection.area_code)
    return {
        "late": queries.late_incidents(conn, *area, asked.now, MOST_DUE),
        "soon": queries.soon_due_incidents(conn, *area, asked.now, MOST_DUE),
        "bounced": queries.most_bounced(conn, *area),
    }


def _draw_due(found: Any, asked: Asked) -> list[Any]:
    case, steps = found["bounced"] or (None, [])
    bounced = [] if case is None else [wall.bounced(case, steps, asked.city, asked.look, asked.now)]
    rows = wall.due(found["late"], found["soon"], asked.city, asked.look, asked.now, MOST_DUE - len(bounced))
    return components.due([*bounced, *rows], asked.look)


def _draw_case(found: Any, asked: Asked) -> list[Any]:
    if found is None:
        return [components.note(asked.look.word("timeline.empty"), "empty")]
    case, steps = found
    return components.timeline(flow.timeline(case, steps, asked.city, asked.look, asked.now))


PANELS: Final = (
    Panel(ids.PANEL_TODAY, "Is today like other days?", _read_today,
          lambda found, asked: components.today(wall.today(**found, look=asked.look), asked.look), ("area",)),
    Panel(ids.PANEL_PIPELINE, "Who waits where, and how long?", _read_pipeline,
          lambda found, asked: components.pipeline(wall.pipeline(found, asked.look, asked.now)), ("area",)),
    Panel(ids.PANEL_DUE, "What is late or about to be, and what is passed to and fro?", _read_due, _draw_due, ("area",)),
    Panel(ids.PANEL_HOURS, "When do reports come today?",
          lambda conn, asked: queries.hours_of_day(conn, asked.selection.area_code, asked.now, asked.city.zone),
          lambda found, asked: components.hours(wall.hours(found)), ("area",)),
    Panel(ids.PANEL_LEDGER, "Has every report its place, and its answer?",
          lambda conn, asked: sums.ledger_counts(conn, asked.selection.level_code, asked.selection.area_code),
          lambda found, asked: components.ledger(wall.ledger(ledger.balance(found), asked.look)), ("area",)),
    Panel(ids.PANEL_TIMELINE, "What became of this report?", read_case, _draw_case, ("area", "incident")),
)  # fmt: skip

# What a place may show beside them; a panel comes into `PANELS` with its slot on the wall.
ALL_PANELS: Final = (*PANELS, *FLOW)


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
        self._kept: OrderedDict[tuple[Any, ...], tuple[tuple[int, int], Rendered]] = OrderedDict()
        self._lock = threading.Lock()

    def render_all(self, selection: Selection, now: datetime) -> dict[str, Rendered]:
        """Every panel of the wall by its key, in order."""
        return {panel.key: self.render(panel, selection, now) for panel in PANELS}

    def render(self, panel: Panel, selection: Selection, now: datetime) -> Rendered:
        """The panel's content. An error becomes a sentence here, with the last good picture where there is one."""
        asked = Asked(selection, self.city, Look(selection.language, self.city.zone), now)
        follows = {"area": selection.area_code, "incident": selection.incident_id}
        key = (panel.key, selection.language, *(follows[name] for name in panel.follows))
        kept = self._kept.get(key)
        try:
            with engines.reading(self.engine) as conn:
                minute = int(now.timestamp()) // 60
                version = (0, minute // panel.every_minutes) if panel.every_minutes else (feed.head(conn), minute)
                if kept is not None and kept[0] == version:
                    return kept[1]
                found = panel.read(conn, asked)
            drawn = _rendered(panel.draw(found, asked))
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("panel %s failed, reference %s", panel.key, reference)
            return self._failed(reference, asked.look, kept)
        with self._lock:
            self._kept[key] = (version, drawn)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return drawn

    @staticmethod
    def _failed(reference: str, look: Look, kept: tuple[Any, Rendered] | None) -> Rendered:
        words = look.word("state.failed" if kept else "state.failed_empty", reference=reference)
        return _rendered([components.note(words, "failed"), *(kept[1].children if kept else [])])
