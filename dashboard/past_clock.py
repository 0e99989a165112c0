"""The clock of a replay: runs from an instant at a speed, stands while it is paused. And what an address says of it. Pure but for a
clock that only runs.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from data.clocks import Clock
from data.errors import NoSuchPast

SLOWEST: Final = 1
FASTEST: Final = 120
LONGEST: Final = 40  # characters of an instant


class PastClock(Clock):
    """It is `at` when it is made, and from then on time goes `speed` times as fast as elsewhere."""

    def __init__(self, at: datetime, speed: float, *, is_playing: bool = True) -> None:
        super().__init__()
        self._at, self._since, self.speed, self.is_playing = at, time.monotonic(), speed, is_playing

    def now(self) -> datetime:
        gone = (time.monotonic() - self._since) * self.speed if self.is_playing else 0.0
        return self._at + timedelta(seconds=gone)

    @property
    def ahead(self) -> timedelta:
        """How far it is from the present; behind it, in fact."""
        return self.now() - Clock().now()

    def set(self, at: datetime) -> None:
        """Let it be another instant."""
        self._at, self._since = at, time.monotonic()

    def pace(self, speed: float | None = None, *, is_playing: bool | None = None) -> None:
        """Go on at another speed, or stand, from where it is."""
        self.set(self.now())
        self.speed = self.speed if speed is None else speed
        self.is_playing = self.is_playing if is_playing is None else is_playing


def instant(written: str, zone: ZoneInfo) -> datetime:
    """The instant of an address: ISO 8601, in the county's time where it names no offset. Raises `NoSuchPast`."""
    try:
        if len(written) > LONGEST:
            raise ValueError
        # In an address, a plus sign that was not written as %2B has become a blank.
        found = datetime.fromisoformat(written.strip().replace(" +", "+") if "+" in written else _with_plus(written.strip()))
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NoSuchPast(f"{written[:LONGEST]!r} is no instant.", reason="bad_at", written=written[:LONGEST]) from error


def _with_plus(written: str) -> str:
    """`2026-09-30T08:00 08:00` is what is left of `2026-09-30T08:00+08:00`."""
    head, blank, tail = written.rpartition(" ")
    return f"{head}+{tail}" if blank and "T" in head else written


def speed(written: str) -> float:
    """The speed of an address, 1 to 120; one where it says nothing. Raises `NoSuchPast`."""
    try:
        found = float(written or SLOWEST)
    except ValueError:
        found = -1.0
    if not SLOWEST <= found <= FASTEST:
        raise NoSuchPast(f"{written[:LONGEST]!r} is no speed.", reason="bad_speed", written=written[:LONGEST])
    return found
