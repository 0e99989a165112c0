"""What reaches us is counted once and has one place: messages that join, repeat, break or wait, files, posts; on both engines."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import Engine
from support.house import House
from support.posting import message_xml, post_message, post_steps, signed

from data import audit, ledger, sums
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.vocabulary import ACTIONS

SENT = 1_795_490_000
BROKEN = "<xml><MsgId>1</MsgId>"


def weigh(engine: Engine, city: City) -> ledger.Ledger:
    with engines.reading(engine) as conn:
        return ledger.balance(sums.ledger_counts(conn, "county", city.code))


def faults(engine: Engine, city: City, clock: Clock) -> list[str]:
    with engines.reading(engine) as conn:
        return [each.name for each in audit.check(conn, city.code, city.rules, clock.now()).faults]


def text(reference: str, sender: str, sent: int = SENT, words: str = "路灯不亮") -> str:
    return message_xml(sender, sent, reference, MsgType="text", Content=words)


def test_a_broken_call_is_rejected_once_however_often_wechat_repeats_it(house: House) -> None:
    for _ in range(3):
        assert post_message(house.client, BROKEN, SENT).status_code == 400
    assert post_message(house.client, BROKEN + " ", SENT).status_code == 400  # another call
    found = weigh(house.engine, house.city)
    assert (found.received, found.rejected, len(house.rows("rejected_row"))) == (2, 2, 4) and found.is_balanced


def test_what_nobody_signed_and_what_is_too_large_is_not_received(house: House) -> None:
    house.client.post("/intake/wechat", params={**signed(str(SENT)), "signature": "0" * 40}, content=text("1", "a"))
    house.client.post("/intake/wechat", params=signed(str(SENT)), content=b"x" * 300_000)
    assert weigh(house.engine, house.city).received == 0 and house.rows("rejected_row") == []


def test_a_notice_that_is_refused_and_a_step_that_is_refused_are_no_reports(house: House) -> None:
    notice = message_xml("a", SENT, "1", MsgType="event", Event="LOCATION", Latitude="north", Longitude="1", Precision="1")
    assert post_message(house.client, notice, SENT).status_code == 400
    assert (
        post_steps(house.client, house.token("center"), {"source_ref": "1", "action": "dance"}).json()["steps"][0]["result"]
        == "refused"
    )
    assert len(house.rows("rejected_row")) == 2 and weigh(house.engine, house.city).received == 0


def test_a_message_of_a_wrong_clock_that_comes_in_later_leaves_the_rejected(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr("etl.gateway.CLOCKS_DIFFER", timedelta(days=-365))
    assert post_message(house.client, text("1", "a"), SENT).status_code == 400
    assert weigh(house.engine, house.city).rejected == 1
    monkeypatch.undo()
    assert post_message(house.client, text("1", "a"), SENT).text == "success"
    house.worker.file_kept()
    found = weigh(house.engine, house.city)
    assert (found.received, found.open, found.rejected) == (1, 1, 0)


def test_a_message_that_cannot_be_filed_is_rejected(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    post_message(house.client, text("1", "a"), SENT)
    assert weigh(house.engine, house.city).received == 0  # kept, and waits
    monkeypatch.setattr("etl.places.locate", lambda *_, **__: 1 / 0)
    for _ in range(3):
        house.worker.file_kept()
    found = weigh(house.engine, house.city)
    assert (found.received, found.rejected) == (1, 1) and faults(house.engine, house.city, house.worker.clock) == []


def test_a_place_in_beijing_is_received_and_open(house: House) -> None:
    place = {"MsgType": "location", "Location_X": 39.9, "Location_Y": 116.4, "Scale": 16, "Label": ""}
    post_message(house.client, message_xml("a", SENT, "1", **place), SENT)
    house.worker.file_kept()
    assert (weigh(house.engine, house.city).received, weigh(house.engine, house.city).open) == (1, 1)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_messages_and_steps_in_any_order_everything_has_one_place(house: House, seed: int) -> None:
    chance, token = random.Random(seed), house.token("center")
    actions = [code for code in ACTIONS if code != "report"]
    calls: list[Any] = []
    for number in range(40):
        sender, sent = f"s{chance.randrange(6)}", SENT - 20_000 + chance.randrange(60) * 100  # many within five minutes of another
        calls += [text(str(number), sender, sent)] * chance.choice((1, 1, 2))
        when = f"2026-11-24T{chance.randrange(9, 12):02d}:{chance.randrange(60):02d}+08:00"
        calls += [
            {"source_ref": f"{number}-{each}", "incident": {"source": "wechat", "ref": str(chance.randrange(40))}, "at": when,
             "action": chance.choice((*actions, "close", "resolve", "merge")), "to": "transport", "remark": "why",
             "until": "2026-12-01T09:00+08:00", "master": str(chance.randrange(40))}
            for each in range(2)
        ]  # fmt: skip
        if chance.random() < 0.3:
            calls += [BROKEN + " " * chance.randrange(5)]
    chance.shuffle(calls)
    for call in calls:
        if isinstance(call, str):
            assert post_message(house.client, call, SENT).status_code in (200, 400)
        else:
            assert post_steps(house.client, token, call).status_code == 200
        if chance.random() < 0.6:
            house.worker.file_kept()
            found = weigh(house.engine, house.city)
            assert found.is_balanced
            assert found.received == found.open + found.settled + found.rejected + found.merged + found.void
            assert found.owed == found.answered + found.unanswered + found.undelivered
    house.worker.file_kept()
    found = weigh(house.engine, house.city)
    states = [row["state_code"] for row in house.incidents()]
    refused = {row["report_ref"] for row in house.rows("rejected_row") if row["report_ref"]}
    assert found.received == len(states) + len(refused) and found.rejected == len(refused) > 0
    assert (
        found.settled == sum(state in ("closed", "followed_up") for state in states) > 0
        and found.merged == states.count("merged") > 0
    )
    told = [(row["incident_id"], row["reporter_key"], row["kind_code"], row["round"]) for row in house.rows("answer")]
    assert len(told) == len(set(told)) > 0
    assert faults(house.engine, house.city, house.worker.clock) == [] and house.differing_cells() == []
