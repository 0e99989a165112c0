"""Day, week, month, quarter in the county's time zone: boundaries, the one before, a year ago. Never `now()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EPOCH_ON: Final = date(1970, 1, 1)  # county days are numbered from here
KINDS: Final = ("day", "week", "month", "quarter")


@dataclass(frozen=True, order=True)
class Period:
    """A run of whole county days: `first_on` to `last_on`, both included."""

    kind: str
    first_on: date

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a period is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.first_on != _first(self.kind, self.first_on):
            raise ValueError(f"{self.first_on} does not begin a {self.kind}")

    @classmethod
    def holding(cls, kind: str, on: date) -> Period:
        """The period of that kind which holds the county date `on`. Weeks begin on Monday (ISO 8601)."""
        return cls(kind, _first(kind, on))

    @property
    def next(self) -> Period:
        return Period.holding(self.kind, self.last_on + timedelta(days=1))

    @property
    def last_on(self) -> date:
        if self.kind == "day":
            return self.first_on
        if self.kind == "week":
            return self.first_on + timedelta(days=6)
        months = 1 if self.kind == "month" else 3
        year, month = divmod(self.first_on.year * 12 + self.first_on.month - 1 + months, 12)
        return date(year, month + 1, 1) - timedelta(days=1)

    @property
    def previous(self) -> Period:
        """The period before: what 环比 compares with."""
        return Period.holding(self.kind, self.first_on - timedelta(days=1))

    @property
    def a_year_ago(self) -> Period:
        """The same period last year: what 同比 compares with. A week keeps its weekday, so it lies 52 weeks back."""
        if self.kind in ("day", "week"):
            return Period.holding(self.kind, self.first_on - timedelta(weeks=52))
        return Period(self.kind, self.first_on.replace(year=self.first_on.year - 1))

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Half-open UTC bounds of the period in the county's zone."""
        return midnight(self.first_on, zone), midnight(self.last_on + timedelta(days=1), zone)


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the county day `on` begins."""
    return datetime.combine(on, time(), zone).astimezone(UTC)


def county_date(at: datetime, zone: ZoneInfo) -> date:
    """The county's date at an instant."""
    return at.astimezone(zone).date()


def _first(kind: str, on: date) -> date:
    if kind == "week":
        return on - timedelta(days=on.weekday())
    if kind == "month":
        return on.replace(day=1)
    if kind == "quarter":
        return on.replace(month=on.month - (on.month - 1) % 3, day=1)
    return on
