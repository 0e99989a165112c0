"""The panels of the flow: what is in motion, how long it takes, which ways it goes. `dashboard.panels` renders them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from dashboard import components_axis, ids
from dashboard import components_flow as components
from dashboard.asked import Asked, Panel
from dashboard.components import note
from dashboard.figures import axis, chain, durations, follows, swimlanes, variants, wall
from data import chains, lanes, mining, queries, rollups, stage_times, walks
from data.lifecycle import replay
from data.periods import Period, county_date

WEEKS_BEFORE: Final = 4
WALK_DAYS: Final = 28
WALKS_EVERY: Final = 900  # seconds
WALKS_STALE: Final = WALKS_EVERY + 300


def _area(asked: Asked) -> tuple[str, str]:
    return asked.selection.level_code, asked.selection.area_code


def _read_lanes(conn: Connection, asked: Asked) -> Any:
    kinds = {code: each.kind_code for code, each in asked.city.organisations.items()}
    return lanes.in_motion(conn, *_area(asked), asked.now, kinds)


def _draw_lanes(found: Any, asked: Asked) -> list[Any]:
    return components.swimlanes(swimlanes.swimlanes(found, asked.city, asked.look, asked.now), asked.look)


def _read_durations(conn: Connection, asked: Asked) -> Any:
    today, zone = county_date(asked.now, asked.city.zone), asked.city.zone
    monday = rollups.day_number(Period.holding("week", today).first_on)
    now, basis = stage_times.in_buckets(conn, *_area(asked), monday, rollups.day_number(today), zone)
    before, _ = stage_times.in_buckets(conn, *_area(asked), monday - 7 * WEEKS_BEFORE, monday - 1, zone)
    return {"now": now, "before": before, "basis": basis}


def _draw_durations(found: Any, asked: Asked) -> list[Any]:
    return components.durations(durations.durations(**found, look=asked.look), asked.look)


def _walks(conn: Connection, asked: Asked) -> walks.Walks:
    return walks.closed_walks(conn, *_area(asked), asked.now - timedelta(days=WALK_DAYS), asked.now)


def _read_variants(conn: Connection, asked: Asked) -> Any:
    found = _walks(conn, asked)
    paths = mining.variants(found.steps)
    return {"paths": paths, "conformance": mining.conformance(paths), "days": WALK_DAYS, "case_count": found.case_count,
            "read_count": found.read_count}  # fmt: skip


def _draw_variants(found: Any, asked: Asked) -> list[Any]:
    return components.variants(variants.variants(found, asked.look), asked.look, WALK_DAYS)


def _read_follows(conn: Connection, asked: Asked) -> Any:
    found = _walks(conn, asked)
    return {"edges": mining.map_edges(found.steps, mining.NODES), "read_count": found.read_count}


def _draw_follows(found: Any, asked: Asked) -> list[Any]:
    return components.follows(follows.follows(found, asked.look), asked.look, WALK_DAYS)


def _read_chain(conn: Connection, asked: Asked) -> Any:
    """The gravest case that nobody owns in earnest: its sign, and the case with its steps."""
    found = chains.signs(conn, *_area(asked), asked.now, 1)
    case = queries.incident_with_steps(conn, found[0]["id"]) if found else None
    return None if case is None else (found[0], case)


def _draw_chain(found: Any, asked: Asked) -> list[Any]:
    city, look = asked.city, asked.look
    if found is None:
        return [note(look.word("chain.none"), "empty")]
    sign, (case, steps) = found
    hands = chain.links(replay(case, steps, city.rules, asked.now).holdings)
    why = wall.sign(sign, city, look, asked.now)["words"]
    return components.bounce(chain.bounce(case, hands, why, city, look), look)


def _read_axis(conn: Connection, asked: Asked) -> Any:
    """The chosen incident with its steps; else the one nobody owns in earnest, or the newest of the area."""
    chosen = asked.selection.incident_id
    if chosen is None:
        signed = chains.signs(conn, *_area(asked), asked.now, 1)
        chosen = signed[0]["id"] if signed else queries.newest_id(conn, *_area(asked))
    return None if chosen is None else queries.incident_with_steps(conn, chosen)


def _draw_axis(found: Any, asked: Asked) -> list[Any]:
    if found is None:
        return [note(asked.look.word("timeline.empty"), "empty")]
    case, steps = found
    return components_axis.timeline_axis(axis.timeline_axis(case, steps, asked.city, asked.look, asked.now), asked.look)


FLOW: Final = (
    Panel(ids.PANEL_LANES, "What is in motion, in whose hands, and for how long?", _read_lanes, _draw_lanes, ("area",)),
    Panel(ids.PANEL_DURATIONS, "Do the stages take longer than before?",
          _read_durations, _draw_durations, ("area",), pace_seconds=60),
    Panel(ids.PANEL_VARIANTS, "Which ways do cases take, and do they follow the prescribed one?",
          _read_variants, _draw_variants, ("area",), pace_seconds=WALKS_EVERY, freshness_seconds=WALKS_STALE),
    Panel(ids.PANEL_FOLLOWS, "What follows what, how often, and where does it go back?",
          _read_follows, _draw_follows, ("area",), pace_seconds=WALKS_EVERY, freshness_seconds=WALKS_STALE),
    Panel(ids.PANEL_CHAIN, "What is passed to and fro most, and by whom?",
          _read_chain, _draw_chain, ("area",)),
    Panel(ids.PANEL_AXIS, "Where did the time of this case go, by both clocks?", _read_axis, _draw_axis, ("area", "incident")),
)  # fmt: skip
