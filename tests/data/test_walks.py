"""The ways that closed cases took: what is read of a log, and what is not, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from support.cases import FIRST, incident

from data import engine as engines
from data import mining, store, walks

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def save(
    engine: Engine, reference: str, closed_hours: float | None, actions: list[tuple[str, float, dict[str, Any]]], **columns: Any
) -> None:
    closed_at = None if closed_hours is None else FIRST + closed_hours * HOUR
    state = "handling" if closed_at is None else "closed"
    row = incident(reference, closed_at=closed_at, ended_at=closed_at, state_code=state, **columns)
    with engines.writing(engine) as conn:
        (incident_id,) = store.save_incidents(conn, [(None, row, "report")], zone=SHANGHAI, at=FIRST)
        steps = [
            store.step_defaults()
            | {"source": "test", "source_ref": f"{reference}-{place}", "incident_source": "test", "incident_ref": reference, "incident_id": incident_id,
               "action_code": action, "at": FIRST + hours * HOUR, "precision_code": "second", "received_at": FIRST, **said}
            for place, (action, hours, said) in enumerate(actions)
        ]  # fmt: skip
        store.add_steps(conn, steps)


def paths(found: walks.Walks) -> list[tuple[str, ...]]:
    return sorted(mining.variants(found.steps)["path"])


WHOLE = [("dispatch", 1, {}), ("accept", 2, {}), ("resolve", 3, {}), ("close", 4, {})]


def test_a_way_is_the_steps_that_changed_something_in_their_order(engine: Engine) -> None:
    noise = [("note", 1.5, {}), ("urge", 1.6, {}), ("accept", 0.5, {"is_possible": False}), ("check", 3.5, {"outcome_code": "fail"}),
             ("resolve", 3.7, {})]  # fmt: skip
    save(engine, "1", 4, [*noise, *WHOLE])
    with engines.reading(engine) as conn:
        found = walks.closed_walks(conn, "county", "330483", FIRST, FIRST + 9 * HOUR)
    assert paths(found) == [("report", "dispatch", "accept", "resolve", "rework", "resolve", "close")]
    assert (found.case_count, found.read_count) == (1, 1)


def test_steps_of_one_instant_keep_the_order_of_the_flow(engine: Engine) -> None:
    save(engine, "1", 1, [("close", 1, {}), ("resolve", 1, {}), ("accept", 1, {}), ("dispatch", 1, {})])
    with engines.reading(engine) as conn:
        found = walks.closed_walks(conn, "county", "330483", FIRST, FIRST + 9 * HOUR)
    assert paths(found) == [("report", "dispatch", "accept", "resolve", "close")]


def test_only_what_closed_in_the_period_and_area_is_read_and_a_bound_says_so(engine: Engine) -> None:
    for reference, hours in (("1", 4), ("2", 5), ("3", 8), ("4", None), ("5", 12)):
        save(engine, reference, hours, WHOLE if hours != 5 else WHOLE[:1])
    save(engine, "6", 4, WHOLE, township_code="330483101")
    with engines.reading(engine) as conn:
        town = walks.closed_walks(conn, "township", "330483100", FIRST + 4 * HOUR, FIRST + 12 * HOUR)
        last = walks.closed_walks(conn, "township", "330483100", FIRST + 4 * HOUR, FIRST + 12 * HOUR, most=2)
        none = walks.closed_walks(conn, "village", "330483100001", FIRST, FIRST + 12 * HOUR)
    whole = ("report", "dispatch", "accept", "resolve", "close")
    assert paths(town) == [("report", "dispatch"), whole] and (town.case_count, town.read_count) == (3, 3)
    assert (last.case_count, last.read_count) == (3, 2) and last.steps["case"].nunique() == 2
    assert (none.case_count, none.read_count, len(none.steps)) == (0, 0, 0) and not len(
        mining.map_edges(none.steps, ("report", "close"))
    )
