"""When an open case is late: past its deadline while the clock of its handling runs. Pure, the same for rows and instants.

The deadline is that of handling (DOMAIN 1.5: 按期处置 is by the resolution). So a case resolved in time that waits for its check is
not late (a failed check takes its resolution back), nor is a suspended one, whose clock stands.
"""

from __future__ import annotations

from typing import Any, Final

SUSPENDED: Final = "suspended"
JUDGED: Final = ("in_time", "late", "open")  # what `standing` tells of a case that a deadline binds


def is_late(state_code: str, due_at: Any, resolved_at: Any, now: Any) -> bool:
    """Whether an open case is past its deadline by now; without a deadline never."""
    late = late_from(due_at, resolved_at)
    return state_code != SUSPENDED and late is not None and late < now


def late_from(due_at: Any, resolved_at: Any) -> Any:
    """From when on a case is past its deadline, as its story is told; `None` without a deadline and where it was met."""
    return None if due_at is None or (resolved_at is not None and resolved_at <= due_at) else due_at


def standing(state_code: str, due_at: Any, done_at: Any, now: Any) -> str:
    """How a case stands against one deadline: `in_time` or `late` when it is done, or is not and the deadline has passed; `open`
    while it may still be met; `none` where no deadline binds it: without one, merged, or void.
    """
    if due_at is None or state_code in ("merged", "void"):
        return "none"
    if done_at is not None:
        return "in_time" if done_at <= due_at else "late"
    return "late" if is_late(state_code, due_at, None, now) else "open"
