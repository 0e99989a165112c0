"""Sums for rates and for the echo ledger: counts that add up over areas and periods. Never writes, never a ratio.

The names of what rates are made of are those of `data.metrics.counts`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, and_, case, func, select

from data import feed, refusals, rollups
from data.periods import EPOCH_ON, midnight
from data.queries import open_in
from data.schema import incident, ledger_check, rollup
from data.vocabulary import ENDED_STATES, OPEN_STATES

ECHO: Final = (rollups.OWED, rollups.ANSWERED, rollups.UNDELIVERED, rollups.UNPROVEN)
_COUNT_OF: Final = {
    "due": "filed", "due_handled": "handled", "due_on_time": "handled_on_time", "due_ended": "ended",
    "due_returned": "returned", "due_reworked": "reworked", "due_extended": "extended",
    "reported": "reported", "resolved": "resolved", "closed": "closed",
}  # fmt: skip


def due_counts(
    conn: Connection, level: str, code: str, first_day: int, last_day: int, now: datetime, zone: ZoneInfo
) -> dict[str, int]:
    """The counts that rates are made of (`data.metrics.counts`), of the cases whose deadline lies in these county days.

    Sums come from the rollups; what is still open and not due, or suspended, is counted among the open incidents, at `now`.
    """
    cells = rollup.c
    sums = dict.fromkeys(_COUNT_OF.values(), 0)
    statement = (
        select(cells.measure_code, func.sum(cells.value))
        .where(cells.grouping_code == "day", cells.measure_code.in_(list(_COUNT_OF)), cells.area_code == code)
        .where(cells.period_start.in_(range(first_day, last_day + 1)))
        .group_by(cells.measure_code)
    )
    sums |= {_COUNT_OF[measure]: int(value) for measure, value in conn.execute(statement)}
    # A deadline at midnight belongs to the day that ends.
    begin, end = (midnight(EPOCH_ON + timedelta(days=day), zone) for day in (first_day, last_day + 1))
    is_due_here = and_(open_in(level, code), incident.c.due_at > begin, incident.c.due_at <= end, incident.c.resolved_at.is_(None))
    is_suspended = case((incident.c.state_code == "suspended", 1), else_=0)
    ahead = case((incident.c.due_at > now, 1), else_=0)
    found = conn.execute(select(func.sum(ahead), func.sum(is_suspended)).where(is_due_here)).one()
    return sums | {"not_due": int(found[0] or 0), "suspended": int(found[1] or 0)}


def ledger_counts(conn: Connection, level: str, code: str) -> dict[str, Any]:
    """What `data.ledger.balance` weighs of an area: `received` and `stock`, `owed`, `answered`, `undelivered`, `unproven` from
    the rollups, each by its own way, `rejected` (of the county alone, and received, too), `rows` (the open ones by state), and
    `contradictory`: names of rows at fault, seen now or by the last whole check.
    """
    cells = rollup.c
    came_in = select(func.sum(cells.value)).where(
        cells.grouping_code == "month", cells.measure_code == "reported", cells.area_code == code
    )
    named = {rollups.STOCK + state: state for state in OPEN_STATES} | {rollups.ENDED + state: state for state in ENDED_STATES}
    statement = select(cells.measure_code, cells.value).where(
        cells.grouping_code == "stock",
        cells.measure_code.in_([*named, *ECHO]),
        cells.period_start == 0,
        cells.area_code == code,
    )
    standing = {row.measure_code: int(row.value) for row in conn.execute(statement)}
    by_state = select(incident.c.state_code, func.count()).where(open_in(level, code)).group_by(incident.c.state_code)
    contradictory = select(incident.c.id, incident.c.received_at).where(
        open_in(level, code), incident.c.state_code.not_in(list(OPEN_STATES))
    )
    rejected = refusals.standing_count(conn) if level == "county" else 0
    seen = [feed.number(dict(row)) for row in conn.execute(contradictory.order_by(incident.c.id).limit(10)).mappings()]
    return {
        "received": int(conn.execute(came_in).scalar() or 0) + rejected,
        "rejected": rejected,
        **{name: standing.pop(name, 0) for name in ECHO},
        "stock": {named[measure]: count for measure, count in standing.items()},
        "rows": {state: int(count) for state, count in conn.execute(by_state)},
        "contradictory": [*seen, *_named(conn, level, code)],
    }


def _named(conn: Connection, level: str, code: str) -> list[str]:
    """The rows of an area that the last whole check found at fault."""
    found = conn.execute(select(ledger_check.c.named).order_by(ledger_check.c.id.desc()).limit(1)).scalar()
    return [each["name"] for each in orjson.loads(found or "[]") if level == "county" or code == each.get(level)]
