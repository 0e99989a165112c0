"""Who held a case from when to when, and the holder's clock, which begins anew with each holder. Pure.

The case's clock runs from the report and is never reset; the holder's runs from the hand-over. A department that gives a
case back stops its handling clock; handed to it again it goes on, handed to another it starts (DOMAIN section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.clocks import Calendar, Limit, deadline, shifted
from data.errors import CalendarUnpublished
from data.vocabulary import ENDED_STATES

# The kind of limit that runs for whoever holds a case in a state; handling has a clock of its own.
DUTIES: Final = {"reported": "triage", "town": "dispatch", "city": "dispatch", "dispatched": "accept", "checking": "check"}
_IN_HAND: Final = ("dispatched", "handling")


@dataclass(frozen=True)
class Holding:
    """A stretch of a case's life in one hand and one state: from its first instant to its last (excluded).

    `holder_code` is `None` when nobody holds it: unowned work while it is open, rest once it has ended.
    """

    holder_code: str | None
    state_code: str
    from_at: datetime
    to_at: datetime

    @property
    def time(self) -> timedelta:
        return self.to_at - self.from_at


class Hands:
    """Collects holdings while a log is replayed: they touch, and their times sum to what has elapsed."""

    def __init__(self, reported_at: datetime, holder_code: str | None, state_code: str) -> None:
        self.past: list[Holding] = []
        self.since_at = reported_at  # of this holder
        self._current = (holder_code, state_code)
        self._from_at = reported_at

    def pass_on(self, at: datetime, holder_code: str | None, state_code: str) -> None:
        """From `at` on it is in that hand and state; an instant before the last hand-over counts as that hand-over."""
        if (holder_code, state_code) == self._current:
            return
        if self._current[1] in ENDED_STATES and state_code in ENDED_STATES:
            self._current = (holder_code, state_code)  # it is over either way: what follows is no part of its time
            return
        at = max(at, self._from_at)
        self._close(at)
        is_over, was_over = state_code in ENDED_STATES, self._current[1] in ENDED_STATES
        if holder_code != self._current[0] or is_over != was_over:
            self.since_at = at
        self._current = (holder_code, state_code)

    def until(self, at: datetime | None) -> list[Holding]:
        """All holdings; the last one reaches to `at`, or ends where it began when `at` is unknown or the case has ended."""
        is_over = at is None or self._current[1] in ENDED_STATES
        last = [] if is_over or at is None or at <= self._from_at else [Holding(*self._current, self._from_at, at)]
        return [*self.past, *last]

    def _close(self, at: datetime) -> None:
        if at > self._from_at:
            self.past.append(Holding(*self._current, self._from_at, at))
        self._from_at = at


def time_per_holder(holdings: Sequence[Holding]) -> dict[str | None, timedelta]:
    """Time charged to each holder; the values sum to the time from the first holding to the last."""
    charged: dict[str | None, timedelta] = {}
    for each in holdings:
        charged[each.holder_code] = charged.get(each.holder_code, timedelta()) + each.time
    return charged


def chain(holdings: Sequence[Holding]) -> list[str]:
    """The hands a case went through, in order: each holder once for each time it was handed over."""
    codes = [each.holder_code for each in holdings if each.holder_code is not None]
    return [code for place, code in enumerate(codes) if place == 0 or code != codes[place - 1]]


class HandlingClock:
    """The handling limit of the department that has the case; it stands while the case is out of its hands."""

    def __init__(self, calendar: Calendar, limit: Limit | None, later: Callable[[datetime], datetime | None]) -> None:
        self.calendar, self.limit, self._later = calendar, limit, later
        self.due_at: datetime | None = None
        self._organisation_code: str | None = None
        self._stood_since: datetime | None = None

    def hand_over(self, organisation_code: str | None, at: datetime) -> None:
        """To the same organisation again: its clock goes on. To another: it starts."""
        if organisation_code is not None and organisation_code == self._organisation_code and self._stood_since is not None:
            self.go_on(at)
        else:
            self._organisation_code, self._stood_since = organisation_code, None
            self.due_at = self._known(lambda: deadline(self.calendar, self.limit, at) if self.limit else None)

    def move(self, before: str, after: str, at: datetime) -> None:
        """Follow a change of state: stand when the case leaves the department's hands, go on when it is back."""
        if before in _IN_HAND and after not in _IN_HAND:
            self._stood_since = at
        elif after in _IN_HAND and before not in _IN_HAND and self._stood_since is not None:
            self.go_on(at)

    def go_on(self, at: datetime) -> None:
        since, self._stood_since = self._stood_since, None
        due, limit = self.due_at, self.limit
        if since is not None and due is not None and limit is not None:
            self.due_at = self._known(lambda: shifted(self.calendar, limit, due, since, max(at, since)))

    def extend(self, until: datetime | None) -> None:
        """More time, as the case got it."""
        if self.due_at is not None:
            self.due_at = until if until is not None else self._later(self.due_at)

    @staticmethod
    def _known(count: Callable[[], datetime | None]) -> datetime | None:
        try:
            return count()
        except CalendarUnpublished:
            return None
