"""Places as points on a plane, and who is near whom. Pure."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.spatial import cKDTree

METRES_A_DEGREE: Final = 111_320.0  # of latitude; of longitude times the cosine of the latitude
Array = Any


def plane(lons: Array, lats: Array) -> Array:
    """WGS84 points as rows of metres east and north, about their middle: right to a thousandth within a county."""
    lons, lats = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
    if not len(lons):
        return np.zeros((0, 2))
    east = (lons - lons.mean()) * METRES_A_DEGREE * np.cos(np.radians(lats.mean()))
    return np.column_stack([east, (lats - lats.mean()) * METRES_A_DEGREE])


def nearest(points: Array, count: int) -> tuple[Array, Array]:
    """To each point the places of the `count` nearest, itself first, and their distances; fewer where there are not so many."""
    distances, order = cKDTree(points).query(points, k=range(1, min(count, len(points)) + 1))
    return order, distances


def pairs_within(points: Array, metres: float) -> Array:
    """All pairs of points that are so near, as rows of two places, the lower first."""
    if len(points) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    return cKDTree(points).query_pairs(metres, output_type="ndarray").astype(np.int64)
