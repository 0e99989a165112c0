"""From a step log to the state of an incident: `replay` is the only place that derives one. Pure; never reads or writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

from data.clocks import Calendar, Limit, deadline, shifted
from data.errors import CalendarUnpublished
from data.vocabulary import ACTION_RANK, ENDED_STATES, TRANSITIONS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """What a city adds to the flow: its limits, its calendar, who holds a case that no department holds.

    `limit_for(kind, category_code, condition_code)` gives the `accept` or `finish` limit, or `None`;
    `town_room_of(township_code)` gives the organisation that holds a fresh report of that township.
    """

    calendar: Calendar
    limit_for: Callable[[str, str, str], Limit | None]
    town_room_of: Callable[[str | None], str]
    center_code: str
    extensions_allowed: int = 2  # DOMAIN 3: at most two approvals


@dataclass
class Condition:
    """The derived columns of `schema.incident`, and for each step in replay order what it did."""

    state_code: str
    state_since_at: datetime
    holder_code: str | None = None
    triaged_at: datetime | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    feedback_at: datetime | None = None
    ended_at: datetime | None = None
    accept_due_at: datetime | None = None
    due_at: datetime | None = None
    due_basis_code: str = "none"
    return_count: int = 0
    rework_count: int = 0
    extend_count: int = 0
    suspend_count: int = 0
    urge_count: int = 0
    reopen_count: int = 0
    step_count: int = 0
    impossible_count: int = 0
    steps: list[tuple[Row, bool, str]] = field(default_factory=list)  # (step, is_possible, state_after_code)

    def columns(self) -> dict[str, Any]:
        """The derived columns of `schema.incident`, by name."""
        return {name: getattr(self, name) for name in _COLUMNS}


_JUST_BEFORE: Final = timedelta(microseconds=1)
_COLUMNS: Final = tuple(each.name for each in fields(Condition) if each.name != "steps")
_FIRST: Final = {"triage": "triaged_at", "forward": "triaged_at", "dispatch": "dispatched_at", "accept": "accepted_at"}
_COUNTS: Final = {
    "return": "return_count",
    "rework": "rework_count",
    "extend": "extend_count",
    "suspend": "suspend_count",
    "urge": "urge_count",
    "reopen": "reopen_count",
}


def in_order(steps: Iterable[Row]) -> list[Row]:
    """Steps as they happened, whatever the order they arrived in."""
    return sorted(steps, key=lambda step: (step["at"], ACTION_RANK[step["action_code"]], step["source_ref"]))


def replay(report: Row, steps: Iterable[Row], rules: Rules) -> Condition:
    """The state of an incident after its steps.

    `report` has `reported_at`, `category_code`, `condition_code` and `township_code`; a step has the columns of
    `schema.step`. A step that the state does not allow changes nothing and is marked; it is never dropped. To know the
    state at an instant, leave out the steps after it.
    """
    return _Replay(report, rules).run(in_order(steps))


class _Replay:
    def __init__(self, report: Row, rules: Rules) -> None:
        self.report = report
        self.rules = rules
        self.limit = self._limit("finish")
        self.suspended_at: datetime | None = None
        self.dispatcher: str | None = rules.center_code
        self.worker: str | None = None
        self.condition = Condition(
            state_code="reported",
            state_since_at=report["reported_at"],
            holder_code=rules.town_room_of(report["township_code"]),
        )
        self._set_due(report["reported_at"])

    def run(self, steps: list[Row]) -> Condition:
        condition = self.condition
        for step in steps:
            is_possible = self._is_possible(step)
            if is_possible:
                self._apply(step)
            else:
                condition.impossible_count += 1
            condition.step_count += 1
            condition.steps.append((step, is_possible, condition.state_code))
        return condition

    def _is_possible(self, step: Row) -> bool:
        condition, action = self.condition, step["action_code"]
        if (condition.state_code, action) not in TRANSITIONS:
            return False
        if action == "extend":
            is_late = condition.due_at is not None and step["at"] > condition.due_at
            return not is_late and condition.extend_count < self.rules.extensions_allowed
        return True

    def _apply(self, step: Row) -> None:
        condition, action, at = self.condition, step["action_code"], step["at"]
        before = condition.state_code
        after = TRANSITIONS[before, action]
        if action == "check" and step["outcome_code"] == "fail":
            action, after = "rework", "handling"
        if action in _COUNTS:
            setattr(condition, _COUNTS[action], getattr(condition, _COUNTS[action]) + 1)
        if action in _FIRST and getattr(condition, _FIRST[action]) is None:
            setattr(condition, _FIRST[action], at)
        self._act(action, step)
        self._hold(action, step)
        if after != before or action == "dispatch":
            condition.state_code, condition.state_since_at = after, at
        if after in ENDED_STATES and before not in ENDED_STATES:
            condition.ended_at, condition.holder_code = at, None

    def _act(self, action: str, step: Row) -> None:
        condition, at = self.condition, step["at"]
        if action == "dispatch":
            condition.accept_due_at = self._deadline("accept", at)
        elif action == "resolve":
            condition.resolved_at = at
        elif action == "close":
            condition.closed_at = at
            condition.resolved_at = condition.resolved_at or at
        elif action == "feedback":
            condition.feedback_at = at
        elif action in ("rework", "reopen"):
            condition.resolved_at = condition.closed_at = condition.ended_at = None
        elif action == "extend":
            self._extend(step)
        elif action == "suspend":
            self.suspended_at = at
        if self.suspended_at is not None and action in ("resume", "resolve", "close"):
            self._resume(at)

    def _hold(self, action: str, step: Row) -> None:
        condition, who, to = self.condition, step["organisation_code"], step["to_organisation_code"]
        if action == "triage":
            condition.holder_code = who or condition.holder_code
        elif action == "forward" or (action == "return" and condition.state_code not in ("town", "city")):
            condition.holder_code = to or self.rules.center_code
        elif action == "return":
            condition.holder_code = to or self.rules.town_room_of(self.report["township_code"])
        elif action == "dispatch":
            self.dispatcher = who or self.rules.center_code
            condition.holder_code = to
        elif action == "accept":
            condition.holder_code = who or condition.holder_code
        elif action == "resolve":
            self.worker = condition.holder_code
            condition.holder_code = self.dispatcher
        elif action in ("rework", "reopen"):
            condition.holder_code = to or self.worker or self.dispatcher

    def _limit(self, kind: str) -> Limit | None:
        return self.rules.limit_for(kind, self.report["category_code"], self.report["condition_code"])

    def _deadline(self, kind: str, start: datetime) -> datetime | None:
        limit = self._limit(kind)
        try:
            return None if limit is None else deadline(self.rules.calendar, limit, start)
        except CalendarUnpublished:
            return None

    def _set_due(self, start: datetime) -> None:
        if self.limit is None:
            return
        try:
            self.condition.due_at = deadline(self.rules.calendar, self.limit, start)
            self.condition.due_basis_code = "limit"
        except CalendarUnpublished:
            self.condition.due_basis_code = "calendar_unpublished"

    def _extend(self, step: Row) -> None:
        condition = self.condition
        if step["until_at"] is not None:
            condition.due_at, condition.due_basis_code = step["until_at"], "extended"
        elif condition.due_at is not None:
            # One original limit on top of the current deadline (DOMAIN 3); the deadline's own instant is already the next day.
            condition.due_at = self._later(condition.due_at)

    def _later(self, due: datetime) -> datetime | None:
        assert self.limit is not None
        try:
            start = due - _JUST_BEFORE if self.limit.type_code.endswith("days") else due
            later = deadline(self.rules.calendar, self.limit, start)
        except CalendarUnpublished:
            self.condition.due_basis_code = "calendar_unpublished"
            return None
        self.condition.due_basis_code = "extended"
        return later

    def _resume(self, at: datetime) -> None:
        condition, since, self.suspended_at = self.condition, self.suspended_at, None
        if condition.due_at is None or self.limit is None or since is None:
            return
        try:
            condition.due_at = shifted(self.rules.calendar, self.limit, condition.due_at, since, at)
        except CalendarUnpublished:
            condition.due_at, condition.due_basis_code = None, "calendar_unpublished"
