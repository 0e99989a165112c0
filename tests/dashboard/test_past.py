"""The wall of the past shows what the wall showed: every panel to the last word, the list and the map, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, event
from support.living import Life

from dashboard.live import Live
from dashboard.live_routes import States
from dashboard.panels import PANELS
from dashboard.past import Replay
from dashboard.past_clock import PastClock
from dashboard.rendering import Renderer
from dashboard.selection import Selection
from data import engine as engines
from data import rewind_cells
from data.city import City
from data.clocks import Clock
from data.rewind import Rewound
from data.rollups import GROUPINGS
from data.schema import metadata

COUNTY = Selection("330483", "county")
UNSEEN = ("last", "version", "committed")  # numbers of the feed, and when a case was written last: no wall shows them


def selections(city: City) -> list[Selection]:
    village = next(each.area_code for each in city.areas if each.parent_code == "330483100")
    return [Selection("330483", "county"), Selection("330483100", "township", "en"), Selection(village, "village")]


def shown(engine: Engine, city: City, selection: Selection, at: datetime) -> dict[str, Any]:
    """What a wall shows at an instant: the digest of every panel, and the state its list and its map begin with."""
    found: dict[str, Any] = {key: each.digest for key, each in Renderer(engine, city).render_all(selection, at, PANELS).items()}
    states = States(Live(engine, Clock()), engine, city, Clock(), is_demo=True)
    state = orjson.loads(states._make(selection)[1])
    for each in (*state["incidents"], *state["points"]):
        each.pop("action", None)
        for name in UNSEEN:
            each.pop(name, None)
    return found | {name: state[name] for name in ("incidents", "points")}


@pytest.fixture
def lived(engine: Engine, city: City) -> dict[datetime, list[dict[str, Any]]]:
    """What three walls showed at some instants of a house that was lived in."""
    seen: dict[datetime, list[dict[str, Any]]] = {}

    def look(at: datetime) -> None:
        seen[at] = [shown(engine, city, selection, at) for selection in selections(city)]

    Life(engine, city, seed=2).run(None, 75, look)
    return seen


@pytest.fixture
def opened(engine: Engine, city: City, tmp_path: Path) -> Iterator[Any]:
    made: list[Rewound] = []

    def open_one(area_code: str, at: datetime) -> Rewound:
        scratch = engines.scratch(tmp_path / f"past-{len(made)}.sqlite", metadata)
        made.append(Rewound(engine, scratch, city, area_code))
        made[-1].open(at)
        return made[-1]

    yield open_one
    for each in made:
        each.scratch.dispose()


def test_every_panel_shows_what_it_showed_opened_played_and_sought(engine: Engine, city: City, lived: Any, opened: Any) -> None:
    instants = sorted(lived)
    assert len(instants) >= 4
    for place, selection in enumerate(selections(city)):
        past = opened(selection.area_code, instants[1])
        assert shown(past.scratch, city, selection, instants[1]) == lived[instants[1]][place]
        for at in instants[2:]:
            past.advance(at, instants[-1])
            assert shown(past.scratch, city, selection, at) == lived[at][place], at
        past.jump(instants[0])
        assert shown(past.scratch, city, selection, instants[0]) == lived[instants[0]][place]


def test_the_stretch_that_can_be_scrubbed_comes_along(engine: Engine, city: City, tmp_path: Path) -> None:
    at, hour = datetime(2026, 9, 24, 4, tzinfo=UTC), timedelta(hours=1)
    first_at = at - timedelta(hours=20)
    replay = Replay(engine, tmp_path / "past.sqlite", city, Clock(), PastClock(at, 1, is_playing=False), COUNTY, first_at)
    assert (replay.from_at, replay.until_at) == (at - 12 * hour, at + 12 * hour)
    replay.seek(at + 9 * hour)  # not near an end
    assert replay.until_at == at + 12 * hour
    for days in range(1, 4):  # on and on, from end to end
        replay.seek(replay.until_at)
        assert (replay.clock.now(), replay.until_at) == (at + 12 * days * hour, at + 12 * (days + 1) * hour)
    for _ in range(6):  # and back, to the first that is known
        replay.seek(replay.from_at)
    assert replay.clock.now() == replay.from_at == first_at
    replay.rewound.scratch.dispose()


def test_no_panel_asks_for_cells_that_a_replay_does_not_count(engine: Engine, city: City) -> None:
    Life(engine, city).run(None, 10**6, lambda at: None)
    asked: set[tuple[str, str]] = set()
    names = {each.code: {measure.code for measure in each.measures} for each in GROUPINGS}

    def heard(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        assert "path_count" not in statement, "a replay counts no ways"
        if "rollup" in statement:
            said = set(parameters.values() if isinstance(parameters, dict) else parameters)
            for grouping in said & set(names):
                asked.update((grouping, measure) for measure in said & names[grouping])

    event.listen(engine, "before_cursor_execute", heard)
    now = datetime(2026, 10, 3, 4, tzinfo=UTC)
    for selection in selections(city):
        Renderer(engine, city).render_all(selection, now + timedelta(minutes=1), PANELS)
    on = now.date()
    part = rewind_cells.part(city, "330483", on)
    assert asked
    assert {each for each in asked if part.days_of(*each) == ()} == set()
