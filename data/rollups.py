"""Additive counts per period, place, category and channel, exact at every commit.

A cell is (grouping, period_start, area, category, channel, organisation, measure, bucket) -> value. What one incident adds to which
cells is `contributions`; a change of an incident adds `contributions(new) - contributions(old)` in the same
transaction as the row itself, so the cells are exact however late a change comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data import engine
from data.buckets import bucket_of
from data.instants import from_microseconds, to_microseconds
from data.periods import EPOCH_ON
from data.schema import rollup
from data.vocabulary import ENDED_STATES, SETTLED_STATES

Cell = tuple[str, int, str, str, str, str, str, int]
NOT_DUE: Final = ("merged", "void")  # a case that was merged or void is not asked whether it was in time


@dataclass(frozen=True)
class Measure:
    """A count of incidents by the county period of `at`; with `start`, also counted by how long it took since then.

    With `where`, only those in which that column is neither empty nor zero; with `by`, only those in which that column is
    not later than `at`; `states` are the only ones that count, `without` those that do not; with `weight` each counts as
    often as that column says. A deadline at midnight belongs to the day that ends, and `NOT_DUE` cases have none.
    """

    code: str
    at: str
    start: str = ""
    where: str = ""
    by: str = ""
    weight: str = ""
    states: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def is_deadline(self) -> bool:
        return self.at.endswith("due_at")


def _due(code: str, where: str = "", by: str = "", weight: str = "", at: str = "due_at") -> Measure:
    return Measure(code, at, where=where, by=by, weight=weight, without=NOT_DUE)


COUNTS: Final = (
    Measure("reported", "reported_at"),
    Measure("reported_void", "reported_at", states=("void",)),
    Measure("triaged", "triaged_at"),
    Measure("filed", "filed_at", without=NOT_DUE),
    Measure("filed_reworked", "filed_at", where="rework_count", without=NOT_DUE),
    Measure("dispatched", "dispatched_at"),
    Measure("accepted", "accepted_at"),
    Measure("resolved", "resolved_at"),
    Measure("closed", "closed_at"),
    Measure("feedback", "feedback_at"),
    Measure("void", "ended_at", states=("void",)),
    Measure("merged", "ended_at", states=("merged",)),
    _due("due"),  # the cohort of the due date: everyone in it is due
    _due("due_handled", where="resolved_at"),
    _due("due_on_time", by="resolved_at"),
    _due("due_ended", where="closed_at"),
    _due("due_ended_on_time", by="closed_at"),
    _due("due_returned", where="return_count"),
    _due("due_return_times", weight="return_count"),
    _due("due_reworked", where="rework_count"),
    _due("due_rework_times", weight="rework_count"),
    _due("due_extended", where="extend_count"),
    _due("due_suspended", where="suspend_count"),
    _due("due_supervised", where="supervise_count"),
    _due("triage_due", at="triage_due_at"),
    _due("triage_on_time", at="triage_due_at", by="filed_at"),
    _due("dispatch_due", at="dispatch_due_at"),
    _due("dispatch_on_time", at="dispatch_due_at", by="dispatched_at"),
    _due("accept_due", at="first_accept_due_at"),
    _due("accept_on_time", at="first_accept_due_at", by="accepted_at"),
    _due("check_due", at="check_due_at"),
    _due("check_on_time", at="check_due_at", by="checked_at"),
)
HOURLY: Final = tuple(measure for measure in COUNTS if measure.code in ("reported", "resolved"))
DURATIONS: Final = (
    Measure("report_to_dispatch", "dispatched_at", "reported_at"),
    Measure("dispatch_to_accept", "accepted_at", "dispatched_at"),
    Measure("accept_to_resolve", "resolved_at", "accepted_at"),
    Measure("report_to_resolve", "resolved_at", "reported_at"),
)
STOCK: Final = "open_"  # + state: how many are in that open state now
ENDED: Final = "ended_"  # + state: how many have come to rest there
OWED: Final = "owed"  # of those that ended: settled, or merged and void with an answer to give
ANSWERED: Final = "answered"  # of the owed: the reporter was told or asked
UNDELIVERED: Final = "undelivered"  # of the owed, not answered otherwise: the answer could not be delivered
UNPROVEN: Final = "unproven"  # settled, but no step carries evidence


@dataclass(frozen=True)
class Grouping:
    """One declared set of dimensions: a period, the levels of place, and perhaps category, channel or organisation."""

    code: str
    period: str  # hour, day, month
    levels: tuple[str, ...]
    measures: tuple[Measure, ...]
    dimension: str = ""  # category, channel, organisation, state, urgency, reporter_kind


GROUPINGS: Final = (
    Grouping("hour", "hour", ("county", "township"), HOURLY),
    Grouping("day", "day", ("county", "township", "village", "grid"), COUNTS),
    Grouping("day_category", "day", ("county", "township"), COUNTS, "category"),
    Grouping("day_channel", "day", ("county", "township"), COUNTS, "channel"),
    Grouping("day_handler", "day", ("county", "township"), COUNTS, "organisation"),
    Grouping("day_state", "day", ("county", "township"), COUNTS, "state"),
    Grouping("day_urgency", "day", ("county", "township"), COUNTS, "urgency"),
    Grouping("day_reporter", "day", ("county", "township"), COUNTS, "reporter_kind"),
    Grouping("month", "month", ("county", "township", "village", "grid"), COUNTS),
    Grouping("month_category", "month", ("county", "township", "village"), COUNTS, "category"),
    Grouping("month_channel", "month", ("county", "township"), COUNTS, "channel"),
    Grouping("month_handler", "month", ("county", "township"), COUNTS, "organisation"),
    Grouping("day_time", "day", ("county", "township"), DURATIONS),
    Grouping("month_time", "month", ("county", "township", "village"), DURATIONS),
    Grouping("month_cat_time", "month", ("county", "township"), DURATIONS, "category"),
)
STOCK_LEVELS: Final = ("county", "township", "village")
# Dimensions whose code stands where cells have the channel's: no grouping has two of them.
IN_CHANNEL: Final = ("channel", "state", "urgency", "reporter_kind")


def day_number(on: date) -> int:
    """County days since 1970-01-01: `period_start` of days and months."""
    return (on - EPOCH_ON).days


QUARTER: Final = 900_000_000  # microseconds of a quarter of an hour


@lru_cache(maxsize=65536)
def hour_of_quarter(quarter: int, zone: ZoneInfo) -> int:
    """The county hour in which a quarter of an hour since 1970 in UTC lies."""
    local = from_microseconds(quarter * QUARTER).astimezone(zone)
    return day_number(local.date()) * 24 + local.hour


def hour_number(at: datetime, zone: ZoneInfo) -> int:
    """County hours since 1970-01-01 00:00 by the local clock: `period_start` of `hour` groupings."""
    # Zones differ from UTC by whole quarters of an hour, so a quarter decides the local hour.
    return hour_of_quarter(to_microseconds(at) // QUARTER, zone)


@lru_cache(maxsize=4096)
def month_number(day: int) -> int:
    """The first day of the month of a day number."""
    return day_number((EPOCH_ON + timedelta(days=day)).replace(day=1))


def category_codes(code: str) -> tuple[str, ...]:
    """Under which categories an incident counts: its own and the top one, whose code its own begins with."""
    top = code.partition(".")[0]
    return (code,) if top == code else (top, code)


def instant_of(row: Mapping[str, Any], measure: Measure) -> datetime | None:
    """The instant that puts an incident into a measure's period, or `None` when it does not count there."""
    at: datetime | None = row[measure.at]
    if at is None or weight_of(row, measure) == 0 or row["state_code"] in measure.without:
        return None
    if (measure.where and not row[measure.where]) or (measure.states and row["state_code"] not in measure.states):
        return None
    if measure.by and (row[measure.by] is None or row[measure.by] > at):
        return None
    return at - timedelta(microseconds=1) if measure.is_deadline else at  # a deadline at midnight belongs to the day that ends


def weight_of(row: Mapping[str, Any], measure: Measure) -> int:
    """How often an incident counts in a measure."""
    return int(row[measure.weight]) if measure.weight else 1


def standing_codes(row: Mapping[str, Any]) -> list[str]:
    """What an incident is counted as now: its state, and once it has ended, how it stands with its answer and its evidence."""
    state, is_settled = row["state_code"], row["state_code"] in SETTLED_STATES
    if state not in ENDED_STATES:
        return [STOCK + state]
    codes = [ENDED + state]
    if is_settled or row["answer_code"]:
        codes.append(OWED)
        if row["feedback_at"] is not None or row["answer_code"] == "sent":
            codes.append(ANSWERED)
        elif row["answer_code"] == "failed":
            codes.append(UNDELIVERED)
    return [*codes, UNPROVEN] if is_settled and not row["has_evidence"] else codes


def contributions(row: Mapping[str, Any], zone: ZoneInfo) -> Counter[Cell]:
    """The cells one incident counts in, each with how often. Pure; `row` has the columns of `schema.incident`."""
    cells: Counter[Cell] = Counter()
    areas = {level: row[f"{level}_code"] for level in ("county", "township", "village", "grid")}
    dimensions = {
        "": (("", "", ""),),
        "category": tuple((code, "", "") for code in category_codes(row["category_code"])),
        **{name: (("", row[f"{name}_code"], ""),) for name in IN_CHANNEL},
        "organisation": (("", "", row["handler_code"]),) if row["handler_code"] else (),
    }
    known: dict[str, tuple[dict[str, int], int] | None] = {}
    for measure in (*COUNTS, *DURATIONS):
        known[measure.code] = _place_in_time(row, measure, zone)
    for grouping in GROUPINGS:
        places = [areas[level] for level in grouping.levels if areas[level]]
        for measure in grouping.measures:
            found = known[measure.code]
            if found is not None:
                start = found[0][grouping.period]
                for place in places:
                    for dimension in dimensions[grouping.dimension]:
                        cells[grouping.code, start, place, *dimension, measure.code, found[1]] += weight_of(row, measure)
    standing = standing_codes(row)
    for level in STOCK_LEVELS:
        for code in standing if areas[level] else ():
            cells["stock", 0, areas[level], "", "", "", code, 0] += 1
    return cells


def _place_in_time(row: Mapping[str, Any], measure: Measure, zone: ZoneInfo) -> tuple[dict[str, int], int] | None:
    at = instant_of(row, measure)
    if at is None or (measure.start and row[measure.start] is None):
        return None
    hour = hour_number(at, zone)
    starts = {"hour": hour, "day": hour // 24, "month": month_number(hour // 24)}
    return starts, bucket_of((at - row[measure.start]).total_seconds() / 60) if measure.start else 0


def difference(changes: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any]]], zone: ZoneInfo) -> Counter[Cell]:
    """What changes (old or `None`, new) of incidents add to the cells; cells that do not change are left out."""
    cells: Counter[Cell] = Counter()
    for old, new in changes:
        cells.update(contributions(new, zone))
        if old is not None:
            cells.subtract(contributions(old, zone))
    return Counter({cell: value for cell, value in cells.items() if value})


KEYS: Final = (
    "grouping_code", "period_start", "area_code", "category_code", "channel_code", "organisation_code", "measure_code", "bucket",
)  # fmt: skip


def add(conn: Connection, cells: Mapping[Cell, int]) -> None:
    """Add to the cells, in sorted order so that concurrent writers cannot wait for each other in a circle."""
    rows = [dict(zip(KEYS, cell, strict=True), value=cells[cell]) for cell in sorted(cells)]
    engine.upsert(conn, rollup, rows, keys=KEYS, adding=("value",))
