"""Sums for the echo ledger: counts that add up over areas. Never writes, never a ratio. Those of rates: `data.indicators`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from data import feed, rollups
from data.queries import open_in
from data.schema import incident, rollup
from data.vocabulary import ENDED_STATES, OPEN_STATES


def ledger_counts(conn: Connection, level: str, code: str) -> dict[str, Any]:
    """What `data.ledger.balance` weighs of an area: `received` and `stock` and `answered` from the rollups, each by its own
    way, `rows` (the open ones by state) and `contradictory` (numbers of rows that contradict themselves) from the rows.
    """
    cells = rollup.c
    came_in = select(func.sum(cells.value)).where(
        cells.grouping_code == "month", cells.measure_code == "reported", cells.area_code == code
    )
    named = {rollups.STOCK + state: state for state in OPEN_STATES} | {rollups.ENDED + state: state for state in ENDED_STATES}
    statement = select(cells.measure_code, cells.value).where(
        cells.grouping_code == "stock",
        cells.measure_code.in_([*named, rollups.ANSWERED]),
        cells.period_start == 0,
        cells.area_code == code,
    )
    standing = {row.measure_code: int(row.value) for row in conn.execute(statement)}
    by_state = select(incident.c.state_code, func.count()).where(open_in(level, code)).group_by(incident.c.state_code)
    contradictory = select(incident.c.id, incident.c.received_at).where(
        open_in(level, code), incident.c.state_code.not_in(list(OPEN_STATES))
    )
    return {
        "received": int(conn.execute(came_in).scalar() or 0),
        "answered": standing.pop(rollups.ANSWERED, 0),
        "stock": {named[measure]: count for measure, count in standing.items()},
        "rows": {state: int(count) for state, count in conn.execute(by_state)},
        "contradictory": [
            feed.number(dict(row)) for row in conn.execute(contradictory.order_by(incident.c.id).limit(10)).mappings()
        ],
    }
