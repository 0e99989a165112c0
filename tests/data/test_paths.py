"""The counts of the ways cases take: exact after any steps in any order, and what the wall reads from them is the log's own."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, select, update
from support import filed
from support.cases import TOWNS
from support.filed import a_step

from data import chains, flows, mining, path_recount, rederive
from data import engine as engines
from data.city import City
from data.instants import to_microseconds
from data.lifecycle import in_order
from data.schema import incident, path_count, progress
from data.store import steps_of
from data.vocabulary import ACTIONS, BESIDE_THE_PATH
from etl import filing

FIRST = datetime(2026, 9, 28, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 24, 4, tzinfo=UTC)
WHOLE = (20_000, 21_000)  # months of 2024 to 2027
LIKELY = ("triage", "forward", "dispatch", "accept", "return", "dispatch", "accept", "resolve", "check", "close", "reopen")


def random_steps(chance: random.Random, reference: str, at: datetime) -> list[dict[str, Any]]:
    log = []
    for place in range(chance.randint(0, 12)):
        at += timedelta(minutes=chance.expovariate(1 / 700))
        action = LIKELY[min(place, 10)] if chance.random() < 0.8 else chance.choice([code for code in ACTIONS if code != "report"])
        who, to = (chance.choice((None, "center", "transport", "water", "room-330483100")) for _ in range(2))
        until = at + timedelta(days=2) if action == "suspend" else None
        log.append(a_step(reference, action, min(at, LAST), who, to, until_at=until, source_ref=f"{reference}-{place}"))
    return log


@pytest.fixture
def filled(engine: Engine, city: City) -> Engine:
    """Sixty cases, their steps in any order, some before their report, some all at once."""
    chance = random.Random(4)
    with engines.writing(engine) as conn:
        for number in range(60):
            reference, at = str(number), FIRST + timedelta(hours=chance.uniform(0, 1300))
            log = random_steps(chance, reference, at)
            chance.shuffle(log)
            if number % 3 == 0:
                filing.file_steps(conn, city, log[:4], LAST)
            report = filed.given(reference, at, township_code=chance.choice((*TOWNS, None)))
            filing.file_reports(conn, city, [report], LAST)
            for place in range(0, len(log), 3):
                filing.file_steps(conn, city, log[place : place + 3], LAST)
    return engine


def the_log(engine: Engine, code: str) -> pd.DataFrame:
    """The log of an area as a plain table, the report and what moves something, in replay order."""
    with engines.reading(engine) as conn:
        rows = [dict(row) for row in conn.execute(select(incident)).mappings()]
        logs = steps_of(conn, [row["id"] for row in rows])
    told: list[tuple[int, str, int]] = []
    for row in rows:
        if code in (row["county_code"], row["township_code"]):
            report = {"action_code": "report", "at": row["reported_at"], "source_ref": ""}
            moving = [step for step in logs[row["id"]] if step["action_code"] not in BESIDE_THE_PATH]
            told += [(row["id"], step["action_code"], to_microseconds(step["at"])) for step in in_order([report, *moving])]
    return pd.DataFrame(told, columns=["case", "activity", "at"])


def test_the_cells_equal_a_recount_from_the_steps_after_any_order_of_arrival(filled: Engine, city: City) -> None:
    with engines.reading(filled) as conn:
        assert len(path_recount.cells(conn, city)) > 500 and path_recount.check(conn, city) == []


def test_a_bulk_load_gives_the_cells_that_single_steps_give(filled: Engine, engine: Engine, city: City) -> None:
    with engines.writing(engine) as conn:
        before = dict(path_recount.cells(conn, city))
        rows = [dict(row) for row in conn.execute(select(incident).order_by(incident.c.id)).mappings()]
        logs = steps_of(conn, [row["id"] for row in rows])
        for table in ("step", "incident", "path_count", "rollup"):
            conn.exec_driver_sql(f"DELETE FROM {table}")
        plain = [({name: value for name, value in row.items() if name != "id"}, [{name: value for name, value in each.items() if name != "id"} for each in logs[row["id"]]])
                 for row in rows]  # fmt: skip
        filing.file_many(conn, city, plain, LAST)
        assert path_recount.check(conn, city) == [] and dict(path_recount.cells(conn, city)) == before


def test_a_damaged_cell_is_named(filled: Engine, city: City) -> None:
    with engines.writing(filled) as conn:
        conn.execute(update(path_count).where(path_count.c.kind_code == "variant", path_count.c.key == "r").values(value=99))
        assert {cell[:1] + cell[2:3] for cell, stored, _ in path_recount.check(conn, city) if stored == 99} == {("variant", "r")}


@pytest.mark.parametrize("code", ["330483", "330483100"])
def test_variants_and_what_follows_what_are_those_of_the_log(filled: Engine, code: str) -> None:
    log = the_log(filled, code)
    exact = mining.variants(log)
    pairs = mining.directly_follows(log)
    with engines.reading(filled) as conn:
        found = flows.variants(conn, code, WHOLE, 5)
        follows = flows.directly_follows(conn, code, WHOLE)
        deviating = flows.conformance(conn, code, WHOLE)
        again = flows.rework(conn, code, WHOLE)
    assert (found["case_count"], found["variant_count"]) == (exact["case_count"].sum(), len(exact))
    counts = dict(zip(exact["path"], exact["case_count"], strict=True))
    assert [row["case_count"] for row in found["rows"]] == sorted(counts.values(), reverse=True)[:5]
    assert all(counts[row["path"]] == row["case_count"] for row in found["rows"])
    wanted = {(row.activity, row.next_activity): pairs["count"].iloc[row.Index] for row in pairs.itertuples()}
    assert {(row["activity"], row["next_activity"]): row["count"] for row in follows} == wanted
    assert deviating == mining.conformance(exact)
    assert again == mining.rework(log).to_dict("records")


def test_medians_lie_within_a_bucket_of_the_exact_ones(filled: Engine) -> None:
    pairs = mining.directly_follows(the_log(filled, "330483"))
    exact = {
        (row.activity, row.next_activity): row.median_minutes for row in pairs.itertuples() if pairs["count"].iloc[row.Index] > 20
    }
    with engines.reading(filled) as conn:
        follows = {
            (row["activity"], row["next_activity"]): row["median_minutes"] for row in flows.directly_follows(conn, "330483", WHOLE)
        }
    assert len(exact) > 2
    for pair, minutes in exact.items():
        # With few cases the middle may lie between two far apart; a bucket either way of it is what is promised.
        assert follows[pair] == pytest.approx(minutes, rel=0.25)


@pytest.mark.parametrize(("level", "code"), [("county", "330483"), ("township", "330483100")])
def test_the_time_of_all_hands_is_the_time_the_cases_were_open(filled: Engine, city: City, level: str, code: str) -> None:
    now = LAST + timedelta(days=3)
    with engines.reading(filled) as conn:
        held = flows.time_per_holder(conn, level, code, WHOLE, now, city.zone)
        rows = [dict(row) for row in conn.execute(select(incident).where(incident.c[f"{level}_code"] == code)).mappings()]
    elapsed = sum(((row["ended_at"] or now) - row["reported_at"] for row in rows), timedelta())
    rest = sum((hand.time for row in rows for hand in chains.hands_of(row, now) if hand.organisation_code == ""), timedelta())
    assert sum((each["time"] for each in held), timedelta()) == elapsed - rest  # to the microsecond
    assert sum(each["open_count"] for each in held) == sum(row["ended_at"] is None for row in rows)


def test_a_month_counts_the_reports_of_that_month_and_months_add_up(filled: Engine) -> None:
    months = (20_697, 20_727, 20_758)  # 1 September, 1 October and 1 November 2026
    with engines.reading(filled) as conn:
        parts = [flows.variants(conn, "330483", (month, month), 100)["case_count"] for month in months]
        assert sum(parts) == flows.variants(conn, "330483", WHOLE, 1)["case_count"] == 60 and all(parts)


def test_what_older_code_filed_is_derived_anew_once_wherever_it_was_killed(
    filled: Engine, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engines.writing(filled) as conn:
        before = filed_rows(conn)
        conn.execute(update(incident).values(path_text="", hands_text="", sign_at=None, unheard_at=None))
        conn.execute(delete(path_count))
        conn.execute(delete(progress))
    monkeypatch.setattr(rederive, "AT_ONCE", 25)
    ordinary = rederive._some
    asked: list[int] = []

    def dying(conn: Any, city: City, done: int, at: datetime) -> int:
        asked.append(done)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return ordinary(conn, city, done, at)

    monkeypatch.setattr(rederive, "_some", dying)
    with pytest.raises(KeyboardInterrupt):
        rederive.ensure(filled, city, LAST)
    assert rederive.ensure(filled, city, LAST) == 35 and asked == [0, 25, 25, 50]
    assert rederive.ensure(filled, city, LAST) == 0
    with engines.reading(filled) as conn:
        assert path_recount.check(conn, city) == [] and filed_rows(conn) == before


def filed_rows(conn: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(select(incident).order_by(incident.c.id)).mappings()]
