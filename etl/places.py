"""Where a report happened: its point in WGS84 and the areas that hold it, or as much of that as can be known."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.city import City
from data.coordinates import to_wgs84
from data.regions import Regions


def locate(city: City, regions: Regions, *, on: date, point: tuple[float, float] | None, crs: str, words: str) -> dict[str, Any]:
    """The place columns of an incident. `point` is (east, north) in the source's system.

    With a point: `point`, or `outside` when it lies beyond the county (the report still comes in, without a point).
    Without one: `area` when the words name a village or town of that day, else `none`.
    """
    nowhere: dict[str, Any] = {
        "lon": None,
        "lat": None,
        "county_code": city.code,
        "township_code": None,
        "village_code": None,
        "grid_code": None,
    }
    if point is not None:
        lon, lat = to_wgs84(*point, crs)
        place = regions.place_at(lon=lon, lat=lat, on=on)
        if place is None:
            return nowhere | _named(city, on, words) | {"place_basis_code": "outside"}
        codes = {"township_code": place.township_code, "village_code": place.village_code, "grid_code": place.grid_code}
        return nowhere | codes | {"lon": lon, "lat": lat, "place_basis_code": "point"}
    named = _named(city, on, words)
    return nowhere | named | {"place_basis_code": "area" if named else "none"}


def _named(city: City, on: date, words: str) -> dict[str, str]:
    unsaid = str(city.settings.get("unsaid_suffix", ""))
    for level in ("village", "township"):
        found = [each for each in city.areas_on(on, level) if each.name.zh in words or each.name.zh.removesuffix(unsaid) in words]
        if len({each.area_code for each in found}) == 1:
            area = found[0]
            if level == "township":
                return {"township_code": area.area_code}
            return {"village_code": area.area_code, "township_code": area.parent_code or ""}
    return {}
