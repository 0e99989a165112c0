"""From a step log to the state of an incident: `replay` is the only place that derives one. Pure; never reads or writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from data.alarms import HAND_OVERS, RETURNS, HandOver, next_after, signs_of, unowned_from
from data.case_clock import CaseClock, due_after, one_limit_later
from data.clocks import Calendar, Limit
from data.duties import Duties, duties
from data.holders import DUTIES, HandlingClock, Hands, Holding
from data.trails import hands_text, path_text
from data.transitions import TRANSITIONS, proven
from data.vocabulary import ACTION_RANK, ENDED_STATES, SUPERVISE_LEVELS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """What a city adds to the flow: its limits, its calendar, who holds a case that no department holds.

    `limit_for(kind, category_code, condition_code)` gives the `triage`, `dispatch`, `accept`, `finish` or `check` limit, or
    `None`; `town_room_of(township_code)` gives the organisation that holds a fresh report of that township;
    `kind_of(organisation_code)` its kind, empty where who may do what is not asked; `is_department` whether it handles cases;
    `ends_at(organisation_code)` the instant from which it is not in force, `None` while it is.
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
    acknowledge: Limit | None = None  # how soon a receiver is heard of; without it nobody is asked
    ends_at: Callable[[str | None], datetime | None] = lambda code: None


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
    bounced_at: datetime | None = None
    unaccepted_at: datetime | None = None
    unheard_at: datetime | None = None
    unowned_at: datetime | None = None
    sign_at: datetime | None = None
    alarm_at: datetime | None = None
    supervise_level: int = 0
    return_count: int = 0
    rework_count: int = 0
    extend_count: int = 0
    suspend_count: int = 0
    urge_count: int = 0
    reopen_count: int = 0
    step_count: int = 0
    impossible_count: int = 0
    path_text: str = ""
    hands_text: str = ""
    has_evidence: bool = False  # see `data.transitions.proven`
    steps: list[Outcome] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """The derived columns of `schema.incident`, by name."""
        return {name: getattr(self, name) for name in _COLUMNS}


_COLUMNS: Final = tuple(each.name for each in fields(Condition) if each.name not in ("steps", "holdings"))
_FIRST: Final = {"triage": "triaged_at", "forward": "triaged_at", "dispatch": "dispatched_at", "accept": "accepted_at"}
_COUNTS: Final = {action: f"{action}_count" for action in ("return", "rework", "extend", "suspend", "urge", "reopen")}


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
        self.dispatcher: str | None = rules.center_code
        self.worker: str | None = None
        limit, calendar = self._limit("finish"), rules.calendar
        reported_at, holder_code = report["reported_at"], rules.town_room_of(report["township_code"])
        self.condition = Condition(state_code="reported", state_since_at=reported_at, holder_code=holder_code)
        self.clock = CaseClock(calendar, limit, reported_at)
        self.hands = Hands(reported_at, holder_code, "reported")
        self.handling = HandlingClock(calendar, limit, lambda due: one_limit_later(calendar, limit, due))
        self.hand_over = HandOver()

    def run(self, steps: list[Row], at: datetime | None) -> Condition:
        condition = self.condition
        for step in steps:
            self._wake(step["at"])
            self.hand_over.hear(step["organisation_code"])
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
        condition.path_text = path_text(self.report["reported_at"], steps)
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
            if self.clock.due_at is not None and step["at"] > self.clock.due_at:
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
        if action == "return" and condition.return_count == RETURNS:
            condition.bounced_at = at
        held = condition.holder_code
        self._act(action, step)
        condition.has_evidence = proven(action, step, before=condition.has_evidence)
        self._hold(action, step)
        if action in HAND_OVERS:
            self.hand_over.give(condition.holder_code, step["organisation_code"], at)
        elif condition.holder_code != held:
            self.hand_over.forget()
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

    def _resume(self, at: datetime) -> None:
        self.condition.wakes_at = None
        self.clock.resume(at)

    def _finish(self, at: datetime | None) -> None:
        condition, clock = self.condition, self.clock
        condition.holdings = self.hands.until(at)
        possible = ((each.step, each.state_code) for each in condition.steps if each.is_possible)
        vars(condition).update(vars(duties(self.report["reported_at"], possible, self._deadline, self.rules.is_department)))
        condition.hands_text = hands_text(self.hands.past, self.hands.since_at)
        condition.due_at, condition.due_basis_code = clock.due_at, clock.basis_code
        if condition.state_code in ENDED_STATES:
            condition.bounced_at = None
            return
        condition.holder_since_at = self.hands.since_at
        if condition.state_code == "handling":
            condition.holder_due_at = self.handling.due_at
        elif condition.state_code == "dispatched":
            condition.holder_due_at = condition.accept_due_at
        elif condition.state_code in DUTIES:
            condition.holder_due_at = self._deadline(DUTIES[condition.state_code], condition.state_since_at)
        condition.at_risk_at = clock.at_risk_at(self.rules.at_risk_share)
        condition.badly_late_at = clock.badly_late_at()
        self._raise_signs(at)

    def _raise_signs(self, at: datetime | None) -> None:
        condition, rules, handed_at = self.condition, self.rules, self.hand_over.at
        condition.unaccepted_at = condition.accept_due_at if condition.state_code == "dispatched" else None
        condition.unheard_at = None if handed_at is None else due_after(rules.calendar, rules.acknowledge, handed_at)
        condition.unowned_at = unowned_from(condition.holder_code, self.hands.since_at, rules.ends_at)
        known = signs_of(condition.__dict__)
        if known:
            last = condition.steps[-1].step["at"] if condition.steps else self.report["reported_at"]
            condition.sign_at, condition.alarm_at = known[0][1], next_after(known, last if at is None else at)

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
            self.handling.extend(step["until_at"])
            self.clock.extend(step["until_at"])
        elif action == "suspend":
            condition.wakes_at = step["until_at"]
            self.clock.suspend(at)
        elif action == "supervise":
            level = step["outcome_code"] or str(condition.supervise_level + 1)
            condition.supervise_level = int(level) if level in SUPERVISE_LEVELS else int(SUPERVISE_LEVELS[-1])
        if self.clock.suspended_at is not None and action in ("resume", "resolve", "close", "merge", "void"):
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
        return due_after(self.rules.calendar, self._limit(kind), start)
