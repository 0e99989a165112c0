"""What holds for any log, possible or not: hypothesis draws the steps, in any order, from any organisation."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from support.flows import OFFICE_RULES, REPORTED_AT, a_report, logs

from data.holders import time_per_holder
from data.lifecycle import Condition, in_order, replay
from data.transitions import TRANSITIONS
from data.vocabulary import ACTIONS, ENDED_STATES, OPEN_STATES, PROBLEMS, STATES

LAST = REPORTED_AT + timedelta(days=100)


def at_each_instant(log: list[dict[str, Any]]) -> list[Condition]:
    return [replay(a_report(), log, OFFICE_RULES, step["at"]) for step in in_order(log)]


@given(logs())
def test_holder_times_sum_to_what_has_elapsed_and_touch(log: list[dict[str, Any]]) -> None:
    case = replay(a_report(), log, OFFICE_RULES, LAST)
    end = case.ended_at if case.state_code in ENDED_STATES else LAST
    assert end is not None
    assert sum(time_per_holder(case.holdings).values(), timedelta()) == end - REPORTED_AT
    edges = [REPORTED_AT, *[each.to_at for each in case.holdings]]
    assert [each.from_at for each in case.holdings] == edges[:-1] and edges[-1] == end
    assert all(each.time > timedelta() for each in case.holdings)


@given(logs())
def test_a_log_replayed_to_an_instant_is_the_log_as_it_was_then(log: list[dict[str, Any]]) -> None:
    whole = replay(a_report(), log, OFFICE_RULES)
    for step, outcome in zip(in_order(log), whole.steps, strict=True):
        then = replay(a_report(), [each for each in log if each["at"] <= step["at"]], OFFICE_RULES, step["at"])
        assert then.columns() == replay(a_report(), log, OFFICE_RULES, step["at"]).columns()
        assert outcome in then.steps


@given(logs())
def test_every_step_is_kept_and_an_impossible_one_has_its_reason(log: list[dict[str, Any]]) -> None:
    case = replay(a_report(), log, OFFICE_RULES, LAST)
    assert case.step_count == len(log) == len(case.steps)
    assert case.impossible_count == sum(not outcome.is_possible for outcome in case.steps)
    assert all(outcome.problem_code in PROBLEMS or outcome.problem_code == "" for outcome in case.steps)
    without = replay(a_report(), [each.step for each in case.steps if each.is_possible], OFFICE_RULES, LAST)
    counted: dict[str, Any] = {"impossible_count": 0, "step_count": len(log) - case.impossible_count}
    # It stays a part of the way that was taken, and a sign of life of whoever tried it.
    counted |= {name: getattr(without, name) for name in ("path_text", "unheard_at", "sign_at", "alarm_at")}
    assert without.columns() == case.columns() | counted


@given(logs())
def test_the_clocks_run_forward(log: list[dict[str, Any]]) -> None:
    for case in at_each_instant(log):
        assert case.state_since_at >= REPORTED_AT
        if case.state_code in OPEN_STATES:
            assert case.holder_since_at is not None and case.holder_since_at >= REPORTED_AT and case.ended_at is None
            assert case.wakes_at is None or case.state_code == "suspended"
        else:
            assert case.ended_at is not None and case.holder_code is None and case.holder_since_at is None


def test_the_table_of_the_flow_is_whole() -> None:
    for (state, action), edge in TRANSITIONS.items():
        assert (edge.state_code, edge.action_code) == (state, action)
        assert state in STATES and action in ACTIONS and edge.after_code in STATES
        assert edge.why.endswith(".")
    reached = {"reported"}
    while more := {edge.after_code for (state, _), edge in TRANSITIONS.items() if state in reached} - reached:
        reached |= more
    assert reached == set(STATES)
    for state in OPEN_STATES:  # from every open state a case can end at any level
        assert all((state, action) in TRANSITIONS for action in ("close", "void", "merge", "extend", "supervise", "urge"))
    assert not any((state, action) in TRANSITIONS for state in ("merged", "void") for action in ACTIONS)
