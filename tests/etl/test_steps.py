"""Steps through the real route: whose they are, in what order they come, and what is said of each."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from support.house import NOON, House
from support.posting import message_xml, post_message, post_steps

from data import arrivals
from data import engine as engines
from data.vocabulary import ACTIONS
from etl.steps import read_instant

SENT = 1_795_490_000
INCIDENT = {"source": "wechat", "ref": "1"}


def step(action: str, at: str, **more: Any) -> dict[str, Any]:
    return {"source_ref": f"{action}-{at}", "incident": INCIDENT, "action": action, "at": f"2026-11-24T{at}+08:00", **more}


def report(house: House) -> None:
    post_message(house.client, message_xml("s", SENT, "1", MsgType="text", Content="护栏坏了"), SENT)
    house.worker.file_kept()


def results(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["result"] for each in answer.json()["steps"]]


def test_a_department_posts_its_steps_and_the_state_follows(house: House) -> None:
    report(house)
    center, transport = house.token("center"), house.token("transport")
    assert results(post_steps(house.client, center, step("dispatch", "11:54", to="市交通局"))) == ["accepted"]
    assert results(post_steps(house.client, transport, step("接单", "11:55"))) == ["accepted"]
    (row,) = house.incidents()
    assert (row["state_code"], row["holder_code"], row["step_count"]) == ("handling", "transport", 2)
    assert [each["precision_code"] for each in house.rows("step")] == ["minute", "minute"]
    assert house.differing_cells() == []


LOG = [("center", step("dispatch", "11:54", to="transport")), ("transport", step("accept", "11:55")),
       ("transport", step("resolve", "11:57")), ("center", step("close", "11:58"))]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_before_and_after_the_report_gives_the_same_state(house: House, seed: int) -> None:
    tokens = {name: house.token(name) for name in ("center", "transport")}
    events: list[Any] = [*LOG, None]
    random.Random(seed).shuffle(events)
    for event in events:
        if event is None:
            report(house)
        else:
            assert results(post_steps(house.client, tokens[event[0]], event[1]))[0] in ("accepted", "marked", "waiting")
    (row,) = house.incidents()
    assert (row["state_code"], row["impossible_count"], row["step_count"]) == ("closed", 0, 4)
    assert all(each["is_possible"] and each["incident_id"] == row["id"] for each in house.rows("step"))
    assert house.differing_cells() == []


ROOM = "room-330483100"
WHOLE_LIFE: list[tuple[str, str, dict[str, str]]] = [
    (ROOM, "triage", {}), (ROOM, "forward", {"to": "center"}), ("center", "dispatch", {"to": "transport"}), ("center", "urge", {}),
    ("transport", "note", {"remark": "已到现场"}), ("transport", "return", {"remark": "不属本单位职责"}),
    ("center", "dispatch", {"to": "transport"}), ("transport", "accept", {}), ("transport", "extend", {}),
    ("center", "supervise", {"outcome": "2"}), ("transport", "suspend", {"until": "2026-12-01T09:00+08:00", "remark": "待材料"}),
    ("transport", "resume", {}), ("transport", "resolve", {"remark": "已修复"}), ("center", "rework", {"remark": "未修好"}),
    ("transport", "resolve", {"remark": "已修复"}), ("center", "check", {"outcome": "pass"}), ("center", "close", {}),
    ("center", "feedback", {}), ("center", "reopen", {}), ("transport", "resolve", {}), ("center", "close", {}),
]  # fmt: skip


def test_every_action_of_the_flow_comes_in_through_the_route(house: House) -> None:
    for reference in "123":
        xml = message_xml(f"s{reference}", SENT, reference, MsgType="text", Content="乌镇护栏坏了")
        assert post_message(house.client, xml, SENT).text == "success"
    house.worker.file_kept()
    tokens = {who: house.token(who) for who in (ROOM, "center", "transport")}
    for place, (who, action, more) in enumerate(WHOLE_LIFE):
        assert results(post_steps(house.client, tokens[who], step(action, f"11:54:{place:02}", **more))) == ["accepted"], action
    other = {"incident": {"source": "wechat", "ref": "2"}}
    assert results(post_steps(house.client, tokens["center"], step("void", "11:55", **other))) == ["accepted"]
    other = {"incident": {"source": "wechat", "ref": "3"}, "master": "1"}
    assert results(post_steps(house.client, tokens["center"], step("merge", "11:55", **other))) == ["accepted"]
    assert {each["action_code"] for each in house.rows("step")} == set(ACTIONS) - {"report"}
    assert all(each["is_possible"] for each in house.rows("step"))
    first, second, third = house.incidents()
    assert (first["state_code"], first["return_count"], first["rework_count"], first["reopen_count"]) == ("closed", 1, 1, 1)
    assert (first["extend_count"], first["suspend_count"], first["supervise_level"]) == (1, 1, 2)
    assert (second["state_code"], third["state_code"], third["master_id"]) == ("void", "merged", first["id"])
    assert house.differing_cells() == []


def test_the_same_step_again_is_told_as_repeated_and_changes_nothing(house: House) -> None:
    report(house)
    token = house.token("center")
    one = step("dispatch", "11:54", to="transport")
    assert results(post_steps(house.client, token, one, one)) == ["accepted", "repeated"]
    before = house.incidents()
    assert results(post_steps(house.client, token, one)) == ["repeated"]
    assert house.incidents() == before


def test_an_impossible_step_is_kept_and_marked(house: House) -> None:
    report(house)
    assert results(post_steps(house.client, house.token("transport"), step("accept", "11:54"))) == ["marked"]
    (row,) = house.incidents()
    assert (row["state_code"], row["impossible_count"]) == ("reported", 1)
    assert [(each["action_code"], each["is_possible"]) for each in house.rows("step")] == [("accept", False)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (step("explode", "11:54"), "has no code"),
        (step("dispatch", "11:54", to="市幸福局"), "has no code"),
        (step("accept", "23:59"), "has not come yet"),
        (step("return", "11:54"), "needs its reason"),
        ({**step("accept", "11:54"), "at": "2026-11-24T11:54"}, "has no offset"),
        ({**step("accept", "11:54"), "at": "2026-11-24T11+08:00"}, "no ISO 8601"),
        ({**step("accept", "11:54"), "at": "0001-01-01T00:00+08:00"}, "lies before"),
        ({**step("accept", "11:54"), "at": "2026-11-31T11:54+08:00"}, "no ISO 8601"),
        (step("dispatch", "11:54"), "names in `to`"),
        (step("merge", "11:54"), "names in `master`"),
        (step("merge", "11:54", master="1"), "of another incident"),
        (step("extend", "11:54", until="2026-11-23T11:54+08:00"), "lies before the step"),
        (step("check", "11:54", outcome="perhaps"), "pass, fail"),
        (step("note", "11:54", remark={"a": 1}), "is a text"),
        (step("note", "11:54", source_ref="a\0b"), "none of them for control"),
        (step("note", "11:54", source_ref="a" * 201), "at most 200"),
        (step("note", "11:54", incident={"source": "rumour", "ref": "1"}), "has no source"),
        (step("note", "11:54", incident={"source": "wechat", "ref": "\0"}), "none of them for control"),
        ({**step("accept", "11:54"), "at": "yesterday"}, "no ISO 8601"),
        ({**step("accept", "11:54"), "incident": {"number": "20261124-999999"}}, "names its incident"),
        ({**step("accept", "11:54"), "source_ref": ""}, "needs its own"),
        ("accept", "is an object"),
    ],
)
def test_a_step_that_cannot_be_read_is_refused_with_a_reason_and_the_rest_goes_in(house: House, given: Any, words: str) -> None:
    report(house)
    answer = post_steps(house.client, house.token("center"), given, step("dispatch", "11:53", to="transport"))
    by_result = {each["result"]: each for each in answer.json()["steps"]}
    assert words in by_result["refused"]["reason"] and "accepted" in by_result
    assert [words in row["sentence"] for row in house.rows("rejected_row")] == [True]


def test_nobody_posts_without_a_token(house: House) -> None:
    assert post_steps(house.client, "guess", step("accept", "11:54")).status_code == 401
    assert house.client.post("/intake/steps", json=[]).status_code == 401
    assert house.rows("step") == []


def test_a_step_told_otherwise_under_the_same_reference_is_refused_and_the_first_stands(house: House) -> None:
    report(house)
    token = house.token("center")
    first, other = step("note", "11:54", remark="看过了"), step("note", "11:54", remark="没去过")
    assert results(post_steps(house.client, token, first, other)) == ["accepted", "refused"]
    assert results(post_steps(house.client, token, other, first)) == ["refused", "repeated"]
    assert [row["remark"] for row in house.rows("step")] == ["看过了"]
    assert [row["reason"] for row in house.rows("rejected_row")] == ["conflict", "conflict"]


def test_two_organisations_may_use_the_same_reference(house: House) -> None:
    report(house)
    for name in ("center", "transport"):
        assert results(post_steps(house.client, house.token(name), step("note", "11:54", remark=name))) == ["accepted"]
    assert {row["organisation_code"] for row in house.rows("step")} == {"center", "transport"}


def test_a_revoked_token_posts_no_more(house: House) -> None:
    token = house.token("transport")
    with engines.writing(house.engine) as conn:
        assert arrivals.revoke_tokens(conn, "transport", NOON) == 1
    assert post_steps(house.client, token, step("accept", "11:54")).status_code == 401


def test_what_a_department_remarks_is_scrubbed_and_nothing_said_stays_empty(house: House) -> None:
    report(house)
    told = step("note", "11:54", remark="已联系报案人李四13812345678", outcome=None, to=None, master=None)
    assert results(post_steps(house.client, house.token("center"), told, step("urge", "11:55", remark=None))) == ["accepted"] * 2
    assert [row["remark"] for row in house.rows("step")] == ["已联系报案人李*138****5678", ""]


def test_a_number_of_another_day_is_not_taken_for_ours(house: House) -> None:
    report(house)
    given = {**step("void", "11:54"), "incident": {"number": f"20200101-{house.incidents()[0]['id']:06d}"}}
    assert results(post_steps(house.client, house.token("center"), given)) == ["refused"]


@pytest.mark.parametrize(
    ("written", "precision"),
    [("2026-11-24T11:54+08:00", "minute"), ("2026-11-24 11:54+0800", "minute"), ("2026-11-24T03:54Z", "minute"),
     ("2026-11-24T11:54:00+08:00", "second"), ("2026-11-24T11:54:00.5+08:00", "second")],
)  # fmt: skip
def test_an_instant_is_as_exact_as_it_is_written(written: str, precision: str) -> None:
    at, found = read_instant(written)
    assert (at.replace(microsecond=0), found) == (datetime(2026, 11, 24, 3, 54, tzinfo=UTC), precision)


@pytest.mark.parametrize("body", ["[", "[]", "[" + "{}," * 500 + "{}]"])
def test_a_body_that_is_no_list_of_steps_is_refused(house: House, body: str) -> None:
    headers = {"authorization": f"Bearer {house.token('center')}"}
    assert house.client.post("/intake/steps", content=body, headers=headers).status_code == 400


def test_an_incident_can_be_named_by_its_number(house: House) -> None:
    report(house)
    number = f"20261124-{house.incidents()[0]['id']:06d}"
    assert results(post_steps(house.client, house.token("center"), {**step("void", "11:54"), "incident": {"number": number}})) == [
        "accepted"
    ]
    assert house.incidents()[0]["state_code"] == "void"
