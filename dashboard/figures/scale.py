"""What the pictures of durations share: an axis of time in logarithms, short durations, shares that stay honest when few. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dashboard.i18n import Look

FEW: Final = 30  # below so many a share in percent says more than is known
_TICKS: Final = ((1, "tick.minute"), (10, "tick.ten_minutes"), (60, "tick.hour"), (360, "tick.six_hours"), (1_440, "tick.day"),
                 (10_080, "tick.week"), (43_830, "tick.month"), (175_320, "tick.four_months"), (525_960, "tick.year"))  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """Minutes from `low` to `high` as 0 to 1, evenly by their logarithm; beyond the ends at the ends."""

    low: float
    high: float

    def place(self, minutes: float) -> float:
        held = min(max(minutes, self.low), self.high)
        return math.log(held / self.low) / math.log(self.high / self.low)

    def ticks(self, look: Look) -> list[dict[str, Any]]:
        """`left` and `label` of the round durations it spans."""
        return [
            {"left": self.place(minutes), "label": look.word(key)} for minutes, key in _TICKS if self.low <= minutes <= self.high
        ]


def brief(minutes: float, look: Look) -> str:
    """A duration in one unit: minutes below an hour, hours below two days, then days."""
    if minutes < 1:
        return look.word("duration.none")
    if minutes < 59.5:
        return look.word("brief.minutes", value=f"{minutes:.0f}")
    if minutes < 2_850:
        return look.word("brief.hours", value=f"{minutes / 60:.0f}")
    return look.word("brief.days", value=f"{minutes / 1_440:.0f}")


def long(minutes: float, look: Look) -> str:
    """A duration as `Look.duration` says it."""
    return look.duration(timedelta(minutes=minutes))


def share(count: int, whole: int, look: Look) -> str:
    """A share in percent; with fewer than thirty, the two numbers themselves."""
    if whole < FEW:
        return look.word("share.few", count=look.number(count), whole=look.number(whole))
    return look.word("share", percent=f"{100 * count / whole:.0f}" if count * 100 >= whole or not count else "<1")
