"""The case's own clock: its deadline, which runs from the report and never resets, moved by extensions and suspensions. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from data.clocks import Calendar, Limit, deadline, shifted
from data.errors import CalendarUnpublished

_JUST_BEFORE: Final = timedelta(microseconds=1)


def due_after(calendar: Calendar, limit: Limit | None, start: datetime) -> datetime | None:
    """When a limit that starts at `start` runs out; `None` without one, or where its year is not published."""
    try:
        return None if limit is None else deadline(calendar, limit, start)
    except CalendarUnpublished:
        return None


def one_limit_later(calendar: Calendar, limit: Limit | None, due: datetime) -> datetime | None:
    """One original limit on top of a deadline (DOMAIN 3); a deadline in days is already the next day's first instant."""
    is_in_days = limit is not None and limit.type_code.endswith("days")
    return due_after(calendar, limit, due - _JUST_BEFORE if is_in_days else due)


class CaseClock:
    """`due_at` and why it is so: `basis_code` limit, extended, none or calendar_unpublished."""

    def __init__(self, calendar: Calendar, limit: Limit | None, reported_at: datetime) -> None:
        self.calendar, self.limit, self.reported_at = calendar, limit, reported_at
        self.due_at = due_after(calendar, limit, reported_at)
        self.basis_code = "none" if limit is None else self._basis("limit")
        self.suspended_at: datetime | None = None

    def extend(self, until: datetime | None) -> None:
        """More time: to the day that was granted, or by one original limit."""
        if until is not None:
            self.due_at, self.basis_code = until, "extended"
        elif self.due_at is not None:
            self.due_at = one_limit_later(self.calendar, self.limit, self.due_at)
            self.basis_code = self._basis("extended")

    def suspend(self, at: datetime) -> None:
        self.suspended_at = at

    def resume(self, at: datetime) -> None:
        """It goes on: the deadline moves by what the suspension took."""
        since, self.suspended_at = self.suspended_at, None
        if self.due_at is None or self.limit is None or since is None:
            return
        try:
            self.due_at = shifted(self.calendar, self.limit, self.due_at, since, at)
        except CalendarUnpublished:
            self.due_at, self.basis_code = None, "calendar_unpublished"

    def at_risk_at(self, share: float) -> datetime | None:
        """From here on so much of the limit is used up."""
        return None if self.due_at is None else self.reported_at + share * (self.due_at - self.reported_at)

    def badly_late_at(self) -> datetime | None:
        """From here on it is late by a whole limit more."""
        return None if self.due_at is None else one_limit_later(self.calendar, self.limit, self.due_at)

    def _basis(self, known: str) -> str:
        return "calendar_unpublished" if self.due_at is None else known
