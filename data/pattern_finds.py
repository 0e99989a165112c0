"""The patterns of an area, each kind by what it reads and what `data.patterns` makes of it. Everything but duplicates is of whole
days, up to yesterday. Never writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data import pattern_reads as reads
from data import rollups
from data.city import City
from data.patterns import change_points, duplicates, expected, forecast, hot_spots, recurrences, rising_words, scan, surges
from data.patterns.record import Pattern
from data.periods import EPOCH_ON, county_date

LOOK_BACK: Final = 500  # days: a year of track, and what the first of its days looked back on
FEWEST_GRIDS: Final = 50  # below it nearly every grid is a neighbour of every other
WORD_DAYS: Final = 140
DUPLICATE_DAYS: Final = 120
FRESH_DAYS: Final = 2
BUSY: Final = 1.0  # reports a day below which a series says nothing of its level
SEED: Final = 20_161_031  # the same past gives the same patterns
BELOW: Final = {"county": "township", "township": "village"}
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Sought:
    """Where and when patterns are looked for: an area, and now."""

    city: City
    level_code: str
    area_code: str
    now: datetime

    @property
    def place(self) -> tuple[str, str]:
        return self.level_code, self.area_code

    @property
    def today(self) -> date:
        return county_date(self.now, self.city.zone)

    @property
    def last_on(self) -> date:
        return self.today - timedelta(days=1)

    @property
    def last_day(self) -> int:
        return rollups.day_number(self.last_on)

    def first_day(self, conn: Connection, days: int = LOOK_BACK) -> int | None:
        """The first day that is looked at: at most so many back, and none before the county's first report; `None` without any."""
        known = reads.first_day(conn, self.city.code)
        return None if known is None or known > self.last_day else max(known, self.last_day - days + 1)

    def kinds(self, first: int, more: int = 0) -> Any:
        """What kinds of day these are, up to yesterday and so many more."""
        days = [EPOCH_ON + timedelta(days=day) for day in range(first, self.last_day + 1 + more)]
        return expected.day_kinds(self.city.calendar, days)


def forecasts(conn: Connection, sought: Sought, areas: Sequence[tuple[str, str]]) -> list[Pattern]:
    """Tomorrow's load of each (level, area); none for those with too little history."""
    first = sought.first_day(conn)
    if first is None:
        return []
    codes = [sought.city.code, *(code for _, code in areas)]
    counts = reads.days_by_area(conn, codes, first, sought.last_day)
    kinds = sought.kinds(first, forecast.HORIZON)
    return forecast.tomorrow(counts[:, 1:], counts[:, 0], kinds, list(areas), sought.today)


def tomorrow(conn: Connection, sought: Sought) -> Pattern | None:
    """Tomorrow's load of the area itself."""
    found = forecasts(conn, sought, [sought.place])
    return found[0] if found else None


def _forecasts(conn: Connection, sought: Sought, _: Progress) -> list[Pattern]:
    below = BELOW.get(sought.level_code)
    parts = sought.city.areas_on(sought.today, below) if below else ()
    inside = [(each.level_code, each.area_code) for each in parts if each.parent_code == sought.area_code]
    return forecasts(conn, sought, [sought.place, *inside])


def surging(conn: Connection, sought: Sought) -> list[Pattern]:
    """Kinds above their usual in the last three whole days."""
    first = sought.first_day(conn)
    if first is None:
        return []
    categories, counts = reads.days_by_kind(conn, *sought.place, first, sought.last_day, sought.city.zone)
    totals = reads.days_by_area(conn, [sought.city.code], first, sought.last_day)[:, 0]
    if not categories:
        return []
    return surges.surges(counts, totals, sought.kinds(first), categories, sought.place, sought.last_on)


def _change_points(conn: Connection, sought: Sought, _: Progress) -> list[Pattern]:
    first = sought.first_day(conn)
    if first is None:
        return []
    below = BELOW.get(sought.level_code, "")
    inside = [each for each in sought.city.areas_on(sought.today, below) if each.parent_code == sought.area_code] if below else []
    areas = [sought.place, *((each.level_code, each.area_code) for each in inside)]
    county, counts = np.split(
        reads.days_by_area(conn, [sought.city.code, *(code for _, code in areas)], first, sought.last_day), [1], 1
    )
    categories, by_kind = reads.days_by_kind(conn, *sought.place, first, sought.last_day, sought.city.zone, top=True)
    kinds = sought.kinds(first)
    factors = expected.day_factors(county[:, 0], kinds)[kinds]
    series = [change_points.Series(*area, "", counts[:, place] / factors) for place, area in enumerate(areas)]
    series += [change_points.Series(*sought.place, code, by_kind[:, place] / factors) for place, code in enumerate(categories)]
    series = [each for each in series if each.values.mean() >= BUSY]
    return change_points.change_points(series, sought.last_on, SEED) if series else []


def _grids(sought: Sought, column: str) -> Any:
    """Today's grids of an area that have a centre: codes, lons, lats."""
    inside = {sought.area_code}
    for level in sought.city.levels[sought.city.levels.index(sought.level_code) + 1 :]:
        rows = [each for each in sought.city.areas_on(sought.today, level) if each.parent_code in inside]
        inside = {each.area_code for each in rows}
        if level == column:
            known = [each for each in rows if each.lon is not None and each.lat is not None]
            return (
                [each.area_code for each in known],
                np.array([each.lon for each in known]),
                np.array([each.lat for each in known]),
            )
    return [], np.zeros(0), np.zeros(0)


def _of_grids(conn: Connection, sought: Sought, days: int, codes: list[str]) -> tuple[pd.DataFrame, int] | None:
    """The reports of so many days that lie in one of these grids, with its place as `grid`; and the first of the days."""
    first = sought.first_day(conn, days)
    if first is None or len(codes) < FEWEST_GRIDS:
        return None
    found = reads.reports(conn, *sought.place, first, sought.last_day, sought.city.zone)
    found["grid"] = found["grid_code"].map({code: place for place, code in enumerate(codes)})
    return found[found["grid"].notna()].astype({"grid": np.int64}), first


def _hot_spots(conn: Connection, sought: Sought, _: Progress) -> list[Pattern]:
    codes, lons, lats = _grids(sought, "grid")
    known = _of_grids(conn, sought, 13 * hot_spots.WINDOW, codes)
    if known is None:
        return []
    found, first = known
    windows = []
    for number in range((sought.last_day - first + 1) // hot_spots.WINDOW):
        last = sought.last_day - number * hot_spots.WINDOW
        inside = (found["day"] <= last) & (found["day"] > last - hot_spots.WINDOW)
        windows.append(np.bincount(found["grid"][inside], minlength=len(codes)))
    if not windows:
        return []
    days = (sought.last_on - timedelta(days=hot_spots.WINDOW - 1), sought.last_on)
    return hot_spots.hot_spots(hot_spots.Places.of(codes, lons, lats), windows, days, SEED)


def _clusters(conn: Connection, sought: Sought, progress: Progress) -> list[Pattern]:
    codes, lons, lats = _grids(sought, "grid")
    known = _of_grids(conn, sought, scan.BASE + 7 * scan.PAST_SCANS, codes)
    if known is None:
        return []
    found, first = known
    top = found["category_code"].str.partition(".")[0]
    parts = [("", found), *((str(code), rows) for code, rows in found.groupby(top))]
    streams = [scan.Reports(code, rows["grid"].to_numpy(), rows["day"].to_numpy() - first) for code, rows in parts if len(rows)]
    if sought.last_day - first + 1 < scan.BASE or not streams:
        return []
    return scan.clusters(scan.Ground.of(codes, lons, lats), streams, sought.last_on, SEED, progress=progress)


def _recurrences(conn: Connection, sought: Sought, _: Progress) -> list[Pattern]:
    first = sought.first_day(conn, recurrences.WINDOW + recurrences.JUDGED_DAYS * recurrences.PAST_WINDOWS)
    if first is None:
        return []
    found = reads.reports(conn, *sought.place, first, sought.last_day, sought.city.zone)
    found = found[found["lon"].notna() & ~found["is_restricted"].astype(bool) & found["master_id"].isna()]
    if found.empty:
        return []
    kinds, categories = pd.factorize(found["category_code"], sort=True)
    towns, _names = pd.factorize(found["township_code"].fillna(""))
    columns = (found[name].to_numpy() for name in ("lon", "lat"))
    known = recurrences.Reports(found["id"].to_numpy(), found["day"].to_numpy(), kinds, towns, *columns)
    codes = [str(each) for each in categories]
    return _placed(recurrences.recurrences(known, codes, sought.place, sought.last_day, sought.last_on, SEED), found)


def _placed(patterns: list[Pattern], found: pd.DataFrame) -> list[Pattern]:
    """Patterns of a few reports with the grid and the kind of the first of them, where they are known."""
    by_id = found.set_index("id")
    placed = []
    for each in patterns:
        grid, category = by_id.loc[each.incident_ids[0], ["grid_code", "category_code"]]
        one = replace(each, category_code=each.category_code or str(category))
        placed.append(replace(one, level_code="grid", area_code=grid) if isinstance(grid, str) else one)
    return placed


def _rising_words(conn: Connection, sought: Sought, _: Progress) -> list[Pattern]:
    first = sought.first_day(conn, WORD_DAYS)
    if first is None or sought.last_day - first + 1 < rising_words.NOW + rising_words.BEFORE:
        return []
    found = reads.texts(conn, *sought.place, first, sought.last_day, sought.city.zone)
    cut = rising_words.words_of(found["report_text"])
    return rising_words.rising_words(found["day"].to_numpy(), cut, sought.place, sought.last_day, sought.last_on)


def _duplicates(conn: Connection, sought: Sought, _: Progress) -> list[Pattern]:
    first, zone = sought.first_day(conn, DUPLICATE_DAYS), sought.city.zone
    if first is None:
        return []
    today = sought.last_day + 1
    found = reads.reports(conn, *sought.place, first, today, zone).merge(
        reads.texts(conn, *sought.place, first, today, zone)[["id", "report_text"]], on="id"
    )
    found = found[found["lon"].notna()]
    if found.empty:
        return []
    top, _tops = pd.factorize(found["category_code"].str.partition(".")[0], sort=True)
    kind, _kinds = pd.factorize(found["category_code"], sort=True)
    found["kind"] = top * 10_000 + kind
    fresh = found["day"] > today - FRESH_DAYS
    known, new = (_told(rows, sought.now) for rows in (found[~fresh], found[fresh]))
    return _placed(duplicates.duplicates(known, new, sought.place, (sought.today, sought.today)), found)


def _told(found: pd.DataFrame, now: datetime) -> duplicates.Reports:
    masters = found["master_id"].fillna(found["id"]).astype(np.int64).to_numpy()
    kinds, lons, lats = (found[name].to_numpy() for name in ("kind", "lon", "lat"))
    hours = reads.hours_of(found["at"], now)
    return duplicates.Reports(found["id"].to_numpy(), hours, kinds, lons, lats, list(found["report_text"]), masters)


FINDERS: Final[dict[str, Callable[[Connection, Sought, Progress], list[Pattern]]]] = {
    "forecast": _forecasts,
    "surge": lambda conn, sought, _: surging(conn, sought),
    "duplicate": _duplicates,
    "recurrence": _recurrences,
    "hot_spot": _hot_spots,
    "change_point": _change_points,
    "rising_word": _rising_words,
    "cluster": _clusters,
}
