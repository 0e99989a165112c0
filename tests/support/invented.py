"""Invented incidents by the million for benchmarks, and how long a question takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from data import engine as engines
from data import store

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CHUNK = 50_000
TOWN = "330483100"
HANDLERS = ("transport", "housing", "water", "market", "emergency")


def rows_of(first: int, size: int, generator: Any, grids: list[Any], codes: list[str], now: int) -> list[list[Any]]:
    """Whole rows of incidents for a bulk load: `size` of them from the number `first` on, over fifteen months before `now`."""
    minute = 60_000_000
    reported = now - (generator.random(size) * 456 * 1440 * minute).astype(np.int64)
    took = (generator.lognormal(8.0, 1.0, size) * minute).astype(np.int64)
    due = reported + (10 * 1440 * minute)
    chosen, kinds = generator.integers(0, len(grids), size), generator.integers(0, len(codes), size)
    base = store.incident_defaults()
    rows = []
    for place in range(size):
        at, resolved, grid = int(reported[place]), int(reported[place] + took[place]), grids[chosen[place]]
        is_over = resolved < now
        row = base | {
            "id": first + place + 1, "source": "bench", "source_ref": str(first + place), "reported_at": at, "received_at": at,
            "reported_precision": "second", "committed_at": at, "version": 1, "channel_code": "wechat", "reporter_kind_code": "steward",
            "category_code": codes[kinds[place]], "urgency_code": "normal", "report_text": "路灯不亮", "place_basis_code": "point",
            "lon": grid.lon, "lat": grid.lat, "county_code": "330483", "township_code": grid.area_code[:9], "village_code": grid.area_code[:12],
            "grid_code": grid.area_code, "triaged_at": at + 5 * minute, "dispatched_at": at + 12 * minute, "accepted_at": min(at + 200 * minute, now),
            "resolved_at": resolved if is_over else None, "closed_at": resolved if is_over else None, "ended_at": resolved if is_over else None,
            "state_code": "closed" if is_over else "handling", "state_since_at": resolved if is_over else at, "due_at": int(due[place]),
            "at_risk_at": at + int(0.8 * (due[place] - at)), "holder_code": None if is_over else "transport",
            "filed_at": at + 5 * minute, "handler_code": HANDLERS[kinds[place] % len(HANDLERS)], "first_accept_due_at": at + 1440 * minute,
        }  # fmt: skip
        rows.append([row[name] for name in store.INCIDENT_COLUMNS])
    return rows


def timed(engine: Engine, ask: Callable[[Connection], Any], times: int = 30) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, warm."""
    taken = []
    for _ in range(times + 2):
        begun = time.perf_counter()
        with engines.reading(engine) as conn:
            ask(conn)
        taken.append(1000 * (time.perf_counter() - begun))
    ordered = sorted(taken[2:])
    return statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
