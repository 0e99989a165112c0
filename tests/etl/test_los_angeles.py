"""A second city from a folder alone: the 10,000 real requests of Los Angeles, counted independently in pandas."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import Point
from sqlalchemy import Engine, func, select
from support.recounting import recounted
from support.serving import ROOT

from data import arrivals, indicators, recount
from data import city as cities
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import SourceError, UnknownCode
from data.filters import Filter
from data.metrics.counts import COUNTS
from data.periods import Span
from data.regions import Regions
from data.schema import batch, incident, rejected_row, snapshot, source_state, step
from etl import filing, ingest

REQUESTS = ROOT.parent / "shared/data/la311/la_2020_requests_full.csv"


@pytest.fixture(scope="module")
def los_angeles() -> City:
    return cities.load(ROOT / "tests/examples/cities/los_angeles")


@pytest.fixture
def engine(database_url: str, los_angeles: City) -> Iterator[Engine]:
    fresh = engines.create(database_url)
    engines.upgrade(fresh)
    with engines.writing(fresh) as conn:
        arrivals.save_city(conn, los_angeles)
    yield fresh
    fresh.dispose()


def bring(engine: Engine, city: City, path: Path) -> ingest.Summary:
    return ingest.ingest_file(engine, city, Regions(city), "requests", path, Clock())


def counted(engine: Engine, column: Any) -> dict[str, int]:
    with engines.reading(engine) as conn:
        return dict(conn.execute(select(column, func.count()).group_by(column)).all())


@pytest.fixture(scope="module")
def given() -> pd.DataFrame:
    return pd.read_csv(REQUESTS, dtype=str, keep_default_na=False)


def test_every_request_comes_in_and_every_count_equals_pandas(engine: Engine, los_angeles: City, given: pd.DataFrame) -> None:
    summary = bring(engine, los_angeles, REQUESTS)
    assert (summary.read_count, summary.accepted_count, summary.rejected_count) == (10_000, 10_000, 0)

    def expected(column: str, list_name: str) -> dict[str, int]:
        codes = given[column].map(lambda word: los_angeles.spelling("requests", list_name, word))
        return dict(Counter(codes))

    assert counted(engine, incident.c.category_code) == expected("requesttype", "category")
    assert counted(engine, incident.c.channel_code) == expected("requestsource", "channel")
    assert counted(engine, incident.c.state_code) == {"closed": 9_723, "void": 244, "dispatched": 33}
    assert given.status.value_counts().to_dict() == {
        "Closed": 9_723,
        "Cancelled": 244,
        "Open": 16,
        "Pending": 15,
        "Referred Out": 2,
    }
    with engines.reading(engine) as conn:
        reported = Counter(
            at.astimezone(los_angeles.zone).date().isoformat() for at in conn.execute(select(incident.c.reported_at)).scalars()
        )
        who = (
            select(step.c.to_organisation_code, func.count())
            .where(step.c.action_code == "dispatch")
            .group_by(step.c.to_organisation_code)
        )
        agencies = dict(conn.execute(who).all())
        assert recount.check(conn, los_angeles.zone) == []
    assert reported == Counter(given.createddate.str[:10])
    assert agencies == expected("owner", "organisation")
    is_open = given[~given.status.isin(["Closed", "Cancelled"])]
    holders = counted(engine, incident.c.holder_code)
    assert holders.pop(None) == 9_967
    assert holders == dict(Counter(is_open.owner.map(lambda word: los_angeles.spelling("requests", "organisation", word))))


def test_the_ends_of_requests_are_steps_at_their_own_times(engine: Engine, los_angeles: City, given: pd.DataFrame) -> None:
    bring(engine, los_angeles, REQUESTS)
    closed = given[given.status.eq("Closed")]
    written = closed.closeddate.where(closed.closeddate.ne(""), closed.updateddate)
    ends = pd.to_datetime(written).dt.tz_localize(los_angeles.zone).dt.tz_convert("UTC")
    expected = dict(zip(closed.srnumber, ends, strict=True))
    with engines.reading(engine) as conn:
        for action in ("resolve", "close"):
            rows = conn.execute(select(step.c.incident_ref, step.c.at).where(step.c.action_code == action)).all()
            assert len(rows) == len(expected) == 9_723 and dict(rows) == expected
        marked = select(func.count()).where(step.c.is_possible.is_(False))
        assert conn.execute(marked).scalar_one() == 0
        rows = conn.execute(select(incident.c.reported_at, incident.c.resolved_at).where(incident.c.resolved_at.is_not(None))).all()
    created = pd.to_datetime(closed.createddate).dt.tz_localize(los_angeles.zone).dt.tz_convert("UTC")
    assert pd.Series([end - start for start, end in rows]).median() == (ends - created).median()


def test_each_request_lies_in_the_council_that_holds_its_point(engine: Engine, los_angeles: City, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    given = pd.read_csv(REQUESTS, dtype=str, keep_default_na=False)
    given[::25].to_csv(path, index=False)
    bring(engine, los_angeles, path)
    borders = {each.area_code: each.geometry for each in Regions(los_angeles).boundaries("township")}
    with engines.reading(engine) as conn:
        rows = conn.execute(
            select(incident.c.township_code, incident.c.lon, incident.c.lat).where(incident.c.lon.is_not(None))
        ).all()
    inside = [code for code, lon, lat in rows if code is not None and borders[code].intersects(Point(lon, lat))]
    outside = [
        1 for code, lon, lat in rows if code is None and not any(each.intersects(Point(lon, lat)) for each in borders.values())
    ]
    assert len(inside) + len(outside) == len(rows) == given[::25].latitude.ne("").sum() and len(inside) > 380


def test_figures_of_real_requests_equal_a_recount_by_cells_and_by_rows(
    engine: Engine, los_angeles: City, given: pd.DataFrame
) -> None:
    bring(engine, los_angeles, REQUESTS)
    year = Filter(Span.parse("2020-01-01..2020-12-31"), "county", "0637")
    now = datetime(2020, 7, 1, tzinfo=UTC)
    codes = [each.area_code for each in los_angeles.areas if each.level_code == "township"]
    chance = random.Random(4)
    with engines.reading(engine) as conn:
        rows = pd.DataFrame([dict(row) for row in conn.execute(select(incident)).mappings()])
        by_agency = indicators.breakdown(conn, los_angeles, year, "organisation", ["reported"], now)
        by_kind = indicators.breakdown(conn, los_angeles, year, "category", ["reported"], now)
        by_quarter = indicators.breakdown(conn, los_angeles, year, "quarter", ["reported"], now)
        for _ in range(12):
            first = date(2020, 1, 1) + timedelta(days=chance.randint(0, 330))
            asked = chance.choice([year, year.of(level_code="township", area_code=chance.choice(codes))])
            asked = asked.of(span=Span(first, first + timedelta(days=chance.randint(0, 90))))
            asked = asked.of(organisation_code=chance.choice(["", *by_agency]), category_code=chance.choice(["", *by_kind]))
            expected = recounted(rows, asked, now, los_angeles.zone)
            for from_rows in (False, True):
                assert indicators.counts(conn, los_angeles, asked, list(COUNTS), now, from_rows=from_rows) == expected, asked
    said = Counter(given.owner.map(lambda word: los_angeles.spelling("requests", "organisation", word)))
    assert {code: each["reported"] for code, each in by_agency.items()} == {
        code: count for code, count in said.items() if los_angeles.organisations[code].kind_code == "department"
    }
    assert sum(each["reported"] for each in by_kind.values()) == len(given)
    quarters = Counter(f"{made[:4]}Q{(int(made[5:7]) + 2) // 3}" for made in given.createddate)
    assert {name: each["reported"] for name, each in by_quarter.items()} == {
        f"2020Q{n}": quarters[f"2020Q{n}"] for n in range(1, 5)
    }


def test_a_file_brought_twice_changes_nothing(engine: Engine, los_angeles: City) -> None:
    bring(engine, los_angeles, REQUESTS)

    def everything() -> list[Any]:
        with engines.reading(engine) as conn:
            tables = (incident, step, snapshot, batch)
            known = conn.execute(select(source_state.c.accepted_count, source_state.c.rejected_count)).all()
            return [*known, *(conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)]

    before = everything()
    again = bring(engine, los_angeles, REQUESTS)
    assert (again.accepted_count, again.repeated_count) == (10_000, 10_000)
    assert everything() == before


def test_a_run_killed_in_the_middle_is_completed_by_the_next(
    engine: Engine, los_angeles: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = spoiled(tmp_path)
    chunks = 0
    ordinary = filing.file_many

    def breaking(*given: Any) -> tuple[int, int]:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            raise KeyboardInterrupt
        return ordinary(*given)

    monkeypatch.setattr(filing, "file_many", breaking)
    with pytest.raises(KeyboardInterrupt):
        bring(engine, los_angeles, path)
    monkeypatch.undo()
    summary = bring(engine, los_angeles, path)
    assert (summary.read_count, summary.accepted_count, summary.rejected_count) == (2_000, 1_996, 4)
    with engines.reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(incident)).scalar_one() == 1_996
        assert conn.execute(select(func.count()).select_from(rejected_row)).scalar_one() == 4
        assert recount.check(conn, los_angeles.zone) == []


def spoiled(folder: Path) -> Path:
    """The first 2,000 requests, four of them spoiled."""
    rows = pd.read_csv(REQUESTS, dtype=str, keep_default_na=False).head(2_000)
    rows.loc[9, "requesttype"] = "Unicorn Sighting"
    rows.loc[19, "createddate"] = "soon"
    rows.loc[29, "latitude"] = "north"
    rows.loc[39, "srnumber"] = ""
    path = folder / "spoiled.csv"
    rows.to_csv(path, index=False)
    return path


def test_a_bad_row_is_kept_with_file_row_and_reason_and_the_rest_goes_in(engine: Engine, los_angeles: City, tmp_path: Path) -> None:
    bring(engine, los_angeles, spoiled(tmp_path))
    with engines.reading(engine) as conn:
        rows = conn.execute(
            select(rejected_row.c.row_number, rejected_row.c.reason, rejected_row.c.sentence).order_by(rejected_row.c.row_number)
        ).all()
    assert [(number, reason) for number, reason, _ in rows] == [
        (10, "unknown_word"),
        (20, "bad_time"),
        (30, "bad_number"),
        (40, "incomplete"),
    ]
    assert rows[0][2] == "spoiled.csv row 10: requests says category 'Unicorn Sighting', which has no code."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is missing"),
        (b"a,b\n1,2\n", "srnumber"),
        (b"\xff\xfe\x00\x01\x81", "neither UTF-8 text"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_a_sentence(
    engine: Engine, los_angeles: City, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=words) as error:
        bring(engine, los_angeles, path)
    assert "strange.csv" in str(error.value)


def test_an_unknown_source_is_named(engine: Engine, los_angeles: City) -> None:
    with pytest.raises(UnknownCode, match="It has: requests"):
        ingest.ingest_file(engine, los_angeles, Regions(los_angeles), "nothing", REQUESTS, Clock(datetime.now().astimezone()))


def test_the_borders_are_those_of_the_city(los_angeles: City) -> None:
    import json

    features = json.loads((ROOT.parent / "shared/data/la311/la_neighbourhood_council_boundaries.json").read_text())["features"]
    assert len(Regions(los_angeles).boundaries("township")) == len(features) == 99
