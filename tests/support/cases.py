"""Invented incidents for tests of the store: whole rows, by hand or drawn at random."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from data import store
from data.vocabulary import ENDED_STATES

FIRST = datetime(2026, 11, 2, tzinfo=UTC)
TOWNS = ("330483100", "330483101", "330483001")
CATEGORIES = ("A.01.01", "B.01.04", "E.01.01", "G.01.01")
HANDLERS = ("transport", "housing", "water")
CHANNELS = ("wechat", "hotline", "patrol")
STATES = ("reported", "town", "city", "dispatched", "handling", "suspended", "checking", "closed", "followed_up", "merged", "void")


WORDS = ("路灯不亮", "井盖破了，路灯也不亮", "=1+1", "垃圾 100% 没人清_", "It's DARK", "河道污染")


def incident(reference: str, **columns: Any) -> dict[str, Any]:
    """A fresh report of Wuzhen with everything else at rest."""
    at = columns.get("reported_at", FIRST)
    return store.incident_defaults() | {
        "source": "test", "source_ref": reference, "reported_at": at, "reported_precision": "second", "received_at": at,
        "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "A.01.01", "urgency_code": "normal",
        "report_text": "text", "place_basis_code": "area", "county_code": "330483", "township_code": "330483100",
        "state_code": "reported", "state_since_at": at, **columns,
    }  # fmt: skip


def random_incident(chance: random.Random, reference: str) -> dict[str, Any]:
    """Any row a replay could ever leave, and some it could not: the rollups must be exact for all."""
    at = FIRST + timedelta(minutes=chance.uniform(0, 60 * 24 * 40))
    steps = [at + timedelta(minutes=chance.expovariate(1 / 900)) for _ in range(6)]
    names = ("triaged_at", "dispatched_at", "accepted_at", "resolved_at", "closed_at", "feedback_at")
    town = chance.choice((*TOWNS, None))
    due = at + timedelta(minutes=chance.uniform(0, 4000)) if chance.random() < 0.8 else None
    village = f"{town}{chance.randint(1, 3):03d}" if town and chance.random() < 0.8 else None
    later = {f"{duty}_due_at": at + timedelta(minutes=chance.uniform(0, 3000)) if chance.random() < 0.6 else None
             for duty in ("triage", "dispatch", "first_accept", "check")}  # fmt: skip
    later |= {name: at + timedelta(minutes=chance.expovariate(1 / 900)) if chance.random() < 0.7 else None
              for name in ("filed_at", "checked_at", "ended_at")}  # fmt: skip
    return incident(
        reference, reported_at=at, **later, handler_code=chance.choice((*HANDLERS, None)),
        suspend_count=chance.choice((0, 0, 1)), supervise_count=chance.choice((0, 0, 0, 2)), supervise_level=chance.choice((0, 0, 1)), **{name: when if chance.random() < 0.6 else None for name, when in zip(names, steps, strict=True)},
        return_count=chance.choice((0, 0, 1, 2)), rework_count=chance.choice((0, 0, 1)), extend_count=chance.choice((0, 0, 2)),
        due_at=due, at_risk_at=due and at + 0.8 * (due - at), state_code=chance.choice(STATES),
        township_code=town, village_code=village, grid_code=f"{village}001" if village and chance.random() < 0.8 else None,
        has_evidence=chance.random() < 0.7, answer_code=chance.choice(("", "", "queued", "sent", "failed")),
        category_code=chance.choice(CATEGORIES), channel_code=chance.choice(CHANNELS),
    )  # fmt: skip


def crossed_incidents(seed: int, count: int) -> list[dict[str, Any]]:
    """Rows drawn at random in places that the city knows, with everything an analyst can cross."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        row = random_incident(chance, str(number))
        if row["village_code"]:
            village = f"{row['township_code']}{199 + int(row['village_code'][-3:])}"
            row |= {"village_code": village, "grid_code": f"{village}001" if row["grid_code"] else None}
        ended = row["ended_at"] or row["reported_at"]
        row |= {"state_since_at": row["reported_at"], "ended_at": ended if row["state_code"] in ENDED_STATES else None}
        row |= {"urgency_code": chance.choice(("normal", "normal", "urgent")), "reporter_kind_code": chance.choice(("steward", "resident")),
                "report_text": chance.choice(WORDS), "is_restricted": chance.random() < 0.2, "lon": 120.5, "lat": 30.6}  # fmt: skip
        rows.append(row)
    return rows
