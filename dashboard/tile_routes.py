"""The routes of what lies under the borders: `/tiles/<z>/<x>/<y>` and `/base/<name>.geojson`."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
from typing import Final

from fastapi import APIRouter, Response

from dashboard.basemap import Basemap, kind_of
from data import base_layers
from data.city import City

# One transparent dot: where there is no tile the map stays as it is, and the browser has nothing to complain of.
NOTHING: Final = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII=")
HIGHEST: Final = 22


def router(city: City, basemap: Basemap | None) -> APIRouter:
    routes = APIRouter()

    @routes.get("/tiles/{z}/{x}/{y}")
    async def tile(z: int, x: int, y: int) -> Response:
        is_tile = 0 <= z <= HIGHEST and 0 <= x < 1 << z and 0 <= y < 1 << z
        found = await asyncio.to_thread(_read, basemap, z, x, y) if basemap is not None and is_tile else None
        kind = kind_of(found) if found else None
        if found is None or kind is None:
            return Response(NOTHING, media_type="image/png", headers={"cache-control": "max-age=60"})
        return Response(found, media_type=kind, headers={"cache-control": "max-age=86400"})

    @routes.get("/base/{name}.geojson")
    def base(name: str) -> Response:
        path = base_layers.file_of(city, name)
        if path is None:
            return Response(status_code=404)
        return Response(path.read_bytes(), media_type="application/geo+json", headers={"cache-control": "max-age=3600"})

    return routes


def _read(basemap: Basemap, z: int, x: int, y: int) -> bytes | None:
    try:
        return basemap.tile(z, x, y)
    except (OSError, sqlite3.Error):
        return None  # a file that was taken away; the borders stay
