"""A copy of the incidents in columns counts what the rows and the cells count, in whatever state a transaction sees, on both engines."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, update
from support.cases import FIRST
from support.copying import NOW, SHANGHAI, TIMELESS, History, compare, drawn, made, wait_until, wait_until_in_step

from data import (
    behind,
    case_changes,
    case_copy,
    case_keeping,
    column_counts,
    comparisons,
    feed,
    indicators,
    row_counts,
    schema,
    store,
)
from data import engine as engines
from data.behind import PARTS, Behind
from data.case_copy import CaseCopy
from data.city import City
from data.filters import Filter
from data.metrics.counts import COUNTS
from data.metrics.registry import DEFINITIONS, METRICS
from data.periods import Span


@pytest.mark.parametrize("seed", range(3))
def test_columns_rows_and_cells_agree_after_any_mix_of_changes(engine: Engine, city: City, copy: CaseCopy, seed: int) -> None:
    history, counted = History(engine, seed), 0
    history.go_on(90, 0, is_bulk=True)
    copy.load()
    for number in range(6):
        with engines.reading(engine) as conn:
            assert case_copy.snapshot(conn) is not None
            counted += compare(conn, city, history.chance, 12)
        history.go_on(fresh=history.chance.randint(0, 6), changed=history.chance.randint(0, 12), is_bulk=number % 2 == 1)
    assert counted > 300 and copy.loaded_count == 1


def test_every_way_of_every_count_agrees_beside_changes(engine: Engine, city: City, copy: CaseCopy) -> None:
    history, chance = History(engine, 5), random.Random(5)
    history.go_on(120, 0)
    copy.load()
    history.go_on(10, 40)
    with engines.reading(engine) as conn:
        for by in ("", *indicators.WAYS):
            names = TIMELESS if by in row_counts.TIMES else list(COUNTS)
            for asked in [Filter(Span.parse("2026Q4"), "county", "330483"), *(drawn(chance) for _ in range(6))]:
                found = column_counts.read(conn, asked, names, by, NOW, SHANGHAI)
                assert found == row_counts.read(conn, asked, names, by, NOW, SHANGHAI), (asked, by)


def test_incidents_behind_any_figure_are_as_many_as_the_rows_say(engine: Engine, copy: CaseCopy) -> None:
    history, total = History(engine, 8), 0
    history.go_on(120, 0)
    copy.load()
    history.go_on(10, 40)
    with engines.reading(engine) as conn:
        for key, metric in METRICS.items():
            for part in PARTS:
                for code in DEFINITIONS if metric.subject else ("",):
                    chosen = Behind(drawn(history.chance), key, code, part)
                    try:
                        expected = behind.totals_of_rows(conn, chosen, NOW, SHANGHAI)
                    except ValueError:
                        continue  # no single day, no sum of counts, or not of that definition
                    assert behind.totals(conn, chosen, NOW, SHANGHAI) == expected, chosen
                    total += expected[1]
    assert total > 100


def test_a_day_so_far_is_counted_to_the_second(engine: Engine, city: City, copy: CaseCopy) -> None:
    history, seen = History(engine, 9), 0
    history.go_on(200, 0)

    def beside() -> list[Any]:
        with engines.reading(engine) as conn:
            return [comparisons.beside(conn, city, asked, each["reported_at"])[0]["values"] for asked, each in questions]

    questions = [(drawn(history.chance).of(hour=None), row) for row in history.chance.sample(list(history.known.values()), 25)]
    expected = beside()
    copy.load()
    assert beside() == expected
    seen = sum(value["reported"].numerator for values in expected for name, value in values.items() if value and name != "now")
    assert seen > 0


def test_who_reads_an_older_state_keeps_it_and_nobody_gets_a_newer_one(engine: Engine, city: City, copy: CaseCopy) -> None:
    history = History(engine, 2)
    history.go_on(60, 0)
    copy.load()
    with engines.reading(engine) as late, engines.reading(engine) as older:
        feed.head(late)  # its state is settled now, and it has asked nothing yet
        assert case_copy.snapshot(older) is not None
        expected = row_counts.read(older, whole := Filter(Span.parse("2026Q4"), "county", "330483"), TIMELESS, "", NOW, SHANGHAI)
        for _ in range(case_changes.KEPT + 2):
            history.go_on(2, 5)
            with engines.reading(engine) as newer:
                assert compare(newer, city, history.chance, 2) >= 0 and case_copy.snapshot(newer) is not None
        assert column_counts.read(older, whole, TIMELESS, "", NOW, SHANGHAI) == expected
        assert case_copy.snapshot(late) is None, "its state is no longer at hand"
        parts = indicators.breakdown(
            late, city, whole.of(channel_code="wechat", urgency_code="urgent"), "township", ["reported"], NOW
        )
        assert parts == indicators.breakdown(
            late, city, whole.of(channel_code="wechat", urgency_code="urgent"), "township", ["reported"], NOW, from_rows=True
        )


def test_what_is_not_committed_yet_is_never_taken_up(engine: Engine, city: City, copy: CaseCopy) -> None:
    history = History(engine, 3)
    history.go_on(40, 0)
    copy.load()
    with contextlib.suppress(ChangedMind), engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, made(history.chance, "never"), "report")], zone=SHANGHAI, at=FIRST)
        assert case_copy.snapshot(conn) is None
        assert by_state(conn, city) == 41
        raise ChangedMind
    history.go_on(1, 0)
    with engines.reading(engine) as conn:
        assert by_state(conn, city) == 41 and compare(conn, city, history.chance, 10) >= 0


class ChangedMind(Exception):
    """A transaction is not committed after all."""


def by_state(conn: Connection, city: City) -> int:
    asked = Filter(Span.parse("2026-10-01..2027-01-31"), "county", "330483")
    return sum(each["reported"] for each in indicators.breakdown(conn, city, asked, "state", ["reported"], NOW).values())


def test_a_feed_that_has_forgotten_changes_asks_the_rows_until_the_copy_is_made_anew(
    engine: Engine, city: City, copy: CaseCopy
) -> None:
    history = History(engine, 4)
    history.go_on(40, 0)
    copy.load()
    history.go_on(5, 5)
    with engines.writing(engine) as conn:
        assert feed.prune(conn, FIRST + timedelta(days=1)) > 0
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn) is None
    copy._follow()
    copy.load()
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn) is not None and compare(conn, city, history.chance, 10) > 0


def test_a_feed_that_goes_back_is_another_one(engine: Engine, copy: CaseCopy) -> None:
    history = History(engine, 6)
    history.go_on(20, 0)
    copy.load()
    with engines.writing(engine) as conn:
        conn.execute(update(schema.change_head).values(last_id=3))
    copy._follow()
    assert copy._follower is None


def test_more_changes_than_somebody_waits_for_are_taken_up_in_the_background(
    engine: Engine, city: City, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(engine, 7)
    history.go_on(40, 0)
    copy.load()
    monkeypatch.setattr(case_copy, "AT_ONCE", 5)
    history.go_on(3, 9)
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn) is None
    copy._follow()
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn) is not None and compare(conn, city, history.chance, 10) > 0


def test_an_incident_that_is_gone_counts_no_more(engine: Engine, city: City, copy: CaseCopy) -> None:
    history = History(engine, 10)
    history.go_on(30, 0)
    copy.load()
    number = next(iter(history.known))
    with engines.writing(engine) as conn:
        conn.execute(delete(schema.incident).where(schema.incident.c.id == number))
        feed.name_rows(conn, FIRST, [number])
    with engines.reading(engine) as conn:
        asked = Filter(Span.parse("2026-10-01..2027-01-31"), "county", "330483")
        found = column_counts.read(conn, asked, list(COUNTS), "", NOW, SHANGHAI)
        assert found is not None and found[""]["reported"] == 29
        assert found == row_counts.read(conn, asked, list(COUNTS), "", NOW, SHANGHAI)


def test_an_empty_store_has_a_copy_too(engine: Engine, city: City, copy: CaseCopy) -> None:
    copy.load()
    history = History(engine, 11)
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn) is not None and compare(conn, city, history.chance, 6) == 0
    history.go_on(12, 0)
    with engines.reading(engine) as conn:
        assert compare(conn, city, history.chance, 12) > 0


def test_the_first_crossed_question_begins_the_copy_and_a_killed_loader_leaves_no_half_of_it(
    engine: Engine, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(engine, 12)
    history.go_on(60, 0)
    copy = case_copy.attached(engine, city, tmp_path / "columns")
    crossed = Filter(Span.parse("2026Q4"), "county", "330483", channel_code="wechat", urgency_code="urgent")
    real, killed = subprocess.Popen, list[Any]()

    def killing(*arguments: Any, **options: Any) -> Any:
        child = real(*arguments, **options)
        if not killed:
            child.send_signal(signal.SIGKILL)
            killed.append(child)
        return child

    monkeypatch.setattr(case_copy.subprocess, "Popen", killing)
    monkeypatch.setattr(case_copy, "PAUSE_SECONDS", 0.0)
    try:
        with engines.reading(engine) as conn:
            indicators.counts(conn, city, crossed.of(channel_code="", urgency_code=""), ["reported"], NOW)
            assert copy._thread is None, "cells answered: nobody needs a copy"
            indicators.counts(conn, city, crossed, ["reported"], NOW)
        wait_until(lambda: killed and copy._thread is None)
        assert copy._follower is None and not list((tmp_path / "columns").iterdir())
        with engines.reading(engine) as conn:
            indicators.counts(conn, city, crossed, ["reported"], NOW)
        wait_until(lambda: copy.loaded_count == 1)
        with engines.reading(engine) as conn:
            assert case_copy.snapshot(conn) is not None and compare(conn, city, history.chance, 6) >= 0
        (kept,) = (tmp_path / "columns").iterdir()
        assert kept.name.startswith(case_keeping.KEPT), "for the next process"
        history.go_on(3, 3)
        wait_until_in_step(engine, copy)
    finally:
        copy.stop()
