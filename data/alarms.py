"""The four signs that a case is nobody's in earnest (推诿), each with the instant from which it is true. Pure.

Passed to and fro: given back a second time. Not accepted: the limit to accept has run out. Unheard: handed over, and
not one step of the receiver within the city's stated time. Nobody's: no holder, or one that is not in force. A sign
is true from its instant on without anybody saying a word, so the instant is stored when the case is derived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

Row = Mapping[str, Any]
SIGN_COLUMNS: Final = {
    "bounced": "bounced_at",
    "unaccepted": "unaccepted_at",
    "unheard": "unheard_at",
    "unowned": "unowned_at",
}
RETURNS: Final = 2  # given back so often, a case is passed to and fro
HAND_OVERS: Final = ("forward", "dispatch", "return", "rework", "reopen")
WORST: Final = 3


class HandOver:
    """The last hand-over of a case, until its receiver has been heard of."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._receiver: str | None = None

    def hear(self, organisation_code: str | None) -> None:
        """A step of an organisation, whatever it is: if it is the receiver's, the hand-over is acknowledged."""
        if organisation_code is not None and organisation_code == self._receiver:
            self.forget()

    def give(self, receiver: str | None, giver: str | None, at: datetime) -> None:
        """From one hand into another's; what somebody takes or keeps for himself needs no answer."""
        if receiver is None or receiver == giver:
            self.forget()
        else:
            self._receiver, self.at = receiver, at

    def forget(self) -> None:
        self._receiver = self.at = None


def unowned_from(holder_code: str | None, since_at: datetime, ends_at: Callable[[str | None], datetime | None]) -> datetime | None:
    """From when on the work of an open case is nobody's: it has no holder, or its holder is not in force any more."""
    if holder_code is None:
        return since_at
    end = ends_at(holder_code)
    return None if end is None else max(since_at, end)


def signs_of(case: Row) -> list[tuple[str, datetime]]:
    """The signs of a case, true already or to come if nobody says a word, as (kind, from when), the earliest first."""
    known = [(kind, case[column]) for kind, column in SIGN_COLUMNS.items() if case[column] is not None]
    return sorted(known, key=lambda each: each[1]) if len(known) > 1 else known


def next_after(signs: Sequence[tuple[str, datetime]], at: datetime) -> datetime | None:
    """The next instant after `at` at which a sign becomes true."""
    return next((since for _, since in signs if since > at), None)


def raised(case: Row, now: datetime) -> list[tuple[str, datetime]]:
    """The signs of a case that are true at `now`, as (kind, since when), the oldest first."""
    return [(kind, at) for kind, at in signs_of(case) if at <= now]


def severity(case: Row, signs: int) -> int:
    """1 to 3: one for each sign, one more for an urgent case, one more when a leader watches it."""
    return min(signs + (case["urgency_code"] == "urgent") + (case["supervise_level"] > 0), WORST)


def next_stir(alarm_at: datetime | None, log: Iterable[Row], at: datetime) -> datetime | None:
    """When a case stirs next without a word: a sign becomes true, or a step comes due whose clock was ahead of ours."""
    ahead = [each["at"] for each in log if each["at"] > at] + ([alarm_at] if alarm_at else [])
    return min(ahead, default=None)
