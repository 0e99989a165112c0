"""From the coordinates a source speaks to WGS84 (equal to CGCS2000 within a metre). Longitude before latitude, always."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from pyproj import Transformer

_A: Final = 6378245.0  # Krasovsky 1940, as the public GCJ-02 formula has it
_E: Final = 0.00669342162296594323
_X_PI: Final = math.pi * 3000 / 180
_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: the public formula shifts nothing outside


def wgs84_to_gcj02(*, lon: float, lat: float) -> tuple[float, float]:
    """The shift of Chinese internet maps, by the public formula (degrees); none outside China."""
    if not _is_in_china(lon, lat):
        return lon, lat
    return _shifted(lon, lat)


def _is_in_china(lon: float, lat: float) -> bool:
    """Whether the shift is defined; a sender may write anything, infinity too."""
    west, south, east, north = _CHINA
    return west <= lon <= east and south <= lat <= north


def _shifted(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105, lat - 35
    wave = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = math.radians(lat)
    magic = 1 - _E * math.sin(radians) ** 2
    north = north * 180 / (_A * (1 - _E) / (magic * math.sqrt(magic)) * math.pi)
    east = east * 180 / (_A / math.sqrt(magic) * math.cos(radians) * math.pi)
    return lon + east, lat + north


def gcj02_to_wgs84(*, lon: float, lat: float) -> tuple[float, float]:
    """The inverse, by iteration: exact to a millimetre (DOMAIN 6.2). A point outside China comes back as it is."""
    if not _is_in_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(6):
        shifted_lon, shifted_lat = _shifted(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - shifted_lon, guess_lat + lat - shifted_lat
    return guess_lon, guess_lat


def bd09_to_wgs84(*, lon: float, lat: float) -> tuple[float, float]:
    """From Baidu's maps, through GCJ-02; iterated like the other. A point outside China comes back as it is."""
    if not _is_in_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(6):
        bd_lon, bd_lat = gcj02_to_bd09(lon=guess_lon, lat=guess_lat)
        guess_lon, guess_lat = guess_lon + lon - bd_lon, guess_lat + lat - bd_lat
    return gcj02_to_wgs84(lon=guess_lon, lat=guess_lat)


def gcj02_to_bd09(*, lon: float, lat: float) -> tuple[float, float]:
    """Baidu's further shift, by the public formula (degrees)."""
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _X_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _X_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


@lru_cache
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def to_wgs84(x: float, y: float, crs: str) -> tuple[float, float]:
    """From any system a city names: wgs84, cgcs2000, gcj02, bd09 or a code such as EPSG:4549 (x east, y north)."""
    if crs in ("wgs84", "cgcs2000"):
        return x, y
    if crs == "gcj02":
        return gcj02_to_wgs84(lon=x, lat=y)
    if crs == "bd09":
        return bd09_to_wgs84(lon=x, lat=y)
    lon, lat = _transformer(crs).transform(x, y)
    return float(lon), float(lat)
