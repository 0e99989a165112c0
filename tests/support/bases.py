"""City folders with a base, and tiles as files hold them."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import zlib
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

EXAMPLE = Path("tests/examples/cities/waterside")


def with_base(folder: Path) -> Path:
    """A copy of Tongxiang with the example's water, roads and railway."""
    shutil.copytree("data/cities/tongxiang", folder)
    shutil.copytree(EXAMPLE, folder / "base")
    with (folder / "city.yaml").open("a", encoding="utf-8") as file:
        file.write((EXAMPLE / "base.yaml").read_text("utf-8"))
    return folder


def png(shade: int) -> bytes:
    """A real picture of 256 x 256 points, all of one grey."""
    rows = zlib.compress((b"\0" + bytes([shade]) * 256) * 256)
    head = struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], **metadata: str) -> Path:
    """An MBTiles file; tiles by (z, x, y) as the web counts."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE metadata (name text, value text)")
        file.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        file.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        rows = [(z, x, (1 << z) - 1 - y, tile) for (z, x, y), tile in tiles.items()]
        file.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    file.close()
    return path


def pmtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], kind: TileType = TileType.PNG, **metadata: str) -> Path:
    """A PMTiles file by the format's own writer; tiles by (z, x, y)."""
    zooms = [z for z, _, _ in tiles]
    header = {
        "tile_type": kind, "tile_compression": Compression.NONE, "min_zoom": min(zooms), "max_zoom": max(zooms),
        "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0, "center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0,
    }  # fmt: skip
    with path.open("wb") as file:
        writer = Writer(file)
        for (z, x, y), tile in sorted(tiles.items(), key=lambda item: zxy_to_tileid(*item[0])):
            writer.write_tile(zxy_to_tileid(z, x, y), tile)
        writer.finalize(header, json.loads(json.dumps(metadata)))
    return path
