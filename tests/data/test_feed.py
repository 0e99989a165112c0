"""The change feed: commit order is number order, and a reader that follows the numbers never misses a late writer."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Engine
from support.cases import FIRST, incident

from data import engine as engines
from data import feed, store
from data.city import City

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_concurrent_writers_are_read_in_order_without_a_gap_or_a_double(engine: Engine) -> None:
    writers, each = 6, 25
    seen: list[int] = []
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(each):
            with engines.writing(engine) as conn:
                feed.append(conn, FIRST, [feed.Entry("progress", {"writer": writer, "number": number})] * (1 + number % 3))
                time.sleep(0.002 * (writer % 3))  # commits late on purpose

    def read() -> None:
        last = 0
        while True:
            is_over = done.is_set()
            with engines.reading(engine) as conn:
                rows = feed.after(conn, last, 7)
            seen.extend(row[0] for row in rows)
            last = seen[-1] if seen else 0
            if is_over and not rows:
                return

    reader = threading.Thread(target=read)
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    reader.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    total = writers * sum(1 + number % 3 for number in range(each))
    assert seen == list(range(1, total + 1))


def test_a_change_that_is_rolled_back_leaves_no_number_behind(engine: Engine) -> None:
    try:
        with engines.writing(engine) as conn:
            feed.append(conn, FIRST, [feed.Entry("progress", {})])
            raise KeyError
    except KeyError:
        pass
    with engines.writing(engine) as conn:
        assert feed.append(conn, FIRST, [feed.Entry("progress", {})]) == 1


def test_a_commit_elsewhere_wakes_the_reader(engine: Engine) -> None:
    wake = engines.Wake(engine)
    while wake.wait(0.01):
        pass
    assert not wake.wait(0.05)
    with engines.writing(engine) as conn:
        feed.append(conn, FIRST, [feed.Entry("progress", {})])
    assert wake.wait(2)
    wake.close()


def saved_state(engine: Engine, **columns: Any) -> dict[str, Any]:
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, incident("1", **columns), "report")], zone=SHANGHAI, at=FIRST)
    with engines.reading(engine) as conn:
        ((_, _, kind, content),) = feed.after(conn, 0)
    assert kind == "incident"
    return dict(orjson.loads(content))


def test_the_wall_is_told_the_whole_state(engine: Engine) -> None:
    state = saved_state(engine, report_text="路灯不亮", lon=120.5, lat=30.6, due_at=FIRST + timedelta(days=1))
    assert state | {"id": 1} == state | {"id": 1, "text": "路灯不亮", "lon": 120.5, "version": 1, "action": "report"}
    assert state["due"] - state["at"] == 86_400_000 and state["number"].startswith("20261102-")


def test_a_restricted_incident_is_told_without_words_at_its_grids_centre(engine: Engine, city: City) -> None:
    grid = next(each for each in city.areas if each.level_code == "grid")
    secret = {"report_text": "家里吵架", "address_text": "某某路3号", "lon": 120.51, "lat": 30.61, "grid_code": grid.area_code}
    state = saved_state(engine, **secret, is_restricted=True)
    assert (state["text"], state["address"]) == ("", "")
    assert (state["lon"], state["lat"]) == (grid.lon, grid.lat)


def test_old_changes_can_be_forgotten(engine: Engine) -> None:
    for day in (1, 2):
        with engines.writing(engine) as conn:
            feed.append(conn, datetime(2026, 11, day, tzinfo=UTC), [feed.Entry("progress", {})])
    with engines.writing(engine) as conn:
        assert feed.prune(conn, datetime(2026, 11, 2, tzinfo=UTC)) == 1
    with engines.reading(engine) as conn:
        assert (feed.first(conn), feed.head(conn)) == (2, 2)


def test_what_is_read_as_of_before_the_newest_change_is_not_its_version(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        nothing = feed.version(conn, FIRST)
        newest = feed.append(conn, FIRST + timedelta(seconds=2), [feed.Entry("progress", {})])
        late, whole = (feed.version(conn, FIRST + timedelta(seconds=each)) for each in (1, 2))
        minute = int(FIRST.timestamp()) // 60
        assert (nothing, late, whole) == ((0, minute), (-newest, minute), (newest, minute))
        # One that looked at the clock earlier, and was kept waiting.
        newest = feed.append(conn, FIRST, [feed.Entry("progress", {})])
        assert [feed.version(conn, FIRST + timedelta(seconds=each))[0] for each in (1, 2)] == [-newest, newest]
