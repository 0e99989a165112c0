"""Day, week, month, quarter and any run of days in the county's time zone: boundaries, the one before, a year ago.

Never `now()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EPOCH_ON: Final = date(1970, 1, 1)  # county days are numbered from here
KINDS: Final = ("day", "week", "month", "quarter")
_BETWEEN: Final = ".."
_WRITTEN: Final = {
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
}


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

    @classmethod
    def parse(cls, name: str) -> Period:
        """The period of a name: 2026-11-24, 2026-W48 (ISO 8601), 2026-11 or 2026Q4. Raises `ValueError` for any other."""
        for kind, pattern in _WRITTEN.items():
            found = pattern.fullmatch(name)
            if found is not None:
                return cls(kind, _begun(kind, name, found))
        raise ValueError(f"{name!r} is no day, week, month or quarter")

    @property
    def name(self) -> str:
        """What `parse` reads: how a period stands in an address, in a table and in a report."""
        if self.kind == "day":
            return self.first_on.isoformat()
        if self.kind == "week":
            year, week, _ = self.first_on.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.kind == "month":
            return f"{self.first_on:%Y-%m}"
        return f"{self.first_on:%Y}Q{(self.first_on.month + 2) // 3}"

    @property
    def span(self) -> Span:
        return Span(self.first_on, self.last_on)

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
        return self.span.instants(zone)


@dataclass(frozen=True, order=True)
class Span:
    """Any run of whole county days, both ends included. Raises `ValueError` when it ends before it begins."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise ValueError(f"{self.last_on} lies before {self.first_on}")

    @classmethod
    def parse(cls, name: str) -> Span:
        """The days of a period's name, or of two days with `..` between them. Raises `ValueError`."""
        first, between, last = name.partition(_BETWEEN)
        if not between:
            return Period.parse(name).span
        return cls(date.fromisoformat(first), date.fromisoformat(last))

    @property
    def name(self) -> str:
        """The shortest name that `parse` reads: a period's where it is one."""
        whole = self.period
        return whole.name if whole else f"{self.first_on.isoformat()}{_BETWEEN}{self.last_on.isoformat()}"

    @property
    def period(self) -> Period | None:
        """The day, week, month or quarter it is, if it is one."""
        held = (Period.holding(kind, self.first_on) for kind in KINDS)
        return next((each for each in held if each.first_on == self.first_on and each.last_on == self.last_on), None)

    @property
    def day_count(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def previous(self) -> Span:
        """What 环比 compares with: the period before, or as many days before."""
        whole = self.period
        if whole is not None:
            return whole.previous.span
        return Span(self.first_on - timedelta(days=self.day_count), self.first_on - timedelta(days=1))

    @property
    def a_year_ago(self) -> Span:
        """What 同比 compares with: the same period last year, or the same dates; 29 February is then 28 February."""
        whole = self.period
        return whole.a_year_ago.span if whole is not None else Span(_year_before(self.first_on), _year_before(self.last_on))

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Half-open UTC bounds in the county's zone."""
        return midnight(self.first_on, zone), midnight(self.last_on + timedelta(days=1), zone)

    def periods(self, kind: str) -> Iterator[Period]:
        """The periods of a kind that touch it, in order; the first and the last may reach beyond it."""
        each = Period.holding(kind, self.first_on)
        while each.first_on <= self.last_on:
            yield each
            each = each.next


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the county day `on` begins."""
    return datetime.combine(on, time(), zone).astimezone(UTC)


def county_date(at: datetime, zone: ZoneInfo) -> date:
    """The county's date at an instant."""
    return at.astimezone(zone).date()


def _year_before(on: date) -> date:
    return on.replace(year=on.year - 1, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=on.year - 1)


def _begun(kind: str, name: str, found: re.Match[str]) -> date:
    if kind == "day":
        return date.fromisoformat(name)
    year, number = int(found[1]), int(found[2])
    if kind == "week":
        return date.fromisocalendar(year, number, 1)
    return date(year, number if kind == "month" else 3 * number - 2, 1)


def _first(kind: str, on: date) -> date:
    if kind == "week":
        return on - timedelta(days=on.weekday())
    if kind == "month":
        return on.replace(day=1)
    if kind == "quarter":
        return on.replace(month=on.month - (on.month - 1) % 3, day=1)
    return on
