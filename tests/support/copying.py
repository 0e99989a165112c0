"""Histories of incidents drawn at random, questions drawn at random, and what columns, rows and cells say to them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from support.cases import CATEGORIES, CHANNELS, FIRST, HANDLERS, STATES, TOWNS, WORDS, random_incident
from support.working import until

from data import column_counts, feed, indicators, row_counts, store
from data import engine as engines
from data.case_copy import CaseCopy
from data.city import City
from data.filters import Filter
from data.metrics.counts import COUNTS, STANDING
from data.periods import Period, Span
from data.vocabulary import ENDED_STATES

SHANGHAI = ZoneInfo("Asia/Shanghai")
COPY_SECONDS = 30
NOW = FIRST + timedelta(days=30, hours=5)
AREAS = [
    ("county", "330483"),
    ("township", TOWNS[0]),
    ("township", TOWNS[2]),
    ("village", f"{TOWNS[1]}202"),
    ("grid", f"{TOWNS[0]}201001"),
]
ASKED = ("路灯", "路", "不亮 井盖", "垃圾", "白鹭")
TIMELESS = [name for name in COUNTS if name not in STANDING]


def made(chance: random.Random, reference: str) -> dict[str, Any]:
    row = random_incident(chance, reference)
    if row["village_code"]:  # one that the city knows
        village = f"{row['township_code']}{199 + int(row['village_code'][-3:])}"
        row |= {"village_code": village, "grid_code": f"{village}001" if row["grid_code"] else None}
    ended = row["ended_at"] or row["reported_at"]
    at_midnight = FIRST.replace(hour=16) + timedelta(days=chance.randint(0, 40))
    return row | {
        "urgency_code": chance.choice(["normal", "urgent"]), "reporter_kind_code": chance.choice(["steward", "resident"]),
        "ended_at": ended if row["state_code"] in ENDED_STATES else None,
        "due_at": chance.choice([row["due_at"], row["due_at"], at_midnight]), "badly_late_at": None,
        "report_text": chance.choice(WORDS), "is_restricted": chance.random() < 0.2,
    }  # fmt: skip


def drawn(chance: random.Random) -> Filter:
    level, code = chance.choice([*AREAS, AREAS[0], AREAS[0]])
    first = date(2026, 10, 28) + timedelta(days=chance.randint(0, 20))
    span = chance.choice([Span(first, first + timedelta(days=chance.randint(0, 70))), Span.parse("2026-11"), Span.parse("2026Q4"),
                          Period.holding("week", first).span, Span(first, first), Span.parse("1990-01-01..2100-01-01")])  # fmt: skip
    some = {"organisation_code": HANDLERS, "category_code": ("A", "B.01", *CATEGORIES), "channel_code": (*CHANNELS, "camera"),
            "state_code": STATES, "urgency_code": ("urgent",), "reporter_kind_code": ("steward",)}  # fmt: skip
    chosen = {name: chance.choice(some[name]) for name in chance.sample(list(some), chance.choice((0, 1, 1, 2, 2, 3)))}
    hour = chance.randint(0, 23) if span.day_count == 1 and chance.random() < 0.5 else None
    text = chance.choice(("", "", "", *ASKED))
    return Filter(span, level, code, hour=hour, text=text, **chosen)


class History:
    """Incidents that come and change at random."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.chance, self.known = engine, random.Random(seed), dict[int, dict[str, Any]]()

    def go_on(self, fresh: int, changed: int, *, is_bulk: bool = False) -> None:
        count = len(self.known)
        rows = [made(self.chance, f"{count}-{number}") for number in range(fresh)]
        olds = self.chance.sample(list(self.known.values()), min(changed, count))
        pairs = [(old, old | made(self.chance, old["source_ref"]) | {"id": old["id"]}) for old in olds]
        with engines.writing(self.engine) as conn:
            if is_bulk:
                ids = store.bulk_file(conn, [(row, []) for row in rows], zone=SHANGHAI, at=FIRST)
                for old, new in pairs:
                    new |= {"version": 1, "committed_at": FIRST} | {name: old[name] for name in ("report_text", "is_restricted")}
                store.resave(conn, pairs, zone=SHANGHAI, at=FIRST)
                ids += [new["id"] for _, new in pairs]
            else:
                changes: list[Any] = [(None, row, "report") for row in rows] + [(old, new, "note") for old, new in pairs]
                ids = store.save_incidents(conn, changes, zone=SHANGHAI, at=FIRST)
        self.known |= dict(zip(ids, [*rows, *(new for _, new in pairs)], strict=True))


def compare(conn: Connection, city: City, chance: random.Random, times: int) -> int:
    """Whatever is asked, columns and rows say the same, and cells where they serve; gives how much was counted."""
    counted = 0
    for _ in range(times):
        asked, by = drawn(chance), chance.choice(["", *indicators.WAYS])
        names = chance.sample(TIMELESS if by in row_counts.TIMES else list(COUNTS), 9)
        expected = row_counts.read(conn, asked, names, by, NOW, SHANGHAI)
        found = column_counts.read(conn, asked, names, by, NOW, SHANGHAI)
        assert found == expected, (asked, by, names)
        if by:
            parts = indicators.breakdown(conn, city, asked, by, names, NOW)
            assert parts == indicators.breakdown(conn, city, asked, by, names, NOW, from_rows=True), (asked, by)
        counted += sum(each.total() for each in expected.values())
    return counted


def wait_until_in_step(engine: Engine, copy: CaseCopy) -> None:
    """Until a copy that nobody brings along has all that is committed by now."""
    with engines.reading(engine) as conn:
        head = feed.head(conn)
    wait_until(lambda: copy._follower is not None and copy._follower._states[-1].version == head)


def wait_until(is_so: Callable[[], Any]) -> None:
    """Wait for what a copy does by itself."""
    until(is_so, COPY_SECONDS)
