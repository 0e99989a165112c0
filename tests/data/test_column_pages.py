"""A page of a table in the order of an instant is the same from the copy in columns as from the rows, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from support.cases import FIRST, incident
from support.copying import NOW, SHANGHAI, History, drawn

from data import behind, case_copy, column_pages, store
from data import engine as engines
from data.behind import COLUMNS, Behind
from data.case_copy import CaseCopy
from data.city import City
from data.filters import Filter
from data.metrics.registry import METRICS
from data.periods import Span

INSTANTS = [at for at in column_pages.ORDERS if at in COLUMNS]
WHOLE = Filter(Span.parse("2026Q4"), "county", "330483")
KEYS = [key for key in METRICS if not METRICS[key].subject and not METRICS[key].is_rate]


@pytest.mark.parametrize("seed", range(2))
def test_every_page_is_the_rows_own(engine: Engine, copy: CaseCopy, seed: int) -> None:
    history, pages, sizes = History(engine, 20 + seed), 0, set()
    history.go_on(150, 0, is_bulk=True)
    copy.load()
    for _ in range(3):
        history.go_on(8, 30)
        with engines.reading(engine) as conn:
            for at in INSTANTS:
                for is_descending in (False, True):
                    for asked in (WHOLE, drawn(history.chance)):
                        order = [(at, is_descending), *history.chance.choice([[], [("category_code", True)]])]
                        chosen = Behind(asked, "reported")
                        every = list(behind.every(conn, chosen, NOW, SHANGHAI, order=order))
                        for first, count in ((0, 7), (len(every) // 2, 5), (max(0, len(every) - 3), 10), (len(every) + 4, 5)):
                            page = behind.page(conn, chosen, NOW, SHANGHAI, order=order, first=first, count=count)
                            assert page == every[first : first + count], (asked, order, first)
                            hours = column_pages.around(
                                conn, asked, {"reported": 1}, at, SHANGHAI, is_descending=is_descending, first=first, count=count
                            )
                            assert hours is not None
                            sizes.add(len(hours.ids) < len(every))
                            pages += len(page)
    assert pages > 300 and sizes == {True, False}


def test_pages_of_any_figure_and_those_the_copy_cannot_tell(engine: Engine, copy: CaseCopy) -> None:
    told = 0
    History(engine, 31).go_on(120, 0, is_bulk=True)
    copy.load()
    with engines.reading(engine) as conn:
        for key in KEYS:
            chosen, order = Behind(WHOLE, key), [("due_at", False)]
            every = list(behind.every(conn, chosen, NOW, SHANGHAI, order=order))
            assert behind.page(conn, chosen, NOW, SHANGHAI, order=order, first=2, count=9) == every[2:11], key
            told += len(every)
        assert told > 100
        standing = column_pages.around(conn, WHOLE, {"open": 1}, "due_at", SHANGHAI, is_descending=False, first=0, count=9)
        assert standing is None, "how things stand has no day"
        assert (
            column_pages.around(conn, WHOLE, {"reported": 1}, "due_at", SHANGHAI, is_descending=False, first=0, count=9) is not None
        )


def test_too_many_in_the_same_hours_are_left_to_the_rows(engine: Engine, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(engine, 33)
    history.go_on(60, 0)
    copy.load()
    chosen, order = Behind(WHOLE, "reported"), [("due_at", True)]
    with engines.reading(engine) as conn:
        every = list(behind.every(conn, chosen, NOW, SHANGHAI, order=order))

        def found() -> column_pages.Hours | None:
            return column_pages.around(conn, WHOLE, {"reported": 1}, "due_at", SHANGHAI, is_descending=True, first=0, count=20)

        assert found() is not None
        monkeypatch.setattr(column_pages, "MOST", 3)
        assert found() is None and behind.page(conn, chosen, NOW, SHANGHAI, order=order, count=20) == every[:20]


@pytest.mark.parametrize("is_descending", [False, True])
def test_where_clocks_go_back_a_page_keeps_the_order_of_the_instants(
    engine: Engine, city: City, tmp_path: Path, is_descending: bool
) -> None:
    zone, midnight = ZoneInfo("Antarctica/Troll"), datetime(2026, 10, 25, tzinfo=UTC)  # at one o'clock UTC from three to one
    rows = [incident(f"{number}", due_at=midnight + timedelta(minutes=7 * number)) for number in range(40)]
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=zone, at=FIRST)
    copy = case_copy.attached(engine, replace(city, zone=zone), tmp_path / "there")
    copy.load()
    hours = [(midnight + timedelta(minutes=7 * number)).astimezone(zone).hour for number in range(40)]
    assert hours != sorted(hours)
    try:
        with engines.reading(engine) as conn:
            chosen = Behind(Filter(Span.parse("1990-01-01..2100-01-01"), "county", "330483"), "reported")
            order = [("due_at", is_descending)]
            every = list(behind.every(conn, chosen, NOW, zone, order=order))
            assert len(every) == 40
            for first in range(0, 40, 3):
                assert behind.page(conn, chosen, NOW, zone, order=order, first=first, count=3) == every[first : first + 3], first
    finally:
        copy.stop()
