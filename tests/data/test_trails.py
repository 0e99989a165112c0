"""The way of a case on its own row: what is written can be read, and says what the log says."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from support.flows import OFFICE_RULES, REPORTED_AT, a_report, logs

from data import trails
from data.holders import time_per_holder
from data.lifecycle import in_order, replay
from data.vocabulary import ACTIONS, BESIDE_THE_PATH, ENDED_STATES

LAST = REPORTED_AT + timedelta(days=100)


def a_step(action: str, minutes: float) -> dict[str, Any]:
    return {"action_code": action, "at": REPORTED_AT + timedelta(minutes=minutes)}


def test_every_action_of_a_path_has_its_letter() -> None:
    assert set(trails.LETTERS) == set(ACTIONS) - set(BESIDE_THE_PATH)
    assert len(set(trails.LETTERS.values())) == len(trails.LETTERS)


def test_the_seed_case_in_a_line() -> None:
    text = trails.path_text(REPORTED_AT, [a_step("dispatch", 6), a_step("note", 60), a_step("accept", 1548)])
    assert text == "rd360000000a92520000000"  # 6 min, and 25 h 42 min = 1542 min after that
    assert trails.letters_of(text) == "rda" and trails.activities_of("rda") == ("report", "dispatch", "accept")
    assert trails.gaps_of(text) == [("r", 0), ("d", 6 * 60_000_000), ("a", 1542 * 60_000_000)]


def test_a_step_before_its_report_stands_before_it() -> None:
    assert trails.path_text(REPORTED_AT, [a_step("dispatch", -1), a_step("accept", 0)]) == "dr60000000a"


def test_a_path_without_end_is_cut_and_says_so() -> None:
    text = trails.path_text(REPORTED_AT, [a_step("dispatch", minute) for minute in range(1, 1000)])
    assert trails.letters_of(text) == "r" + "d" * (trails.LONGEST - 1) + "+" and len(trails.gaps_of(text)) == trails.LONGEST


@given(logs())
def test_a_path_is_the_log_without_what_moves_nothing(log: list[dict[str, Any]]) -> None:
    text = replay(a_report(), log, OFFICE_RULES, LAST).path_text
    moving = [step for step in in_order(log) if step["action_code"] not in BESIDE_THE_PATH]
    assert trails.activities_of(trails.letters_of(text)) == ("report", *(step["action_code"] for step in moving))
    assert sum(gap for _, gap in trails.gaps_of(text)) == sum(
        ((later["at"] - REPORTED_AT) // timedelta(microseconds=1) for later in moving[-1:]), start=0
    )


@given(logs())
def test_the_hands_of_a_row_sum_to_the_microsecond_and_charge_whom_the_replay_charges(log: list[dict[str, Any]]) -> None:
    case = replay(a_report(), log, OFFICE_RULES, LAST)
    hands = trails.hands_of(case.columns() | {"reported_at": REPORTED_AT}, LAST)
    end = case.ended_at if case.state_code in ENDED_STATES else LAST
    assert end is not None and sum((hand.time for hand in hands), timedelta()) == end - REPORTED_AT
    assert all(earlier.to_at == later.from_at for earlier, later in pairwise(hands))
    charged: dict[str | None, timedelta] = {}
    for hand in hands:
        code = hand.organisation_code or None  # at rest nobody is charged
        charged[code] = charged.get(code, timedelta()) + hand.time
    assert charged == time_per_holder(case.holdings)
