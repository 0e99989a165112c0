"""Tiles under the borders: from files, and from a server that may be away. A local server stands for Tianditu."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pmtiles.tile import TileType
from support.bases import mbtiles, pmtiles, png, with_base
from support.ports import free_port

from dashboard import basemap, pages, tile_routes
from data import city as cities
from data import settings as settings_module
from data.city import City
from data.clocks import Clock
from data.errors import SettingsError

HERE = (11, 1709, 840)  # a tile of Tongxiang
BOX = {"west": 119.9, "south": 30.2, "east": 121.1, "north": 31.1}
KEY = "0123456789abcdef"


def served(city: City, tiles: basemap.Basemap | None) -> TestClient:
    server = FastAPI()
    server.include_router(tile_routes.router(city, tiles))
    return TestClient(server)


def opened(tmp_path: Path, **given: str) -> basemap.Basemap | None:
    return basemap.opened(settings_module.read({"VAR": str(tmp_path / "var"), **given}), BOX)


def test_without_a_base_map_every_tile_is_transparent(city: City, tmp_path: Path) -> None:
    assert opened(tmp_path) is None
    answer = served(city, None).get("/tiles/11/1709/840")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, tile_routes.NOTHING, "image/png")


@pytest.mark.parametrize("ending", ["mbtiles", "pmtiles"])
def test_tiles_come_from_a_file_of_the_machine(city: City, tmp_path: Path, ending: str) -> None:
    make = mbtiles if ending == "mbtiles" else pmtiles
    path = make(
        tmp_path / f"county.{ending}", {HERE: png(90), (12, 3418, 1680): png(120)}, attribution='<a href="x">Survey</a>\n2026'
    )
    tiles = opened(tmp_path, BASEMAP=str(path))
    assert tiles is not None
    assert (tiles.lowest, tiles.highest, tiles.source) == (11, 12, "Survey 2026")
    client = served(city, tiles)
    assert client.get("/tiles/11/1709/840").content == png(90)
    assert client.get("/tiles/12/3418/1680").content == png(120)
    for missing in ("11/1709/841", "13/1/1", "2/9/9", "0/-1/0", "40/1/1"):
        answer = client.get(f"/tiles/{missing}")
        assert (answer.status_code, answer.content) == (200, tile_routes.NOTHING)


def test_vector_tiles_and_what_is_no_file_of_tiles_are_refused_in_a_sentence(tmp_path: Path) -> None:
    vectors = mbtiles(tmp_path / "vectors.mbtiles", {HERE: b"\x1f\x8b"}, format="pbf")
    more = pmtiles(tmp_path / "vectors.pmtiles", {HERE: b"\x1f\x8b"}, TileType.MVT)
    empty = mbtiles(tmp_path / "empty.mbtiles", {})
    (tmp_path / "broken.pmtiles").write_bytes(b"PMTiles?")
    (tmp_path / "broken.mbtiles").write_bytes(b"nothing of the kind")
    (tmp_path / "tiles.zip").write_bytes(b"PK")
    told = {}
    for path in (
        vectors,
        more,
        empty,
        *(tmp_path / name for name in ("broken.pmtiles", "broken.mbtiles", "tiles.zip", "none.mbtiles")),
    ):
        with pytest.raises(SettingsError, match=r"Accepted: a \.mbtiles or \.pmtiles file of raster tiles") as error:
            opened(tmp_path, BASEMAP=str(path))
        told[path.name] = error.value.message
    assert "holds vector tiles" in told["vectors.mbtiles"]
    assert "holds vector tiles" in told["vectors.pmtiles"]
    assert "it holds no tile" in told["empty.mbtiles"]


class Upstream:
    """A server that answers as Tianditu does, counts what it is asked, and can fall ill."""

    def __init__(self, port: int) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer = (200, png(200))
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                upstream.asked.append(
                    {"path": address.path, **{name: values[0] for name, values in parse_qs(address.query).items()}}
                )
                self.send_response(upstream.answer[0])
                self.end_headers()
                self.wfile.write(upstream.answer[1])

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    started = Upstream(free_port())
    yield started
    started.server.shutdown()
    started.server.server_close()


def test_a_tile_of_tianditu_is_asked_for_once_with_the_key_and_kept(city: City, tmp_path: Path, upstream: Upstream) -> None:
    tiles = opened(tmp_path, BASEMAP=f"tianditu:{KEY}", BASEMAP_URL=upstream.url)
    client = served(city, tiles)
    for _ in range(3):
        assert client.get("/tiles/11/1709/840").content == png(200)
    assert len(upstream.asked) == 1
    asked = upstream.asked[0]
    assert (asked["path"], asked["LAYER"], asked["TILEMATRIXSET"], asked["tk"]) == ("/vec_w/wmts", "vec", "w", KEY)
    assert (asked["TILEMATRIX"], asked["TILECOL"], asked["TILEROW"]) == ("11", "1709", "840")
    again = served(city, opened(tmp_path, BASEMAP=f"tianditu:{KEY}", BASEMAP_URL="http://127.0.0.1:9"))
    assert again.get("/tiles/11/1709/840").content == png(200)


def test_the_key_reaches_neither_the_page_nor_the_log(
    city: City, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tiles = opened(tmp_path, BASEMAP=f"tianditu:{KEY}", BASEMAP_URL="http://127.0.0.1:9")
    answer = served(city, tiles).get("/tiles/11/1709/840")
    page = pages.wall_page(city, "/wall", "", clock.now(), tiles, is_demo=False)
    assert "does not answer" in caplog.text
    assert KEY not in caplog.text + str(page.facts) + str(answer.headers)
    with pytest.raises(SettingsError) as error:
        settings_module.read({"BASEMAP": f"tianditu:{KEY}?"})
    assert KEY not in str(error.value)


@pytest.mark.parametrize("answer", [(403, b"<error>invalid key</error>"), (200, b"<html>quota</html>"), (500, b"")])
def test_a_server_that_is_ill_leaves_a_transparent_tile_and_is_let_alone_for_a_while(
    city: City, tmp_path: Path, upstream: Upstream, answer: tuple[int, bytes]
) -> None:
    upstream.answer = answer
    tiles = opened(tmp_path, BASEMAP=f"tianditu:{KEY}", BASEMAP_URL=upstream.url)
    assert isinstance(tiles, basemap.Tianditu)
    client = served(city, tiles)
    for column in (1708, 1709, 1710):
        found = client.get(f"/tiles/11/{column}/840")
        assert (found.status_code, found.content) == (200, tile_routes.NOTHING)
    assert len(upstream.asked) == 1
    assert not list((tmp_path / "var").rglob("84*"))
    upstream.answer = (200, png(10))
    tiles._rests_until = 0
    assert client.get("/tiles/11/1709/840").content == png(10)


def test_nothing_is_asked_for_beyond_the_guard_box_or_the_zooms(city: City, tmp_path: Path, upstream: Upstream) -> None:
    client = served(city, opened(tmp_path, BASEMAP=f"tianditu:{KEY}", BASEMAP_URL=upstream.url))
    for address in ("11/1600/840", "11/1709/900", "3/6/3", "17/109400/53660"):
        assert client.get(f"/tiles/{address}").content == tile_routes.NOTHING
    assert upstream.asked == []


def test_a_tile_lies_where_the_web_puts_it() -> None:
    west, north = basemap.corner(*HERE)
    east, south = basemap.corner(HERE[0], HERE[1] + 1, HERE[2] + 1)
    assert west < 120.49 < east
    assert south < 30.745 < north
    assert basemap.corner(0, 0, 0) == pytest.approx((-180, 85.0511287))


def test_the_map_says_whose_its_parts_are_in_both_languages(tmp_path: Path, clock: Clock) -> None:
    city = cities.load(with_base(tmp_path / "city"))
    told = {}
    for search in ("", "?lang=en"):
        for tiles in (None, basemap.Tianditu("http://127.0.0.1:9", KEY, tmp_path, BOX)):
            told[search, tiles is None] = pages.wall_page(city, "/wall", search, clock.now(), tiles, is_demo=False).facts[
                "map_note"
            ]
    assert told["", True] == "镇村网格界线为示意 · 市界 天地图，水系 示例"
    assert told["", False] == "镇村网格界线为示意 · 市界 天地图，底图 天地图，水系 示例"
    assert told["?lang=en", False] == "Borders within are schematic · County border Tianditu; base map Tianditu; example water"


def test_the_base_of_the_city_is_served_by_name_alone(tmp_path: Path) -> None:
    city = cities.load(with_base(tmp_path / "city"))
    client = served(city, None)
    assert client.get("/base/rail.geojson").json()["features"][0]["geometry"]["type"] == "LineString"
    assert client.get("/base/city.geojson").status_code == 404
