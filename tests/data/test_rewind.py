"""The house as it stood at an instant is the house as it stood: to the last column, on both engines, from everywhere."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from support.living import Life, asked_for, standing

from data import engine as engines
from data.city import City
from data.rewind import Rewound
from data.schema import metadata

CODE = "330483"


@pytest.fixture
def lived(engine: Engine, city: City) -> dict[datetime, dict[str, list[Any]]]:
    """How the house stood at some instants while it was lived in."""
    seen: dict[datetime, dict[str, list[Any]]] = {}
    Life(engine, city).run(None, 45, lambda at: seen.update({at: standing(engine)}))
    return seen


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Any]:
    made: list[Engine] = []

    def fresh() -> Engine:
        made.append(engines.scratch(tmp_path / f"past-{len(made)}.sqlite", metadata))
        return made[-1]

    yield fresh
    for each in made:
        each.dispose()


def differing(past: Rewound, expected: dict[str, list[Any]]) -> list[Any]:
    """Rows that only one of two houses has, by table."""
    found, expected = (asked_for(house, past.city, CODE, past.at) for house in (standing(past.scratch), expected))
    rows = []
    for table in expected:
        theirs, ours = ({tuple(each.items()) for each in house[table]} for house in (expected, found))
        rows += [(table, "missing", each) for each in theirs - ours] + [(table, "too much", each) for each in ours - theirs]
    return rows


def test_opened_at_an_instant_everything_is_as_it_was(engine: Engine, city: City, lived: Any, scratch: Any) -> None:
    assert len(lived) > 5
    for at, expected in lived.items():
        past = Rewound(engine, scratch(), city, CODE)
        past.open(at)
        for number in [row["id"] for row in expected["incident"]]:
            past.bring(number)
        assert differing(past, expected) == []


def test_going_on_from_any_instant_everything_is_as_it_was(engine: Engine, city: City, lived: Any, scratch: Any) -> None:
    instants = sorted(lived)
    past = Rewound(engine, scratch(), city, CODE)
    past.open(instants[0])
    for at in instants[1:]:
        past.advance(at, instants[-1])
        assert differing(past, lived[at]) == []


def test_jumping_to_and_fro_everything_is_as_it_was(engine: Engine, city: City, lived: Any, scratch: Any) -> None:
    chance, instants = random.Random(3), sorted(lived)
    past = Rewound(engine, scratch(), city, CODE)
    past.open(instants[len(instants) // 2])
    for at in chance.sample(instants, 6):
        past.jump(at)
        assert differing(past, lived[at]) == []
    past.advance(instants[-1], instants[-1])
    assert differing(past, lived[instants[-1]]) == []


def test_the_house_itself_is_only_read(engine: Engine, city: City, lived: Any, scratch: Any) -> None:
    before = standing(engine)
    past = Rewound(engine, scratch(), city, CODE)
    past.open(min(lived))
    past.advance(max(lived), max(lived))
    past.jump(min(lived))
    assert standing(engine) == before
