"""A real event log: 1,434 cases and 8,577 steps of a municipality's permit intake, recounted in pandas to the second."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select
from support.serving import ROOT

from data import arrivals, queries, recount
from data import city as cities
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.regions import Regions
from data.schema import incident, step
from etl import ingest

LOG = ROOT.parent / "shared/data/receipt/receipt.csv"


@pytest.fixture(scope="module")
def municipality() -> City:
    return cities.load(ROOT / "tests/examples/cities/receipt")


@pytest.fixture
def engine(database_url: str, municipality: City) -> Iterator[Engine]:
    fresh = engines.create(database_url)
    engines.upgrade(fresh)
    with engines.writing(fresh) as conn:
        arrivals.save_city(conn, municipality)
    summary = ingest.ingest_file(fresh, municipality, Regions(municipality), "log", LOG, Clock())
    assert (summary.read_count, summary.accepted_count, summary.rejected_count) == (8_577, 8_577, 0)
    yield fresh
    fresh.dispose()


@pytest.fixture(scope="module")
def given() -> pd.DataFrame:
    log = pd.read_csv(LOG, dtype=str)
    log["at"] = pd.to_datetime(log["time:timestamp"], utc=True, format="ISO8601")
    log["reported_at"] = pd.to_datetime(log["case:startdate"], utc=True, format="ISO8601")
    return log


def test_every_case_and_every_step_is_there_once(engine: Engine) -> None:
    with engines.reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(incident)).scalar_one() == 1_434
        assert conn.execute(select(func.count()).select_from(step)).scalar_one() == 8_577


def test_the_median_wait_before_each_of_the_27_activities_equals_pandas(engine: Engine, given: pd.DataFrame) -> None:
    log = given.sort_values(["case:concept:name", "at", "concept:instance"], kind="stable")
    log["wait"] = log.groupby("case:concept:name")["at"].diff()
    expected = log.groupby("concept:name")["wait"].median().dropna().dt.floor("s")
    with engines.reading(engine) as conn:
        ours = pd.DataFrame(conn.execute(select(step.c.incident_ref, step.c.activity_name, step.c.at, step.c.source_ref)).all())
    ours["reference"] = ours.source_ref.str.rpartition("/")[2]
    ours = ours.sort_values(["incident_ref", "at", "reference"], kind="stable")
    ours["wait"] = ours.groupby("incident_ref")["at"].diff()
    medians = ours.groupby("activity_name")["wait"].median().dropna().dt.floor("s")
    assert len(medians) >= 26 and medians.to_dict() == expected.to_dict()


STAGES = {
    "dispatched_at": ("min", "Confirmation of receipt"),
    "accepted_at": ("min", "T06 Determine necessity of stop advice"),
    "resolved_at": ("min", "T10 Determine necessity to stop indication"),
    "closed_at": ("min", "T15 Print document X request unlicensed", "T20 Print report Y to stop indication"),
}


@pytest.mark.parametrize("column", STAGES)
def test_the_median_time_to_a_stage_equals_pandas(engine: Engine, given: pd.DataFrame, column: str) -> None:
    which, *activities = STAGES[column]
    logged = given[given["concept:name"].isin(activities)].groupby("case:concept:name").agg(at=("at", which))
    logged["start"] = given.groupby("case:concept:name")["reported_at"].first()
    with engines.reading(engine) as conn:
        rows = conn.execute(
            select(incident.c.source_ref, incident.c.reported_at, incident.c[column], incident.c.impossible_count).where(
                incident.c[column].is_not(None)
            )
        ).all()
    ours = pd.DataFrame(rows, columns=["case", "start", "at", "marks"]).set_index("case")
    # A case whose log runs out of order is kept and marked; a stage it reaches against the flow is not counted.
    plain = ours[ours.marks == 0]
    assert len(plain) > 0.95 * len(logged) - 5 and set(ours.index) <= set(logged.index)
    assert plain["at"].equals(logged.loc[plain.index, "at"]) and plain["start"].equals(logged.loc[plain.index, "start"])
    stage = (plain["at"] - plain["start"]).median()
    assert stage == (logged.loc[plain.index, "at"] - logged.loc[plain.index, "start"]).median()


def test_a_case_is_with_the_group_that_the_log_names(engine: Engine, given: pd.DataFrame, municipality: City) -> None:
    groups = given.fillna("").groupby("case:concept:name")["case:group"].first()
    expected = groups[groups.ne("")].map(lambda word: municipality.spelling("log", "organisation", word)).to_dict()
    with engines.reading(engine) as conn:
        handed = select(step.c.incident_ref, step.c.to_organisation_code).where(step.c.to_organisation_code.is_not(None))
        found = {row.incident_ref: row.to_organisation_code for row in conn.execute(handed)}
    assert found == expected


def test_the_rollups_medians_lie_within_a_bucket_of_the_exact_ones(engine: Engine, municipality: City) -> None:
    with engines.reading(engine) as conn:
        assert recount.check(conn, municipality.zone) == []
        rows = conn.execute(
            select(incident.c.reported_at, incident.c.dispatched_at).where(incident.c.dispatched_at.is_not(None))
        ).all()
        rolled = queries.median_minutes(conn, "0001", "report_to_dispatch", 14_000, 16_500)
    exact = pd.Series([(dispatched - reported).total_seconds() / 60 for reported, dispatched in rows]).median()
    assert rolled == pytest.approx(exact, rel=0.15)


def test_what_the_flow_does_not_allow_is_marked_and_kept(engine: Engine) -> None:
    with engines.reading(engine) as conn:
        marked = conn.execute(select(func.count()).where(step.c.is_possible.is_(False))).scalar_one()
        counted = conn.execute(select(func.sum(incident.c.impossible_count))).scalar_one()
        cases = conn.execute(select(func.count()).where(incident.c.impossible_count > 0)).scalar_one()
    assert marked == counted == 120 and cases == 64
