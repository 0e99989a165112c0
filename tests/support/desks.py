"""A county of invented incidents for the benches of the analyst's page, and clicks in a browser from one of its views to the next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, text
from support.browsing import launch_arguments
from support.invented import CHUNK, HANDLERS, NOW

from data import engine as engines
from data import engine_words, feed, recount, store
from data.city import City
from data.instants import to_microseconds
from data.schema import incident

DAYS = 456
CHANNELS = ("wechat", "hotline", "terminal", "patrol", "camera", "visit")
KINDS = ("steward", "grid_worker", "resident")
WORDS = ("路灯不亮", "井盖破损请尽快处理", "河道有油污", "小区门口占道经营", "垃圾桶满了没人清")
MINUTE = 60_000_000
ID, TEXT = (store.INCIDENT_COLUMNS.index(name) for name in ("id", "report_text"))


def fill(engine: Engine, city: City, count: int, *, has_words: bool = False) -> float:
    """Bulk-load invented incidents over fifteen months with everything an analyst crosses, whose words are found where that is asked
    for; gives seconds.

    The indexes are made when the rows are there: kept in order row by row, ten million take an hour.
    """
    generator, begun = np.random.default_rng(1), time.perf_counter()
    with engines.writing(engine) as conn:
        for index in incident.indexes:
            index.drop(conn)
    grids = list(city.areas_on(NOW.date(), "grid"))
    codes = [code for code, each in city.categories.items() if each.level == 3]
    for first in range(0, count, CHUNK):
        made = _rows(first, min(CHUNK, count - first), generator, grids, codes)
        with engines.writing(engine) as conn:
            engines.bulk_insert(conn, incident, store.INCIDENT_COLUMNS, made, are_ready=True)
            if has_words:
                engine_words.index_words(conn, [(row[ID], "", row[TEXT]) for row in made])
    with engines.writing(engine) as conn:
        for index in incident.indexes:
            index.create(conn)
    with engines.writing(engine) as conn:
        recount.rebuild(conn, city.zone)
        feed.append(conn, NOW, [feed.Entry(feed.ROWS, {"ids": []})])  # a feed that tells nothing has no copy that stays
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))
    return time.perf_counter() - begun


def _rows(first: int, size: int, generator: Any, grids: list[Any], codes: list[str]) -> list[list[Any]]:
    now = to_microseconds(NOW)
    reported = now - (generator.random(size) * DAYS * 1440 * MINUTE).astype(np.int64)
    took = (generator.lognormal(8.0, 1.0, size) * MINUTE).astype(np.int64)
    drawn = [generator.integers(0, length, size) for length in (len(grids), len(codes), 5, 6, 3, 10, 5)]
    base, made = store.incident_defaults(), []
    for place in range(size):
        at, resolved = int(reported[place]), int(reported[place] + took[place])
        grid, code, handler, channel, kind, urgent, words = (int(each[place]) for each in drawn)
        is_over, area = resolved < now, grids[grid]
        done = resolved if is_over else None
        row = base | {
            "id": first + place + 1, "source": "bench", "source_ref": str(first + place), "reported_at": at, "received_at": at, "reported_precision": "second",
            "committed_at": at, "version": 1, "channel_code": CHANNELS[channel], "reporter_kind_code": KINDS[kind], "category_code": codes[code],
            "urgency_code": "urgent" if urgent == 0 else "normal", "report_text": WORDS[words], "place_basis_code": "point", "lon": area.lon, "lat": area.lat,
            "county_code": "330483", "township_code": area.area_code[:9], "village_code": area.area_code[:12], "grid_code": area.area_code,
            "triaged_at": at + 5 * MINUTE, "filed_at": at + 5 * MINUTE, "dispatched_at": at + 12 * MINUTE, "accepted_at": min(at + 200 * MINUTE, now),
            "resolved_at": done, "closed_at": done, "ended_at": done, "state_code": "closed" if is_over else "handling", "state_since_at": done or at,
            "due_at": at + 10 * 1440 * MINUTE, "at_risk_at": at + 8 * 1440 * MINUTE, "due_basis_code": "limit", "handler_code": HANDLERS[handler],
            "holder_code": None if is_over else HANDLERS[handler],
        }  # fmt: skip
        made.append([row[name] for name in store.INCIDENT_COLUMNS])
    return made


def browse(address: str, paths: Sequence[str]) -> list[float]:
    """From click to all pictures drawn in the browser, in milliseconds, one view after the other."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/analysis?period=2026-08")
        page.wait_for_selector("[data-drawn]", timeout=60_000)
        taken = [page.evaluate(CLICK, path) for path in paths]
        browser.close()
    return taken


CLICK = """
(path) => new Promise((done) => {
  const page = document.getElementById('analysis'), begun = performance.now(), before = page.dataset.drawn;
  const watch = new MutationObserver(() => {
    if (page.dataset.drawn === before) return;
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - begun));
  });
  watch.observe(page, { attributes: true });
  const link = Object.assign(document.createElement('a'), { href: path });
  page.append(link);
  link.click();
  link.remove();
})
"""
