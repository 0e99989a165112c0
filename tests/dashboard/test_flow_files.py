"""The files of the flow's pictures: what their links lead to holds the numbers that were read, in CSV as in XLSX."""

from __future__ import annotations

import csv
from functools import cached_property
from io import BytesIO, StringIO

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from support import ways as told
from support.drawn import links
from support.ways import NOW

from dashboard.analysis import flow_tables, flows, routes, sentences
from dashboard.analysis.view import View
from dashboard.figures import flow
from dashboard.i18n import ExactLook
from data import engine as engines
from data import trails
from data.city import City
from data.clocks import Clock
from data.lateness import JUDGED
from data.regions import Regions

VIEWS = (View("330483", "2026Q4", limits="finish~*~~3"), View("330483", "2026-10", by="area", language="en"))


@pytest.fixture
def client(engine: Engine, city: City, regions: Regions) -> TestClient:
    told.crossed(engine, city, 5, 260)
    server = FastAPI()
    server.include_router(routes.router(engine, city, regions, Clock(NOW)))
    return TestClient(server)


def read(client: TestClient, address: str) -> tuple[str, list[str], list[list[str]]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    lines = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    notes = [line[0] for line in lines if line[0].startswith("# ")]
    head, *rows = lines[len(notes) :]
    return "\n".join(notes), head, rows


@pytest.mark.parametrize("view", VIEWS, ids=["zh", "en"])
def test_each_picture_has_its_files_with_the_numbers_that_were_read(
    engine: Engine, city: City, client: TestClient, view: View
) -> None:
    look = ExactLook(view.language, city.zone)
    with engines.reading(engine) as conn:
        found = flows.read(conn, city, view, NOW)
        drawn = flows.draw(found, city, look, view, NOW)
    addresses = [address for address in links(drawn) if address.startswith("/analysis-export/")]
    assert [address.split("/")[2].split("?")[0] for address in addresses] == [
        f"{kind}.{ending}" for kind in flow_tables.KINDS for ending in ("csv", "xlsx")
    ]
    tables: dict[str, list[list[str]]] = {}
    for kind, address in zip(flow_tables.KINDS, addresses[::2], strict=True):
        notes, head, rows = read(client, address)
        title = look.word(flow_tables.TITLES[kind])
        assert (
            title in notes
            and flows.of_cases(found, look, is_kept=kind == flow_tables.VARIANTS and found.ways.is_kept) in notes
            and rows
            and all(len(row) == len(head) for row in rows)
        )
        book = openpyxl.load_workbook(BytesIO(client.get(address.replace(".csv?", ".xlsx?")).content))
        sheet = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        assert list(sheet[0]) == head and len(sheet) == len(rows) + 1
        for row, cells in zip(rows, sheet[1:], strict=True):
            for said, cell in zip(row, cells, strict=True):
                assert (
                    said == (cell or "") if cell is None or isinstance(cell, str) else float(said) == pytest.approx(cell, rel=1e-3)
                )  # a hand holds on meanwhile
        tables[kind] = rows
    assert [(int(row[1]), float(row[2])) for row in tables["flow-variants"]] == [
        (row["case_count"], pytest.approx(row["share"])) for row in found.ways.rows
    ]
    assert [int(row[2]) for row in tables["flow-conformance"]] == list(found.ways.fit.values())
    assert sum(float(row[3]) for row in tables["flow-conformance"]) == pytest.approx(1)
    assert [int(row[3]) for row in tables["flow-follows"]] == list(found.edges["count"])
    assert [int(row[2]) for row in tables["flow-bounces"]] == [each.times for each in found.bounces.passes]
    hands = [(flow.number(row), len(trails.hands_of(row, NOW))) for row in found.bounces.worst]
    assert [(number, sum(row[0] == number for row in tables["flow-worst"])) for number, _ in hands] == hands
    assert [(row[0], int(row[-1]), int(row[5]), int(row[6])) for row in tables["flow-times"]] == [
        (row["code"], row["cases"], row["in_time"], row["late"]) for row in found.times
    ]
    assert [(row[1], *map(int, row[5:])) for row in tables["flow-limits"]] == [
        (sentences.limit_of(city, look, each.rule.category_code, each.rule.condition_code),
         *(len(ids[name]) for ids in (each.was, each.would) for name in JUDGED))
        for each in found.judged
    ]  # fmt: skip
    moved = [row[4] for row in tables["flow-limits"] if row[4]]
    assert bool(moved) == bool(view.limits)


def test_of_nothing_there_is_a_file_without_rows(engine: Engine, client: TestClient) -> None:
    for kind in flow_tables.KINDS:
        _, head, rows = read(client, f"/analysis-export/{kind}.csv?period=2020-01&area=330483")
        assert head and rows == []
    assert client.get("/analysis-export/flow-variants.gpkg?period=2026-10").status_code == 404


def test_a_file_of_one_picture_reads_that_picture_once_and_no_other(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for part in flows.PARTS:
        read_part = vars(flows.Found)[part].func
        told_of = cached_property(lambda found, part=part, read_part=read_part: asked.append(part) or read_part(found))
        told_of.__set_name__(flows.Found, part)
        monkeypatch.setattr(flows.Found, part, told_of)
    for ending in ("csv", "xlsx"):
        assert client.get(f"/analysis-export/flow-bounces.{ending}?period=2026-10&area=330483").status_code == 200
    assert sorted(asked) == ["bounces", "bounces", "scope", "scope"]
