"""What the counts of posts and departments hang on: when a case was filed, who handles it, until when each post had to act. Pure.

A duty is asked by its own deadline, and only once: the first triage, dispatch and acceptance of a case, the check of its last
hand-back. A deadline is empty where the city states no limit for the duty, or where nobody has it any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_UNFILED: Final = ("reported", "merged", "void")
_WAITING: Final = ("town", "city")


@dataclass
class Duties:
    """Derived columns of `schema.incident`. `handler_code` is the last department the case was dispatched to; it stays when
    the department gives the case back, so that a return is counted where it happened.
    """

    filed_at: datetime | None = None  # the first step that handled, dispatched or settled it
    handler_code: str | None = None
    supervise_count: int = 0
    triage_due_at: datetime | None = None
    dispatch_due_at: datetime | None = None
    first_accept_due_at: datetime | None = None
    check_due_at: datetime | None = None
    checked_at: datetime | None = None


def duties(
    reported_at: datetime,
    steps: Iterable[tuple[Mapping[str, Any], str]],
    deadline: Callable[[str, datetime], datetime | None],
    is_department: Callable[[str], bool],
) -> Duties:
    """The duties of a case from its steps that were possible, in order, each with the state it left behind.

    `deadline(kind, start)` is the instant until which a duty of that kind, begun then, is to be done.
    """
    found = Duties(triage_due_at=deadline("triage", reported_at))
    state, is_dispatched, is_accepted = "reported", False, False
    for step, after in steps:
        at, action = step["at"], step["action_code"]
        if found.filed_at is None and after not in _UNFILED:
            found.filed_at = at
        if not is_dispatched and found.dispatch_due_at is None and (after in _WAITING or action == "dispatch"):
            found.dispatch_due_at = deadline("dispatch", reported_at if action == "dispatch" else at)
        if action == "dispatch" and not is_accepted:
            found.first_accept_due_at = deadline("accept", at)
        is_dispatched, is_accepted = is_dispatched or action == "dispatch", is_accepted or action == "accept"
        _note(found, step, is_department)
        _check(found, step, state, after, deadline)
        state = after
    if not is_accepted and state != "dispatched":
        found.first_accept_due_at = None
    if not is_dispatched and state not in _WAITING:
        found.dispatch_due_at = None
    return found


def _note(found: Duties, step: Mapping[str, Any], is_department: Callable[[str], bool]) -> None:
    receiver = step["to_organisation_code"]
    if step["action_code"] == "dispatch" and receiver and is_department(receiver):
        found.handler_code = receiver
    if step["action_code"] == "supervise" and step["outcome_code"] != "0":
        found.supervise_count += 1


def _check(
    found: Duties, step: Mapping[str, Any], before: str, after: str, deadline: Callable[[str, datetime], datetime | None]
) -> None:
    if after == "checking" and before != "checking":
        found.check_due_at, found.checked_at = deadline("check", step["at"]), None
    elif before == "checking" and (after != "checking" or step["action_code"] == "check"):
        found.checked_at = found.checked_at or step["at"]
