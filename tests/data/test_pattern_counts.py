"""Surges, tomorrow's load and change points: what was planted is found, what was shuffled is not, and the shares are printed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from data.city import City
from data.patterns import change_points, expected, forecast, surges
from data.patterns.change_points import Series
from data.patterns.record import FEWEST, Track
from etl.demo.rhythm import ANCHOR, Script

LAST = date(2026, 11, 23)
DAYS = 500
PLACE = ("county", "330483")


def days_to(last: date, count: int) -> list[date]:
    return [last - timedelta(days=count - 1 - number) for number in range(count)]


def demo_counts(city: City) -> tuple[Any, Any]:
    """Reports a day of the county and its towns in the invented county (days x 12), and the kinds of the days and two more."""
    script = Script.of(city, 7)
    towns = sorted(each.area_code for each in city.areas_on(LAST, "township"))
    rows = []
    for on in days_to(LAST, DAYS):
        generator = np.random.default_rng([7, on.toordinal()])
        total = script.report_count(city, on, generator)
        rows.append([total, *generator.multinomial(total, script.town_shares(towns, on))])
    return np.array(rows), expected.day_kinds(city.calendar, days_to(LAST + timedelta(days=2), DAYS + 2))


@pytest.fixture(scope="module")
def counted(city: City) -> tuple[Any, Any]:
    return demo_counts(city)


def kinds_of_reports(generator: np.random.Generator, totals: Any, shares: Any) -> Any:
    return np.array([generator.multinomial(total, shares) for total in totals])


SHARES = np.random.default_rng(5).dirichlet(np.full(60, 0.8))


def test_a_day_has_the_kind_of_its_weekday_unless_the_calendar_says_otherwise(city: City) -> None:
    days = [date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 16), date(2026, 2, 21), date(2026, 2, 28), date(2031, 10, 1)]
    # A Friday; a Saturday worked for the Spring Festival; its Monday; its Saturday; again a worked one; a year nobody has published.
    assert expected.day_kinds(city.calendar, days).tolist() == [4, expected.MAKE_UP, expected.HOLIDAY, 5, expected.MAKE_UP, 2]


def test_nothing_of_a_day_or_after_goes_into_what_was_expected_of_it(counted: tuple[Any, Any]) -> None:
    counts, kinds = counted
    whole = forecast.forecasts(counts, counts[:, 0], kinds)
    shorter = forecast.forecasts(counts[:300], counts[:300, 0], kinds[:302])
    assert np.allclose(whole.mean[:296], shorter.mean[:296], equal_nan=True)
    assert np.allclose(whole.high[:296], shorter.high[:296], equal_nan=True)


def test_tomorrow_is_forecast_better_than_by_the_weekday_before_over_twelve_months(counted: tuple[Any, Any]) -> None:
    counts, kinds = counted
    tried, inside, error, naive = forecast.forecasts(counts, counts[:, 0], kinds).judged(counts)
    print(f"\nmean absolute error against seasonal-naive, by series: {np.round(error / naive, 2)}")
    print(f"share of days inside the 80 % interval: {np.round(inside / tried, 3)}")
    assert (tried == 365).all()
    assert (error < 0.85 * naive).all() and (error / naive).mean() < 0.75
    assert ((inside / tried > 0.74) & (inside / tried < 0.9)).all()


def test_a_holiday_is_forecast_as_a_holiday(city: City) -> None:
    days = days_to(date(2026, 9, 24), 400)
    kinds = expected.day_kinds(city.calendar, [*days, date(2026, 9, 25), date(2026, 9, 26)])
    quiet = np.isin(kinds, (5, 6, expected.HOLIDAY))
    counts = np.where(quiet, 60, 100)[:400, None]
    mean = expected.ahead(counts, counts[:, 0], kinds, 1)
    mid_autumn = np.flatnonzero(kinds[:400] == expected.HOLIDAY)[-1]
    assert counts[mid_autumn, 0] == 60
    assert mean[mid_autumn, 0] == pytest.approx(60, rel=0.12)


def test_too_little_history_is_no_forecast() -> None:
    counts, kinds = np.ones((20, 1)), np.zeros(22, dtype=int)
    assert forecast.tomorrow(counts, counts[:, 0], kinds, [PLACE], LAST) == []
    assert surges.surges(counts, counts[:, 0], kinds[:20], ["A.01.01"], PLACE, LAST) == []


def test_a_first_forecast_has_no_error_to_tell(counted: tuple[Any, Any]) -> None:
    counts, kinds = counted[0][:40, :1], counted[1][:42]
    days = [forecast.tomorrow(counts[:length], counts[:length, 0], kinds[: length + 2], [PLACE], LAST) for length in range(20, 41)]
    made = [found[0] for found in days if found]
    first, last = made[0], made[-1]
    assert first.track.of == 0 and set(first.evidence) == {"mean"}
    assert last.track.of > 0 and last.evidence["mean_error"] >= 0 <= last.evidence["naive_error"]


def test_the_record_of_a_forecast_says_how_sure_and_how_often_right(counted: tuple[Any, Any]) -> None:
    counts, kinds = counted
    found = forecast.tomorrow(counts[:, :1], counts[:, 0], kinds, [PLACE], LAST + timedelta(days=1))[0]
    assert (found.first_on, found.certainty.kind_code, found.certainty.value) == (LAST + timedelta(days=2), "interval", 0.8)
    assert found.certainty.low is not None and found.certainty.high is not None
    assert found.certainty.low < found.evidence["mean"] < found.certainty.high
    assert found.track.of == 365 and found.track.rate == pytest.approx(0.8, abs=0.07)


def test_a_share_of_few_warnings_is_no_share() -> None:
    assert Track(FEWEST - 1, FEWEST - 1).rate is None
    assert Track(5, FEWEST).rate == 0.5


def test_planted_surges_are_found_and_chance_gives_none_beyond_its_share(counted: tuple[Any, Any]) -> None:
    totals, kinds = counted[0][:, 0], counted[1][:DAYS]
    generator = np.random.default_rng(1)
    found = planted = false_days = days = 0
    for _ in range(6):
        counts = kinds_of_reports(generator, totals, SHARES)
        judged = surges.weighed(counts, totals, kinds).claimed[surges.BASE + surges.STRETCH :]
        false_days, days = false_days + judged.any(axis=1).sum(), days + len(judged)
        usual = counts.mean(axis=0)
        for kind in np.flatnonzero(usual > 3)[:12]:
            day = int(generator.integers(200, DAYS - 10))
            more = counts.copy()
            more[day - 2 : day + 1, kind] += generator.poisson(2.0 * usual[kind], 3)  # three times as many for three days
            planted += 1
            found += surges.weighed(more, totals, kinds).claimed[day, kind]
    print(f"\nsurges (three times the usual for three days): recall {found / planted:.2f} of {planted}; "
          f"days with a false one {false_days / days:.3f} of {days}")  # fmt: skip
    assert found / planted >= 0.8
    assert false_days / days <= surges.DAILY_FALSE


def test_a_holiday_is_no_surge_of_the_day_after(counted: tuple[Any, Any]) -> None:
    """Twice as many as on the holiday before is the usual of a working day."""
    kinds = counted[1][:DAYS]
    totals = np.where(np.isin(kinds, (5, 6, expected.HOLIDAY)), 100, 240)
    counts = (totals[:, None] * SHARES[None, :]).round().astype(int)
    assert not surges.weighed(counts, totals, kinds).claimed[200:].any()


def test_the_record_of_a_surge_holds_its_evidence_and_the_track_of_those_before(counted: tuple[Any, Any]) -> None:
    totals, kinds = counted[0][:, 0], counted[1][:DAYS]
    counts = kinds_of_reports(np.random.default_rng(3), totals, SHARES)
    kind = int(np.argsort(counts.mean(axis=0))[-5])
    for day in range(130, DAYS, 30):
        counts[day - 6 : day, kind] *= 3  # six days: each of these went on
    counts[-3:, kind] *= 3
    names = [f"A.01.{number:02d}" for number in range(60)]
    found = surges.surges(counts, totals, kinds, names, PLACE, LAST)
    assert [each.category_code for each in found] == [names[kind]]
    said = found[0]
    assert (said.first_on, said.last_on) == (LAST - timedelta(days=2), LAST)
    assert said.evidence["count"] == counts[-3:, kind].sum() > said.evidence["high"] >= said.evidence["low"]
    assert said.certainty.value < 0.001
    assert said.track.rate is not None and said.track.rate > 0.8


def series_of(generator: np.random.Generator, mean: float, change: float, at: int) -> Any:
    level = np.where(np.arange(DAYS) >= at, mean * change, mean)
    return generator.poisson(level * np.exp(generator.normal(0, 0.09, DAYS)))


def test_planted_changes_of_level_are_found_near_their_day_and_shuffled_days_have_none() -> None:
    generator = np.random.default_rng(2)
    found = near = false = 0
    rounds, each_round = 4, 10
    for _ in range(rounds):
        changes = generator.integers(DAYS - 80, DAYS - 30, each_round)
        series = [Series(*PLACE, f"{n}", series_of(generator, 25, 1.5, int(at))) for n, at in enumerate(changes)]
        for said in change_points.change_points(series, LAST, 1):
            found += 1
            days = (LAST - timedelta(days=int(DAYS - 1 - changes[int(said.category_code)])) - said.first_on).days
            near += -7 <= days <= (said.last_on - said.first_on).days + 7
        shuffled = [Series(*PLACE, each.category_code, generator.permutation(each.values)) for each in series]
        false += bool(change_points.change_points(shuffled, LAST, 1))
    planted = rounds * each_round
    print(f"\nchanges by half of 25 a day: recall {found / planted:.2f} of {planted}, near their day {near / found:.2f}; "
          f"rounds with a false one {false} of {rounds}")  # fmt: skip
    assert found / planted >= 0.9 and near / found >= 0.9
    assert false == 0


def test_a_change_that_stayed_was_right_and_little_history_is_no_change() -> None:
    generator = np.random.default_rng(4)
    series = [Series(*PLACE, f"{n}", series_of(generator, 30, 2, DAYS - 50 - 28 * (n % 9))) for n in range(12)]
    found = change_points.change_points(series, LAST, 1)
    assert found and found[0].evidence["times"] == pytest.approx(2, abs=0.2)
    assert found[0].track.of >= FEWEST and found[0].track.rate is not None and found[0].track.rate > 0.9
    assert change_points.change_points([Series(*PLACE, "", np.ones(20))], LAST, 1) == []


def test_the_demo_grows_and_its_forecasts_follow(counted: tuple[Any, Any]) -> None:
    counts, kinds = counted
    assert days_to(LAST, DAYS)[0] < ANCHOR < LAST
    mean = forecast.forecasts(counts, counts[:, 0], kinds).mean[:DAYS, 0]
    assert np.nanmean(mean[-100:] - counts[-100:, 0]) == pytest.approx(0, abs=12)
