"""A copy of the incidents in columns that an earlier process has left is taken up where it is true, and only there; on both engines."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import Engine, delete, func, select, update
from support.cases import FIRST
from support.copying import History, compare, wait_until, wait_until_in_step

from data import case_changes, case_copy, case_keeping, feed, rooms, schema
from data import engine as engines
from data.case_copy import CaseCopy
from data.city import City


@pytest.fixture
def again(engine: Engine, city: City, copy: CaseCopy) -> Callable[[], CaseCopy]:
    """Another process that comes to the same folder, and asks through the same engine."""

    def begin() -> CaseCopy:
        other = case_copy.attached(engine, city, copy.folder)
        other._begin = lambda: None  # type: ignore[method-assign]
        return other

    return begin


@pytest.fixture
def running(engine: Engine, city: City, copy: CaseCopy) -> Iterator[Callable[[], CaseCopy]]:
    """Another process that does all by itself, until the test ends."""
    begun: list[CaseCopy] = []

    def begin() -> CaseCopy:
        begun.append(case_copy.attached(engine, city, copy.folder))
        return begun[-1]

    yield begin
    for each in begun:
        each.stop()


@pytest.fixture
def history(engine: Engine, copy: CaseCopy) -> History:
    """Forty incidents, and a copy of them that stays."""
    history = History(engine, 31)
    history.go_on(40, 0)
    copy.load()
    return history


def left(copy: CaseCopy) -> list[Path]:
    return list(copy.folder.iterdir())


def newest_change(engine: Engine, **values: object) -> None:
    """Writes over the newest entry of the feed."""
    with engines.writing(engine) as conn:
        newest = conn.execute(select(func.max(schema.change.c.id))).scalar_one()
        conn.execute(update(schema.change).where(schema.change.c.id == newest).values(**values))


def is_right(engine: Engine, city: City, history: History) -> bool:
    with engines.reading(engine) as conn:
        return case_copy.snapshot(conn) is not None and compare(conn, city, history.chance, 12) > 0


def test_the_next_process_takes_up_the_copy_and_what_has_changed_since(
    engine: Engine, city: City, history: History, copy: CaseCopy, again: Callable[[], CaseCopy], monkeypatch: pytest.MonkeyPatch
) -> None:
    history.go_on(9, 12, is_bulk=True)
    history.go_on(3, 4)
    monkeypatch.setattr(CaseCopy, "_run", lambda *_: pytest.fail("it was made anew"))
    for _ in range(2):
        other = again()
        assert other.resume() and other.loaded_count == 0
        assert is_right(engine, city, history)
        history.go_on(2, 3)
        assert is_right(engine, city, history)


@pytest.mark.parametrize(
    "fault",
    ["product", "zone", "other change", "forgotten", "gone back", "too much", "cut", "empty", "zeros", "no note", "half a note"],
)
def test_a_copy_that_may_not_be_true_is_made_anew(
    engine: Engine,
    city: City,
    history: History,
    copy: CaseCopy,
    again: Callable[[], CaseCopy],
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (kept,) = left(copy)
    other = again()
    if fault == "product":
        other.product = "a release later"
    elif fault == "zone":
        other.city = replace(city, zone=ZoneInfo("Asia/Kathmandu"))
    elif fault == "other change":  # the database was brought back and went on otherwise
        newest_change(engine, at=FIRST + timedelta(microseconds=1))
    elif fault == "forgotten":
        history.go_on(1, 0)
        with engines.writing(engine) as conn:
            assert feed.prune(conn, FIRST + timedelta(days=1)) > 0
    elif fault == "gone back":
        with engines.writing(engine) as conn:
            conn.execute(delete(schema.change).where(schema.change.c.id == feed.head(conn)))
            conn.execute(update(schema.change_head).values(last_id=schema.change_head.c.last_id - 1))
    elif fault == "too much":
        history.go_on(9, 0)
        monkeypatch.setattr(case_copy, "FOLLOWED", 5)
    elif fault == "cut":
        os.truncate(kept / "past-reported_at.npy", 200)
    elif fault == "empty":
        os.truncate(kept / "by-id.npy", 0)
    elif fault == "zeros":  # a block that the disk never wrote
        column = kept / "past-pattern.npy"
        column.write_bytes(column.read_bytes()[:128] + bytes(column.stat().st_size - 128))
    elif fault == "no note":
        (kept / "copy.json").unlink()
    else:
        os.truncate(kept / "copy.json", 100)
    assert not other.resume()
    assert not left(other) and other._follower is None
    monkeypatch.undo()
    history.go_on(1, 0)
    other.city, other.product = city, copy.product
    other.load()
    assert is_right(engine, city, history) and len(left(other)) == 1


def test_the_newest_copy_stays_alone_and_who_has_the_one_before_goes_on_with_it(
    engine: Engine, city: City, history: History, copy: CaseCopy, again: Callable[[], CaseCopy]
) -> None:
    (first,) = left(copy)
    history.go_on(5, 5)
    other = again()
    other.load()
    (second,) = left(copy)
    assert second != first and is_right(engine, city, history)
    engine.update_execution_options(case_copy=copy)
    assert np.array_equal(np.sort(copy._follower.made.past.columns["id"]), np.arange(1, 41))  # type: ignore[union-attr]
    assert is_right(engine, city, history)


def test_what_a_killed_loader_left_goes_after_a_day_and_is_never_taken_up(
    copy: CaseCopy, again: Callable[[], CaseCopy], engine: Engine
) -> None:
    History(engine, 34).go_on(20, 0)
    copy.load()
    (kept,) = left(copy)
    half = shutil.copytree(kept, copy.folder / "half")
    long_ago = FIRST.timestamp() - 2 * rooms.OLD_SECONDS
    for each in (half, kept):
        os.utime(each, (long_ago, long_ago))
    (copy.folder / "gone").symlink_to(copy.folder / "nothing")
    young = rooms.room(copy.folder)
    rooms.sweep(copy.folder, but=case_keeping.KEPT)
    assert set(left(copy)) == {kept, young, copy.folder / "gone"}
    kept.rename(copy.folder / "half")
    assert not again().resume()


def test_a_store_whose_feed_tells_nothing_leaves_no_copy(engine: Engine, copy: CaseCopy) -> None:
    copy.load()  # nothing has ever changed
    assert not left(copy)
    History(engine, 35).go_on(5, 0)
    copy.load()
    assert len(left(copy)) == 1


def test_a_copy_beside_which_too_much_has_changed_is_not_taken_up_again_and_again(
    engine: Engine, city: City, history: History, copy: CaseCopy, running: Callable[[], CaseCopy], monkeypatch: pytest.MonkeyPatch
) -> None:
    history.go_on(10, 0)
    monkeypatch.setattr(case_changes, "FULL", 5)
    other = running()
    other.want()
    wait_until(lambda: other.loaded_count == 1)
    assert other._follower is not None and not other._follower.is_full
    assert is_right(engine, city, history)


def test_a_server_that_starts_takes_up_what_stayed_and_makes_no_copy_where_nobody_has_ever_asked(
    engine: Engine, city: City, copy: CaseCopy, running: Callable[[], CaseCopy]
) -> None:
    history = History(engine, 37)
    history.go_on(30, 0)
    copy.start()
    assert not copy.is_wanted, "nobody has asked yet"
    copy.load()
    history.go_on(5, 5)
    other = running()
    other.start()
    wait_until(lambda: other._follower is not None)
    assert other.loaded_count == 0 and is_right(engine, city, history)


def test_of_many_incidents_the_copy_is_begun_at_the_start_though_nobody_has_asked(
    engine: Engine, city: City, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(engine, 38).go_on(30, 0)
    monkeypatch.setattr(case_copy, "LARGE", 31)
    copy.start()
    assert not copy.is_wanted
    monkeypatch.setattr(case_copy, "LARGE", 30)
    copy.start()
    assert copy.is_wanted


def test_a_copy_that_the_disk_does_not_keep_is_used_all_the_same(
    engine: Engine, city: City, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(engine, 39)
    history.go_on(40, 0)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(case_keeping, "_on_disk", full)
    copy.load()
    assert is_right(engine, city, history) and not left(copy)


def test_a_product_that_was_changed_beneath_a_running_server_makes_it_no_copy(engine: Engine, copy: CaseCopy) -> None:
    History(engine, 40).go_on(5, 0)
    copy.product = "as it was when the server was started"
    with pytest.raises(RuntimeError, match="ended with 1"):
        copy.load()
    assert not left(copy) and copy._follower is None


def test_a_copy_is_made_anew_before_the_feed_forgets_what_it_was_made_at(
    engine: Engine, city: City, history: History, copy: CaseCopy, running: Callable[[], CaseCopy]
) -> None:
    assert copy._follower is not None and not copy._is_over()
    (kept,) = left(copy)
    long_ago = (kept / "copy.json").stat().st_mtime - case_copy.RENEWED_SECONDS
    os.utime(kept / "copy.json", (long_ago, long_ago))
    other = running()
    other.want()
    wait_until(lambda: other.loaded_count == 1)
    assert not other._is_over() and is_right(engine, city, history)


def test_a_copy_that_nobody_asks_for_is_kept_in_step_now_and_then(
    engine: Engine, city: City, history: History, copy: CaseCopy, running: Callable[[], CaseCopy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_copy, "IDLE_SECONDS", 0.0)
    monkeypatch.setattr(case_copy, "IDLE_FOLLOW_SECONDS", 0.1)
    monkeypatch.setattr(case_copy, "FOLLOW_SECONDS", 0.1)
    other = running()
    other.want()
    wait_until(lambda: other._follower is not None)
    history.go_on(3, 3)
    wait_until_in_step(engine, other)
