"""A report, the rules of an ordinary office, and logs drawn at random, for tests that replay logs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as draw

from data.clocks import Calendar, Limit
from data.lifecycle import Rules
from data.vocabulary import ACTIONS

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_RULES = Rules(
    calendar=Calendar(SHANGHAI, ((time(8, 30), time(12)), (time(13, 30), time(17)))),
    limit_for=lambda kind, category, condition: {"finish": Limit(7, "working_days"), "accept": Limit(1, "working_days")}.get(kind),
    town_room_of=lambda township: f"room-{township}" if township else "center",
    center_code="center",
)
REPORTED_AT = datetime(2024, 1, 31, 1, tzinfo=UTC)


def a_report() -> dict[str, Any]:
    return {"reported_at": REPORTED_AT, "category_code": "x", "condition_code": "", "township_code": "330483100"}


ORGANISATIONS = (None, "room-330483100", "center", "transport", "water")


@draw.composite
def logs(chosen: draw.DrawFn) -> list[dict[str, Any]]:
    """Up to fourteen steps within ninety days, most of them ones that a case really meets."""
    steps = []
    for place in range(chosen(draw.integers(0, 14))):
        at = REPORTED_AT + timedelta(minutes=chosen(draw.integers(0, 60 * 24 * 90)))
        wait = chosen(draw.none() | draw.integers(0, 60 * 24 * 40))
        steps.append({
            "source_ref": str(place), "action_code": chosen(draw.sampled_from([code for code in ACTIONS if code != "report"])), "at": at,
            "organisation_code": chosen(draw.sampled_from(ORGANISATIONS)), "to_organisation_code": chosen(draw.sampled_from(ORGANISATIONS)),
            "outcome_code": chosen(draw.sampled_from(("", "pass", "fail", "2"))), "remark": "",
            "until_at": None if wait is None else at + timedelta(minutes=wait), "master_ref": "",
        })  # fmt: skip
    return steps
