"""Exports opened and compared: CSV, XLSX and GeoPackage hold exactly what is shown, with a note, and never a formula."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from typing import Any

import geopandas
import openpyxl
import pandas as pd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from support.cases import FIRST, crossed_incidents

from dashboard.analysis import exports, files, reads, routes, rows
from dashboard.analysis.answers import Analyst
from dashboard.analysis.view import from_address
from data import engine as engines
from data import store
from data.city import City
from data.clocks import Clock
from data.regions import Regions

HOSTILE = '=HYPERLINK("http://x","路灯")'
ADDRESS = "area=330483&period=2026-11&open=reported"


@pytest.fixture
def clock() -> Clock:
    return Clock(FIRST.replace(month=12))


@pytest.fixture
def client(engine: Engine, city: City, regions: Regions, clock: Clock) -> TestClient:
    made = crossed_incidents(3, 80)
    made[0] |= {"report_text": HOSTILE, "is_restricted": False}
    made[1] |= {
        "report_text": "秘密",
        "is_restricted": True,
        "grid_code": "330483001001001",
        "village_code": "330483001001",
        "township_code": "330483001",
    }
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in made], zone=city.zone, at=FIRST)
    server = FastAPI()
    server.include_router(routes.router(engine, city, regions, clock))
    return TestClient(server)


def shown(engine: Engine, city: City, clock: Clock, search: str, **request: Any) -> list[dict[str, Any]]:
    """The rows of the table on the page."""
    found = Analyst(engine, city, clock).page_of_rows("/analysis", search, {"startRow": 0, "endRow": 500, **request})
    assert len(found["rowData"]) == found["rowCount"]
    return found["rowData"]


def read_csv(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    notes = [line[0] for line in lines if line and line[0].startswith("# ")]
    head, *body = lines[len(notes) :]
    return notes, [dict(zip(head, line, strict=True)) for line in body]


def test_the_rows_in_all_three_files_are_those_on_the_page(engine: Engine, city: City, clock: Clock, client: TestClient) -> None:
    page = shown(engine, city, clock, f"?{ADDRESS}")
    assert len(page) > 40
    notes, lines = read_csv(client.get(f"/analysis-export/rows.csv?{ADDRESS}").content)
    book = openpyxl.load_workbook(BytesIO(client.get(f"/analysis-export/rows.xlsx?{ADDRESS}").content))
    sheet = list(book["数据"].iter_rows(values_only=True))
    layer = geopandas.read_file(BytesIO(client.get(f"/analysis-export/rows.gpkg?{ADDRESS}").content), layer="rows")
    assert len(lines) == len(sheet) - 1 == len(layer) == len(page)
    for place, row in enumerate(page):
        for name, title in zip(rows.COLUMNS, sheet[0], strict=False):
            assert lines[place][title] == files.harmless(row[name])
            assert (sheet[place + 1][sheet[0].index(title)] or "") == row[name] == (layer[title][place] or "")
    assert any("上报数 · 2026 年 11 月 · 桐乡市" in note for note in notes) and any(f"行数: {len(page)}" in note for note in notes)
    told = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert (
        told["行数"] == str(len(page))
        and told["数据截至"].startswith("2026-12-02")
        and told["来源"] == "/analysis?period=2026-11&open=reported"
    )
    assert layer.crs.to_epsg() == 4326


def test_what_a_citizen_wrote_is_never_a_formula(client: TestClient) -> None:
    _, lines = read_csv(client.get(f"/analysis-export/rows.csv?{ADDRESS}").content)
    assert f"'{HOSTILE}" in {line["上报内容"] for line in lines}
    assert not any(cell.startswith(files.FORMULA_SIGNS) for line in lines for cell in line.values())
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"/analysis-export/rows.xlsx?{ADDRESS}").content))["数据"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"} and HOSTILE in {cell.value for cell in cells}
    assert not any(cell.hyperlink for cell in cells)


def test_a_restricted_report_shows_its_kind_only_and_the_centre_of_its_grid(city: City, client: TestClient) -> None:
    content = client.get(f"/analysis-export/rows.csv?{ADDRESS}").content
    assert "秘密" not in content.decode()
    _, lines = read_csv(content)
    grid = city.area("330483001001001")
    hidden = [line for line in lines if line["上报内容"] == "不公开内容" and "庆丰社区第一网格" in line["区域"]]
    assert hidden and {(float(line["经度 WGS84"]), float(line["纬度 WGS84"])) for line in hidden} == {(grid.lon, grid.lat)}


def test_a_file_is_sorted_and_narrowed_as_its_table_is(engine: Engine, city: City, clock: Clock, client: TestClient) -> None:
    table = {
        "sortModel": [{"colId": "due_at", "sort": "asc"}],
        "filterModel": {"channel": {"type": "contains", "filter": "微信"}, "text": {"filter": "路灯"}},
    }
    page = shown(engine, city, clock, f"?{ADDRESS}", **table)
    assert 0 < len(page) < 40 and {row["channel"] for row in page} == {"微信公众号"} and all("路灯" in row["text"] for row in page)
    known = [row["due_at"] for row in page if row["due_at"]]
    assert known == sorted(known) and [row["due_at"] for row in page[len(known) :]] == [""] * (len(page) - len(known))
    answer = client.get(
        "/analysis-export/rows.csv", params={"area": "330483", "period": "2026-11", "open": "reported", "table": json.dumps(table)}
    )
    notes, lines = read_csv(answer.content)
    assert [line["编号"] for line in lines] == [row["number"] for row in page]
    assert any("表中另有筛选" in note for note in notes)


@pytest.mark.parametrize("kind", ["equals", "inRange", "greaterThan", "lessThan"])
def test_a_table_is_narrowed_to_days_of_the_county(engine: Engine, city: City, clock: Clock, client: TestClient, kind: str) -> None:
    whole = shown(engine, city, clock, f"?{ADDRESS}")
    days = sorted({row["reported_at"][:10] for row in whole})
    first, last = days[len(days) // 3], days[len(days) // 2]
    asked = {"type": kind, "dateFrom": f"{first} 00:00:00", "dateTo": f"{last} 00:00:00"}
    page = shown(engine, city, clock, f"?{ADDRESS}", filterModel={"reported_at": asked})
    wanted = {
        "equals": {first},
        "inRange": {day for day in days if first <= day <= last},
        "greaterThan": {day for day in days if day > first},
        "lessThan": {day for day in days if day < first},
    }[kind]
    assert page and [row["number"] for row in page] == [row["number"] for row in whole if row["reported_at"][:10] in wanted]


def test_pages_of_the_table_never_share_or_lose_a_row(engine: Engine, city: City, clock: Clock, client: TestClient) -> None:
    analyst = Analyst(engine, city, clock)
    for column in rows.SORTED:
        order = {"sortModel": [{"colId": column, "sort": "desc"}]}
        pages = [
            analyst.page_of_rows("/analysis", f"?{ADDRESS}", {"startRow": at, "endRow": at + 17, **order})
            for at in range(0, 85, 17)
        ]
        seen = [row["id"] for page in pages for row in page["rowData"]]
        assert len(seen) == len(set(seen)) == pages[0]["rowCount"]
    assert analyst.page_of_rows("/analysis", "", {"startRow": 0, "endRow": 10}) == {"rowData": [], "rowCount": 0}


@pytest.mark.parametrize("name", ["area", "category", "trend", "state", "periods"])
@pytest.mark.parametrize("metric", ["reported", "on_time_rate"])
def test_the_table_of_a_picture_holds_the_numbers_it_shows(
    engine: Engine, city: City, clock: Clock, client: TestClient, name: str, metric: str
) -> None:
    search = f"period=2026-11&metric={metric}"
    notes, lines = read_csv(client.get(f"/analysis-export/{name}.csv?{search}").content)
    with engines.reading(engine) as conn:
        found = reads.read(conn, city, from_address(city, "/analysis", search), clock.now())
    assert any("截至" in note for note in notes) and lines
    if name in found.parts:
        for line in lines:
            value = found.parts[name][line["编码"]][0]
            assert float(list(line.values())[2] or "nan") == pytest.approx(
                value.number if value.number is not None else float("nan"), nan_ok=True
            )
            if metric == "on_time_rate":
                assert (line["分子"], line["分母"]) == (str(value.numerator), str(value.denominator))
    elif name == "trend":
        assert [line["编码"] for line in lines] == [mark.name for mark in found.trend]
    book = openpyxl.load_workbook(BytesIO(client.get(f"/analysis-export/{name}.xlsx?{search}").content))
    table = pd.DataFrame(list(book["数据"].iter_rows(values_only=True))[1:])
    assert len(table) == len(lines)


def test_the_areas_come_with_their_borders(city: City, regions: Regions, client: TestClient) -> None:
    layer = geopandas.read_file(BytesIO(client.get("/analysis-export/area.gpkg?period=2026-11").content), layer="area")
    towns = {each.area_code: each.geometry for each in regions.boundaries("township") if each.valid_to_on is None}
    assert set(layer["编码"]) <= set(towns) and len(layer)
    assert all(towns[code].equals(shape) for code, shape in zip(layer["编码"], layer.geometry, strict=True))
    note = geopandas.read_file(BytesIO(client.get("/analysis-export/area.gpkg?period=2026-11").content), layer="note")
    assert "上报数 · 按镇" in " ".join(note["words"])


@pytest.mark.parametrize(
    "path",
    [
        "rows.csv",
        "luck.csv?open=reported",
        "rows.exe?open=reported",
        "trend.gpkg",
        "rows.csv?open=reported&area=1",
        "rows.csv?open=reported&table=x",
        "rows.csv?open=reported&table=[]",
    ],
)
def test_what_there_is_not_is_not_exported(client: TestClient, path: str) -> None:
    assert client.get(f"/analysis-export/{path}").status_code == 404


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_cannot_be_read_is_an_error_and_no_file(client: TestClient, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no such column")

    monkeypatch.setattr(exports, "table", fail)
    with pytest.raises(RuntimeError, match="no such column"):  # the server's own door makes it an answer
        client.get(f"/analysis-export/rows.{ending}?{ADDRESS}")


def test_more_than_a_file_holds_is_refused_in_a_sentence(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(files.MOST_ROWS, "xlsx", 10)
    answer = client.get(f"/analysis-export/rows.xlsx?{ADDRESS}")
    assert answer.status_code == 413 and "上限 10 件" in answer.text
