"""Reads of how long the stages of the cases a filter asks for took, by any of its dimensions, against their limits. Never writes.

Of the cases reported in the days of the filter (`data.way_reads`), exact; `data.stage_times` has them by the day a stage ended.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, select

from data import rollups
from data.filters import Filter
from data.indicators import child_category
from data.instants import to_microseconds
from data.lateness import JUDGED, standing
from data.schema import incident
from data.vocabulary import REGION_LEVELS
from data.way_reads import MINUTE, Scope, number_of

WAYS: Final = ("department", "category", "area", "channel")
UNKNOWN: Final = ""  # of what has no department, or no area of the level
# A stage's deadline, where it has one of its own.
DUE_OF: Final = {
    "report_to_dispatch": "dispatch_due_at",
    "dispatch_to_accept": "first_accept_due_at",
    "report_to_resolve": "due_at",
}
STAGES: Final = {measure.code: (measure.start, measure.at) for measure in rollups.DURATIONS}
_TIMES: Final = ("reported_at", "dispatched_at", "accepted_at", "resolved_at", *DUE_OF.values())


def by_dimension(conn: Connection, found: Scope, way: str, stage: str, now: datetime) -> list[dict[str, Any]]:
    """A row for each part that has cases: `code`, `count` of the stage's durations, `median_minutes`, `p90_minutes` (`None` without
    any), and against its limit `in_time`, `late` and `open` cases (0 where none binds them); the most cases first.

    Areas are those one level below. Raises `ValueError` for a way or a stage that is none.
    """
    if way not in WAYS or stage not in STAGES:
        raise ValueError(f"there is no {stage!r} by {way!r}")
    column = {"department": "handler_code", "area": f"{level_below(found.asked)}_code"}.get(way, f"{way}_code")
    names = [number_of(name).label(name) for name in _TIMES]
    rows = conn.execute(select(incident.c[column].label("code"), incident.c.state_code, *names).where(found.read)).mappings()
    start, end = STAGES[stage]
    due, at = DUE_OF.get(stage), to_microseconds(now)
    name = _namer(found, way)
    told = pd.DataFrame(
        [
            (name(row["code"]), _minutes(row[start], row[end]),
             standing(row["state_code"], row[due], row[end], at) if due else "none")
            for row in rows
        ],
        columns=["code", "minutes", "standing"],
    ).astype({"minutes": float})  # fmt: skip
    by = told.groupby("code")
    stood = {kind: (told["standing"] == kind).groupby(told["code"]).sum() for kind in JUDGED}
    table = pd.DataFrame({
        "cases": by.size(), "count": by["minutes"].count(), "median_minutes": by["minutes"].median(),
        "p90_minutes": by["minutes"].quantile(0.9), **stood,
    }).reset_index().sort_values(["cases", "code"], ascending=[False, True])  # fmt: skip
    known = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]


def level_below(asked: Filter) -> str:
    """The level of the areas that a filter's area is made of; its own where there is none."""
    levels = list(REGION_LEVELS)
    return levels[min(levels.index(asked.level_code) + 1, len(levels) - 1)]


def _namer(found: Scope, way: str) -> Callable[[str | None], str]:
    if way == "category":
        return lambda code: child_category(found.asked.category_code, code or UNKNOWN)
    return lambda code: code or UNKNOWN


def _minutes(start: int | None, end: int | None) -> float | None:
    return None if start is None or end is None else max(end - start, 0) / MINUTE  # clocks that disagree
