"""What a monitoring system is told, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from dashboard import health
from dashboard.live import Live
from data import arrivals, feed
from data import engine as engines
from data.city import City
from data.feed import Entry
from etl import filing

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class StoppedClock:
    def now(self) -> datetime:
        return NOON


@pytest.fixture
def live(engine: Engine) -> Live:
    return Live(engine, StoppedClock())  # type: ignore[arg-type]


@pytest.fixture
def client(engine: Engine, live: Live) -> Iterator[TestClient]:
    server = FastAPI()
    server.include_router(health.router(engine, StoppedClock(), live, version="9.9", freshness_minutes={"wechat": 240}))  # type: ignore[arg-type]
    with TestClient(server) as opened:
        yield opened


def spoke(engine: Engine, minutes_ago: float, *, accepted: int = 1) -> None:
    at = NOON - timedelta(minutes=minutes_ago)
    with engines.writing(engine) as conn:
        arrivals.touch_source(conn, "wechat", event_at=at - timedelta(seconds=30), received_at=at, accepted=accepted)


def changed(engine: Engine, seconds_ago: float) -> None:
    with engines.writing(engine) as conn:
        feed.append(conn, NOON - timedelta(seconds=seconds_ago), [Entry("city", {})])


def kept(engine: Engine, seconds_ago: float) -> None:
    at = NOON - timedelta(seconds=seconds_ago)
    with engines.writing(engine) as conn:
        checksum = arrivals.keep_snapshot(conn, source="wechat", name="x", media_type="text/xml", body=b"<xml/>", received_at=at)
        arrivals.keep_message(conn, {"source": "wechat", "source_ref": "1", "checksum": checksum, "received_at": at})


def figures(client: TestClient) -> dict[tuple[str, str], float]:
    text = client.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, ",".join(sample.labels.values())): sample.value for sample in samples}


def test_an_empty_house_is_well_and_says_its_versions(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["status"], said["reasons"], said["version"], said["data_version"]) == ("ok", [], "9.9", 0)
    assert (said["sources"], said["progress"], said["messages"]) == ({}, {}, {})


def test_each_source_tells_its_last_event_and_its_age(client: TestClient, engine: Engine) -> None:
    spoke(engine, 2, accepted=3)
    assert client.get("/healthz").json()["sources"]["wechat"] == {
        "last_event_at": "2026-11-24T03:57:30+00:00",
        "age_seconds": 150.0,
        "last_received_at": "2026-11-24T03:58:00+00:00",
        "received_age_seconds": 120.0,
        "accepted": 3,
        "rejected": 0,
    }


def test_a_source_silent_for_longer_than_the_city_allows_is_a_reason(client: TestClient, engine: Engine) -> None:
    spoke(engine, 241)
    said = client.get("/healthz").json()
    assert (said["status"], said["reasons"]) == ("degraded", ["Source wechat has been silent for 241 min."])


def test_messages_nobody_files_are_a_reason(client: TestClient, engine: Engine) -> None:
    kept(engine, 59)
    assert client.get("/healthz").json()["status"] == "ok"
    kept_long = NOON - timedelta(seconds=61)
    with engines.writing(engine) as conn:
        arrivals.set_message(conn, 1, received_at=kept_long)
    said = client.get("/healthz").json()
    assert (said["status"], said["reasons"]) == ("degraded", ["1 messages wait to be filed, the first for 61 s."])


def test_a_stream_that_fell_behind_the_data_is_a_reason(client: TestClient, engine: Engine, live: Live) -> None:
    changed(engine, 11)
    said = client.get("/healthz").json()
    assert (said["status"], said["data_version"]) == ("degraded", 1)
    assert said["reasons"] == ["The live stream is behind the data by 11 s."]
    live.last_id = 1
    assert client.get("/healthz").json()["status"] == "ok"


def test_progress_of_long_works_is_told(client: TestClient, engine: Engine) -> None:
    with engines.writing(engine) as conn:
        arrivals.save_progress(conn, "demo-history", 12, 456, NOON)
    assert client.get("/healthz").json()["progress"] == {"demo-history": {"done": 12, "total": 456}}
    assert figures(client)[("shouwang_progress_done", "demo-history")] == 12


def test_without_its_database_the_house_has_failed_and_says_so(live: Live, engine: Engine) -> None:
    gone = engines.create("postgresql+psycopg://postgres@127.0.0.1:1/nowhere")
    server = FastAPI()
    server.include_router(health.router(gone, StoppedClock(), live))  # type: ignore[arg-type]
    with TestClient(server) as opened:
        answer = opened.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "failed")
        assert answer.json()["reasons"] == ["The database does not answer."]
        assert figures(opened)[("shouwang_up", "")] == 0


def test_prometheus_reads_feed_incidents_messages_sources_and_streams(
    client: TestClient, engine: Engine, live: Live, city: City
) -> None:
    spoke(engine, 2, accepted=3)
    kept(engine, 1)
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [report()], NOON)
    live.subscribe()
    live.dropped_count = 2
    said = figures(client)
    assert said[("shouwang_up", "")] == 1
    assert said[("shouwang_build_info", "9.9")] == 1
    assert said[("shouwang_feed_head", "")] == 1
    assert sum(value for (name, _), value in said.items() if name == "shouwang_incidents_open") == 1
    assert said[("shouwang_messages", "kept")] == 1
    assert said[("shouwang_source_age_seconds", "wechat")] == 150
    assert said[("shouwang_source_accepted_total", "wechat")] == 3
    assert said[("shouwang_live_subscribers", "")] == 1
    assert said[("shouwang_live_dropped_total", "")] == 2
    assert said[("process_resident_memory_bytes", "")] > 0


def test_two_apps_in_one_process_keep_their_figures_apart(engine: Engine, live: Live) -> None:
    for version in ("1", "2"):
        server = FastAPI()
        server.include_router(health.router(engine, StoppedClock(), live, version=version))  # type: ignore[arg-type]
        with TestClient(server) as opened:
            assert [label for name, label in figures(opened) if name == "shouwang_build_info"] == [version]


def report() -> dict[str, Any]:
    return {
        "source": "wechat", "source_ref": "1", "reported_at": NOON, "reported_precision": "second", "received_at": NOON,
        "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "Z.01.01", "urgency_code": "normal",
        "report_text": "x", "place_basis_code": "none", "county_code": "330483",
    }  # fmt: skip
