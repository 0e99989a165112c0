"""Rollups equal a recount after anything that can happen to incidents, on both engines."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from support.cases import FIRST, incident, random_incident

from data import engine as engines
from data import recount, rollups, store
from data.buckets import GAMMA, bounds, bucket_of, buckets_of, quantile
from data.schema import progress, rollup

SHANGHAI = ZoneInfo("Asia/Shanghai")


def save(engine: Engine, changes: list[Any]) -> list[int]:
    with engines.writing(engine) as conn:
        return store.save_incidents(conn, changes, zone=SHANGHAI, at=FIRST)


def cells(engine: Engine, **wanted: Any) -> dict[str, int]:
    conditions = [rollup.c[name] == value for name, value in wanted.items()]
    with engines.reading(engine) as conn:
        rows = conn.execute(select(rollup.c.measure_code, rollup.c.value).where(*conditions))
        return {measure: value for measure, value in rows if value}


@pytest.mark.parametrize("seed", range(3))
def test_cells_equal_a_recount_after_any_mix_of_new_late_and_repeated_changes(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    known: list[dict[str, Any]] = []
    for round_number in range(12):
        changes: list[Any] = [(None, random_incident(chance, f"{round_number}-{place}"), "report") for place in range(8)]
        for old in chance.sample(known, min(6, len(known))):
            new = random_incident(chance, old["source_ref"]) | {"id": old["id"]}
            changes.append((old, new, "note"))
        save(engine, changes)
        changed = {new["id"]: new for _, new, _ in changes}
        known = [changed.pop(row["id"], row) for row in known] + list(changed.values())
        with engines.reading(engine) as conn:
            assert recount.check(conn, SHANGHAI) == []


def test_a_bulk_load_gives_the_cells_that_single_saves_give(engine: Engine) -> None:
    chance = random.Random(7)
    rows = [random_incident(chance, str(number)) for number in range(60)]
    with engines.writing(engine) as conn:
        store.bulk_file(conn, [(dict(row), []) for row in rows], zone=SHANGHAI, at=FIRST)
    with engines.reading(engine) as conn:
        assert recount.check(conn, SHANGHAI) == []
        counted = dict(recount.cells(conn, SHANGHAI))
    assert counted == sum((rollups.contributions(row, SHANGHAI) for row in rows), start=Counter())


def test_a_rebuild_mends_what_was_damaged_and_the_check_names_it(engine: Engine) -> None:
    save(engine, [(None, incident("1"), "report")])
    with engines.writing(engine) as conn:
        conn.execute(update(rollup).where(rollup.c.grouping_code == "day").values(value=5))
    with engines.reading(engine) as conn:
        differing = recount.check(conn, SHANGHAI)
    assert {(cell[0], stored, recounted) for cell, stored, recounted in differing} == {("day", 5, 1)}
    with engines.writing(engine) as conn:
        recount.rebuild(conn, SHANGHAI)
        assert recount.check(conn, SHANGHAI) == []


def test_the_county_is_the_sum_of_its_towns(engine: Engine) -> None:
    chance = random.Random(3)
    save(engine, [(None, random_incident(chance, str(number)) | {"township_code": chance.choice(["330483100", "330483101"])}, "report")
                  for number in range(80)])  # fmt: skip
    with engines.reading(engine) as conn:
        rows = conn.execute(select(rollup).where(rollup.c.grouping_code == "day")).mappings().all()
    for measure in ("reported", "resolved", "due_on_time"):
        of_measure = [row for row in rows if row["measure_code"] == measure]
        county = sum(row["value"] for row in of_measure if row["area_code"] == "330483")
        assert county == sum(row["value"] for row in of_measure if len(row["area_code"]) == 9) > 0


def test_a_report_just_before_midnight_in_the_county_counts_on_that_county_day(engine: Engine) -> None:
    late = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Tongxiang
    save(
        engine,
        [
            (None, incident("1", reported_at=late), "report"),
            (None, incident("2", reported_at=late + timedelta(seconds=1)), "report"),
        ],
    )
    day = rollups.day_number(datetime(2026, 11, 24).date())
    assert cells(engine, grouping_code="day", period_start=day, area_code="330483") == {"reported": 1}
    assert cells(engine, grouping_code="day", period_start=day + 1, area_code="330483") == {"reported": 1}
    assert cells(engine, grouping_code="hour", period_start=day * 24 + 23, area_code="330483") == {"reported": 1}


def test_a_deadline_at_midnight_belongs_to_the_day_that_ends_and_merged_cases_are_not_due(engine: Engine) -> None:
    midnight = datetime(2026, 11, 24, 16, tzinfo=UTC)
    save(engine, [(None, incident("1", due_at=midnight, resolved_at=midnight), "report"), (None, incident("2", due_at=midnight), "report"),
                  (None, incident("3", due_at=midnight, state_code="merged"), "report")])  # fmt: skip
    day = rollups.day_number(datetime(2026, 11, 24).date())
    found = cells(engine, grouping_code="day", period_start=day, area_code="330483")
    assert (found["due"], found["due_on_time"]) == (2, 1)


@given(st.floats(0, 1e7))
def test_a_duration_lies_within_the_bounds_of_its_bucket(minutes: float) -> None:
    low, high = bounds(bucket_of(minutes))
    assert low * (1 - 1e-9) <= minutes < high * (1 + 1e-9)
    assert buckets_of(np.array([minutes]))[0] == bucket_of(minutes)


@given(st.lists(st.floats(1, 1e6), min_size=5, max_size=200), st.floats(0.05, 0.95))
def test_a_quantile_from_buckets_is_within_one_bucket_of_the_exact_one(durations: list[float], share: float) -> None:
    counts: dict[int, int] = {}
    for each in durations:
        counts[bucket_of(each)] = counts.get(bucket_of(each), 0) + 1
    found = quantile(counts, share)
    exact = float(np.quantile(durations, share, method="inverted_cdf"))
    assert found is not None and exact / (GAMMA * 1.001) <= found <= exact * GAMMA * 1.001


def test_nothing_counted_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None


def test_cells_that_older_code_wrote_are_counted_anew_once(engine: Engine) -> None:
    save(engine, [(None, random_incident(random.Random(place), str(place)), "report") for place in range(30)])
    with engines.writing(engine) as conn:
        assert recount.ensure(conn, SHANGHAI, FIRST)  # nobody has said who wrote them
        conn.execute(delete(rollup).where(rollup.c.measure_code == "due_handled"))
        assert recount.check(conn, SHANGHAI) and not recount.ensure(conn, SHANGHAI, FIRST)
        conn.execute(update(progress).values(done_count=1))
        assert recount.ensure(conn, SHANGHAI, FIRST)
    with engines.reading(engine) as conn:
        assert recount.check(conn, SHANGHAI) == []
