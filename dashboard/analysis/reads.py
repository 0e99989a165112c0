"""All that the analysis page asks the store for, in one transaction: whatever stands on it is of one state of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import quantiles
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.analysis import marks
from dashboard.analysis.view import View
from data import border_changes, case_copy, comparisons, indicators, rollups, stage_times
from data.behind import Behind, narrowed_count, totals
from data.border_changes import BorderChange
from data.city import City
from data.errors import CalendarUnpublished
from data.filters import NAMED, Filter
from data.metrics.counts import STANDING, WAITING
from data.metrics.registry import METRICS, Value
from data.periods import Span, county_date

FIGURES: Final = (
    "reported", "resolved", "closed", "on_time_rate", "rework_rate", "return_rate", "open_now", "late_open",
)  # fmt: skip
# What figures are broken down by beside areas: field of the view -> way of the store.
WAYS: Final = {"category": "category", "department": "organisation", "channel": "channel", **{name: name for name in NAMED}}
OWN: Final = {"department": "organisation_code"} | {name: f"{name}_code" for name in ("channel", *NAMED)}
USUAL_WEEKS: Final = 8
FEWEST: Final = 4  # days alike below which there is no usual
MOST_DAYS: Final = 100  # beyond them a trend is of weeks
MOST_WEEKS: Final = 60  # beyond them of months
Pair = tuple[Value, Value | None]


@dataclass(frozen=True)
class Mark:
    """One period of the trend: its name, its value, what is usual (low, high), and the value compared with."""

    name: str
    value: Value | None
    usual: tuple[float, float] | None = None
    before: Value | None = None


@dataclass(frozen=True)
class Found:
    """What the page shows: `spans` (`now`, `before` or none), figures by key, parts by dimension and code, the trend, the periods.

    `area_level` is the level of the areas in `parts["area"]`; `changes` are those of borders that a comparison crosses; `stages`
    are durations in buckets by `now` and `before` and stage, none where the filters ask for more than area and days.
    """

    asked: Filter
    spans: Mapping[str, Span | None]
    figures: Mapping[str, Pair]
    parts: Mapping[str, Mapping[str, Pair]]
    area_level: str
    grain: str
    trend: list[Mark]
    periods: list[dict[str, Any]]
    changes: list[BorderChange] = field(default_factory=list)
    stages: Mapping[str, Mapping[str, Mapping[int, int]]] | None = None
    opened: tuple[Value, tuple[int, int]] | None = None
    is_before_known: bool = True


def is_standing(key: str) -> bool:
    """Whether a metric says how things stand, and has no period."""
    return bool(METRICS[key].needs) and set(METRICS[key].needs) <= set(STANDING)


def read(conn: Connection, city: City, view: View, now: datetime) -> Found:
    """Everything of one view at one instant."""
    case_copy.want(conn)  # whoever looks at all cases crosses filters next
    on = county_date(now, city.zone)
    stretches = comparisons.alike(view.span(on), on)
    asked = view.filter(city, on).of(span=stretches["now"])
    before = stretches.get(view.compared)
    is_known = before is None or comparisons.reaches(conn, view.area_code, before)
    compared = asked.of(span=before) if before is not None and is_known else None
    # First: they ask for one time after another, and where few cases meet the filters those of all days are known after that.
    shown = figures(conn, city, asked, compared, now)
    level = below(city, asked)
    ways = {"area": level, **WAYS}
    parts = {name: _pairs(conn, city, view, name, way, asked, compared, now) for name, way in ways.items()}
    grain = grain_of(stretches["now"] if asked.hour is None else asked.span)
    crossed = [asked.span] if before is None else [asked.span, before]
    return Found(
        asked,
        {"now": stretches["now"], "before": before},
        shown,
        parts,
        level,
        grain,
        _trend(conn, city, view, asked.of(span=view.span(on), hour=None), compared, grain, now),
        comparisons.beside(conn, city, asked.of(hour=None), now),
        border_changes.between(city, view.area_code, *crossed),
        None if asked.dimensions else _stages(conn, city, asked, compared),
        _opened(conn, city, view, asked, now),
        is_known,
    )


def _stages(conn: Connection, city: City, asked: Filter, compared: Filter | None) -> dict[str, dict[str, dict[int, int]]]:
    found = {}
    for name, each in (("now", asked), ("before", compared)):
        if each is not None:
            days = (rollups.day_number(each.span.first_on), rollups.day_number(each.span.last_on))
            found[name], _ = stage_times.in_buckets(conn, each.level_code, each.area_code, *days, city.zone)
    return found


def figures(
    conn: Connection, city: City, asked: Filter, compared: Filter | None, now: datetime, keys: tuple[str, ...] = FIGURES
) -> dict[str, Pair]:
    """Metrics of a filter, each with its value before where there is one."""
    values = indicators.values(conn, city, asked, keys, now)
    lasting = tuple(key for key in keys if not is_standing(key))
    before = indicators.values(conn, city, compared, lasting, now) if compared is not None else {}
    return {key: (values[key], before.get(key)) for key in keys}


def below(city: City, asked: Filter) -> str:
    """The level of areas under the one asked for; its own where there is none."""
    deeper = city.levels[city.levels.index(asked.level_code) + 1 :] if asked.level_code in city.levels else ()
    return deeper[0] if deeper else asked.level_code


def _pairs(
    conn: Connection, city: City, view: View, name: str, way: str, asked: Filter, compared: Filter | None, now: datetime
) -> dict[str, Pair]:
    """The chosen metric of each part, with its value before. A part that is chosen stands among the others."""
    free = {OWN[name]: ""} if name in OWN else _siblings(city, view) if name == "category" else {}
    now_by = indicators.values_by(conn, city, asked.of(**free), way, (view.metric,), now)
    # What was reported before has had longer to go on: its states are no measure of these.
    if compared is None or is_standing(view.metric) or name == "state":
        return {code: (found[view.metric], None) for code, found in now_by.items()}
    before_by = indicators.values_by(conn, city, compared.of(**free), way, (view.metric,), now)
    found = {}
    for code in [*now_by, *(each for each in before_by if each not in now_by)]:
        before = before_by.get(code, {}).get(view.metric)
        found[code] = (now_by[code][view.metric] if code in now_by else _nothing(before), before)
    return found


def _siblings(city: City, view: View) -> dict[str, str]:
    """A category without any below it is shown among those beside it."""
    if view.category and not any(each.parent_code == view.category for each in city.categories.values()):
        return {"category_code": city.category(view.category).parent_code or ""}
    return {}


def _nothing(alike: Value | None) -> Value:
    code = alike.definition_code if alike is not None else ""
    is_rate = alike is not None and alike.denominator is not None
    return Value(None, 0, 0, definition_code=code) if is_rate else Value(0, 0, definition_code=code)


def grain_of(span: Span) -> str:
    """What a trend of these days is made of."""
    if span.day_count == 1:
        return "hour"
    if span.day_count <= MOST_DAYS:
        return "day"
    return "week" if span.day_count <= 7 * MOST_WEEKS else "month"


def _trend(
    conn: Connection, city: City, view: View, asked: Filter, compared: Filter | None, grain: str, now: datetime
) -> list[Mark]:
    key = view.metric
    if is_standing(key):
        return []
    compared = compared.of(hour=None) if compared is not None else None
    has_usual = not METRICS[key].is_rate and not set(METRICS[key].needs) & set(WAITING) and grain in ("hour", "day")
    on = county_date(now, city.zone)
    until = asked.span.last_on if asked.span.last_on <= on else max(on, asked.span.first_on)
    known = asked.of(span=Span(asked.span.first_on, until))
    past = Span(known.span.first_on - timedelta(days=7 * USUAL_WEEKS), known.span.last_on)
    if grain == "hour":
        usual = _usual_hours(conn, city, known, key, now) if has_usual else {}
        found = indicators.values_by(conn, city, known, "hour", (key,), now)
        hour = now.astimezone(city.zone).hour if until == on else 23
        found = {name: each for name, each in found.items() if int(name) <= hour}
        names = [f"{each:02d}" for each in range(24)]
    else:
        found = indicators.values_by(conn, city, known.of(span=past) if has_usual else known, grain, (key,), now)
        counts = {name: each[key].numerator for name, each in found.items()}
        usual = _usual_days(city, known.span, counts, comparisons.known_since(conn, view.area_code)) if has_usual else {}
        names = [each.name for each in asked.span.periods(grain)]
    before = indicators.values_by(conn, city, compared, grain, (key,), now) if compared is not None else {}
    alike = dict(zip(names, before.values(), strict=False))
    return [
        Mark(name, found[name][key] if name in found else None, usual.get(name), alike[name][key] if name in alike else None)
        for name in names
    ]


def _usual_hours(conn: Connection, city: City, asked: Filter, key: str, now: datetime) -> dict[str, tuple[float, float]]:
    """By hour, the quartiles of the same weekday in the eight weeks before; none with fewer than four such days."""
    day, past, since = asked.span.first_on, [], comparisons.known_since(conn, asked.area_code)
    for week in range(1, USUAL_WEEKS + 1):
        on = day - timedelta(weeks=week)
        if since and since <= on:
            found = indicators.values_by(conn, city, asked.of(span=Span(on, on)), "hour", (key,), now)
            past.append([each[key].numerator for each in found.values()])
    return {f"{hour:02d}": _quartiles([each[hour] for each in past]) for hour in range(24)} if len(past) >= FEWEST else {}


def _usual_days(city: City, span: Span, counts: Mapping[str, int], since: date | None) -> dict[str, tuple[float, float]]:
    """By day, the quartiles of days alike in the eight weeks before: the same weekday where both are working days or neither
    is, else, as on a holiday, all days off (or all working days). None with fewer than four such days since we know the area.
    """
    usual = {}
    for number in range(span.day_count):
        on = span.first_on + timedelta(days=number)
        days = [on - timedelta(days=gone) for gone in range(1, 7 * USUAL_WEEKS + 1)]
        alike = [day for day in days if since and since <= day and is_working(city, day) == is_working(city, on)]
        same = [day for day in alike if day.weekday() == on.weekday()]
        known = same if len(same) >= FEWEST else alike
        if len(known) >= FEWEST:
            usual[on.isoformat()] = _quartiles([counts[day.isoformat()] for day in known])
    return usual


def _quartiles(counts: list[int]) -> tuple[float, float]:
    first, _, third = quantiles(counts, n=4, method="inclusive")
    return first, third


def is_working(city: City, on: date) -> bool:
    """Whether a day is a working day; by its weekday where nobody has published that year's."""
    try:
        return city.calendar.is_working_day(on)
    except CalendarUnpublished:
        return on.weekday() < 5


def behind(city: City, view: View, asked: Filter) -> Behind:
    """The incidents of the opened figure."""
    code = indicators.definition_codes(city, asked, (view.opened,), "live")[view.opened]
    return Behind(asked, view.opened, code, view.part)


def _opened(conn: Connection, city: City, view: View, asked: Filter, now: datetime) -> tuple[Value, tuple[int, int]] | None:
    if not view.opened:
        return None
    value = indicators.values(conn, city, asked, (view.opened,), now)[view.opened]
    chosen = behind(city, view, asked)
    if not view.mark:
        return value, totals(conn, chosen, now, city.zone)
    mark = marks.condition(conn, city, asked, view.mark, marks.limits_of(city, view.limits), now)
    count = narrowed_count(conn, chosen, now, city.zone, [mark])
    return value, (count, count)
