"""Whether the house is well, for machines: `GET /healthz` in JSON and `GET /metrics` for Prometheus.

`ok`: everything answers. `degraded`: it works, but something waits or is silent, and `reasons` say what. `failed`: the
database does not answer (status 503).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.live import Live
from data import engine as engines
from data import vitals
from data.clocks import Clock
from data.errors import StoreUnavailable
from data.vitals import Vitals

VERSION: Final = "0.1.0"  # the newest heading of CHANGELOG.md
FILING_LATE: Final = timedelta(seconds=60)  # a kept message is filed within a second when all is well
MINUTE: Final = timedelta(minutes=1)
CHECK_LATE: Final = timedelta(minutes=15)  # the whole check comes every minute, more seldom over many millions
STREAM_LATE: Final = timedelta(seconds=10)
FAMILIES: Final[dict[str, type[GaugeMetricFamily | CounterMetricFamily]]] = {
    "gauge": GaugeMetricFamily,
    "counter": CounterMetricFamily,
}
NO_STORE: Final = {"cache-control": "no-store"}


@dataclass(frozen=True)
class Watch:
    """What is watched; `freshness_minutes` says per source how long it may be silent (the city's own numbers), `problems` what
    else is wrong."""

    engine: Engine
    clock: Clock
    live: Live
    version: str = VERSION
    freshness_minutes: Mapping[str, float] = field(default_factory=dict)
    problems: Callable[[], Sequence[str]] = tuple


def router(
    engine: Engine,
    clock: Clock,
    live: Live,
    freshness_minutes: Mapping[str, float] | None = None,
    problems: Callable[[], Sequence[str]] = tuple,
    version: str = VERSION,
    more: Iterable[Collector] = (),
) -> APIRouter:
    """Both routes over one database; every app has its own registry of metrics. `more` are the figures of others."""
    watch = Watch(engine, clock, live, version, freshness_minutes or {}, problems)
    registry = CollectorRegistry()
    registry.register(Figures(watch))
    ProcessCollector(registry=registry)
    for each in more:
        registry.register(each)
    routes = APIRouter()

    @routes.get("/healthz")
    async def healthz() -> Response:
        state = await asyncio.to_thread(health, watch)
        status = 503 if state["status"] == "failed" else 200
        return Response(orjson.dumps(state), status, media_type="application/json", headers=NO_STORE)

    @routes.get("/metrics")
    async def metrics() -> Response:
        text = await asyncio.to_thread(generate_latest, registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers=NO_STORE)

    return routes


def health(watch: Watch) -> dict[str, Any]:
    """The answer of `/healthz`: status, reasons, versions, and per source its last event and its age in seconds."""
    now = watch.clock.now()
    known = {"version": watch.version, "now": _iso(now), "subscribers": len(watch.live.subscribers)}
    try:
        with engines.reading(watch.engine) as conn:
            seen = vitals.read(conn)
            missed_at = vitals.changed_at(conn, watch.live.last_id)
    except (StoreUnavailable, SQLAlchemyError):
        return {"status": "failed", "reasons": ["The database does not answer."], **known}
    reasons = [*_waiting(seen, missed_at, now), *_silent(seen, watch.freshness_minutes, now), *_unbalanced(seen, now)]
    reasons += watch.problems()
    return {
        "status": "degraded" if reasons else "ok",
        "reasons": reasons,
        **known,
        "data_version": seen.feed_head,
        "database": seen.database,
        "messages": seen.message_counts,
        "sources": {row["source"]: _source(row, now) for row in seen.sources},
        "answers": seen.answers,
        "photographs": seen.photographs,
        "ledger": None if seen.ledger is None else seen.ledger | {name: _iso(seen.ledger[name]) for name in ("at", "since")},
        "progress": {key: {"done": done, "total": total} for key, (done, total) in seen.progress.items()},
    }


def _waiting(seen: Vitals, missed_at: datetime | None, now: datetime) -> Iterator[str]:
    if seen.oldest_kept_at is not None and now - seen.oldest_kept_at > FILING_LATE:
        waiting = seen.message_counts.get("kept", 0)
        yield f"{waiting} messages wait to be filed, the first for {_seconds(now, seen.oldest_kept_at):.0f} s."
    if missed_at is not None and now - missed_at > STREAM_LATE:
        yield f"The live stream is behind the data by {_seconds(now, missed_at):.0f} s."


def _silent(seen: Vitals, freshness_minutes: Mapping[str, float], now: datetime) -> Iterator[str]:
    for row in seen.sources:
        allowed = freshness_minutes.get(row["source"])
        heard_at = row["last_received_at"]
        if allowed is not None and heard_at is not None and now - heard_at > timedelta(minutes=allowed):
            yield f"Source {row['source']} has been silent for {(now - heard_at) / MINUTE:.0f} min."


def _unbalanced(seen: Vitals, now: datetime) -> Iterator[str]:
    if seen.ledger is None:
        return
    if seen.ledger["missing"] or seen.ledger["named"]:
        at_fault = ", ".join(seen.ledger["named"]) or "no row"
        yield f"The ledger does not add up: {seen.ledger['missing']} missing, at fault: {at_fault}."
    if now - seen.ledger["at"] > CHECK_LATE:
        yield f"The ledger was last checked {_seconds(now, seen.ledger['at']):.0f} s ago."


def _source(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "last_event_at": _iso(row["last_event_at"]),
        "age_seconds": _seconds(now, row["last_event_at"]),
        "last_received_at": _iso(row["last_received_at"]),
        "received_age_seconds": _seconds(now, row["last_received_at"]),
        "accepted": row["accepted_count"],
        "rejected": row["rejected_count"],
    }


def _seconds(now: datetime, at: datetime | None) -> float | None:
    return None if at is None else round((now - at).total_seconds(), 3)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


class Figures(Collector):
    """The figures of `/metrics`, read anew at every scrape; only `shouwang_up` is left when the database is away."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def describe(self) -> list[Metric]:
        # Without this, registering reads the database.
        return []

    def collect(self) -> Iterator[Metric]:
        yield _labelled("gauge", "build_info", "The running version.", "version", {self.watch.version: 1})
        yield from self._of_stream()
        try:
            with engines.reading(self.watch.engine) as conn:
                seen, waiting = vitals.read(conn), vitals.open_counts(conn)
        except (StoreUnavailable, SQLAlchemyError):
            yield _single("gauge", "up", "1 when the database answers.", 0)
            return
        yield _single("gauge", "up", "1 when the database answers.", 1)
        yield _single("gauge", "feed_head", "The number of the newest change: the data version.", seen.feed_head)
        yield _single("gauge", "database_bytes", "What the database takes on disk.", seen.size_bytes)
        yield _labelled("gauge", "incidents_open", "Open incidents by state.", "state", waiting)
        yield _labelled("gauge", "messages", "Messages received by state.", "state", seen.message_counts)
        yield from self._of_ledger(seen)
        yield from self._of_sources(seen)
        for place, name in enumerate(("done", "total")):
            rows = {key: counts[place] for key, counts in seen.progress.items()}
            yield _labelled("gauge", f"progress_{name}", f"Long works: {name}.", "key", rows)

    def _of_stream(self) -> Iterator[Metric]:
        live = self.watch.live
        yield _single("gauge", "live_subscribers", "Open live streams.", len(live.subscribers))
        yield _single("gauge", "live_last_id", "The newest change that the live stream has read.", live.last_id)
        yield _single("counter", "live_dropped", "Streams dropped because they fell behind.", live.dropped_count)
        yield _single("counter", "live_sent", "Events handed to streams.", live.sent_count)

    def _of_ledger(self, seen: Vitals) -> Iterator[Metric]:
        yield _labelled("gauge", "answers", "Answers to reporters by state of delivery.", "state", seen.answers)
        yield _labelled("gauge", "photographs", "Photographs of reports by state.", "state", seen.photographs)
        if seen.ledger is None:
            return
        counts = dict(seen.ledger["counts"])
        yield _single("gauge", "ledger_missing", "Reports received that stand in no place.", counts.pop("missing"))
        yield _single("gauge", "ledger_faults", "Rows that the last whole check found at fault.", counts.pop("faults"))
        yield _single(
            "gauge", "ledger_checked_timestamp_seconds", "When the ledger was last checked.", seen.ledger["at"].timestamp()
        )
        yield _labelled("gauge", "ledger", "Reports of the county by place, and how they stand.", "place", counts)

    def _of_sources(self, seen: Vitals) -> Iterator[Metric]:
        now = self.watch.clock.now()
        for name, column, sentence in (
            ("source_age_seconds", "last_event_at", "Seconds since the newest event of a source."),
            ("source_received_age_seconds", "last_received_at", "Seconds since a source last spoke."),
        ):
            ages = {row["source"]: _seconds(now, row[column]) for row in seen.sources}
            yield _labelled("gauge", name, sentence, "source", ages)
        for name in ("accepted", "rejected"):
            counts = {row["source"]: row[f"{name}_count"] for row in seen.sources}
            yield _labelled("counter", f"source_{name}", f"Records of a source that were {name}.", "source", counts)


def _single(kind: str, name: str, sentence: str, value: float) -> Metric:
    return FAMILIES[kind](f"shouwang_{name}", sentence, value=value)


def _labelled(kind: str, name: str, sentence: str, label: str, values: Mapping[str, float | None]) -> Metric:
    made = FAMILIES[kind](f"shouwang_{name}", sentence, labels=[label])
    for key, value in values.items():
        if value is not None:
            made.add_metric([key], value)
    return made
