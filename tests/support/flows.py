"""A report and the rules of an ordinary office, for tests that replay logs."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from data.clocks import Calendar, Limit
from data.lifecycle import Rules

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
