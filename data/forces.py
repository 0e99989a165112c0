"""Reads on those who do the work: who reports from where, who answers and how soon, and what lies near a case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, and_, func, or_, select

from data.queries import LATE_COLUMNS, is_late, open_in
from data.schema import incident, step

Row = Mapping[str, Any]
WEEK: Final = timedelta(days=7)
ANSWER_WINDOW: Final = timedelta(days=14)  # a case dispatched this week was reported in the last two, but for a few
NEAR_DAYS: Final = 90


def reports_by_place(conn: Connection, level: str, code: str, below: str, now: datetime) -> dict[str, dict[str, Any]]:
    """Reports of the last seven days by area of the level `below`: `count`, `kinds` (reporter kind -> count) and `villages` heard
    from (how many). Reports without a place of that level are left out.
    """
    own, inner = incident.c[f"{level}_code"], incident.c[f"{below}_code"]
    statement = (
        select(inner, incident.c.village_code, incident.c.reporter_kind_code, func.count())
        .where(own == code, incident.c.reported_at > now - WEEK, incident.c.reported_at <= now, inner.is_not(None))
        .group_by(inner, incident.c.village_code, incident.c.reporter_kind_code)
    )
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    villages: dict[str, set[str]] = defaultdict(set)
    for place, village, kind, count in conn.execute(statement):
        kinds[place][kind] += int(count)
        if village:
            villages[place].add(village)
    return {
        place: {"count": sum(found.values()), "kinds": dict(found), "villages": len(villages[place])}
        for place, found in kinds.items()
    }


def channels_of_week(conn: Connection, level: str, code: str, now: datetime) -> dict[tuple[str, str], int]:
    """Reports of the last seven days by (channel, reporter kind)."""
    statement = (
        select(incident.c.channel_code, incident.c.reporter_kind_code, func.count())
        .where(incident.c[f"{level}_code"] == code, incident.c.reported_at > now - WEEK, incident.c.reported_at <= now)
        .group_by(incident.c.channel_code, incident.c.reporter_kind_code)
    )
    return {(channel, kind): int(count) for channel, kind, count in conn.execute(statement)}


def answering(conn: Connection, level: str, code: str, now: datetime) -> list[dict[str, Any]]:
    """Organisations that were handed a case in the last seven days, of cases reported in the last fourteen; most late ones first.

    `organisation_code`, `handed_count`, `accepted_count`, `median_minutes` from hand-over to acceptance (`None` without any);
    and of what each holds now `open_count`, `late_count`.
    """
    handed = (
        select(step.c.incident_id, step.c.action_code, step.c.at, step.c.organisation_code, step.c.to_organisation_code)
        .join(incident, incident.c.id == step.c.incident_id)
        .where(incident.c[f"{level}_code"] == code, incident.c.reported_at > now - ANSWER_WINDOW)
        .where(step.c.action_code.in_(("dispatch", "accept")), step.c.is_possible.is_(True), step.c.at <= now)
        .order_by(step.c.incident_id, step.c.at, step.c.id)
    )
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"handed_count": 0, "waits": []})
    waiting: dict[int, tuple[str, datetime]] = {}
    for case, action, at, who, to_whom in conn.execute(handed):
        if action == "dispatch" and to_whom:
            waiting[case] = (to_whom, at)
            if at > now - WEEK:
                found[to_whom]["handed_count"] += 1
        elif action == "accept" and case in waiting:
            to_whom, since = waiting.pop(case)
            if since > now - WEEK and who in (None, to_whom):
                found[to_whom]["waits"].append((at - since).total_seconds() / 60)
    holding = _held(conn, level, code, now)
    nothing = {"open_count": 0, "late_count": 0}
    rows = [
        {
            "organisation_code": each,
            "handed_count": said["handed_count"],
            "accepted_count": len(said["waits"]),
            "median_minutes": median(said["waits"]) if said["waits"] else None,
            **holding.get(each, nothing),
        }
        for each, said in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["late_count"], -row["open_count"], row["organisation_code"]))


def _held(conn: Connection, level: str, code: str, now: datetime) -> dict[str, dict[str, int]]:
    late = is_late(now)
    statement = (
        select(incident.c.holder_code, late, func.count()).where(open_in(level, code)).group_by(incident.c.holder_code, late)
    )
    held: dict[str, dict[str, int]] = defaultdict(lambda: {"open_count": 0, "late_count": 0})
    for holder, is_past, count in conn.execute(statement):
        held[holder]["open_count"] += int(count)
        held[holder]["late_count"] += int(count) if is_past else 0
    return held


def near(conn: Connection, case: Row, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Cases like this one: of the same kind in the same village in the last ninety days, or open in the same grid; newest first.
    `LATE_COLUMNS` and `ended_at`. Empty for a case without a village.
    """
    if case["village_code"] is None:
        return []
    alike = and_(incident.c.category_code == case["category_code"], incident.c.reported_at > now - timedelta(days=NEAR_DAYS))
    in_grid = and_(incident.c.grid_code == case["grid_code"], incident.c.ended_at.is_(None)) if case["grid_code"] else alike
    statement = (
        select(*(incident.c[name] for name in (*LATE_COLUMNS, "ended_at")))
        .where(incident.c.village_code == case["village_code"], incident.c.id != case["id"], or_(alike, in_grid))
        .where(incident.c.reported_at <= now)
        .order_by(incident.c.reported_at.desc(), incident.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in conn.execute(statement).mappings()]


def newest_urgent_id(conn: Connection, level: str, code: str) -> int | None:
    """The newest open urgent case of an area; the newest case at all when none is open."""
    area = incident.c[f"{level}_code"] == code
    newest = (incident.c.reported_at.desc(), incident.c.id.desc())
    urgent = select(incident.c.id).where(area, incident.c.ended_at.is_(None), incident.c.urgency_code == "urgent")
    found = conn.execute(urgent.order_by(*newest).limit(1)).scalar()
    return found if found is not None else conn.execute(select(incident.c.id).where(area).order_by(*newest).limit(1)).scalar()
