"""The registry of panels: which question each answers, what it reads and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from dashboard import components, ids
from dashboard.asked import Asked, Panel
from dashboard.figures import flow, wall
from dashboard.panels_flow import FLOW
from dashboard.scene_panels import SCENE_PANELS
from data import chains, indicators, ledger, links, queries, sums

MOST_DUE: Final = 4
MOST_SIGNS: Final = 2  # of them
FIRST_TILES: Final = ("today", "pipeline", "due", "hours", "timeline")  # before a page has said what it shows
TODAY: Final = ("reported", "resolved", "open_now", "late_open", "due_today")


def _read_today(conn: Connection, asked: Asked) -> Any:
    hours = queries.hours_of_day(conn, asked.selection.area_code, asked.now, asked.city.zone)
    if asked.selection.filters:
        hours |= {"usual_low": None, "usual_high": None}  # what is usual is known of all cases only
    return {"figures": indicators.values(conn, asked.city, asked.scope(), TODAY, asked.now), "hours": hours}


def _read_pipeline(conn: Connection, asked: Asked) -> Any:
    return queries.pipeline(conn, asked.selection.level_code, asked.selection.area_code, asked.now, asked.scope().more_conditions())


def _read_due(conn: Connection, asked: Asked) -> Any:
    area, more = (asked.selection.level_code, asked.selection.area_code), asked.scope().more_conditions()
    return {
        "late": queries.late_incidents(conn, *area, asked.now, MOST_DUE, more),
        "soon": queries.soon_due_incidents(conn, *area, asked.now, MOST_DUE, more),
        "signs": chains.signs(conn, *area, asked.now, MOST_SIGNS, more),
    }


def _draw_due(found: Any, asked: Asked) -> list[Any]:
    signs = [wall.sign(case, asked.city, asked.look, asked.now) for case in found["signs"]]
    rows = wall.due(found["late"], found["soon"], asked.city, asked.look, asked.now, MOST_DUE - len(signs))
    return components.due([*signs, *rows], asked.look)


def _read_case(conn: Connection, asked: Asked) -> Any:
    chosen = asked.selection.incident_id
    if chosen is None:
        chosen = queries.newest_id(conn, asked.selection.level_code, asked.selection.area_code)
    found = None if chosen is None else queries.incident_with_steps(conn, chosen)
    return None if found is None else (*found, links.family(conn, found[0]["id"]))


def _draw_case(found: Any, asked: Asked) -> list[Any]:
    if found is None:
        return [components.note(asked.look.word("timeline.empty"), "empty")]
    case, steps, family = found
    return components.timeline(flow.timeline(case, steps, asked.city, asked.look, asked.now, family.master, family.merged))


PANELS: Final = (
    Panel(ids.PANEL_TODAY, "Is today like other days?", _read_today,
          lambda found, asked: components.today(wall.today(**found, look=asked.look), asked.look),
          ("area", "filters"), metrics=TODAY),
    Panel(ids.PANEL_PIPELINE, "Who waits where, and how long?", _read_pipeline,
          lambda found, asked: components.pipeline(wall.pipeline(found, asked.look, asked.now)), ("area", "filters")),
    Panel(ids.PANEL_DUE, "What is late or about to be, and what does nobody own?", _read_due, _draw_due, ("area", "filters")),
    Panel(ids.PANEL_HOURS, "When do reports come today?",
          lambda conn, asked: queries.hours_of_day(conn, asked.selection.area_code, asked.now, asked.city.zone),
          lambda found, asked: components.hours(wall.hours(found)), ("area",)),
    Panel(ids.PANEL_LEDGER, "Has every report its place, and its answer?",
          lambda conn, asked: sums.ledger_counts(conn, asked.selection.level_code, asked.selection.area_code),
          lambda found, asked: components.ledger(wall.ledger(ledger.balance(found), asked.look)), ("area",)),
    Panel(ids.PANEL_TIMELINE, "What became of this report?", _read_case, _draw_case, ("area", "incident")),
    *FLOW,
    *SCENE_PANELS,
)  # fmt: skip


def asked_for(pulse: Mapping[str, Any] | None) -> tuple[Panel, ...]:
    """The panels whose tiles a page shows now; all that always stand when it does not say."""
    tiles = (pulse or {}).get("tiles") or FIRST_TILES
    return tuple(panel for panel in PANELS if panel.tile in tiles or panel.key == ids.PANEL_LEDGER)


def asked_next(pulse: Mapping[str, Any] | None) -> tuple[Panel, ...]:
    """The panels that only the next scene shows: they are ready when it comes."""
    tiles = (pulse or {}).get("next") or ()
    return tuple(panel for panel in PANELS if panel.tile in tiles and panel.key != ids.PANEL_LEDGER)
