"""For selections drawn at random: each figure of the page is the count of the rows it opens to, and an independent recount's."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import Engine, select
from support.cases import CATEGORIES, CHANNELS, FIRST, HANDLERS, STATES, TOWNS, crossed_incidents
from support.recounting import recounted

from dashboard.analysis import reads, rows
from dashboard.analysis.drawing import draw
from dashboard.analysis.view import View, from_address, to_address
from dashboard.i18n import Look
from data import behind, indicators, schema, store
from data import engine as engines
from data.city import City
from data.metrics.registry import METRICS, compute, needs
from data.periods import KINDS, Period, Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = FIRST + timedelta(days=30, hours=5)
AREAS = ("330483", "330483", TOWNS[0], TOWNS[2], f"{TOWNS[1]}202", f"{TOWNS[0]}201001")
SEEDS = range(8)  # of 25 selections each


@pytest.fixture
def incidents(engine: Engine) -> pd.DataFrame:
    with engines.writing(engine) as conn:
        changes = [(None, row, "report") for row in crossed_incidents(11, 200)]
        store.save_incidents(conn, changes, zone=SHANGHAI, at=FIRST)
        return pd.DataFrame([dict(row) for row in conn.execute(select(schema.incident)).mappings()])


def drawn(chance: random.Random) -> View:
    """Any selection: most ask little, some cross much."""
    first = date(2026, 10, 28) + timedelta(days=chance.randint(0, 20))
    period = chance.choice([*KINDS, "2026-11", "2026Q4", Period.holding("week", first).name, first.isoformat(),
                            Span(first, first + timedelta(days=chance.randint(1, 70))).name])  # fmt: skip
    asked = {
        "category": chance.choice(["A", "B.01", *CATEGORIES]), "channel": chance.choice(CHANNELS), "department": chance.choice(HANDLERS),
        "state": chance.choice(STATES), "urgency": chance.choice(["urgent", "normal"]), "reporter_kind": chance.choice(["steward", "resident"]),
        "text": chance.choice(["路灯", "100%", "_", "dark", "DARK", "='"]),
    }  # fmt: skip
    kept = {name: code for name, code in asked.items() if chance.random() < 0.22}
    is_day = period == "day" or (period not in KINDS and Span.parse(period).day_count == 1)
    if is_day and chance.random() < 0.5:
        kept["hour"] = str(chance.randint(0, 23))
    key = chance.choice(list(METRICS))
    return View(chance.choice(AREAS), period, chance.choice(["previous", "year_ago", "none"]), metric=key, opened=key,
                part=chance.choice(behind.PARTS) if METRICS[key].is_rate else "all", **kept)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_each_figure_is_the_count_of_its_rows_and_a_recount(engine: Engine, city: City, incidents: pd.DataFrame, seed: int) -> None:
    chance, seen = random.Random(seed), 0
    for _ in range(25):
        view = drawn(chance)
        path, _, search = to_address(city, view).partition("?")
        assert from_address(city, path, search) == view
        counted: dict[Any, Any] = {}
        with engines.reading(engine) as conn:
            found = reads.read(conn, city, view, NOW)
            for key, (value, _) in found.figures.items():
                _is_counted(conn, city, incidents, view.of(opened=key), value, counted)
                seen += value.numerator
            _is_counted(conn, city, incidents, view, found.opened[0] if found.opened else None, counted)
            for name, pairs in found.parts.items():
                for code in chance.sample(sorted(pairs), min(1, len(pairs))):
                    narrowed = view.of(**{"area_code" if name == "area" else name: code}, opened=view.metric)
                    _is_counted(conn, city, incidents, narrowed, pairs[code][0], counted)
            _days_are_counted(conn, city, incidents, view, found, chance)
    assert seen > 100


def _is_counted(conn: Any, city: City, incidents: pd.DataFrame, view: View, value: Any, counted: dict[Any, Any]) -> None:
    """The value on the page, of its rows, and recounted from the raw rows."""
    chosen = rows.asked_by(city, view, NOW)
    key, code = chosen.key, chosen.definition_code
    names = needs(key, code)
    if chosen.asked not in counted:
        counted[chosen.asked] = recounted(incidents, chosen.asked, NOW, SHANGHAI)
    again = compute(key, {name: counted[chosen.asked][name] for name in names}, code)
    assert value == again, (view, key)
    whole = value.numerator if value.denominator is None else value.denominator
    for part, expected in (("all", whole), ("hit", value.numerator), ("miss", whole - value.numerator)):
        one = behind.Behind(chosen.asked, key, code, part)
        if METRICS[key].is_rate or part == "all":
            row_count, times = behind.totals(conn, one, NOW, SHANGHAI)
            listed = list(behind.every(conn, one, NOW, SHANGHAI))
            assert len(listed) == row_count == len({row["id"] for row in listed}), (view, key, part)
            if part == "miss":  # by D2 a hit may be a case that is not asked yet
                every = {each: _ids(conn, behind.Behind(chosen.asked, key, code, each)) for each in ("all", "hit")}
                assert {row["id"] for row in listed} == every["all"] - every["hit"]
                expected += len(every["hit"] - every["all"])
            assert times == expected, (view, key, part)
            assert row_count == times or METRICS[key].unit.code == "times"


def _ids(conn: Any, chosen: behind.Behind) -> set[int]:
    return {row["id"] for row in behind.every(conn, chosen, NOW, SHANGHAI)}


def _days_are_counted(
    conn: Any, city: City, incidents: pd.DataFrame, view: View, found: reads.Found, chance: random.Random
) -> None:
    for mark in chance.sample(found.trend, min(1, len(found.trend))):
        if mark.value is None:
            continue
        code = indicators.definition_codes(city, found.asked, (view.metric,), "live")[view.metric]
        asked = found.asked.of(hour=None)
        counts = recounted(incidents, asked, NOW, SHANGHAI, by=found.grain, part=mark.name, names=needs(view.metric, code))
        assert mark.value == compute(view.metric, counts, code), (view, mark)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_page_of_any_selection_can_be_drawn_and_all_its_marks_lead_somewhere(
    engine: Engine, city: City, incidents: pd.DataFrame, language: str
) -> None:
    chance = random.Random(language)
    for _ in range(10):
        view = drawn(chance).of(language=language)
        with engines.reading(engine) as conn:
            found = reads.read(conn, city, view, NOW)
        page = draw(found, city, Look(language, city.zone), view, NOW)
        marks = [mark for panel in page["panels"].values() for mark in panel.get("marks", [])]
        for address in [
            each[name] for each in (*marks, *page["tiles"], *page["chips"]) for name in ("href", "open") if each.get(name)
        ]:
            path, _, search = address.partition("?")
            assert from_address(city, path, search).language == language
        assert all(
            len(mark["cells"]) == len(panel["columns"]) for panel in page["panels"].values() for mark in panel.get("marks", [])
        )
        assert page["sentence"] and page == draw(found, city, Look(language, city.zone), view, NOW)
