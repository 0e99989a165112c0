"""When an open case is late: past its deadline while the clock of its handling runs. Pure, the same for rows and instants.

The deadline is that of handling (DOMAIN 1.5: 按期处置 is by the resolution). So a case resolved in time that waits for its check is
not late (a failed check takes its resolution back), nor is a suspended one, whose clock stands.
"""

from __future__ import annotations

from typing import Any, Final

SUSPENDED: Final = "suspended"


def is_running(state_code: str, due_at: Any, resolved_at: Any) -> bool:
    """Whether an open case can still become late, or is: instants of one kind, the deadline there."""
    return state_code != SUSPENDED and (resolved_at is None or resolved_at > due_at)


def is_late(state_code: str, due_at: Any, resolved_at: Any, now: Any) -> bool:
    """Whether an open case is past its deadline by now; without a deadline never."""
    return due_at is not None and due_at < now and is_running(state_code, due_at, resolved_at)


def late_from(due_at: Any, resolved_at: Any) -> Any:
    """From when on a case is past its deadline, as its story is told; `None` without a deadline and where it was met."""
    return None if due_at is None or (resolved_at is not None and resolved_at <= due_at) else due_at
