"""Reads of what is nobody's in earnest (推诿): the signs that are true now, and the chain of hands of each case.

The interface of the wall and of pictures:

    signs(conn, level, code, now, limit) -> list of dict
        id, kind, raised_at     the oldest sign of the case (`vocabulary.SIGNS`) and since when it is true
        signs                   all of them: [(kind, since when)], the oldest first
        severity                1 to 3
        holder_code             who has it now
        chain                   [Hand(organisation_code, from_at, to_at)] from the report to `now`: see `data.trails.hands_of`
        and the columns of `queries.LATE_COLUMNS`, `return_count`, `supervise_level`

The chain stands on the row (`hands_text`), so nothing is replayed to draw it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, case, func, select

from data.alarms import SIGN_COLUMNS, WORST, raised, severity
from data.queries import LATE_COLUMNS
from data.schema import incident
from data.trails import hands_of

Row = Mapping[str, Any]
_FOR_THE_CHAIN: Final = ("holder_since_at", "ended_at", "hands_text")
COLUMNS: Final = (*LATE_COLUMNS, *_FOR_THE_CHAIN, "return_count", "supervise_level", *SIGN_COLUMNS.values())


def signs(conn: Connection, level: str, code: str, now: datetime, limit: int, more: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The open cases of an area that have a sign at `now` and meet more conditions, the gravest first, then by the oldest sign."""
    one = [case((incident.c[column] <= now, 1), else_=0) for column in SIGN_COLUMNS.values()]
    watched = case((incident.c.urgency_code == "urgent", 1), else_=0) + case((incident.c.supervise_level > 0, 1), else_=0)
    grave = sum(one, start=watched)
    order = (case((grave > WORST, WORST), else_=grave).desc(), incident.c.sign_at, incident.c.id)
    # Which they are an index tells; only then are they looked at.
    ids = conn.execute(select(incident.c.id).where(_signed(level, code, now), *more).order_by(*order).limit(limit)).scalars().all()
    found = conn.execute(select(*(incident.c[name] for name in COLUMNS)).where(incident.c.id.in_(ids))).mappings()
    rows = {row["id"]: dict(row) for row in found}
    return [_told(rows[each], now) for each in ids]


def sign_counts(conn: Connection, level: str, code: str, now: datetime) -> dict[str, int]:
    """How many open cases of an area have each sign at `now` (a case may have several), and `cases`, how many have any."""
    sums = [func.sum(case((incident.c[column] <= now, 1), else_=0)) for column in SIGN_COLUMNS.values()]
    found = conn.execute(select(func.count(), *sums).where(_signed(level, code, now))).one()
    return {"cases": int(found[0])} | {kind: int(count or 0) for kind, count in zip(SIGN_COLUMNS, found[1:], strict=True)}


def _signed(level: str, code: str, now: datetime) -> Any:
    return and_(incident.c[f"{level}_code"] == code, incident.c.ended_at.is_(None), incident.c.sign_at <= now)


def _told(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    found = raised(row, now)
    kind, raised_at = found[0]
    return row | {
        "kind": kind,
        "raised_at": raised_at,
        "signs": found,
        "severity": severity(row, len(found)),
        "chain": hands_of(row, now),
    }
