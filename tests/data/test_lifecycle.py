"""Logs replayed by hand: the seed case first, then what can go wrong with a log."""

import random
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from data.clocks import Calendar, Limit
from data.lifecycle import Rules, replay
from data.vocabulary import OPEN_STATES

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(SHANGHAI, ((time(8, 30), time(12)), (time(13, 30), time(17))))
RULES = Rules(
    calendar=OFFICE,
    limit_for=lambda kind, category, condition: Limit(7 if kind == "finish" else 1, "working_days"),
    town_room_of=lambda township: f"room-{township}" if township else "center",
    center_code="center",
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


REPORT = {"reported_at": local("2016-03-15T09:29"), "category_code": "x", "condition_code": "", "township_code": "330483100"}


def step(action: str, at: str, who: str | None = None, to: str | None = None, **more: Any) -> dict[str, Any]:
    base = {"outcome_code": "", "until_at": None, "source_ref": f"{action}-{at}"}
    return base | {"action_code": action, "at": local(at), "organisation_code": who, "to_organisation_code": to} | more


SEED = [
    step("forward", "2016-03-15T09:31", "room-330483100", "center"),
    step("dispatch", "2016-03-15T09:35", "center", "transport"),
    step("accept", "2016-03-16T11:17", "transport"),
    step("resolve", "2016-07-15T15:00", "transport"),
    step("close", "2016-07-15T15:00", "center"),
]


def test_the_seed_case_replays_as_the_article_tells_it() -> None:
    condition = replay(REPORT, SEED, RULES)
    assert condition.state_code == "closed" and condition.holder_code is None
    assert condition.dispatched_at == local("2016-03-15T09:35")
    assert condition.accepted_at == local("2016-03-16T11:17")
    assert condition.accept_due_at == local("2016-03-17T00:00")  # one working day, by day: in time
    assert condition.due_at == local("2016-03-25T00:00")  # seven working days: closed 113 days after 24 March
    assert condition.resolved_at == condition.closed_at == local("2016-07-15T15:00")
    assert condition.impossible_count == 0


def test_the_order_of_arrival_does_not_matter() -> None:
    expected = replay(REPORT, SEED, RULES).columns()
    for seed in range(20):
        shuffled = random.Random(seed).sample(SEED, len(SEED))
        assert replay(REPORT, shuffled, RULES).columns() == expected


def test_holders_follow_the_case() -> None:
    holders = [replay(REPORT, SEED[:count], RULES).holder_code for count in range(6)]
    assert holders == ["room-330483100", "center", "transport", "transport", "center", None]


def test_an_impossible_step_is_marked_and_changes_nothing() -> None:
    early = step("accept", "2016-03-15T09:30", "transport")
    condition = replay(REPORT, [early, *SEED], RULES)
    without = replay(REPORT, SEED, RULES).columns()
    assert condition.columns() == without | {"impossible_count": 1, "step_count": 6, "path_text": condition.path_text}
    assert next((each["action_code"], problem) for each, problem, _ in condition.steps) == ("accept", "state")


def test_a_return_brings_the_case_back_to_the_centre_and_is_counted() -> None:
    log = [*SEED[:2], step("return", "2016-03-15T11:00", "transport", remark="not ours")]
    condition = replay(REPORT, log, RULES)
    assert (condition.state_code, condition.holder_code, condition.return_count) == ("city", "center", 1)


def test_an_extension_adds_one_limit_at_most_twice_and_never_when_late() -> None:
    log = [*SEED[:3], step("extend", "2016-03-24T10:00", "transport")]
    assert replay(REPORT, log, RULES).due_at == local("2016-04-06T00:00")  # 25, 28-31 March, 1 and 5 April (4 April is Qingming)
    late = [*SEED[:3], step("extend", "2016-03-25T10:00", "transport")]
    assert replay(REPORT, late, RULES).impossible_count == 1
    thrice = [*SEED[:3], *(step("extend", f"2016-03-2{day}T10:00", "transport") for day in (1, 2, 3))]
    assert replay(REPORT, thrice, RULES).extend_count == 2


def test_a_failed_check_is_a_rework_and_takes_the_resolution_back() -> None:
    log = [*SEED[:3], step("resolve", "2016-03-18T10:00", "transport"), step("check", "2016-03-18T11:00", outcome_code="fail")]
    condition = replay(REPORT, log, RULES)
    assert (condition.state_code, condition.rework_count, condition.resolved_at) == ("handling", 1, None)
    assert condition.holder_code == "transport"


def test_a_suspension_moves_the_deadline_by_the_working_days_it_took() -> None:
    log = [*SEED[:3], step("suspend", "2016-03-17T10:00"), step("resume", "2016-03-21T10:00")]
    assert replay(REPORT, log, RULES).due_at == local("2016-03-29T00:00")  # 18 and 21 March: 25, 28


def test_a_reopened_case_is_open_again_and_keeps_its_deadline() -> None:
    condition = replay(REPORT, [*SEED, step("reopen", "2016-07-20T10:00")], RULES)
    assert condition.state_code in OPEN_STATES and condition.ended_at is None and condition.reopen_count == 1
    assert condition.due_at == local("2016-03-25T00:00") and condition.holder_code == "transport"


def test_a_deadline_that_needs_an_unpublished_year_is_left_open_and_says_so() -> None:
    report = REPORT | {"reported_at": local("2026-12-28T10:00")}
    condition = replay(report, [], RULES)
    assert condition.due_at is None and condition.due_basis_code == "calendar_unpublished"
