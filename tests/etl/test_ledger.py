"""The echo ledger balances after any steps in any order, and says where it does not, on both engines."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, update
from support.cases import FIRST, TOWNS
from support.cases import incident as a_report

from dashboard.figures import assessment, wall
from dashboard.i18n import Look
from data import arrivals, ledger, recount, store, sums
from data import engine as engines
from data.city import City
from data.schema import incident, rollup
from data.vocabulary import ACTIONS, ENDED_STATES
from etl import filing

PLAIN = ("forward", "dispatch", "accept", "resolve", "close", "feedback")


def weigh(engine: Engine, level: str = "county", code: str = "330483") -> ledger.Ledger:
    with engines.reading(engine) as conn:
        return ledger.balance(sums.ledger_counts(conn, level, code))


def fresh(reference: str, town: str) -> dict[str, Any]:
    derived = {"state_code", "state_since_at", "step_count"}
    defaults = store.incident_defaults()
    row = a_report(reference, township_code=town)
    return {
        name: value for name, value in row.items() if name not in derived and (value != defaults[name] or name == "address_text")
    }


def a_step(chance: random.Random, number: int, reference: str, action: str) -> dict[str, Any]:
    at = FIRST + timedelta(minutes=chance.uniform(0, 60 * 24 * 20))
    return store.step_defaults() | {
        "source": "center", "source_ref": str(number), "incident_source": "test", "incident_ref": reference, "action_code": action, "at": at,
        "precision_code": "second", "received_at": at, "organisation_code": "center", "to_organisation_code": "transport",
        "until_at": at + timedelta(days=2), "remark": "why", "master_ref": "1",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_it_balances_whatever_happens(engine: Engine, city: City, seed: int) -> None:
    chance = random.Random(seed)
    references = [str(number) for number in range(25)]
    actions = [code for code in ACTIONS if code != "report"]
    steps = [a_step(chance, number, chance.choice(references), chance.choice((*actions, *PLAIN, *PLAIN))) for number in range(220)]
    work: list[Any] = [*references, *(steps[start : start + 7] for start in range(0, len(steps), 7))]
    chance.shuffle(work)  # steps come before their reports, too
    received = 0
    for each in work:
        with engines.writing(engine) as conn:
            if isinstance(each, str):
                filing.file_reports(conn, city, [fresh(each, chance.choice(TOWNS))], FIRST + timedelta(days=30))
                received += 1
            else:
                filing.file_steps(conn, city, each, FIRST + timedelta(days=30))
        found = weigh(engine)
        assert found.is_balanced and found.received == received
        assert found.received == found.open + found.settled + found.rejected + found.merged + found.void
        assert found.owed == found.answered + found.unanswered + found.undelivered
    with engines.reading(engine) as conn:
        rows = [dict(row) for row in conn.execute(select(incident)).mappings()]
        assert recount.check(conn, city.zone) == []
    assert found.settled == sum(row["state_code"] in ("closed", "followed_up") for row in rows) > 0
    assert found.answered == sum(row["state_code"] in ("closed", "followed_up") and row["feedback_at"] is not None for row in rows)
    assert found.merged == sum(row["state_code"] == "merged" for row in rows)
    assert found.open == sum(row["state_code"] not in ENDED_STATES for row in rows)
    towns = [weigh(engine, "township", code) for code in TOWNS]
    assert all(each.is_balanced for each in towns) and sum(each.received for each in towns) == found.received


def test_what_does_not_add_up_is_named(engine: Engine, city: City) -> None:
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [fresh("1", TOWNS[0]), fresh("2", TOWNS[1])], FIRST)
    assert weigh(engine).is_balanced
    with engines.writing(engine) as conn:  # a row written past the store
        conn.execute(update(incident).where(incident.c.source_ref == "2").values(state_code="closed"))
    broken = weigh(engine)
    with engines.reading(engine) as conn:
        row = conn.execute(select(incident.c.id, incident.c.received_at).where(incident.c.source_ref == "2")).one()
    number = f"{row.received_at:%Y%m%d}-{row.id:06d}"
    assert not broken.is_balanced and broken.contradictory == [number] and broken.differing_states == {"reported": 1}
    drawn = wall.ledger(broken, Look("zh-CN", ZoneInfo("Asia/Shanghai")))
    assert (drawn["kind"], drawn["words"]) == ("late", f"账实不符：已上报 +1，{number}")


def test_the_header_has_room_for_three_rows_and_counts_the_others(engine: Engine, city: City) -> None:
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [fresh(str(number), TOWNS[0]) for number in range(5)], FIRST)
        conn.execute(update(incident).values(state_code="closed"))
    drawn = wall.ledger(weigh(engine), Look("en", ZoneInfo("Asia/Shanghai")))
    assert drawn["words"].count("-0000") == 2 and drawn["words"].endswith("and 3 more")  # one state and two of five rows


def test_the_echo_tile_names_every_place_of_a_report_and_its_parts_fill_the_bar(engine: Engine, city: City) -> None:
    rejected = {"source": "wechat", "name": "x", "reason": "broken_xml", "sentence": "x", "content": "x", "report_ref": "abc"}
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [fresh("1", TOWNS[0]), fresh("2", TOWNS[0])], FIRST)
        merge = {"source_ref": "m", "incident_ref": "2", "action_code": "merge", "master_ref": "1"}
        filing.file_steps(conn, city, [a_step(random.Random(1), 0, "2", "merge") | merge], FIRST + timedelta(days=30))
        arrivals.reject(conn, [rejected | {"rejected_at": FIRST}])
    drawn = assessment.echo(weigh(engine), Look("zh-CN", ZoneInfo("Asia/Shanghai")))
    assert drawn["received"] == "3" and drawn["is_balanced"]
    assert {part["label"]: part["value"] for part in drawn["parts"]} == {
        "在办": "1", "办结": "0", "不予受理": "1", "并案": "1", "作废": "0",
    }  # fmt: skip
    assert sum(part["share"] for part in drawn["parts"]) == 1
    assert all(part["label"] in drawn["words"] for part in drawn["parts"])
    assert [each["label"] for each in drawn["answers"]] == ["已回音", "待回音", "未送达", "无凭据"]


def test_a_lost_count_is_seen(engine: Engine, city: City) -> None:
    with engines.writing(engine) as conn:
        filing.file_reports(conn, city, [fresh("1", TOWNS[0]), fresh("2", TOWNS[1])], FIRST)
        lost = (rollup.c.grouping_code == "stock") & (rollup.c.area_code == "330483") & (rollup.c.measure_code == "open_reported")
        conn.execute(update(rollup).where(lost).values(value=1))
    broken = weigh(engine)
    assert (broken.missing, broken.differing_states, broken.is_balanced) == (1, {"reported": -1}, False)
