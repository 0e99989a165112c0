"""The incidents behind a figure as people read them: columns, rows, and what their table asks when it is sorted and narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.analysis import marks, reads
from dashboard.analysis.drawing import name_of
from dashboard.analysis.view import View, plain
from dashboard.i18n import Look
from data import behind, comparisons, feed, indicators, narrowing
from data.behind import Behind
from data.city import City
from data.filters import NAMED
from data.metrics.registry import METRICS
from data.periods import county_date, midnight
from data.vocabulary import CHANNELS

# The column of the table -> the column of the incidents that sorts and narrows it.
CODES: Final = {
    "area": "grid_code", "category": "category_code", "state": "state_code", "urgency": "urgency_code", "channel": "channel_code",
    "reporter_kind": "reporter_kind_code", "handler": "handler_code", "holder": "holder_code",
}  # fmt: skip
INSTANTS: Final = ("reported_at", "due_at", "resolved_at", "closed_at")
SORTED: Final = {"number": "id", **CODES, **{name: name for name in INSTANTS}}
COLUMNS: Final = (
    "number", "reported_at", "area", "category", "text", "state", "urgency", "due_at", "handler", "holder", "channel",
    "reporter_kind", "resolved_at", "closed_at",
)  # fmt: skip
LONGEST_PAGE: Final = 500
_NAMES: Final = {"category": "category", "handler": "department", "holder": "department", "channel": "channel", "state": "state",
                 "urgency": "urgency", "reporter_kind": "reporter_kind"}  # fmt: skip


def asked_by(city: City, view: View, now: datetime) -> Behind:
    """The incidents of a view's opened figure, of its days so far."""
    on = county_date(now, city.zone)
    asked = view.filter(city, on).of(span=comparisons.alike(view.span(on), on)["now"])
    return reads.behind(city, view, asked)


def of_mark(conn: Connection, city: City, view: View, chosen: Behind, now: datetime) -> list[Any]:
    """The condition of a view's mark, where it has one."""
    if not view.mark:
        return []
    return [marks.condition(conn, city, chosen.asked, view.mark, marks.limits_of(city, view.limits), now)]


def page(conn: Connection, city: City, view: View, request: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the table asks for: `rowData` and `rowCount` for `startRow`, `endRow`, `sortModel` and `filterModel`."""
    look, chosen = Look(view.language, city.zone), asked_by(city, view, now)
    more, order = narrowed(city, look, request.get("filterModel") or {}), ordered(request.get("sortModel") or [])
    more += of_mark(conn, city, view, chosen, now)
    first = max(0, int(request["startRow"]))
    count = max(0, min(int(request["endRow"]) - first, LONGEST_PAGE))
    found = behind.page(conn, chosen, now, city.zone, more=more, order=order, first=first, count=count)
    is_last = len(found) < count and (found or not first)
    row_count = first + len(found) if is_last else _row_count(conn, city, chosen, more, now)
    return {"rowData": [shown(row, city, look) for row in found], "rowCount": row_count}


def _row_count(conn: Connection, city: City, chosen: Behind, more: Sequence[Any], now: datetime) -> int:
    """How many there are: as the figure says, where it counts each of them once; else counted."""
    metric = METRICS[chosen.key]
    if more or chosen.part == "miss" or metric.unit.code == "times":
        return behind.narrowed_count(conn, chosen, now, city.zone, more)
    value = indicators.values(conn, city, chosen.asked, (chosen.key,), now)[chosen.key]
    return value.numerator if value.denominator is None or chosen.part == "hit" else value.denominator


def ordered(sort_model: Sequence[Mapping[str, str]]) -> list[tuple[str, bool]]:
    """Columns of the incidents with whether they descend; what cannot be sorted by is left out."""
    return [(SORTED[each["colId"]], each.get("sort") == "desc") for each in sort_model if each.get("colId") in SORTED]


def narrowed(city: City, look: Look, filter_model: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Conditions for what stands in the heads of the columns: words of names and reports, days of instants."""
    conditions = []
    for name, asked in filter_model.items():
        if name in INSTANTS:
            conditions.append(_days(name, asked, city))
        elif name == "text" and plain(str(asked.get("filter", ""))):
            conditions.append(narrowing.text(plain(str(asked["filter"]))))
        elif name in CODES:
            conditions.append(narrowing.one_of(CODES[name], _named_like(city, look, name, str(asked.get("filter", "")))))
    return conditions


def _days(name: str, asked: Mapping[str, Any], city: City) -> Any:
    first = _day(asked.get("dateFrom"))
    last = _day(asked.get("dateTo")) if asked.get("type") == "inRange" else first
    begin = None if first is None or asked.get("type") == "lessThan" else midnight(first, city.zone)
    end = None if last is None else midnight(last + timedelta(days=1), city.zone)
    if asked.get("type") == "greaterThan" and first is not None:
        begin, end = midnight(first + timedelta(days=1), city.zone), None
    elif asked.get("type") == "lessThan" and first is not None:
        end = midnight(first, city.zone)
    return narrowing.between(name, begin, end)


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None


def _named_like(city: City, look: Look, name: str, written: str) -> list[str]:
    """Codes whose name holds what was written, whatever the case of its letters."""
    wanted = written.strip().lower()
    if name == "area":
        grids = (each for each in city.areas if each.level_code == city.levels[-1])
        return sorted({each.area_code for each in grids if wanted in place_of(city, look, _above(city, each.area_code)).lower()})
    said = name_of(city, look, _NAMES[name])
    codes = _codes_of(city, name)
    return [code for code in codes if wanted in said(code).lower()]


def _codes_of(city: City, name: str) -> Sequence[str]:
    known: Mapping[str, Any] = {"category": city.categories, "handler": city.organisations, "holder": city.organisations,
                                "channel": CHANNELS, **NAMED}[name]  # fmt: skip
    return list(known)


def _above(city: City, code: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    at = city.area(code)
    while at.parent_code:
        found[f"{at.level_code}_code"] = at.area_code
        at = city.area(at.parent_code)
    return found


def place_of(city: City, look: Look, row: Mapping[str, Any]) -> str:
    """Town, village and grid by name, as far as they are known."""
    codes = [row.get(f"{level}_code") for level in ("township", "village", "grid")]
    said = name_of(city, look, "area")
    return " · ".join(said(code) for code in codes if code)


def shown(row: Mapping[str, Any], city: City, look: Look) -> dict[str, Any]:
    """A row of the table: words for codes, the county's time for instants; a restricted report shows its kind only."""
    said = {name: name_of(city, look, way) for name, way in _NAMES.items()}
    return {
        "id": row["id"],
        "number": feed.number(row),
        **{name: moment(row[name], look) for name in INSTANTS},
        "area": place_of(city, look, row),
        **{name: said[name](row[CODES[name]]) if row[CODES[name]] else "" for name in _NAMES},
        "text": look.word("analysis.restricted") if row["is_restricted"] else row["report_text"],
    }


def moment(at: datetime | None, look: Look) -> str:
    """An instant by the county's clock, to the minute."""
    return "" if at is None else f"{at.astimezone(look.zone):%Y-%m-%d %H:%M}"


def point(row: Mapping[str, Any], city: City) -> tuple[float, float] | None:
    """Where it is, as lon, lat in WGS84: of a restricted one the centre of its grid; `None` where nobody knows."""
    if not row["is_restricted"]:
        return None if row["lon"] is None or row["lat"] is None else (row["lon"], row["lat"])
    rows = city.areas_of(row["grid_code"] or row["village_code"] or "")
    return (rows[-1].lon, rows[-1].lat) if rows and rows[-1].lon is not None and rows[-1].lat is not None else None


def heads(look: Look, names: Sequence[str] = COLUMNS) -> list[str]:
    """What stands above the columns."""
    return [look.word(f"analysis.column.{name}") for name in names]
