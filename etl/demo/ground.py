"""Where things happen in the invented county: its villages and grids on a day, and the places that come back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import shapely

from data.city import Area, City
from data.regions import Regions
from etl.demo.rhythm import Generator, Script, Spot, one_of, shares

METRE = 1 / 111_000
SPREAD_METRES = 105.0  # people report where they live: near the middle of their grid


@dataclass(frozen=True)
class HotSpot:
    """A place from which the same few kinds of report come again and again."""

    village: Area
    grid: Area
    lon: float
    lat: float
    spot: Spot
    category_codes: tuple[str, ...]


class Ground:
    """The areas in force between two changes of the map."""

    def __init__(self, city: City, script: Script, regions: Regions, on: date) -> None:
        self.city, self.script = city, script
        self.towns = [each.area_code for each in city.areas_on(on, "township")]
        self.villages = _by_parent(city.areas_on(on, "village"))
        self.grids = _by_parent(city.areas_on(on, "grid"))
        self.towns = [code for code in self.towns if self.villages.get(code)]
        self.borders = {each.area_code: each.geometry for each in regions.boundaries("grid") if each.is_valid(on)}
        for geometry in self.borders.values():
            shapely.prepare(geometry)
        self._middles = {each.area_code: self._middle(each) for rows in self.grids.values() for each in rows}

    def _middle(self, grid: Area) -> tuple[float, float]:
        border = self.borders.get(grid.area_code)
        if border is None or shapely.contains_xy(border, grid.lon, grid.lat):
            return grid.lon or 0.0, grid.lat or 0.0
        inside = border.representative_point()
        return round(inside.x, 6), round(inside.y, 6)

    def village(self, town_code: str, generator: Generator) -> Area:
        return _skewed(self.villages[town_code], generator)

    def grid(self, village: Area, generator: Generator) -> Area:
        return _skewed(self.grids[village.area_code], generator)

    def points(self, grids: Sequence[Area], generator: Generator, spread: float = SPREAD_METRES) -> np.ndarray:
        """A point in each of the grids, as rows of (lon, lat), near its middle."""
        centres = np.array([self._middles[each.area_code] for each in grids]).reshape(-1, 2)
        shifts = generator.normal(0, spread * METRE, centres.shape)
        return self.kept(grids, centres, shifts)

    def kept(self, grids: Sequence[Area], centres: np.ndarray, shifts: np.ndarray) -> np.ndarray:
        """Centres moved by shifts, which shrink until the points lie inside their grids."""
        points = np.round(centres + shifts, 6)
        borders = np.array([self.borders.get(each.area_code) for each in grids], dtype=object)
        for _ in range(4):
            is_out = ~shapely.contains_xy(borders, points[:, 0], points[:, 1])
            shifts = np.where(is_out[:, None], shifts / 2, shifts)
            points = np.round(centres + shifts, 6)
        is_out = ~shapely.contains_xy(borders, points[:, 0], points[:, 1])
        return np.where(is_out[:, None], np.round(centres, 6), points)

    @cached_property
    def hot_spots(self) -> list[HotSpot]:
        """The places that come back, the busiest first; of the seed alone, so that they are the same every day."""
        generator = np.random.default_rng([self.script.seed, 1])
        codes = [code for code, each in self.script.said["categories"].items() if self._may_come_back(code, each["weight"])]
        weights = shares([self.script.said["categories"][code]["weight"] for code in codes])
        town_shares = self.script.town_shares(self.towns, date.min)
        found = []
        for _ in range(self.script.said["hot_spots"]["count"]):
            town = str(generator.choice(self.towns, p=town_shares))
            village = one_of(self.villages[town], generator)
            grid = one_of(self.grids[village.area_code], generator)
            lon, lat = self.points([grid], generator)[0]
            kinds = tuple(str(each) for each in generator.choice(codes, 2, replace=False, p=weights))
            found.append(HotSpot(village, grid, float(lon), float(lat), self.script.spot(town, generator), kinds))
        return found

    def _may_come_back(self, code: str, weight: float) -> bool:
        category = self.city.categories[code]
        is_plain = not category.is_restricted and category.urgency_code == "normal"
        return is_plain and weight >= 15 and self.script.only_town(code) is None


class Grounds:
    """The ground of any day."""

    def __init__(self, city: City, script: Script) -> None:
        self.city, self.script, self.regions = city, script, Regions(city)
        begun = {each.valid_from_on for each in city.areas}
        ended = {each.valid_to_on + timedelta(days=1) for each in city.areas if each.valid_to_on}
        self._changes_on = sorted(begun | ended)
        self._known: dict[int, Ground] = {}

    def on(self, day: date) -> Ground:
        number = bisect_right(self._changes_on, day)
        if number not in self._known:
            self._known[number] = Ground(self.city, self.script, self.regions, day)
        return self._known[number]


def _by_parent(areas: Sequence[Area]) -> dict[str, list[Area]]:
    found: dict[str, list[Area]] = {}
    for each in areas:
        found.setdefault(each.parent_code or "", []).append(each)
    return found


def _skewed(rows: list[Area], generator: Generator) -> Area:
    # A few villages and grids report much more than the others.
    if generator.random() < 0.5:
        return rows[min(int(generator.exponential(len(rows) / 3)), len(rows) - 1)]
    return rows[int(generator.random() * len(rows))]
