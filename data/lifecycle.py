"""From a step log to the state of an incident: `replay` is the only place that derives one. Pure; never reads or writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from data.clocks import Calendar, Limit, deadline, shifted
from data.duties import Duties, duties
from data.errors import CalendarUnpublished
from data.holders import DUTIES, HandlingClock, Hands, Holding
from data.transitions import TRANSITIONS
from data.vocabulary import ACTION_RANK, ENDED_STATES, SUPERVISE_LEVELS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """What a city adds to the flow: its limits, its calendar, who holds a case that no department holds.

    `limit_for(kind, category_code, condition_code)` gives the `triage`, `dispatch`, `accept`, `finish` or `check` limit, or
    `None`; `town_room_of(township_code)` gives the organisation that holds a fresh report of that township;
    `kind_of(organisation_code)` its kind, empty where who may do what is not asked; `is_department` whether it handles cases.
    """

    calendar: Calendar
    limit_for: Callable[[str, str, str], Limit | None]
    town_room_of: Callable[[str | None], str]
    center_code: str
    kind_of: Callable[[str | None], str] = lambda code: ""
    is_department: Callable[[str], bool] = lambda code: True
    extensions_allowed: int = 2  # DOMAIN 3: at most two approvals
    suspensions_allowed: int = 1  # DOMAIN 3: once
    at_risk_share: float = 0.8  # of the limit used up


class Outcome(NamedTuple):
    """What a step did: nothing when it has a problem (`vocabulary.PROBLEMS`), and the state it left behind."""

    step: Row
    problem_code: str
    state_code: str

    @property
    def is_possible(self) -> bool:
        return not self.problem_code


@dataclass(kw_only=True)
class Condition(Duties):
    """The derived columns of `schema.incident`; for each step in replay order what it did; who held it from when to when."""

    state_code: str
    state_since_at: datetime
    holder_code: str | None = None
    holder_since_at: datetime | None = None
    holder_due_at: datetime | None = None
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
    at_risk_at: datetime | None = None
    badly_late_at: datetime | None = None
    wakes_at: datetime | None = None
    supervise_level: int = 0
    return_count: int = 0
    rework_count: int = 0
    extend_count: int = 0
    suspend_count: int = 0
    urge_count: int = 0
    reopen_count: int = 0
    step_count: int = 0
    impossible_count: int = 0
    steps: list[Outcome] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """The derived columns of `schema.incident`, by name."""
        return {name: getattr(self, name) for name in _COLUMNS}


_JUST_BEFORE: Final = timedelta(microseconds=1)
_COLUMNS: Final = tuple(each.name for each in fields(Condition) if each.name not in ("steps", "holdings"))
_FIRST: Final = {"triage": "triaged_at", "forward": "triaged_at", "dispatch": "dispatched_at", "accept": "accepted_at"}
_COUNTS: Final = {name: f"{name}_count" for name in ("return", "rework", "extend", "suspend", "urge", "reopen")}


def in_order(steps: Iterable[Row]) -> list[Row]:
    """Steps as they happened, whatever the order they arrived in."""
    return sorted(steps, key=lambda step: (step["at"], ACTION_RANK[step["action_code"]], step["source_ref"]))


def replay(report: Row, steps: Iterable[Row], rules: Rules, at: datetime | None = None) -> Condition:
    """The state of an incident after its steps, at an instant.

    `report` has `reported_at`, `category_code`, `condition_code` and `township_code`; a step has the columns of
    `schema.step`. A step that may not be changes nothing and is marked; it is never dropped. Steps after `at` are left
    out; without it the state is that right after the last step. A suspended case wakes by itself on its day.
    """
    known = in_order(steps)
    return _Replay(report, rules).run(known if at is None else [step for step in known if step["at"] <= at], at)


class _Replay:
    def __init__(self, report: Row, rules: Rules) -> None:
        self.report = report
        self.rules = rules
        self.limit = self._limit("finish")
        self.suspended_at: datetime | None = None
        self.dispatcher: str | None = rules.center_code
        self.worker: str | None = None
        reported_at, holder_code = report["reported_at"], rules.town_room_of(report["township_code"])
        self.condition = Condition(state_code="reported", state_since_at=reported_at, holder_code=holder_code)
        self.hands = Hands(reported_at, holder_code, "reported")
        self.handling = HandlingClock(rules.calendar, self.limit, self._later)
        self._set_due(reported_at)

    def run(self, steps: list[Row], at: datetime | None) -> Condition:
        condition = self.condition
        for step in steps:
            self._wake(step["at"])
            problem_code = self._problem(step)
            if not problem_code:
                self._apply(step)
            else:
                condition.impossible_count += 1
            condition.step_count += 1
            condition.steps.append(Outcome(step, problem_code, condition.state_code))
        if at is not None:
            self._wake(at)
        self._finish(at)
        return condition

    def _problem(self, step: Row) -> str:
        condition, action = self.condition, step["action_code"]
        edge = TRANSITIONS.get((condition.state_code, action))
        if edge is None:
            return "state"
        kind = self.rules.kind_of(step["organisation_code"])
        if edge.who and kind and kind not in edge.who:
            return "role"
        if action == "extend":
            if condition.due_at is not None and step["at"] > condition.due_at:
                return "overdue"
            return "" if condition.extend_count < self.rules.extensions_allowed else "too_often"
        return "too_often" if action == "suspend" and condition.suspend_count >= self.rules.suspensions_allowed else ""

    def _apply(self, step: Row) -> None:
        condition, action, at = self.condition, step["action_code"], step["at"]
        before = condition.state_code
        after = TRANSITIONS[before, action].after_code
        if action == "check" and step["outcome_code"] == "fail":
            action, after = "rework", "handling"
        if action in _COUNTS:
            setattr(condition, _COUNTS[action], getattr(condition, _COUNTS[action]) + 1)
        if action in _FIRST and getattr(condition, _FIRST[action]) is None:
            setattr(condition, _FIRST[action], at)
        self._act(action, step)
        self._hold(action, step)
        self._move(action, before, after, at)

    def _move(self, action: str, before: str, after: str, at: datetime) -> None:
        condition = self.condition
        if after != before or action == "dispatch":
            condition.state_code, condition.state_since_at = after, at
        if after in ENDED_STATES and before not in ENDED_STATES:
            condition.ended_at, condition.holder_code = at, None
        if action == "dispatch":
            self.handling.hand_over(condition.holder_code, at)
        else:
            self.handling.move(before, after, at)
        self.hands.pass_on(at, condition.holder_code, condition.state_code)

    def _wake(self, at: datetime) -> None:
        wakes_at = self.condition.wakes_at
        if wakes_at is not None and wakes_at <= at:
            self._resume(wakes_at)
            self._move("resume", "suspended", "handling", wakes_at)

    def _finish(self, at: datetime | None) -> None:
        condition = self.condition
        condition.holdings = self.hands.until(at)
        possible = ((each.step, each.state_code) for each in condition.steps if each.is_possible)
        vars(condition).update(vars(duties(self.report["reported_at"], possible, self._deadline, self.rules.is_department)))
        if condition.state_code in ENDED_STATES:
            return
        condition.holder_since_at = self.hands.since_at
        if condition.state_code == "handling":
            condition.holder_due_at = self.handling.due_at
        elif condition.state_code == "dispatched":
            condition.holder_due_at = condition.accept_due_at
        elif condition.state_code in DUTIES:
            condition.holder_due_at = self._deadline(DUTIES[condition.state_code], condition.state_since_at)
        if condition.due_at is not None:
            reported_at = self.report["reported_at"]
            condition.at_risk_at = reported_at + self.rules.at_risk_share * (condition.due_at - reported_at)
            condition.badly_late_at = self._later(condition.due_at)

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
            self.suspended_at, condition.wakes_at = at, step["until_at"]
        elif action == "supervise":
            level = step["outcome_code"] or str(condition.supervise_level + 1)
            condition.supervise_level = int(level) if level in SUPERVISE_LEVELS else int(SUPERVISE_LEVELS[-1])
        if self.suspended_at is not None and action in ("resume", "resolve", "close", "merge", "void"):
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
        self.handling.extend(step["until_at"])
        if step["until_at"] is not None:
            condition.due_at, condition.due_basis_code = step["until_at"], "extended"
        elif condition.due_at is not None:
            condition.due_at = self._later(condition.due_at)
            condition.due_basis_code = "calendar_unpublished" if condition.due_at is None else "extended"

    def _later(self, due: datetime) -> datetime | None:
        """One original limit on top of a deadline (DOMAIN 3); a deadline in days is already the next day's first instant."""
        if self.limit is None:
            return None
        try:
            return deadline(self.rules.calendar, self.limit, due - _JUST_BEFORE if self.limit.type_code.endswith("days") else due)
        except CalendarUnpublished:
            return None

    def _resume(self, at: datetime) -> None:
        condition, since, self.suspended_at = self.condition, self.suspended_at, None
        condition.wakes_at = None
        if condition.due_at is None or self.limit is None or since is None:
            return
        try:
            condition.due_at = shifted(self.rules.calendar, self.limit, condition.due_at, since, at)
        except CalendarUnpublished:
            condition.due_at, condition.due_basis_code = None, "calendar_unpublished"
