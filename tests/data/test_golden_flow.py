"""Cases worked by hand, the arithmetic beside each. Office hours 08:30-12:00, 13:30-17:00: seven hours a day."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.clocks import Calendar, Limit, deadline, working_time
from data.holders import chain, time_per_holder
from data.lifecycle import Rules, replay

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(SHANGHAI, ((time(8, 30), time(12)), (time(13, 30), time(17))))
ROOM, TOWN = "room-330483100", "330483100"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def rules(finish: Limit | None = None, **more: Any) -> Rules:
    limits = {
        "finish": finish or Limit(7, "working_days"),
        "accept": Limit(1, "working_days"),
        "triage": Limit(15 / 60, "urgent_hours"),
    }
    return Rules(OFFICE, lambda kind, category, condition: limits.get(kind), lambda town: f"room-{town}" if town else "center", "center",
                 **more)  # fmt: skip


def report(at: str) -> dict[str, Any]:
    return {"reported_at": local(at), "category_code": "x", "condition_code": "", "township_code": TOWN}


def step(
    action: str, at: str, who: str | None = None, to: str | None = None, until: str | None = None, **more: Any
) -> dict[str, Any]:
    base = {"outcome_code": "", "source_ref": f"{action}-{at}", "until_at": until and local(until)}
    return base | {"action_code": action, "at": local(at), "organisation_code": who, "to_organisation_code": to} | more


SEED = [
    step("forward", "2016-03-15T09:31", ROOM, "center"),
    step("dispatch", "2016-03-15T09:35", "center", "transport"),
    step("accept", "2016-03-16T11:17", "transport"),
    step("resolve", "2016-07-15T15:00", "transport"),
    step("close", "2016-07-15T15:00", "center"),
]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_the_seed_case_and_all_it_says() -> None:
    """DOMAIN section 9: 6 min, 25 h 42 min, 25 h 48 min; accepted in time by day, late by 1 h 42 min by hours; 113 days overdue."""
    case = replay(report("2016-03-15T09:29"), SEED, rules())
    assert case.dispatched_at is not None and case.accepted_at is not None and case.closed_at is not None
    assert case.dispatched_at - local("2016-03-15T09:29") == 6 * MINUTE  # 09:29 to 09:35
    assert case.accepted_at - case.dispatched_at == 25 * HOUR + 42 * MINUTE  # 09:35 to 11:17 the day after: 24 h + 1 h 42 min
    assert case.accepted_at - local("2016-03-15T09:29") == 25 * HOUR + 48 * MINUTE
    assert case.accept_due_at == local("2016-03-17T00:00") > case.accepted_at  # one working day, by day: the end of 16 March
    natural = deadline(OFFICE, Limit(24, "urgent_hours"), case.dispatched_at)
    assert case.accepted_at - natural == HOUR + 42 * MINUTE
    # 15 March 09:35-12:00 2 h 25, 13:30-17:00 3 h 30; 16 March 08:30-11:17 2 h 47: together 8 h 42 of a day's 7 h.
    used = working_time(OFFICE, case.dispatched_at, case.accepted_at)
    assert used == 8 * HOUR + 42 * MINUTE and used - 7 * HOUR == HOUR + 42 * MINUTE
    # Seven working days after 15 March: 16, 17, 18, 21, 22, 23, 24. From 24 March to 15 July: 7 + 30 + 31 + 30 + 15 = 113.
    assert case.due_at == local("2016-03-25T00:00")
    assert (case.closed_at.astimezone(SHANGHAI).date() - datetime(2016, 3, 24).date()).days == 113
    held = time_per_holder(case.holdings)
    assert held[ROOM] == 2 * MINUTE and held["center"] == 4 * MINUTE
    assert held["transport"] == case.closed_at - local("2016-03-15T09:35")
    assert sum(held.values(), timedelta()) == case.closed_at - local("2016-03-15T09:29")


def test_spring_festival_and_its_make_up_saturdays() -> None:
    """2024: holidays 10-17 February; Sunday 4 and Sunday 18 February are worked."""
    case = replay(report("2024-02-08T16:00"), [], rules(Limit(3, "working_days")))
    # After Thursday 8 February: Friday 9 (worked), then the holidays to the 17th, Sunday 18 (make-up), Monday 19.
    assert case.due_at == local("2024-02-20T00:00")
    hours = replay(report("2024-02-09T16:00"), [], rules(Limit(4, "working_hours")))
    # One hour left on the 9th; on make-up Sunday the 18th 08:30-11:30 are the other three.
    assert hours.due_at == local("2024-02-18T11:30")


def test_a_make_up_saturday_is_a_working_day() -> None:
    """2024: 1-5 May is Labour Day; Sunday 28 April and Saturday 11 May are worked for it."""
    case = replay(report("2024-05-10T16:00"), [], rules(Limit(2, "working_days")))
    assert case.due_at == local("2024-05-14T00:00")  # after Friday 10 May: Saturday 11 (make-up), Monday 13
    before = replay(report("2024-04-26T16:00"), [], rules(Limit(3, "working_days")))
    assert before.due_at == local("2024-05-01T00:00")  # Sunday 28 (make-up), Monday 29, Tuesday 30 April
    hours = replay(report("2024-05-10T16:30"), [], rules(Limit(1, "working_hours")))
    assert hours.due_at == local("2024-05-11T09:00")  # half an hour on Friday, the other on Saturday from 08:30


def test_an_urgent_hour_at_night_runs_through_the_night() -> None:
    case = replay(report("2024-02-10T23:30"), [], rules(Limit(2, "urgent_hours")))
    assert case.due_at == local("2024-02-11T01:30")  # on the first day of the festival


def test_a_case_suspended_over_the_end_of_a_quarter_wakes_by_itself() -> None:
    """Suspended from 28 March to 8 April 2024: both clocks stand, and the deadline moves by the working days it took."""
    given = report("2024-03-25T10:00")  # seven working days: 26, 27, 28, 29 March, 1, 2, 3 April
    log = [step("dispatch", "2024-03-25T10:10", "center", "water"), step("accept", "2024-03-25T11:00", "water"),
           step("suspend", "2024-03-28T09:00", "center", until="2024-04-08T09:00")]  # fmt: skip
    asleep = replay(given, log, rules(), local("2024-04-02T12:00"))
    assert (asleep.state_code, asleep.wakes_at, asleep.due_at) == (
        "suspended",
        local("2024-04-08T09:00"),
        local("2024-04-04T00:00"),
    )
    assert asleep.holder_due_at is None  # the holder's clock stands as well
    awake = replay(given, log, rules(), local("2024-04-08T09:00"))
    assert (awake.state_code, awake.state_since_at, awake.wakes_at) == ("handling", local("2024-04-08T09:00"), None)
    # Working days it took: 29 March, 1, 2, 3, 7 (make-up Sunday), 8 April = six (4-6 April is Qingming).
    # The deadline's day 3 April moves on by six: 7, 8, 9, 10, 11, 12 April.
    assert awake.due_at == awake.holder_due_at == local("2024-04-13T00:00")


def test_saying_resume_after_it_woke_changes_nothing() -> None:
    log = [step("dispatch", "2024-03-25T10:10", "center", "water"), step("accept", "2024-03-25T11:00", "water"),
           step("suspend", "2024-03-28T09:00", "center", until="2024-04-08T09:00"), step("resume", "2024-04-08T10:00", "center")]  # fmt: skip
    case = replay(report("2024-03-25T10:00"), log, rules())
    assert (case.state_code, case.state_since_at, case.impossible_count) == ("handling", local("2024-04-08T09:00"), 0)


def test_a_second_suspension_and_a_late_extension_are_refused_with_their_reason() -> None:
    log = [*SEED[:3], step("suspend", "2016-03-17T10:00", until="2016-03-18T10:00"), step("suspend", "2016-03-21T10:00", until="2016-03-22T10:00"),
           step("extend", "2016-04-20T10:00")]  # fmt: skip
    case = replay(report("2016-03-15T09:29"), log, rules())
    assert [each.problem_code for each in case.steps] == ["", "", "", "", "too_often", "overdue"]
    assert (case.suspend_count, case.extend_count, case.impossible_count) == (1, 0, 2)


def test_an_extension_asked_for_while_overdue_is_refused_and_one_in_time_adds_one_limit() -> None:
    """Due with 24 March 2016: on the 24th seven working days more are given, 25, 28, 29, 30, 31 March, 1 and 5 April (the 4th
    is Qingming); on the 25th none are.
    """
    late = replay(report("2016-03-15T09:29"), [*SEED[:3], step("extend", "2016-03-25T08:30", "transport")], rules())
    assert [each.problem_code for each in late.steps] == ["", "", "", "overdue"]
    assert (late.due_at, late.extend_count, late.due_basis_code) == (local("2016-03-25T00:00"), 0, "limit")
    in_time = replay(report("2016-03-15T09:29"), [*SEED[:3], step("extend", "2016-03-24T16:59", "transport")], rules())
    assert (in_time.due_at, in_time.extend_count, in_time.due_basis_code) == (local("2016-04-06T00:00"), 1, "extended")


@pytest.mark.parametrize(("to", "due"), [("transport", "2016-03-30T00:00"), ("water", "2016-04-01T00:00")])
def test_a_return_stops_the_handling_clock_and_a_new_department_starts_its_own(to: str, due: str) -> None:
    """Dispatched 15 March (due 24 March), returned 17 March, dispatched again 22 March.

    The same department: the working days 18, 21, 22 March did not count, so 24 March moves on to 29 March.
    Another: seven working days after 22 March are 23, 24, 25, 28, 29, 30 and 31 March.
    """
    log = [*SEED[:3], step("return", "2016-03-17T10:00", "transport", remark="not ours"), step("dispatch", "2016-03-22T10:00", "center", to),
           step("accept", "2016-03-22T11:00", to)]  # fmt: skip
    case = replay(report("2016-03-15T09:29"), log, rules())
    assert case.due_at == local("2016-03-25T00:00")  # the case's clock never resets
    assert case.holder_since_at == local("2016-03-22T10:00")
    assert case.holder_due_at == local(due)


def test_reopened_after_its_close_it_is_the_same_case_with_the_same_clock() -> None:
    log = [*SEED, step("reopen", "2016-07-20T10:00", "center")]
    case = replay(report("2016-03-15T09:29"), log, rules(), local("2016-07-21T10:00"))
    held = time_per_holder(case.holdings)
    assert case.due_at == local("2016-03-25T00:00") and case.closed_at is None and case.reopen_count == 1
    assert held[None] == local("2016-07-20T10:00") - local("2016-07-15T15:00")  # closed: nobody held it
    assert held["transport"] == (local("2016-07-15T15:00") - local("2016-03-15T09:35")) + DAY
    assert sum(held.values(), timedelta()) == local("2016-07-21T10:00") - local("2016-03-15T09:29")


def test_a_merge_of_three_leaves_one_that_goes_on_and_each_keeps_its_own_time() -> None:
    """Told at 09:00, 09:20 and 09:50; at 10:00 the room merges the second and the third into the first."""
    log = {"09:00": [], "09:20": [step("merge", "2016-03-15T10:00", ROOM, master_ref="1")],
           "09:50": [step("merge", "2016-03-15T10:00", ROOM, master_ref="1")]}  # fmt: skip
    cases = [replay(report(f"2016-03-15T{at}"), steps, rules(), local("2016-03-15T11:00")) for at, steps in log.items()]
    assert [each.state_code for each in cases] == ["reported", "merged", "merged"]
    assert [each.ended_at for each in cases] == [None, local("2016-03-15T10:00"), local("2016-03-15T10:00")]
    # The first is in the room's hands for two hours so far; the others were for 40 and for 10 minutes, and are over.
    assert [time_per_holder(each.holdings) for each in cases] == [{ROOM: 2 * HOUR}, {ROOM: 40 * MINUTE}, {ROOM: 10 * MINUTE}]
    again = replay(report("2016-03-15T09:20"), [*log["09:20"], step("dispatch", "2016-03-15T10:30", "center", "water")], rules())
    assert again.state_code == "merged" and [each.problem_code for each in again.steps] == ["", "state"]  # it ended there


def test_who_may_not_do_it_is_told_so() -> None:
    kinds = {ROOM: "town_room", "center": "center", "transport": "department"}
    asked = rules(kind_of=lambda code: kinds.get(code or "", ""))
    log = [SEED[0], step("dispatch", "2016-03-15T09:33", "transport", "water"), *SEED[1:]]
    case = replay(report("2016-03-15T09:29"), log, asked)
    assert [each.problem_code for each in case.steps] == ["", "role", "", "", "", ""] and case.state_code == "closed"


def test_supervision_is_a_flag_with_a_level() -> None:
    log = [step("supervise", "2016-03-16T10:00", "center"), step("supervise", "2016-03-17T10:00", "center", outcome_code="3"),
           step("supervise", "2016-03-18T10:00", "center", outcome_code="0")]  # fmt: skip
    levels = [replay(report("2016-03-15T09:29"), log[:count], rules()).supervise_level for count in range(4)]
    assert levels == [0, 1, 3, 0]


def test_the_holders_clock_of_a_fresh_report_is_the_rooms_quarter_of_an_hour() -> None:
    case = replay(report("2016-03-15T09:29"), [], rules())
    assert (case.holder_code, case.holder_since_at, case.holder_due_at) == (
        ROOM,
        local("2016-03-15T09:29"),
        local("2016-03-15T09:44"),
    )


def test_at_risk_and_badly_late_follow_from_the_deadline() -> None:
    case = replay(report("2016-03-15T00:00"), [], rules(Limit(4, "natural_days")))
    assert case.due_at == local("2016-03-20T00:00")  # four natural days after the 15th end with the 19th
    assert case.at_risk_at == local("2016-03-19T00:00")  # four fifths of five days
    assert case.badly_late_at == local("2016-03-24T00:00")  # four days more


def test_the_chain_of_hands_of_a_case_that_is_passed_to_and_fro() -> None:
    log = [*SEED[:3], step("return", "2016-03-17T10:00", "transport", remark="not ours"), step("dispatch", "2016-03-17T11:00", "center", "water"),
           step("return", "2016-03-18T10:00", "water", remark="not ours"), step("dispatch", "2016-03-18T11:00", "center", "transport")]  # fmt: skip
    case = replay(report("2016-03-15T09:29"), log, rules(), local("2016-03-18T12:00"))
    assert chain(case.holdings) == [ROOM, "center", "transport", "center", "water", "center", "transport"]
    assert case.return_count == 2
