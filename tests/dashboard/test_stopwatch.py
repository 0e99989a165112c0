"""What the walls have timed, as the server counts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from support.house import NOON

from dashboard import health, stopwatch
from dashboard.live import Live
from data.clocks import Clock

OURS = {"content-type": "application/json", "origin": "http://house", "host": "house"}


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    server, paces = FastAPI(), stopwatch.Stopwatch()
    server.include_router(stopwatch.router(paces))
    server.include_router(health.router(engine, Clock(NOON), Live(engine, Clock(NOON)), more=paces.histograms))
    with TestClient(server, base_url="http://house") as opened:
        yield opened


def sent(client: TestClient, content: Any, **headers: str) -> int:
    body = content if isinstance(content, str | bytes) else json.dumps(content)
    return client.post("/stopwatch", content=body, headers={**OURS, **headers}).status_code


def figures(client: TestClient, name: str) -> dict[str, float]:
    samples = [each for family in text_string_to_metric_families(client.get("/metrics").text) for each in family.samples]
    return {each.labels.get("le", each.name.removeprefix(name)): each.value for each in samples if each.name.startswith(name)}


def test_what_walls_have_timed_stands_in_the_metrics_as_histograms(client: TestClient) -> None:
    assert sent(client, {"report_to_wall": [40, 180.5, 950], "commit_to_paint": [20]}) == 204
    assert sent(client, {"report_to_wall": [180], "commit_to_paint": []}) == 204
    said = figures(client, "shouwang_report_to_wall_seconds")
    assert (said["_count"], round(said["_sum"], 4)) == (4, 1.3505)
    assert [said[le] for le in ("0.05", "0.2", "0.75", "1.0", "+Inf")] == [1, 3, 3, 4, 4]
    assert figures(client, "shouwang_commit_to_paint_seconds")["_count"] == 1


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "{}", {"report_to_wall": []},
        {"report_to_wall": [-1], "commit_to_paint": []},
        {"report_to_wall": [3_600_001], "commit_to_paint": []},
        {"report_to_wall": ["12"], "commit_to_paint": []},
        {"report_to_wall": [True], "commit_to_paint": []},
        {"report_to_wall": [None], "commit_to_paint": []},
        {"report_to_wall": 12, "commit_to_paint": []},
        {"report_to_wall": [5], "commit_to_paint": [], "reporter": "x"},
        {"report_to_wall": [5] * 2001, "commit_to_paint": []},
        '{"report_to_wall": [NaN], "commit_to_paint": []}',
        b"\xff\xfe",
    ],
    ids=repr,
)  # fmt: skip
def test_anything_else_is_refused_whole(client: TestClient, content: Any) -> None:
    assert sent(client, content) == 400
    assert figures(client, "shouwang_report_to_wall_seconds")["_count"] == 0


def test_a_body_too_large_is_not_read_to_its_end(client: TestClient) -> None:
    assert sent(client, b" " * (stopwatch.LARGEST_BODY + 1)) == 413


def test_only_pages_of_this_server_are_heard(client: TestClient) -> None:
    timed = {"report_to_wall": [5], "commit_to_paint": [5]}
    assert sent(client, timed, origin="http://elsewhere") == 403
    assert sent(client, timed, origin="") == 403
    assert sent(client, timed, **{"content-type": "text/plain"}) == 403
    assert sent(client, timed, **{"sec-fetch-site": "cross-site"}) == 403
    assert sent(client, timed, **{"sec-fetch-site": "same-origin", "origin": ""}) == 204
    assert sent(client, timed) == 204
    assert figures(client, "shouwang_report_to_wall_seconds")["_count"] == 2
