"""Until when each post had to act, when a case was filed and who handles it: worked by hand, and derived anew on both engines."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select, update
from support.cases import FIRST

from data import engine as engines
from data import recount, rederive
from data.city import City
from data.duties import Duties, duties
from data.schema import incident
from etl import filing
from etl.demo.plan import Planner

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMITS = {"triage": 10, "dispatch": 20, "accept": 60, "check": 30}  # minutes


def minute(number: int) -> datetime:
    return AT + timedelta(minutes=number)


def derived(*log: tuple[int, str, str], limits: dict[str, int] = LIMITS, **said: dict[str, Any]) -> Duties:
    """From (minute, action, state after); what a step says more stands under its action."""
    base = {"to_organisation_code": None, "outcome_code": ""}
    steps = [(base | said.get(action, {}) | {"at": minute(number), "action_code": action}, after) for number, action, after in log]
    deadline = lambda kind, start: start + timedelta(minutes=limits[kind]) if kind in limits else None  # noqa: E731
    return duties(AT, steps, deadline, lambda code: code != "zone-1")


def test_each_post_is_asked_by_its_own_clock() -> None:
    case = derived((5, "triage", "town"), (20, "dispatch", "dispatched"), (90, "accept", "handling"), (200, "resolve", "checking"),
                   (215, "check", "checking"), (300, "close", "closed"), dispatch={"to_organisation_code": "water"})  # fmt: skip
    assert (case.triage_due_at, case.filed_at) == (minute(10), minute(5))
    assert case.dispatch_due_at == minute(25)  # 5 + 20
    assert case.first_accept_due_at == minute(80)  # 20 + 60
    assert (case.check_due_at, case.checked_at) == (minute(230), minute(215))  # 200 + 30; the first check, not the closing
    assert case.handler_code == "water"


def test_a_centre_that_skips_triage_dispatches_from_the_report() -> None:
    case = derived((6, "dispatch", "dispatched"))
    assert (case.filed_at, case.dispatch_due_at, case.first_accept_due_at) == (minute(6), minute(20), minute(66))


def test_a_report_made_void_or_merged_at_once_is_never_filed() -> None:
    assert derived((3, "note", "reported"), (4, "void", "void")).filed_at is None
    assert derived((4, "merge", "merged")).filed_at is None
    assert derived((4, "note", "reported"), (9, "close", "closed")).filed_at == minute(9)


def test_a_department_that_gives_a_case_back_is_not_asked_to_accept_but_stays_its_handler() -> None:
    case = derived((5, "dispatch", "dispatched"), (9, "return", "city"), dispatch={"to_organisation_code": "water"})
    assert (case.handler_code, case.first_accept_due_at) == ("water", None)


def test_only_a_department_becomes_the_handler() -> None:
    assert derived((5, "dispatch", "dispatched"), dispatch={"to_organisation_code": "zone-1"}).handler_code is None


def test_what_was_settled_without_a_dispatch_had_none_to_be_late_with() -> None:
    case = derived((5, "triage", "town"), (9, "resolve", "checking"))
    assert (case.dispatch_due_at, case.check_due_at, case.checked_at) == (None, minute(39), None)


def test_the_check_asked_for_is_that_of_the_last_hand_back() -> None:
    case = derived(
        (5, "dispatch", "dispatched"), (50, "resolve", "checking"), (60, "rework", "handling"), (100, "resolve", "checking")
    )
    assert (case.check_due_at, case.checked_at) == (minute(130), None)


def test_taking_the_flag_off_is_no_supervision() -> None:
    assert derived((1, "supervise", "reported"), (2, "supervise", "reported"), supervise={"outcome_code": "2"}).supervise_count == 2
    assert derived((1, "supervise", "reported"), supervise={"outcome_code": "0"}).supervise_count == 0


def test_without_a_limit_nobody_is_late() -> None:
    case = derived((5, "triage", "town"), (20, "dispatch", "dispatched"), limits={})
    assert [case.triage_due_at, case.dispatch_due_at, case.first_accept_due_at, case.check_due_at] == [None] * 4


def test_what_older_code_wrote_is_derived_anew_and_its_cells_follow(engine: Engine, city: City) -> None:
    planned = [each for each in Planner(city, 7).day(FIRST.date()) if each.steps]
    chosen = random.Random(1).sample(planned, 60)
    at = FIRST + timedelta(days=90)
    columns = [incident.c.id, *(incident.c[name] for name in Duties.__dataclass_fields__)]
    with engines.writing(engine) as conn:
        filing.file_many(conn, city, [(each.report, each.steps) for each in chosen], at)
        known = conn.execute(select(*columns).order_by(incident.c.id)).all()
        blank = {name: None for name in Duties.__dataclass_fields__ if name != "supervise_count"}
        conn.execute(update(incident).values(**blank, supervise_count=0))
        recount.rebuild(conn, SHANGHAI)
    assert rederive.ensure(engine, city, at) == 60 and rederive.ensure(engine, city, at) == 0
    with engines.reading(engine) as conn:
        assert conn.execute(select(*columns).order_by(incident.c.id)).all() == known
        assert recount.check(conn, SHANGHAI) == []
    assert any(row.handler_code for row in known) and sum(row.filed_at is not None for row in known) > 50
