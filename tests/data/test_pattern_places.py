"""Hot spots, clusters and recurrences: what was planted is found, what was shuffled is not, and the shares are printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from data.patterns import ground, hot_spots, recurrences, scan
from data.patterns.record import FALSE_SHARE, Pattern

LAST = date(2026, 11, 23)
WINDOW = (LAST - timedelta(days=27), LAST)
PLACE = ("county", "330483")
SIDE = 18  # grids in a row, half a kilometre apart
CODES = [f"g{number:03d}" for number in range(SIDE * SIDE)]
LONS = 120.4 + np.tile(np.arange(SIDE), SIDE) * 0.0052
LATS = 30.5 + np.repeat(np.arange(SIDE), SIDE) * 0.0045
DAYS = 130


def uneven(generator: np.random.Generator) -> Any:
    """Reports of four weeks by grid, some grids much busier than others."""
    return generator.poisson(generator.gamma(2, 3, len(CODES)))


def test_metres_are_metres() -> None:
    points = ground.plane(np.array([120.5, 120.51]), np.array([30.6, 30.6]))
    assert np.hypot(*(points[1] - points[0])) == pytest.approx(958, abs=2)


def test_the_score_is_that_of_esda() -> None:
    from esda.getisord import G_Local
    from libpysal.weights import W

    places = hot_spots.Places.of(CODES, LONS, LATS)
    counts = uneven(np.random.default_rng(1))
    near = {place: [int(each) for each in row if each != place] for place, row in enumerate(places.around)}
    oracle = G_Local(counts.astype(float), W(near, silence_warnings=True), transform="B", star=True, permutations=0)
    assert np.allclose(hot_spots.scores(places.around, counts), oracle.Zs)


def test_planted_hot_spots_are_found_and_shuffled_counts_have_none_beyond_the_share() -> None:
    places = hot_spots.Places.of(CODES, LONS, LATS)
    generator = np.random.default_rng(2)
    found = false = 0
    rounds = 20
    for number in range(rounds):
        counts = uneven(generator)
        false += bool(hot_spots.hot_spots(places, [counts], WINDOW, number))
        centre = int(generator.integers(len(CODES)))
        more = counts.copy()
        more[places.around[centre]] += generator.poisson(14, hot_spots.NEIGHBOURS + 1)
        said = hot_spots.hot_spots(places, [more], WINDOW, number)
        found += any(each.area_code in {CODES[near] for near in places.around[centre]} for each in said)
    print(f"\nhot spots: recall {found / rounds:.2f} of {rounds}; rounds with a false one {false / rounds:.2f}")
    assert found / rounds >= 0.9
    assert false / rounds <= 3 * FALSE_SHARE  # of twenty, three are within chance of one


def test_a_hot_spot_that_stays_was_right_and_one_that_wanders_was_not() -> None:
    places = hot_spots.Places.of(CODES, LONS, LATS)
    generator = np.random.default_rng(3)
    staying, wandering = [], []
    for number in range(13):
        for windows, centre in ((staying, 100), (wandering, 20 + 23 * number)):
            counts = uneven(generator)
            counts[places.around[centre]] += 20
            windows.append(counts)
    rates = [hot_spots.hot_spots(places, windows, WINDOW, 1)[0].track for windows in (staying, wandering)]
    assert rates[0].rate is not None and rates[0].rate > 0.9
    assert rates[1].rate is not None and rates[1].rate < 0.3


def stream(generator: np.random.Generator, code: str, a_day: float, weekend: float = 0.6) -> scan.Reports:
    share = generator.gamma(2, 1, len(CODES))
    by_day = generator.poisson(a_day * np.where(np.arange(DAYS) % 7 < 2, weekend, 1))
    days = np.repeat(np.arange(DAYS), by_day)
    return scan.Reports(code, generator.choice(len(CODES), len(days), p=share / share.sum()), days)


def planted(
    circles: scan.Ground, one: scan.Reports, centre: int, generator: np.random.Generator, days: int, count: int
) -> scan.Reports:
    grids = circles.order[centre, generator.integers(0, 4, count)]
    at = DAYS - 1 - generator.integers(0, days, count)
    return scan.Reports(one.category_code, np.r_[one.grids, grids], np.r_[one.days, at])


def test_planted_clusters_are_found_and_shuffled_days_have_none_beyond_the_share() -> None:
    circles = scan.Ground.of(CODES, LONS, LATS)
    generator = np.random.default_rng(4)
    found = right_place = false = 0
    rounds = 20
    for number in range(rounds):
        streams = [stream(generator, code, a_day) for code, a_day in (("", 60), ("A", 20), ("B", 10))]
        false += bool(scan.clusters(circles, streams, LAST, number, simulated=99))
        centre = int(generator.integers(len(CODES)))
        streams[1] = planted(circles, streams[1], centre, generator, 4, 14)
        said = scan.clusters(circles, streams, LAST, number, simulated=99)
        ours = [each for each in said if each.category_code == "A"]
        found += bool(ours)
        right_place += any(each.area_code in {CODES[near] for near in circles.order[centre]} for each in ours)
    print(f"\nclusters (fourteen in four days and four grids): recall {found / rounds:.2f} of {rounds}, at their place "
          f"{right_place / rounds:.2f}; rounds with a false one {false / rounds:.2f}")  # fmt: skip
    assert right_place / rounds >= 0.9
    assert false / rounds <= 3 * FALSE_SHARE


def test_a_busy_weekday_or_a_busy_place_is_no_cluster() -> None:
    circles = scan.Ground.of(CODES, LONS, LATS)
    generator = np.random.default_rng(5)
    one = stream(generator, "", 40, weekend=0.1)
    busy = generator.choice(6, 900)
    both = scan.Reports("", np.r_[one.grids, busy], np.r_[one.days, generator.integers(0, DAYS, 900)])
    assert scan.clusters(circles, [both], LAST, 1, simulated=99) == []


def test_a_cluster_says_how_rarely_chance_gives_one_and_too_few_days_are_none() -> None:
    circles = scan.Ground.of(CODES, LONS, LATS)
    generator = np.random.default_rng(6)
    one = planted(circles, stream(generator, "A", 20), 100, generator, 3, 25)
    shares: list[float] = []
    said = scan.clusters(circles, [one], LAST, 1, simulated=99, progress=shares.append)[0]
    assert (said.kind_code, said.level_code, said.last_on) == ("cluster", "grid", LAST)
    assert said.evidence["count"] >= 20 > said.evidence["mean"]
    assert said.certainty.value == 0.01 and said.evidence["days_between"] == 100
    assert said.radius_metres is not None and said.radius_metres <= scan.FARTHEST_METRES
    assert shares == sorted(shares) and len(shares) == 99 and shares[-1] <= 1
    assert scan.clusters(circles, [replace(one, days=one.days - DAYS + 30).between(0, 29)], LAST, 1, simulated=9) == []


def reports(generator: np.random.Generator, count: int = 4000) -> recurrences.Reports:
    """Reports of three hundred days around fifty places of different size, eight kinds."""
    centre = generator.choice(50, count, p=np.random.default_rng(1).dirichlet(np.full(50, 1.0)))
    east, north = generator.normal(0, 300, (2, count))
    return recurrences.Reports(
        np.arange(count), generator.integers(0, 300, count), generator.choice(8, count), centre % 3,
        120.4 + centre % 10 * 0.02 + east / 95_800, 30.5 + centre // 10 * 0.02 + north / 111_320,
    )  # fmt: skip


def again(known: recurrences.Reports, generator: np.random.Generator, kind: int, *, times: int) -> recurrences.Reports:
    place = int(generator.integers(len(known.ids)))
    east, north = generator.normal(0, 10, (2, times))
    more = recurrences.Reports(
        np.arange(times) + 10_000, 299 - generator.integers(0, 90, times), np.full(times, kind), np.full(times, known.towns[place]),
        known.lons[place] + east / 95_800, known.lats[place] + north / 111_320,
    )  # fmt: skip
    return recurrences.Reports(
        *(np.r_[getattr(known, name), getattr(more, name)] for name in recurrences.Reports.__dataclass_fields__)
    )


def said_of(known: recurrences.Reports, seed: int = 1) -> list[Pattern]:
    return recurrences.recurrences(known, [f"A.01.{kind:02d}" for kind in range(8)], PLACE, 299, LAST, seed)


def test_planted_recurrences_are_found_and_dealt_out_kinds_have_none_beyond_the_share() -> None:
    generator = np.random.default_rng(7)
    found = all_planted = false = 0
    rounds = 12
    for number in range(rounds):
        plain = reports(generator)
        false += bool(said_of(plain, number))
        more = plain
        for kind in range(5):
            more = again(more, generator, kind, times=9)
        ours = [each for each in said_of(more, number) if sum(report >= 10_000 for report in each.incident_ids) >= 5]
        found, all_planted = found + len(ours), all_planted + 5
    print(f"\nrecurrences (nine times in ninety days): recall {found / all_planted:.2f} of {all_planted}; "
          f"rounds with a false one {false / rounds:.2f}")  # fmt: skip
    assert found / all_planted >= 0.9
    assert false / rounds <= 2 / rounds


def test_a_recurrence_names_its_reports_and_whether_such_came_again() -> None:
    generator = np.random.default_rng(8)
    known = reports(generator)
    for kind in range(4):
        known = again(known, generator, kind, times=30)
        known = replace(known, days=np.r_[known.days[:-30], generator.integers(0, 300, 30)])
    said = said_of(known)
    assert {each.category_code for each in said} >= {f"A.01.{kind:02d}" for kind in range(4)}
    assert said[0].evidence["days"] >= 3 and said[0].certainty.value <= FALSE_SHARE
    assert said[0].evidence["usual"] < said[0].evidence["count"]
    assert said[0].track.rate is not None and said[0].track.rate > 0.8
    assert said[0].track.by_chance is not None and said[0].track.by_chance < said[0].track.rate


def test_three_times_on_one_day_is_no_recurrence() -> None:
    at = np.full(6, 120.5)
    same_day = recurrences.Reports(
        np.arange(6), np.array([5, 5, 5, 1, 2, 3]), np.array([1, 1, 1, 2, 2, 2]), np.zeros(6, dtype=int), at, at / 4
    )
    points = ground.plane(same_day.lons, same_day.lats)
    found = recurrences.circles(points, same_day.days, same_day.kinds, ground.pairs_within(points, recurrences.METRES))
    assert [sorted(each.tolist()) for each in found] == [[3, 4, 5]]
