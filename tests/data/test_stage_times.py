"""How long the stages take, by every dimension: equal to pandas over the rows, on both engines, and it says what it was counted from."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import Engine
from support.cases import FIRST, random_incident

from data import engine as engines
from data import rollups, stage_times, store
from data.buckets import bucket_of, quantile
from data.periods import county_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENDS = {"report_to_dispatch": ("reported_at", "dispatched_at"), "dispatch_to_accept": ("dispatched_at", "accepted_at"),
        "accept_to_resolve": ("accepted_at", "resolved_at"), "report_to_resolve": ("reported_at", "resolved_at")}  # fmt: skip
MONTH = (rollups.day_number(date(2026, 11, 1)), rollups.day_number(date(2026, 11, 30)))
WEEK = (MONTH[0] + 8, MONTH[0] + 14)
WHO = ("transport", "water", None)


@pytest.fixture
def rows(engine: Engine) -> list[dict[str, Any]]:
    """240 incidents; a step for each time, by somebody."""
    chance = random.Random(3)
    made = [random_incident(chance, str(number)) for number in range(240)]
    with engines.writing(engine) as conn:
        ids = store.save_incidents(conn, [(None, row, "report") for row in made], zone=SHANGHAI, at=FIRST)
        steps = []
        for row, incident_id in zip(made, ids, strict=True):
            for action in ("dispatch", "accept", "resolve"):
                row[action] = chance.choice(WHO)
                name = "to_organisation_code" if action == "dispatch" else "organisation_code"
                at = row[f"{action}ed_at" if action != "resolve" else "resolved_at"]
                if at is not None:
                    steps += [
                        _step(row, incident_id, action, at, name),
                        _step(row, incident_id, action, at + timedelta(hours=1), name),
                    ]
        store.add_steps(conn, steps)
    return made


def _step(row: dict[str, Any], incident_id: int, action: str, at: Any, name: str) -> dict[str, Any]:
    return store.step_defaults() | {
        "source": "test", "source_ref": f"{row['source_ref']}-{action}-{at}", "incident_source": "test", "incident_ref": row["source_ref"],
        "incident_id": incident_id, "action_code": action, "at": at, "precision_code": "second", "received_at": FIRST, name: row[action],
    }  # fmt: skip


def by_hand(rows: list[dict[str, Any]], level: str, code: str, days: tuple[int, int], dimension: str) -> pd.DataFrame:
    """code, stage, minutes: one row a duration, by plain loops."""
    found = []
    for row in rows:
        for stage, (start, end) in ENDS.items():
            if row[f"{level}_code"] != code or row[start] is None or row[end] is None:
                continue
            if not days[0] <= rollups.day_number(county_date(row[end], SHANGHAI)) <= days[1]:
                continue
            keys = [row[f"{dimension}_code"] or ""] if dimension not in ("category", "department") else []
            if dimension == "category":
                keys = [row["category_code"], row["category_code"][0]]
            if dimension == "department":
                keys = [row[{"dispatched_at": "dispatch", "accepted_at": "accept", "resolved_at": "resolve"}[end]] or ""]
            found += [(key, stage, max((row[end] - row[start]).total_seconds() / 60, 0)) for key in keys]
    return pd.DataFrame(found, columns=["code", "stage", "minutes"])


CASES = [
    ("county", "330483", WEEK, "township", "rollups"), ("township", "330483100", WEEK, "township", "rollups"),
    ("county", "330483", MONTH, "village", "rollups"), ("county", "330483", WEEK, "village", "rows"),
    ("village", "330483101002", MONTH, "village", "rollups"), ("county", "330483", MONTH, "category", "rollups"),
    ("county", "330483", WEEK, "category", "rows"), ("village", "330483101002", MONTH, "category", "rows"),
    ("county", "330483", WEEK, "channel", "rows"), ("township", "330483100", MONTH, "department", "rows"),
    ("county", "330483", WEEK, "department", "rows"), ("village", "330483101002", MONTH, "township", "rows"),
]  # fmt: skip


@pytest.mark.parametrize(("level", "code", "days", "dimension", "basis"), CASES)
def test_counts_medians_and_p90_equal_pandas(
    engine: Engine, rows: list[dict[str, Any]], level: str, code: str, days: tuple[int, int], dimension: str, basis: str
) -> None:
    with engines.reading(engine) as conn:
        found = stage_times.by_dimension(conn, level, code, *days, dimension, SHANGHAI)
    by_code = by_hand(rows, level, code, days, dimension)
    if (dimension, basis) == ("village", "rollups") and level == "county":
        # The villages of the random rows that the city does not have are what is left of the whole.
        with engines.reading(engine) as conn:
            known = {key for key in found["code"] if key}
        by_code["code"] = by_code["code"].where(by_code["code"].isin(known), "")
    exact = by_code.groupby(["code", "stage"])["minutes"]
    assert tuple(found.columns) == stage_times.COLUMNS and set(found["basis"]) == {basis}
    assert dict(zip(zip(found["code"], found["stage"], strict=True), found["count"], strict=True)) == exact.size().to_dict()
    for row in found.to_dict("records"):
        minutes = exact.get_group((row["code"], row["stage"]))
        buckets = Counter(bucket_of(each) for each in minutes)
        for name, share in (("median_minutes", 0.5), ("p90_minutes", 0.9)):
            assert row[name] == pytest.approx(minutes.quantile(share) if basis == "rows" else quantile(buckets, share))


@pytest.mark.parametrize(
    ("level", "code", "basis"),
    [("county", "330483", "rollups"), ("township", "330483100", "rollups"), ("village", "330483101002", "rows")],
)
def test_the_buckets_of_an_area_are_those_of_its_rows(
    engine: Engine, rows: list[dict[str, Any]], level: str, code: str, basis: str
) -> None:
    with engines.reading(engine) as conn:
        found, said = stage_times.in_buckets(conn, level, code, *MONTH, SHANGHAI)
    exact = by_hand(rows, level, code, MONTH, "channel")
    assert said == basis and list(found) == list(ENDS)
    for stage in ENDS:
        assert found[stage] == Counter(bucket_of(each) for each in exact[exact["stage"] == stage]["minutes"])


def test_an_empty_period_is_an_empty_frame_and_an_unknown_dimension_is_refused(engine: Engine) -> None:
    with engines.reading(engine) as conn:
        for dimension in stage_times.DIMENSIONS:
            found = stage_times.by_dimension(conn, "county", "330483", *WEEK, dimension, SHANGHAI)
            assert list(found.columns) == list(stage_times.COLUMNS) and found.empty
        with pytest.raises(ValueError, match="a dimension is one of township"):
            stage_times.by_dimension(conn, "county", "330483", *WEEK, "weather", SHANGHAI)
