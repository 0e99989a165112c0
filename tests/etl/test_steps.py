"""Steps through the real route: whose they are, in what order they come, and what is said of each."""

from __future__ import annotations

import random
from typing import Any

import pytest
from support.house import House
from support.posting import message_xml, post_message, post_steps

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


def test_the_same_step_again_is_told_as_repeated_and_changes_nothing(house: House) -> None:
    report(house)
    token = house.token("center")
    one = step("dispatch", "11:54", to="transport")
    assert results(post_steps(house.client, token, one, one)) == ["accepted"]
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
