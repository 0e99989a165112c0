"""A wall comes with its first figures, and does not wait for them longer than is good."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callbacks import drill
from dashboard.panels import asked_for
from dashboard.past_replays import AnyTime, Replays
from dashboard.rendering import Rendered, Renderer
from dashboard.selection import Selection
from data.city import City
from data.clocks import Clock

COUNTY = Selection("330483", "county")


class Slow(AnyTime):
    """Figures that take their time."""

    def first(self, selection: Selection) -> dict[str, Rendered]:
        time.sleep(0.6)
        return super().first(selection)


def times(kind: type[AnyTime], engine: Engine, city: City, folder: Path) -> AnyTime:
    return kind(Renderer(engine, city), Clock(), Replays(engine, city, Clock(), folder))


def test_what_a_wall_begins_with_is_what_it_would_ask_for(engine: Engine, city: City, tmp_path: Path) -> None:
    known = times(AnyTime, engine, city, tmp_path)
    figures, shown = asyncio.run(drill.first(known, COUNTY.to_store()))
    panels, rendered = known.answer(COUNTY, {})
    assert figures.keys() == {panel.key for panel in asked_for(None)} == {panel.key for panel in panels}
    assert shown is not None
    assert shown["digests"] == {key: each.digest for key, each in rendered.items()}


def test_a_past_that_is_not_open_has_no_figures_yet(engine: Engine, city: City, tmp_path: Path) -> None:
    past = Selection("330483", "county", at="2026-11-24T09:29").to_store()
    assert asyncio.run(drill.first(times(AnyTime, engine, city, tmp_path), past)) == ({}, None)


def test_a_page_is_there_before_figures_that_take_long(
    engine: Engine, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill, "PATIENCE_SECONDS", 0.02)
    assert asyncio.run(drill.first(times(Slow, engine, city, tmp_path), COUNTY.to_store())) == ({}, None)
