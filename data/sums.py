"""Sums for the echo ledger: counts that add up over areas. Never writes, never a ratio. Those of rates: `data.indicators`."""

from __future__ import annotations

from typing import Any, Final

import orjson
from sqlalchemy import Connection, func, select

from data import feed, refusals, rollups
from data.queries import open_in
from data.schema import incident, ledger_check, rollup
from data.vocabulary import ENDED_STATES, OPEN_STATES

ECHO: Final = (rollups.OWED, rollups.ANSWERED, rollups.UNDELIVERED, rollups.UNPROVEN)


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
