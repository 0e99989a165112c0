"""What is stored at an instant is what the whole log, replayed to that instant, says: steps, suspensions, signs, on both engines."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from support import filed
from support.filed import a_step

from data import engine as engines
from data.city import City
from data.lifecycle import in_order, replay
from data.vocabulary import ACTIONS
from etl import filing

FIRST = datetime(2026, 11, 2, 1, tzinfo=UTC)
WORDS = ("forward", "dispatch", "dispatch", "accept", "return", "suspend", "extend", "resolve", "check", "close", "reopen")
ORGANISATIONS = (None, "room-330483100", "center", "transport", "water", "dissolved")


def a_log(chance: random.Random, reference: str) -> list[dict[str, Any]]:
    at, log = FIRST, []
    for place in range(12):
        at += timedelta(minutes=chance.expovariate(1 / 900))
        action = chance.choice(WORDS) if chance.random() < 0.9 else chance.choice([code for code in ACTIONS if code != "report"])
        who, to = (chance.choice(ORGANISATIONS) for _ in range(2))
        outcome = chance.choice(("", "fail", "2"))
        until = at + timedelta(days=chance.uniform(0.1, 5)) if action in ("suspend", "extend") else None
        log.append(a_step(reference, action, at, who, to, until_at=until, outcome_code=outcome, source_ref=f"{reference}-{place}"))
    return log


@pytest.mark.parametrize("seed", range(4))
def test_the_state_stored_at_any_instant_is_the_log_replayed_to_it(engine: Engine, city: City, seed: int) -> None:
    chance = random.Random(seed)
    logs = {str(number): a_log(chance, str(number)) for number in range(4)}
    instants = [FIRST + timedelta(minutes=chance.uniform(0, 60 * 24 * 14)) for _ in range(12)]
    moments: list[tuple[datetime, dict[str, Any] | None]] = [(step["at"], step) for log in logs.values() for step in log]
    moments += [(at, None) for at in instants]
    compared = 0
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [filed.given(reference, FIRST) for reference in logs], FIRST)
        for at, step in sorted(moments, key=lambda moment: moment[0]):
            while filing.wake(conn, city, at):
                pass
            if step is not None:
                filing.file_steps(conn, city, [step], at)
                continue
            for reference, row in filed.rows_of(conn).items():
                expected = replay(row, in_order(logs[reference]), city.rules, at).columns()
                assert {name: row[name] for name in expected} == expected
                compared += 1
    assert compared == len(instants) * len(logs)
