"""Tiles under the borders: from an MBTiles or PMTiles file of the machine itself, or from Tianditu through us. Raster only.

All count tiles as the web does (z, x, y from the north-west, web mercator). The key for Tianditu never leaves the server.
"""

from __future__ import annotations

import gzip
import http.client
import logging
import math
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported, TileType

from data.errors import SettingsError
from data.settings import Settings

log = logging.getLogger("shouwang.basemap")
IMAGES: Final = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
ACCEPTED: Final = "a .mbtiles or .pmtiles file of raster tiles (png, jpg, webp), or `tianditu:` and a key"
TIMEOUT_SECONDS: Final = 4
REST_SECONDS: Final = 30  # after a failure nobody is asked for so long
LARGEST_TILE: Final = 1_000_000
ZOOMS: Final = (7, 16)  # beyond, the browser enlarges


class Basemap(Protocol):
    """Where tiles come from: the zooms there are, whose they are, and each tile's bytes or `None`."""

    lowest: int
    highest: int
    source: str

    def tile(self, z: int, x: int, y: int) -> bytes | None: ...


def kind_of(tile: bytes) -> str | None:
    """The media type by the first bytes, or `None` for what is no image."""
    return next((kind for begin, kind in IMAGES.items() if tile.startswith(begin)), None)


def opened(settings: Settings, guard_box: dict[str, float]) -> Basemap | None:
    """The base map of the settings. Raises `SettingsError` in a sentence for a file that cannot be used."""
    if settings.basemap_key:
        return Tianditu(settings.basemap_url, settings.basemap_key, settings.var_folder / "tiles", guard_box)
    path = settings.basemap_file
    if path is None:
        return None
    try:
        if path.suffix == ".mbtiles":
            return MBTiles(path)
        if path.suffix == ".pmtiles":
            return PMTiles(path)
    except (MagicNumberNotFound, SpecVersionUnsupported) as error:
        raise _unusable(path, "is no PMTiles file of version 3") from error
    except (OSError, sqlite3.Error, ValueError, KeyError, IndexError, EOFError) as error:
        raise _unusable(path, f"cannot be read: {error}") from error
    raise _unusable(path, "is neither")


def _unusable(path: Path, why: str) -> SettingsError:
    said = f"BASEMAP={str(path)!r} {why}."
    return SettingsError(said, remedy=f"Accepted: {ACCEPTED}.", variable="BASEMAP", value=str(path), accepted=ACCEPTED)


class MBTiles:
    """Tiles of a SQLite file after MBTiles 1.3, whose rows count from the south."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError("there is no such file")
        self._file = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        said = dict(self._file.execute("SELECT name, value FROM metadata"))
        if said.get("format") == "pbf":
            raise _unusable(path, "holds vector tiles")
        low, high = self._file.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        if low is None:
            raise ValueError("it holds no tile")
        self.lowest, self.highest, self.source = int(low), int(high), _plain(said.get("attribution") or said.get("name"))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        statement = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        with self._lock:
            found = self._file.execute(statement, (z, x, (1 << z) - 1 - y)).fetchone()
        return None if found is None else bytes(found[0])


class PMTiles:
    """Tiles of a PMTiles file, version 3."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._reader = Reader(MmapSource(file))
        header = self._reader.header()
        if header["tile_type"] == TileType.MVT:
            raise _unusable(path, "holds vector tiles")
        said = self._reader.metadata()
        self.lowest, self.highest = int(header["min_zoom"]), int(header["max_zoom"])
        self.source = _plain(said.get("attribution") or said.get("name"))
        self._is_packed = header["tile_compression"] == Compression.GZIP

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        found = self._reader.get(z, x, y)
        return None if found is None else gzip.decompress(found) if self._is_packed else bytes(found)


class Tianditu:
    """Tiles of the national map service (vector base map without names), asked by us with our key and kept on disk.

    Only those that touch the guard box are asked for; one that is kept is not asked for again until its folder is emptied.
    """

    source = ""  # the words of the screen say it
    lowest, highest = ZOOMS

    def __init__(self, base_url: str, key: str, folder: Path, guard_box: dict[str, float]) -> None:
        self._address, self._key, self._folder, self._box = urlsplit(base_url), key, folder, guard_box
        self._rests_until = 0.0

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        if not self.lowest <= z <= self.highest or not self._is_wanted(z, x, y):
            return None
        path = self._folder / str(z) / str(x) / str(y)
        if path.is_file():
            return path.read_bytes()
        fresh = self._fetch(z, x, y) if time.monotonic() >= self._rests_until else None
        if fresh is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{y}.{threading.get_ident()}")
        draft.write_bytes(fresh)
        draft.replace(path)
        return fresh

    def _is_wanted(self, z: int, x: int, y: int) -> bool:
        west, north = corner(z, x, y)
        east, south = corner(z, x + 1, y + 1)
        box = self._box
        return west <= box["east"] and east >= box["west"] and south <= box["north"] and north >= box["south"]

    def _fetch(self, z: int, x: int, y: int) -> bytes | None:
        asked = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": "vec", "STYLE": "default",
                 "TILEMATRIXSET": "w", "FORMAT": "tiles", "TILEMATRIX": z, "TILEROW": y, "TILECOL": x, "tk": self._key}  # fmt: skip
        opening = http.client.HTTPSConnection if self._address.scheme == "https" else http.client.HTTPConnection
        connection = opening(self._address.hostname or "", self._address.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", f"{self._address.path.rstrip('/')}/vec_w/wmts?{urlencode(asked)}")
            answer = connection.getresponse()
            body = answer.read(LARGEST_TILE)
            if answer.status == http.client.OK and kind_of(body):
                return body
            said = f"answered {answer.status} without an image"
        except (OSError, http.client.HTTPException) as error:
            said = f"does not answer ({type(error).__name__})"
        finally:
            connection.close()
        self._rests_until = time.monotonic() + REST_SECONDS
        log.warning("the base map's server %s; asked again in %d s", said, REST_SECONDS)
        return None


def corner(z: int, x: int, y: int) -> tuple[float, float]:
    """Longitude and latitude of a tile's north-western corner (web mercator)."""
    side = 1 << z
    return x / side * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))


def _plain(said: Any) -> str:
    """A file's attribution as text: tags and line breaks out, not too long."""
    text = "".join(part.partition(">")[2] if place else part for place, part in enumerate(str(said or "").split("<")))
    return " ".join(text.split())[:60]
