"""County > township > village > grid on the map: which areas hold a point on a day, and their borders. Never reads the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from shapely import Point, STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from data.city_records import Area, City

FIRST_DAY = date.min


@dataclass(frozen=True)
class Place:
    """The areas that hold a point, from the county down; a level the city does not have is empty."""

    county_code: str
    township_code: str | None = None
    village_code: str | None = None
    grid_code: str | None = None


@dataclass(frozen=True)
class Boundary:
    """One border of one area from a day on, until the area ends or a later border follows."""

    area_code: str
    valid_from_on: date
    valid_to_on: date | None
    geometry: BaseGeometry

    def is_valid(self, on: date) -> bool:
        return self.valid_from_on <= on and (self.valid_to_on is None or on <= self.valid_to_on)


def _spans(areas: list[Area], found: list[tuple[date, BaseGeometry]]) -> Iterator[Boundary]:
    """Each border for the days on which it is the latest one and its area is in force."""
    followers = [first_on for first_on, _ in found[1:]] + [None]
    for (first_on, geometry), following in zip(found, followers, strict=True):
        last_on = date.max if following is None else following - timedelta(days=1)
        for area in areas:
            begins, ends = max(first_on, area.valid_from_on), min(last_on, area.valid_to_on or date.max)
            if begins <= ends:
                yield Boundary(area.area_code, begins, None if ends == date.max else ends, geometry)


class Regions:
    """The borders of a city."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._layers: dict[str, list[Boundary]] = {}
        self._trees: dict[str, STRtree] = {}
        self._cells: dict[str, list[Boundary]] = {}

    def boundaries(self, level_code: str) -> list[Boundary]:
        """All borders of a level, of all times."""
        if level_code not in self._layers:
            self._layers[level_code] = self._read(level_code)
        return self._layers[level_code]

    def _read(self, level_code: str) -> list[Boundary]:
        spec = self.city.settings["boundaries"].get(level_code)
        if spec is None:
            return []
        features = json.loads((self.city.folder / spec["file"]).read_text(encoding="utf-8"))["features"]
        name, prefix = spec.get("code_property", "area_code"), spec.get("code_prefix", "")
        areas: dict[str, list[Area]] = {}
        for area in self.city.areas:
            if area.level_code == level_code:
                areas.setdefault(area.area_code, []).append(area)
        rows: dict[str, list[tuple[date, BaseGeometry]]] = {}
        for feature in features:
            code = prefix + str(feature["properties"].get(name))
            if code in areas:
                first_on = feature["properties"].get("valid_from_on")
                rows.setdefault(code, []).append(
                    (date.fromisoformat(first_on) if first_on else FIRST_DAY, shape(feature["geometry"]))
                )
        return [each for code, found in rows.items() for each in _spans(areas[code], sorted(found, key=lambda row: row[0]))]

    @cached_property
    def _county(self) -> Any:
        return prep(self.boundaries("county")[0].geometry.buffer(0))

    def is_inside(self, *, lon: float, lat: float) -> bool:
        """Whether a WGS84 point lies in the county; in its guard box where the city has no county border."""
        if not self.boundaries("county"):
            box = self.city.settings["guard_box"]
            return bool(box["west"] <= lon <= box["east"] and box["south"] <= lat <= box["north"])
        return bool(self._county.intersects(Point(lon, lat)))

    def place_at(self, *, lon: float, lat: float, on: date) -> Place | None:
        """The areas that hold a WGS84 point on a day; `None` outside the county."""
        if not self.is_inside(lon=lon, lat=lat):
            return None
        for level in ("grid", "village", "township"):
            code = self._code_at(level, Point(lon, lat), on)
            if code is not None:
                return self.place_of(code, on)
        return Place(self.city.code)

    def places_at(self, points: Sequence[tuple[float, float]], on: date) -> list[Place | None]:
        """`place_at` for many points of one day."""
        return [self.place_at(lon=lon, lat=lat, on=on) for lon, lat in points]

    def place_of(self, code: str, on: date | None = None) -> Place:
        """The areas above and including one, by its parents. Raises `UnknownCode`."""
        codes: dict[str, str] = {}
        area = self.city.area(code, on)
        while area.level_code != "county":
            codes[f"{area.level_code}_code"] = area.area_code
            area = self.city.area(area.parent_code or self.city.code, on)
        return Place(self.city.code, codes.get("township_code"), codes.get("village_code"), codes.get("grid_code"))

    def _code_at(self, level_code: str, point: Point, on: date) -> str | None:
        if level_code not in self._trees:
            self._cells[level_code] = self.boundaries(level_code)
            self._trees[level_code] = STRtree([each.geometry for each in self._cells[level_code]])
        cells = self._cells[level_code]
        if not cells:
            return None
        found = [
            cells[place] for place in self._trees[level_code].query(point, predicate="intersects") if cells[place].is_valid(on)
        ]
        if not found and level_code == self.city.levels[-1] and self.boundaries("county"):
            # Borders are rounded to a metre: a point between two of them belongs to the nearer one.
            near = self._trees[level_code].query(point, predicate="dwithin", distance=5e-5)
            found = [cells[place] for place in near if cells[place].is_valid(on)]
        return min(found, key=lambda each: each.area_code).area_code if found else None

    def centre(self, code: str, on: date | None = None) -> tuple[float, float] | None:
        """A WGS84 point to stand for an area."""
        area = self.city.area(code, on)
        return None if area.lon is None or area.lat is None else (area.lon, area.lat)

    def geojson(self, level_code: str, on: date, within: str | None = None) -> dict[str, Any]:
        """The borders of a level on a day, perhaps within an area, as a FeatureCollection with codes and names."""
        is_schematic = self.city.settings["boundaries"].get(level_code, {}).get("is_schematic", False)
        features = []
        for each in self.boundaries(level_code):
            if each.is_valid(on) and (within is None or within in self._ancestry(each.area_code)):
                area = self.city.area(each.area_code, on)
                properties = {"code": each.area_code, "zh": area.name.zh, "en": area.name.en, "lon": area.lon, "lat": area.lat}
                properties |= {"level": level_code, "schematic": is_schematic}
                features.append({"type": "Feature", "properties": properties, "geometry": each.geometry.__geo_interface__})
        return {"type": "FeatureCollection", "features": features}

    def _ancestry(self, code: str) -> set[str]:
        found = {code}
        area = self.city.area(code)
        while area.parent_code:
            found.add(area.parent_code)
            area = self.city.area(area.parent_code)
        return found

    def bounds(self, code: str, on: date) -> tuple[float, float, float, float] | None:
        """West, south, east, north of an area."""
        level = self.city.area(code).level_code
        for each in self.boundaries(level):
            if each.area_code == code and each.is_valid(on):
                west, south, east, north = each.geometry.bounds
                return west, south, east, north
        return None
