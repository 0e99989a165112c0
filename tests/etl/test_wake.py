"""A suspended incident goes on by itself on its day, on both engines, though nobody says a word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine, select
from support import filed
from support.cases import incident as a_report

from data import engine as engines
from data import feed, recount, store
from data.city import City
from data.clocks import Clock
from data.regions import Regions
from data.schema import incident
from etl import filing
from etl.inbox import Worker

REPORTED_AT = datetime(2026, 11, 16, 2, tzinfo=UTC)  # Monday 10:00
WAKES_AT = REPORTED_AT + timedelta(days=7)


def told(action: str, days: float, **columns: Any) -> dict[str, Any]:
    at = REPORTED_AT + timedelta(days=days)
    return store.step_defaults() | {
        "source": "center", "source_ref": action, "incident_source": "test", "incident_ref": "1", "action_code": action, "at": at,
        "precision_code": "second", "received_at": at, "organisation_code": "center", **columns,
    }  # fmt: skip


def the_one(engine: Engine) -> dict[str, Any]:
    with engines.reading(engine) as conn:
        return dict(conn.execute(select(incident)).mappings().one())


def test_it_sleeps_until_its_day_and_then_goes_on(engine: Engine, city: City) -> None:
    defaults = store.incident_defaults()
    report = {name: value for name, value in a_report("1", reported_at=REPORTED_AT).items() if value != defaults[name]}
    steps = [told("dispatch", 0.1, to_organisation_code="transport"), told("accept", 0.2, organisation_code="transport"),
             told("suspend", 1, until_at=WAKES_AT, remark="frost")]  # fmt: skip
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [{k: v for k, v in report.items() if not k.startswith("state_")}], REPORTED_AT)
        filing.file_steps(conn, city, steps, REPORTED_AT + timedelta(days=1))
    asleep = the_one(engine)
    assert (asleep["state_code"], asleep["wakes_at"], asleep["holder_due_at"]) == ("suspended", WAKES_AT, None)

    early = Worker(engine, city, Regions(city), Clock(WAKES_AT - timedelta(hours=1)))
    assert early.wake_suspended() == 0 and the_one(engine) == asleep

    due = Worker(engine, city, Regions(city), Clock(WAKES_AT))
    assert due.wake_suspended() == 1 and due.wake_suspended() == 0
    awake = the_one(engine)
    assert (awake["state_code"], awake["state_since_at"], awake["wakes_at"]) == ("handling", WAKES_AT, None)
    assert awake["due_at"] > asleep["due_at"] and awake["version"] == asleep["version"] + 1
    with engines.reading(engine) as conn:
        assert recount.check(conn, city.zone) == []
        assert b'"state":"handling"' in feed.after(conn, 0)[-1][3].encode()


def test_a_step_whose_clock_is_ahead_is_taken_up_when_its_instant_has_come(engine: Engine, city: City) -> None:
    filed.report(engine, city, "1", REPORTED_AT)
    ahead = REPORTED_AT + timedelta(minutes=3)
    filed.steps(engine, city, [filed.a_step("1", "dispatch", ahead, "center", "transport")], REPORTED_AT)
    row = the_one(engine)
    assert (row["state_code"], row["alarm_at"]) == ("reported", ahead)
    assert Worker(engine, city, Regions(city), Clock(ahead)).wake_suspended() == 1
    assert (the_one(engine)["state_code"], the_one(engine)["holder_code"]) == ("dispatched", "transport")


def test_a_sign_is_told_once_at_its_instant_though_nobody_says_a_word(engine: Engine, city: City) -> None:
    """Handed over Monday 10:00: nobody has been heard of by 15:30, nobody has accepted by the end of Tuesday."""
    filed.report(engine, city, "1", REPORTED_AT)
    filed.steps(engine, city, [filed.a_step("1", "dispatch", REPORTED_AT, "center", "transport")], REPORTED_AT)
    unheard_at, unaccepted_at = REPORTED_AT + timedelta(hours=5.5), REPORTED_AT + timedelta(hours=38)
    instants = (unheard_at - timedelta(seconds=1), unheard_at, unheard_at, unaccepted_at)
    moved = [Worker(engine, city, Regions(city), Clock(now)).wake_suspended() for now in instants]
    with engines.reading(engine) as conn:
        entries = [orjson.loads(content) for _, _, _, content in feed.after(conn, 0)]
    told = [[sign["kind"] for sign in entry["signs"]] for entry in entries if entry["signs"]]
    assert moved == [0, 1, 0, 1]
    assert told == [["unheard"], ["unheard", "unaccepted"]] and the_one(engine)["alarm_at"] is None
