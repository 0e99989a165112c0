"""Where a point lies, on which day, and in whose coordinates."""

import random
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, unary_union
from shapely.geometry.base import BaseGeometry

from data.coordinates import bd09_to_wgs84, gcj02_to_bd09, gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02
from data.regions import Regions

TODAY = date(2026, 11, 24)
# DOMAIN 6.1, computed with PROJ and the public formulae.
WUZHEN = {"wgs84": (120.49, 30.745), "gcj02": (120.494410, 30.742726), "bd09": (120.500860, 30.748994), "EPSG:4549": (546921.43, 3402805.74),
          "EPSG:4528": (40546921.43, 3402805.74)}  # fmt: skip
TONGXIANG = {"wgs84": (120.565, 30.63), "gcj02": (120.569153, 30.627482), "bd09": (120.575676, 30.633471), "EPSG:4549": (554167.55, 3390089.87),
             "EPSG:4528": (40554167.55, 3390089.87)}  # fmt: skip


@pytest.mark.parametrize("crs", WUZHEN)
@pytest.mark.parametrize("sample", [WUZHEN, TONGXIANG])
def test_every_system_comes_back_to_the_same_point(sample: dict[str, tuple[float, float]], crs: str) -> None:
    lon, lat = to_wgs84(*sample[crs], crs)
    assert (lon, lat) == pytest.approx(sample["wgs84"], abs=2e-6)


@given(st.floats(119, 122), st.floats(29, 32))
def test_the_shift_there_and_back_is_exact_to_a_millimetre(lon: float, lat: float) -> None:
    there = wgs84_to_gcj02(lon=lon, lat=lat)
    to_bd09 = gcj02_to_bd09(lon=there[0], lat=there[1])
    assert gcj02_to_wgs84(lon=there[0], lat=there[1]) == pytest.approx((lon, lat), abs=1e-8)
    assert bd09_to_wgs84(lon=to_bd09[0], lat=to_bd09[1]) == pytest.approx((lon, lat), abs=1e-8)


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4549"]),
)
def test_whatever_a_sender_writes_is_somewhere_or_nowhere(regions: Regions, x: float, y: float, crs: str) -> None:
    lon, lat = to_wgs84(x, y, crs)
    place = regions.place_at(lon=lon, lat=lat, on=TODAY)
    assert place is None or regions.is_inside(lon=lon, lat=lat)


@pytest.mark.parametrize("point", [(0.0, 0.0), (-74.0, 40.7), (2.35, 48.85)])
def test_nothing_is_shifted_outside_china(point: tuple[float, float]) -> None:
    lon, lat = point
    assert wgs84_to_gcj02(lon=lon, lat=lat) == gcj02_to_wgs84(lon=lon, lat=lat) == bd09_to_wgs84(lon=lon, lat=lat) == point


@pytest.mark.parametrize("on", [date(2016, 3, 15), date(2018, 1, 1), TODAY])
def test_areas_nest_and_cover_the_county(regions: Regions, on: date) -> None:
    county = regions.boundaries("county")[0].geometry
    for level in ("township", "village", "grid"):
        cells = [each.geometry for each in regions.boundaries(level) if each.is_valid(on)]
        together = unary_union(cells)
        assert together.symmetric_difference(county).area / county.area < 2e-4
        assert sum(cell.area for cell in cells) / county.area == pytest.approx(1, abs=2e-4)


def test_a_point_lies_in_areas_that_are_each_others_parents(regions: Regions) -> None:
    generator = random.Random(1)
    west, south, east, north = regions.boundaries("county")[0].geometry.bounds
    seen = 0
    while seen < 200:
        lon, lat = generator.uniform(west, east), generator.uniform(south, north)
        place = regions.place_at(lon=lon, lat=lat, on=TODAY)
        if place is None:
            assert not regions.is_inside(lon=lon, lat=lat)
            continue
        seen += 1
        assert place.grid_code and place.village_code and place.township_code
        assert place.grid_code.startswith(place.village_code) and place.village_code.startswith(place.township_code)
        holder = next(
            each for each in regions.boundaries("village") if each.area_code == place.village_code and each.is_valid(TODAY)
        )
        assert holder.geometry.distance(Point(lon, lat)) < 1e-4


@given(st.floats(120.25, 120.7), st.floats(30.4, 30.85), st.dates(date(2010, 1, 1), date(2030, 12, 31)))
def test_on_any_day_a_point_of_the_county_lies_in_a_grid_of_that_day(regions: Regions, lon: float, lat: float, on: date) -> None:
    place = regions.place_at(lon=lon, lat=lat, on=on)
    if place is None:
        assert not regions.is_inside(lon=lon, lat=lat)
        return
    for code, parent in pairwise([place.grid_code, place.village_code, place.township_code, place.county_code]):
        area = regions.city.area(code or "", on)
        assert area.is_valid(on) and area.parent_code == parent


@given(
    st.lists(st.tuples(st.floats(120.2, 120.8), st.floats(30.4, 30.85)), max_size=30),
    st.dates(date(2005, 1, 1), date(2030, 12, 31)),
)
def test_many_points_at_once_lie_where_each_lies_alone(regions: Regions, points: list[tuple[float, float]], on: date) -> None:
    assert regions.places_at(points, on) == [regions.place_at(lon=lon, lat=lat, on=on) for lon, lat in points]


@pytest.mark.parametrize(("level", "lower"), [("township", "village"), ("village", "grid")])
@pytest.mark.parametrize("on", [date(2016, 3, 15), date(2019, 6, 1), TODAY])
def test_children_together_are_their_parent(regions: Regions, level: str, lower: str, on: date) -> None:
    children: dict[str, list[BaseGeometry]] = {}
    for each in regions.boundaries(lower):
        if each.is_valid(on):
            children.setdefault(regions.city.area(each.area_code, on).parent_code or "", []).append(each.geometry)
    parents = {each.area_code: each.geometry for each in regions.boundaries(level) if each.is_valid(on)}
    assert children.keys() == parents.keys()
    for code, geometry in parents.items():
        together = unary_union(children[code])
        assert together.symmetric_difference(geometry).area < 0.01 * geometry.area, code


def test_a_border_is_named_as_on_its_day(regions: Regions) -> None:
    names = {each["properties"]["zh"] for each in regions.geojson("township", date(2016, 12, 31))["features"]}
    assert len(names) == 12 and {"龙翔街道", "高桥镇"} <= names
    assert regions.geojson("township", date(2005, 1, 1))["features"] == []


def test_beijing_lies_nowhere(regions: Regions) -> None:
    assert regions.place_at(lon=116.4, lat=39.9, on=TODAY) is None


def test_longxiang_is_wuzhen_since_2017(regions: Regions) -> None:
    before = next(each for each in regions.boundaries("township") if each.area_code == "330483002")
    inside = before.geometry.representative_point()
    then = regions.place_at(lon=inside.x, lat=inside.y, on=date(2016, 3, 15))
    now = regions.place_at(lon=inside.x, lat=inside.y, on=TODAY)
    assert then is not None and then.township_code == "330483002"
    assert now is not None and now.township_code == "330483100"


def test_the_map_says_which_borders_are_schematic(regions: Regions) -> None:
    assert not regions.geojson("county", TODAY)["features"][0]["properties"]["schematic"]
    towns = regions.geojson("township", TODAY)["features"]
    assert len(towns) == 11 and all(each["properties"]["schematic"] for each in towns)
    assert len(regions.geojson("village", TODAY, within="330483100")["features"]) == 30
