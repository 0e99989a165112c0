"""A row of a file that may not come in is one report refused, however often the file is brought, until it comes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from support.house import NOON
from support.serving import ROOT

from data import arrivals, audit, ledger, refusals, sums
from data import city as cities
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.regions import Regions
from data.schema import incident, refusal
from etl import ingest

LOG_HEAD = "case:concept:name,concept:name,time:timestamp,concept:instance,org:group,case:group,case:startdate,case:channel,case:department"
TABLE_HEAD = "srnumber,createddate,requesttype,requestsource,longitude,latitude,address,closeddate,updateddate,owner,status"
STARTED = "2011-10-11 13:42:22+02:00"


def city_of(engine: Engine, name: str) -> City:
    city = cities.load(ROOT / f"tests/examples/cities/{name}")
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
    return city


@pytest.fixture
def receipt(engine: Engine) -> City:
    return city_of(engine, "receipt")


@pytest.fixture
def los_angeles(engine: Engine) -> City:
    return city_of(engine, "los_angeles")


def bring(engine: Engine, city: City, source: str, path: Path, head: str, *rows: str) -> ledger.Ledger:
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    ingest.ingest_file(engine, city, Regions(city), source, path, Clock(NOON))
    with engines.reading(engine) as conn:
        assert audit.check(conn, city.code, city.rules, NOON).faults == ()
        found = ledger.balance(sums.ledger_counts(conn, "county", city.code))
    assert found.is_balanced and found.received == found.open + found.settled + found.rejected + found.merged + found.void
    return found


def request(number: str, kind: str = "Bulky Items", at: str = "2020-01-02 08:00:00") -> str:
    return f"{number},{at},{kind},Call,-118.30,34.05,,,,BOS,Open"


def test_a_row_is_refused_once_however_often_it_is_brought(engine: Engine, los_angeles: City, tmp_path: Path) -> None:
    rows = [request("1"), request("2", "Unicorn"), request("", "Graffiti"), request("4", at="soon")]
    first = bring(engine, los_angeles, "requests", tmp_path / "a.csv", TABLE_HEAD, *rows)
    assert (first.received, first.open, first.rejected) == (4, 1, 3)
    assert bring(engine, los_angeles, "requests", tmp_path / "a.csv", TABLE_HEAD, *rows) == first
    assert bring(engine, los_angeles, "requests", tmp_path / "b.csv", TABLE_HEAD, *rows) == first
    with engines.reading(engine) as conn:
        assert {ref[:2] for ref in conn.execute(select(refusal.c.report_ref)).scalars()} >= {"2", "4"}


def test_a_row_that_is_corrected_is_refused_no_longer(engine: Engine, los_angeles: City, tmp_path: Path) -> None:
    bring(engine, los_angeles, "requests", tmp_path / "a.csv", TABLE_HEAD, request("1", "Unicorn"), request("2"))
    found = bring(engine, los_angeles, "requests", tmp_path / "b.csv", TABLE_HEAD, request("1"))
    assert (found.received, found.open, found.rejected) == (2, 2, 0)
    # Spoiled again it is in already.
    found = bring(engine, los_angeles, "requests", tmp_path / "c.csv", TABLE_HEAD, request("1", "Unicorn"), request("2", at="soon"))
    assert (found.received, found.open, found.rejected) == (2, 2, 0)


def row(case: str, number: int, activity: str = "Confirmation of receipt", at: str = STARTED, started: str = STARTED) -> str:
    return f"{case},{activity},{at},task-{number},Group 1,,{started},Internet,General"


def test_the_rows_of_one_case_are_one_report(engine: Engine, receipt: City, tmp_path: Path) -> None:
    rows = [
        row("whole", 1), row("whole", 2),
        row("partly", 3), row("partly", 4, "Dancing"),  # in, without one step
        row("refused", 5, "Dancing"), row("refused", 6, at="soon"),  # one report of two rows
        row("undated", 7, started="soon"), row("undated", 8, started="soon"),
        row("", 9),  # a step that names no case
    ]  # fmt: skip
    found = bring(engine, receipt, "log", tmp_path / "log.csv", LOG_HEAD, *rows)
    with engines.reading(engine) as conn:
        assert set(conn.execute(select(incident.c.source_ref)).scalars()) == {"whole", "partly"}
        assert set(conn.execute(select(refusal.c.report_ref)).scalars()) >= {"refused", "undated"}
    assert (found.received, found.rejected) == (4, 2)


def test_a_refusal_that_is_lifted_may_stand_again(engine: Engine) -> None:
    key = ("wechat", "x")
    for at_hand, standing in ((refusals.refuse, 1), (refusals.admit, 0), (refusals.refuse, 1)):
        with engines.writing(engine) as conn:
            at_hand(conn, {key: "broken"} if at_hand is refusals.refuse else [key], NOON)  # type: ignore[operator]
            assert refusals.standing_count(conn) == standing
