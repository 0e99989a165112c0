"""Cases with logs drawn at random in every crossing, and the ways they take counted from the steps in plain Python."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, select
from support import filed
from support.cases import CATEGORIES, CHANNELS, TOWNS, WORDS
from support.filed import a_step

from data import engine as engines
from data.city import City
from data.schema import incident, step
from data.vocabulary import ACTION_RANK, ACTIONS
from etl import filing

FIRST = datetime(2026, 10, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
DEPARTMENTS = ("transport", "water", "housing")
BESIDE = ("note", "urge", "supervise", "extend")
ORDINARY = ("triage", "forward", "dispatch", "accept", "resolve", "check", "close", "feedback")
BACK = ("return", "dispatch", "accept")


def a_log(chance: random.Random, reference: str, at: datetime) -> list[dict[str, Any]]:
    """Mostly what a case really meets: some end on the way, some go back, some stand still or get more time."""
    rows = []
    plan = [action for action in ORDINARY if action != "triage" or chance.random() < 0.5]
    if chance.random() < 0.3:
        plan[plan.index("resolve") : plan.index("resolve")] = BACK * chance.choice((1, 1, 2))
    if chance.random() < 0.5:
        more = chance.choice(("extend", "suspend", "return", "reopen", "dispatch", "note", "rework"))
        where = len(plan) - plan[::-1].index("accept") if more in ("extend", "suspend") else chance.randint(1, len(plan))
        plan.insert(where, more)
    if chance.random() < 0.2:
        plan.insert(chance.randint(1, len(plan)), chance.choice([code for code in ACTIONS if code not in ("report", "merge")]))
    for place, action in enumerate(plan[: chance.choice((2, 5, 8, 20, 20, 20))]):
        at += timedelta(minutes=chance.expovariate(1 / 900))
        if at > NOW:
            break
        who = chance.choice(DEPARTMENTS) if action in ("accept", "return", "resolve") else "center"
        to = chance.choice(DEPARTMENTS) if action == "dispatch" else None
        until = at + timedelta(days=chance.randint(1, 9)) if action == "suspend" else None
        outcome = chance.choice(("pass", "pass", "fail")) if action == "check" else ""
        rows.append(
            a_step(
                reference,
                action,
                at,
                who,
                to,
                until_at=until,
                outcome_code=outcome,
                source_ref=f"{reference}-{place:02d}",
                remark="why",
            )
        )
    return rows


def crossed(engine: Engine, city: City, seed: int, count: int) -> None:
    """File cases of seven weeks in every crossing of what an analyst asks for."""
    chance = random.Random(seed)
    told = []
    for number in range(count):
        at = FIRST + timedelta(hours=chance.uniform(0, 1200))
        town = chance.choice((*TOWNS, None))
        village = chance.choice(sorted(city.codes_within(town, "village"))[:2]) if town and chance.random() < 0.7 else None
        report = filed.given(
            str(number), at, township_code=town, village_code=village, category_code=chance.choice((*CATEGORIES, "A.01.02", "B.01.01")),
            condition_code=chance.choice(("", "", "missing")), channel_code=chance.choice(CHANNELS), report_text=chance.choice(WORDS),
            urgency_code=chance.choice(("normal", "normal", "urgent")), reporter_kind_code=chance.choice(("steward", "resident")),
        )  # fmt: skip
        told.append((report | {"master_id": None}, a_log(chance, str(number), at)))
    with engines.writing(engine) as conn:
        filing.file_many(conn, city, told, NOW)


def logs(engine: Engine) -> tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]:
    """Every incident, and its steps in the order they are replayed in."""
    with engines.reading(engine) as conn:
        rows = [dict(row) for row in conn.execute(select(incident)).mappings()]
        told = [dict(row) for row in conn.execute(select(step)).mappings()]
    found: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    for each in sorted(told, key=lambda row: (row["at"], ACTION_RANK[row["action_code"]], row["source_ref"])):
        found[each["incident_id"]].append(each)
    return rows, found


def path_of(row: dict[str, Any], log: list[dict[str, Any]]) -> list[tuple[str, datetime]]:
    """The report and what moved something, with their instants."""
    return [
        ("report", row["reported_at"]),
        *((each["action_code"], each["at"]) for each in log if each["action_code"] not in BESIDE),
    ]


def edges_of(path: list[tuple[str, datetime]], nodes: tuple[str, ...]) -> Counter[tuple[str, str, str]]:
    """From each node to the next, with what came first between them."""
    at = [place for place, (action, _) in enumerate(path) if action in nodes]
    found = [(path[one][0], path[two][0], path[one + 1][0] if two > one + 1 else "") for one, two in pairwise(at)]
    return Counter(found)


def passes_of(log: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Who gave the case back, and to whom it was dispatched next."""
    done = [each for each in log if each["is_possible"]]
    found = []
    for place, each in enumerate(done):
        if each["action_code"] == "return":
            then = next((other for other in done[place + 1 :] if other["action_code"] == "dispatch"), None)
            found.append((each["organisation_code"] or "", (then["to_organisation_code"] or "") if then else ""))
    return found
