"""How long to wait before something is tried again: the one that failed, and the way to WeChat itself when it is barred."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from etl.wechat_api import TOO_MANY_TO_ONE, Outcome

FIRST_PAUSE: Final = timedelta(minutes=1)  # four times as long after each attempt
LONGEST_PAUSE: Final = timedelta(hours=6)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return min(FIRST_PAUSE * 4 ** (attempts - 1), LONGEST_PAUSE) if attempts else FIRST_PAUSE


class Rest:
    """Of a way that is barred for all: it is tried again after a while, twice as long each time."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._next = FIRST_PAUSE

    def lasts(self, now: datetime) -> bool:
        return self._until is not None and now < self._until

    def is_open_after(self, outcome: Outcome, now: datetime) -> bool:
        """Whether the way is open, as an outcome tells; if not, it rests from now on."""
        if outcome.code in ("sent", "never") or outcome.reason == TOO_MANY_TO_ONE:
            self._next = FIRST_PAUSE
            return True
        self._until = now + self._next
        self._next = min(2 * self._next, LONGEST_PAUSE)
        return False
