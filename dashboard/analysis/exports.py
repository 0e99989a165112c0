"""What a file of the analysis page holds: the incidents behind an opened figure as their table stands, or a picture's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shapely import Point
from sqlalchemy import Connection

from dashboard.analysis import drawing, flow_tables, flows, reads, rows, sentences
from dashboard.analysis.files import Notes
from dashboard.analysis.view import View, to_address
from dashboard.i18n import Look
from data import behind
from data.city import City
from data.metrics.registry import METRICS, Value
from data.regions import Regions

ROWS: Final = "rows"
KINDS: Final = (ROWS, *drawing.PANELS, *flow_tables.KINDS)
SPATIAL: Final = (ROWS, "area")
_ROW_COLUMNS: Final = (*rows.COLUMNS, "lon", "lat")


@dataclass(frozen=True)
class Table:
    """A table ready to be written: `head`, `rows` as they are read, `shapes` beside them where they have any."""

    head: list[str]
    rows: Iterator[list[Any]]
    shapes: Iterator[Any]
    notes: Notes
    row_count: int


def name_of(view: View, kind: str) -> str:
    """What the file of a kind is called, before its area and time."""
    return f"incidents-{view.opened}" if kind == ROWS else kind


def table(conn: Connection, city: City, regions: Regions, view: View, kind: str, asked: Mapping[str, Any], now: datetime) -> Table:
    """The table of a kind (`KINDS`). `asked` is how the table of incidents is sorted and narrowed (`sortModel`, `filterModel`)."""
    if kind in flow_tables.KINDS:
        return _of_flow(conn, city, view, kind, now)
    return _incidents(conn, city, view, asked, now) if kind == ROWS else _picture(conn, city, regions, view, kind, now)


def _notes(city: City, look: Look, view: View, what: str, row_count: int, now: datetime) -> Notes:
    return [
        (look.word("analysis.note.what"), what),
        (look.word("analysis.note.rows"), str(row_count)),
        (look.word("analysis.note.as_of"), f"{now.astimezone(city.zone):%Y-%m-%d %H:%M:%S} {city.zone.key}"),
        (look.word("analysis.note.made"), to_address(city, view)),
    ]


def _incidents(conn: Connection, city: City, view: View, asked: Mapping[str, Any], now: datetime) -> Table:
    look = Look(view.language, city.zone)
    chosen = rows.asked_by(city, view, now)
    more, order = rows.narrowed(city, look, asked.get("filterModel") or {}), rows.ordered(asked.get("sortModel") or [])
    is_narrowed = bool(more)
    more += rows.of_mark(conn, city, view, chosen, now)
    count = behind.narrowed_count(conn, chosen, now, city.zone, more)
    metric = METRICS[view.opened]
    part = look.word(f"analysis.part.{view.part}") if metric.is_rate else ""
    narrowed = look.word("analysis.narrowed") if is_narrowed else ""
    shown = sentences.of_mark(city, look, view.mark) if view.mark else look.name(metric.words)
    what = " · ".join(each for each in (shown, part, chosen.asked.sentence(city, look.language), narrowed) if each)

    def every() -> Iterator[dict[str, Any]]:
        return behind.every(conn, chosen, now, city.zone, more=more, order=order)

    def written() -> Iterator[list[Any]]:
        for row in every():
            said, at = rows.shown(row, city, look), rows.point(row, city)
            yield [*(said[name] for name in rows.COLUMNS), *(at or (None, None))]

    shapes = (Point(at) if at else None for at in (rows.point(row, city) for row in every()))
    return Table(
        rows.heads(look, _ROW_COLUMNS),
        written(),
        shapes,
        _notes(city, look, view, what, count, now),
        count,
    )


def _picture(conn: Connection, city: City, regions: Regions, view: View, name: str, now: datetime) -> Table:
    look = Look(view.language, city.zone)
    found = reads.read(conn, city, view, now)
    drawn = drawing.draw(found, city, look, view, now)
    panel = drawn["panels"][name]
    if panel["kind"] == "table":
        cells = [[each["text"] for each in row] for row in panel["rows"]]
        head = list(panel["columns"])
    else:
        cells = [_numbers(mark, found, name, view.metric) for mark in panel["marks"]]
        head = _heads(panel["columns"], look, is_rate=METRICS[view.metric].is_rate, is_trend=name == "trend")
    borders = {
        each.area_code: each.geometry for each in regions.boundaries(found.area_level) if each.is_valid(found.asked.span.last_on)
    }
    shapes = (borders.get(row[0]) for row in cells)
    what = f"{drawn['titles'][name]} · {drawn['sentence']}"
    return Table(head, iter(cells), shapes, _notes(city, look, view, what, len(cells), now), len(cells))


def _of_flow(conn: Connection, city: City, view: View, kind: str, now: datetime) -> Table:
    look = Look(view.language, city.zone)
    found = flows.Found(conn, city, view, now)  # of which only this picture is read
    title, (head, cells) = flow_tables.told(kind, found, city, look, view, now)
    what = " · ".join(
        (
            title,
            flows.of_cases(found, look, is_kept=kind == flow_tables.VARIANTS and found.ways.is_kept),
            found.asked.sentence(city, view.language),
        )
    )
    return Table(head, iter(cells), iter(()), _notes(city, look, view, what, len(cells), now), len(cells))


def _heads(columns: Sequence[str], look: Look, *, is_rate: bool, is_trend: bool) -> list[str]:
    """Numbers stand in columns of their own: what is shown as 12/16 is two."""
    parts = [look.word("analysis.numerator"), look.word("analysis.denominator")] if is_rate else []
    usual = [look.word("analysis.usual_low"), look.word("analysis.usual_high")] if is_trend else []
    return [look.word("analysis.code"), columns[0], columns[1], *parts, *usual, *columns[-2:]]


def _numbers(mark: Mapping[str, Any], found: reads.Found, name: str, key: str) -> list[Any]:
    """A mark with its numbers as they were counted, not as they are said."""
    if name == "trend":
        at = next(each for each in found.trend if each.name == mark["key"])
        value, before, usual = at.value, at.before, list(at.usual or (None, None))
    else:
        value, before = found.parts[name][mark["key"]]
        usual = []
    parts = [value.numerator if value else None, value.denominator if value else None] if METRICS[key].is_rate else []
    return [mark["key"], mark.get("long", mark["label"]), _number(value), *parts, *usual, _number(before), mark["note"]]


def _number(value: Value | None) -> float | None:
    return None if value is None else value.number
