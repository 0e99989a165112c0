"""Reads of what is passed to and fro: who gives cases back, to whom they go next, and which went round most. Never writes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data import way_reads
from data.filters import Filter
from data.lifecycle import in_order
from data.queries import LATE_COLUMNS
from data.schema import incident, step
from data.way_reads import Scope

MOST: Final = 5_000  # cases that came back, the newest of them
MOST_WORST: Final = 5
NOBODY: Final = ""
COLUMNS: Final = (*LATE_COLUMNS, "return_count", "hands_text", "holder_since_at", "ended_at")


@dataclass(frozen=True)
class Pass:
    """Who gave cases back, to whom each was dispatched next (`NOBODY`: not yet, or by nobody named): how often, and which cases."""

    from_code: str
    to_code: str
    times: int
    incident_ids: tuple[int, ...]


@dataclass(frozen=True)
class Bounces:
    """`case_count` cases were given back, of which the newest `read_count` were looked at for `passes`, the most frequent first;
    `worst` are rows (`COLUMNS`) of those given back most often, of all.
    """

    case_count: int
    read_count: int
    passes: list[Pass]
    worst: list[dict[str, Any]]


def returned(conn: Connection, asked: Filter, zone: ZoneInfo, most: int = MOST) -> Scope:
    """The cases of a filter that were given back at least once."""
    return way_reads.scope(conn, asked, zone, incident.c.return_count > 0, most=most)


def bounces(conn: Connection, found: Scope) -> Bounces:
    """What came back, of the cases of `returned`."""
    worst = select(*(incident.c[name] for name in COLUMNS)).where(found.whole)
    worst = worst.order_by(incident.c.return_count.desc(), incident.c.reported_at.desc(), incident.c.id.desc()).limit(MOST_WORST)
    rows = [dict(row) for row in conn.execute(worst).mappings()]
    return Bounces(found.case_count, found.read_count, passes(conn, found), rows)


def passes(conn: Connection, found: Scope) -> list[Pass]:
    """Each return with the next dispatch of its case."""
    told = select(step.c.incident_id, step.c.at, step.c.action_code, step.c.source_ref, step.c.organisation_code,
                  step.c.to_organisation_code)  # fmt: skip
    moved = told.join(incident, incident.c.id == step.c.incident_id).where(
        found.read, step.c.is_possible, step.c.action_code.in_(("return", "dispatch"))
    )
    rows: Any = conn.execute(moved.order_by(step.c.incident_id)).mappings()
    found_at: dict[tuple[str, str], list[int]] = {}
    for case, log in groupby(rows, itemgetter("incident_id")):
        waiting: list[str] = []
        for each in in_order(log):
            if each["action_code"] == "return":
                waiting.append(each["organisation_code"] or NOBODY)
                continue
            for giver in waiting:
                found_at.setdefault((giver, each["to_organisation_code"] or NOBODY), []).append(case)
            waiting = []
        for giver in waiting:
            found_at.setdefault((giver, NOBODY), []).append(case)
    counted = [Pass(giver, to, len(cases), tuple(sorted(set(cases)))) for (giver, to), cases in found_at.items()]
    return sorted(counted, key=lambda each: (-each.times, each.from_code, each.to_code))
