"""Patterns of the store itself, on both engines: each that was planted is found by its own reads, and an empty store has none."""

from __future__ import annotations

import json
import random
import time
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine
from support import past as planting
from support.cases import random_incident
from support.past import LAST, Past, planted

from data import comparisons, pattern_finds, pattern_reads, rollups, store
from data import engine as engines
from data.city import City
from data.pattern_finds import FINDERS, Sought
from data.pattern_keeper import Keeper
from data.patterns.record import Found, Pattern, of_plain, plain

COUNTY = ("county", "330483")


@pytest.fixture(scope="module")
def full(city: City) -> Past:
    return planted(city)


def noon(city: City) -> Any:
    return planting.NOON.replace(tzinfo=city.zone)


def test_each_planted_pattern_is_found_by_its_own_reads(engine: Engine, city: City, full: Past) -> None:
    full.keep(engine)
    sought = Sought(city, *COUNTY, noon(city))
    found: dict[str, list[Pattern]] = {}
    seconds: dict[str, float] = {}
    with engines.reading(engine) as conn:
        for kind, find in FINDERS.items():
            begun = time.perf_counter()
            found[kind] = find(conn, sought, lambda share: None)
            seconds[kind] = round(time.perf_counter() - begun, 2)
    print(f"\n{ {kind: len(each) for kind, each in found.items()} } {seconds}")
    assert planting.SURGE in {each.category_code for each in found["surge"]}
    assert {"330483", planting.BEFORE} <= {each.area_code for each in found["forecast"]}
    assert any(each.category_code in ("", "G") and each.evidence["times"] > 3 for each in found["cluster"])
    assert any(
        each.category_code == planting.AGAIN and each.lon == pytest.approx(planting.SPOT[0], abs=0.001)
        for each in found["recurrence"]
    )
    assert {each.level_code for each in found["recurrence"]} == {"grid"} and all(each.category_code for each in found["duplicate"])
    changed = next(each for each in found["change_point"] if each.area_code == planting.BEFORE)
    assert changed.first_on <= LAST - timedelta(days=planting.AFTER - 4) and changed.evidence["times"] > 1.5
    assert planting.RISING in {each.words for each in found["rising_word"]}
    assert len(found["duplicate"]) >= 6 and found["duplicate"][0].certainty.value > 0.8
    assert found["hot_spot"] and all(each.certainty.value <= 0.05 for each in found["hot_spot"])
    for each in (one for rows in found.values() for one in rows):
        assert of_plain(json.loads(json.dumps(plain(each)))) == each


PARTS = (("township", "330483001"), ("village", "330483001001"), ("grid", "330483001001001"))


def test_an_empty_store_has_no_patterns(engine: Engine, city: City) -> None:
    with engines.reading(engine) as conn:
        for kind, find in FINDERS.items():
            for place in (COUNTY, *PARTS):
                assert find(conn, Sought(city, *place, noon(city)), lambda share: None) == [], kind


def test_the_parts_of_a_county_are_looked_at_alike(engine: Engine, city: City) -> None:
    Past(city, 100, 40).keep(engine)
    with engines.reading(engine) as conn:
        for kind, find in FINDERS.items():
            for place in PARTS:
                found = find(conn, Sought(city, *place, noon(city)), lambda share: None)
                assert {each.area_code[: len(place[1])] for each in found} <= {place[1]}, kind


def test_days_by_kind_are_the_same_from_cells_and_rows(engine: Engine, city: City) -> None:
    chance = random.Random(3)
    rows = [
        random_incident(chance, str(number)) | {"township_code": "330483100", "village_code": "330483100201"}
        for number in range(300)
    ]
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "") for row in rows], zone=city.zone, at=noon(city))
        first, last = (rollups.day_number(LAST) - back for back in (40, 0))
        for top in (False, True):
            one, other = (pattern_reads.days_by_kind(conn, *place, first, last, city.zone, top=top)
                          for place in (("township", "330483100"), ("village", "330483100201")))  # fmt: skip
            assert one[0] == other[0] and np.array_equal(one[1], other[1])
        by_area = pattern_reads.days_by_area(conn, ["330483100", "nowhere", "330483100"], first, last)
        assert (by_area[:, 0] == by_area[:, 2]).all()
        assert by_area[:, 0].tolist() == one[1].sum(axis=1).tolist() and by_area[:, 1].sum() == 0
        found = pattern_reads.reports(conn, "township", "330483100", first, last, city.zone)
        assert np.bincount(found["day"] - first, minlength=41).tolist() == by_area[:, 0].tolist()


def test_the_wall_says_what_the_analysis_says(engine: Engine, city: City, full: Past) -> None:
    full.keep(engine)
    now = noon(city)
    with engines.reading(engine) as conn:
        told = pattern_finds.FINDERS["forecast"](conn, Sought(city, *COUNTY, now), lambda share: None)
        for place in (COUNTY, ("township", planting.BEFORE)):
            tomorrow = comparisons.trend(conn, city, *place, now)["tomorrow"]
            other = next(each for each in told if (each.level_code, each.area_code) == place)
            assert tomorrow is not None and tomorrow.evidence == pytest.approx(other.evidence)
            assert (tomorrow.certainty, tomorrow.track) == (other.certainty, other.track)
        warned = comparisons.warnings(conn, city, *COUNTY, now)
        assert warned and warned == pattern_finds.FINDERS["surge"](conn, Sought(city, *COUNTY, now), lambda share: None)
        days = dict(comparisons.trend(conn, city, *COUNTY, now)["days"])
        first = rollups.day_number(LAST) - 26
        counts = pattern_reads.days_by_area(conn, ["330483"], first, first + 27)[:, 0]
        assert [days[first + place] for place in range(28)] == counts.tolist()


def test_two_months_are_needed_to_warn_and_four_weeks_to_forecast(engine: Engine, city: City) -> None:
    Past(city, 40, 5).keep(engine)
    with engines.reading(engine) as conn:
        assert comparisons.warnings(conn, city, *COUNTY, noon(city)) is None
        assert comparisons.trend(conn, city, *COUNTY, noon(city))["tomorrow"] is not None
        early = noon(city) - timedelta(days=15)
        assert comparisons.trend(conn, city, *COUNTY, early)["tomorrow"] is None


def test_points_and_words_of_restricted_reports_are_not_read(engine: Engine, city: City) -> None:
    past = Past(city, 1, 0)
    past.add(0, "G.01.02", is_restricted=True, report_text="一户夫妻争吵")
    past.add(0, "A.01.01")
    past.keep(engine)
    with engines.reading(engine) as conn:
        day = rollups.day_number(LAST)
        found = pattern_reads.reports(conn, *COUNTY, day, day, city.zone)
        assert found.sort_values("category_code")["lon"].isna().tolist() == [False, True]
        assert len(pattern_reads.texts(conn, *COUNTY, day, day, city.zone)) == 1


def test_the_version_grows_with_reports_of_days_that_are_over(engine: Engine, city: City) -> None:
    today = rollups.day_number(LAST) + 1
    past = Past(city, 2, 3)
    past.keep(engine)

    def version() -> str:
        with engines.reading(engine) as conn:
            return pattern_reads.version(conn, "330483", today)

    before = version()
    assert before == f"{today}/{len(past.rows)}"
    for back, is_news in ((-1, False), (1, True)):
        row = Past(city, 0, 0).add(back, "A.01.01")
        fresh = {name: value for name, value in row.items() if name not in ("id", "committed_at", "version")} | {
            "source_ref": f"late{back}"
        }
        with engines.writing(engine) as conn:
            store.save_incidents(conn, [(None, store.incident_defaults() | fresh, "")], zone=city.zone, at=noon(city))
        assert (version() != before) == is_news


def waited(keeper: Keeper, city: City) -> Found:
    for _ in range(1200):
        found = keeper.found(*COUNTY, noon(city))
        if found.share is None:
            return found
        time.sleep(0.1)
    raise AssertionError("the search never ended")


def test_patterns_are_found_in_the_background_and_once_a_version(engine: Engine, city: City) -> None:
    past = Past(city, 90, 40)
    past.keep(engine)
    keeper = Keeper(engine, city, ("forecast", "surge"))
    first = keeper.found(*COUNTY, noon(city))
    assert (first.patterns, first.as_of, first.share) == ({}, None, 0)
    done = waited(keeper, city)
    with engines.reading(engine) as conn:
        own = pattern_finds.FINDERS["forecast"](conn, Sought(city, *COUNTY, noon(city)), lambda share: None)
    assert done.patterns == {"forecast": own, "surge": []} and done.failed == () and done.as_of == noon(city)
    later = noon(city) + timedelta(hours=1)
    assert keeper.found(*COUNTY, later) == done
    assert keeper.found(*COUNTY, later + timedelta(days=1)).share == 0
    keeper.stop()


def test_a_kind_that_fails_takes_no_other_with_it(engine: Engine, city: City) -> None:
    keeper = Keeper(engine, city, ("nonsense", "forecast"))
    keeper.found(*COUNTY, noon(city))
    found = waited(keeper, city)
    assert (found.failed, found.patterns) == (("nonsense",), {"forecast": []})


def test_a_search_that_is_stopped_says_so(engine: Engine, city: City) -> None:
    Past(city, 90, 40).keep(engine)
    keeper = Keeper(engine, city)
    keeper.found(*COUNTY, noon(city))
    keeper.stop()
    found = waited(keeper, city)
    assert found.as_of is None and set(found.failed) >= {"cluster"}
    assert keeper.found(*COUNTY, noon(city) + timedelta(days=3)).share is None
