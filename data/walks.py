"""Reads of the ways that closed cases took, as steps for `data.mining`. The one place where a log is read for mining."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import BigInteger, Connection, select, type_coerce

from data.schema import incident, step
from data.vocabulary import ACTION_RANK, BESIDE_THE_PATH

MOST_CASES: Final = 2_000
_AT_ONCE: Final = 1_000  # ids in one question: fewer than any engine's limit
_COLUMNS: Final = ["case", "activity", "at", "rank", "reference"]


@dataclass(frozen=True)
class Walks:
    """`steps` is a frame for `data.mining` (`case`, `activity`, `at`), the report first; of `case_count` cases that closed it holds
    the `read_count` that closed last.
    """

    steps: Any
    case_count: int
    read_count: int


def closed_walks(conn: Connection, level: str, code: str, from_at: datetime, to_at: datetime, most: int = MOST_CASES) -> Walks:
    """The ways of the cases of an area that closed from `from_at` up to `to_at` (excluded), at most the last `most` of them.

    Steps that changed nothing are left out: impossible ones, notes, urges, extensions and flags. A failed check is a rework.
    """
    closed = incident.c.closed_at
    statement = select(incident.c.id, _number(incident.c.reported_at), _number(closed)).where(
        incident.c[f"{level}_code"] == code, closed >= from_at, closed < to_at
    )
    found = sorted(conn.execute(statement), key=lambda row: (-row[2], row[0]))
    cases = {incident_id: reported for incident_id, reported, _ in found[:most]}
    rows = [(incident_id, "report", reported, -1, "") for incident_id, reported in cases.items()]
    rows += _steps(conn, list(cases))
    steps = pd.DataFrame(rows, columns=_COLUMNS).astype({"case": "int64", "at": "int64"})
    steps = steps.sort_values(["case", "at", "rank", "reference"], ignore_index=True)[["case", "activity", "at"]]
    return Walks(steps, len(found), len(cases))


def _steps(conn: Connection, incident_ids: list[int]) -> Iterable[tuple[int, str, int, int, str]]:
    wanted = select(step.c.incident_id, step.c.action_code, step.c.outcome_code, _number(step.c.at), step.c.source_ref).where(
        step.c.is_possible, step.c.action_code.not_in(["report", *BESIDE_THE_PATH])
    )
    for start in range(0, len(incident_ids), _AT_ONCE):
        for case, action, outcome, at, reference in conn.execute(
            wanted.where(step.c.incident_id.in_(incident_ids[start : start + _AT_ONCE]))
        ):
            yield case, "rework" if (action, outcome) == ("check", "fail") else action, at, ACTION_RANK[action], reference


def _number(column: Any) -> Any:
    return type_coerce(column, BigInteger)
