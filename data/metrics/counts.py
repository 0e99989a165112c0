"""The counts metrics are made of, each with what is counted. All add up over areas, organisations, categories and periods.

A count in `PAST` hangs on the day something happened or was due; one in `WAITING` is a part of such a cohort that is still
open, at an instant; one in `STANDING` has no period: how things stand at that instant. `data.rollups` says how the first
are counted, `data.row_counts` the others.
"""

from __future__ import annotations

from typing import Final

PAST: Final = {
    "reported": "reports, by the day they came in",
    "reported_void": "of those, found to be no case",
    "triaged": "reports a room took on, by the day of the first triage or forwarding",
    "filed": "cases, by the day of the first step that handled, dispatched or settled them; merged and void left out",
    "filed_reworked": "of those, with at least one failed check",
    "dispatched": "cases, by the day of their first dispatch",
    "accepted": "cases, by the day of their first acceptance",
    "resolved": "cases, by the day their handling was finished",
    "closed": "cases, by the day they were closed",
    "feedback": "cases, by the day their reporter was last asked",
    "void": "reports made void, by the day they were",
    "merged": "reports merged into another, by the day they were",
    "due": "cases, by the day of their deadline; merged and void left out",
    "due_handled": "of those, handled, in time or not",
    "due_on_time": "of those, handled by their deadline",
    "due_ended": "of those, closed",
    "due_ended_on_time": "of those, closed by their deadline",
    "due_returned": "of those, given back at least once",
    "due_return_times": "how often those were given back",
    "due_reworked": "of those, with at least one failed check",
    "due_rework_times": "how many checks those failed",
    "due_extended": "of those, with at least one extension",
    "due_suspended": "of those, suspended at least once",
    "due_supervised": "of those, watched by a leader at least once",
    "triage_due": "cases, by the day until which they were to be taken on",
    "triage_on_time": "of those, taken on by then",
    "dispatch_due": "cases, by the day until which they were to be dispatched first",
    "dispatch_on_time": "of those, dispatched by then",
    "accept_due": "cases, by the day until which they were to be accepted first",
    "accept_on_time": "of those, accepted by then",
    "check_due": "cases, by the day until which what was handed back last was to be checked",
    "check_on_time": "of those, checked by then",
}

WAITING: Final = {
    "not_due": "of `due`, open, not handled, and not late: before their deadline, or suspended",
    "suspended": "of `due`, open, not handled, and suspended now",
    "triage_not_due": "of `triage_due`, open, not taken on, and the deadline is to come",
    "dispatch_not_due": "of `dispatch_due`, open, not dispatched, and the deadline is to come",
    "accept_not_due": "of `accept_due`, open, not accepted, and the deadline is to come",
    "check_not_due": "of `check_due`, open, not checked, and the deadline is to come",
}

STANDING: Final = {
    "open": "cases that are open",
    "late": "of those, past their deadline and not suspended; what waits for its check is still open",
    "at_risk": "of those, near their deadline and not suspended",
    "due_today": "of those, with a deadline still to come today",
    "open_suspended": "of those, suspended",
    "open_supervised": "of those, watched by a leader",
}

COUNTS: Final = {**PAST, **WAITING, **STANDING}
