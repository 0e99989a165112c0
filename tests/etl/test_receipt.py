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


STAGES = {"triaged_at": "Confirmation of receipt", "dispatched_at": "T05 Print and send confirmation of receipt"}


@pytest.mark.parametrize("column", STAGES)
def test_the_median_time_to_a_stage_equals_pandas(engine: Engine, given: pd.DataFrame, column: str) -> None:
    first = (
        given[given["concept:name"] == STAGES[column]]
        .groupby("case:concept:name")
        .agg(at=("at", "min"), start=("reported_at", "first"))
    )
    with engines.reading(engine) as conn:
        rows = conn.execute(
            select(incident.c.source_ref, incident.c.reported_at, incident.c[column]).where(incident.c[column].is_not(None))
        ).all()
    ours = pd.DataFrame(rows, columns=["case", "start", "at"]).set_index("case")
    both = ours.join(first, rsuffix="_given")
    # A case whose log runs out of order is kept and marked; its stage is then not counted.
    assert len(both) > 850 and (both["at"] == both["at_given"]).all() and (both["start"] == both["start_given"]).all()
    assert (both["at"] - both["start"]).median() == (first.loc[both.index, "at"] - first.loc[both.index, "start"]).median()


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
    assert marked == counted
