"""The incidents behind a figure: those whose count it is. Made from the metric's own arithmetic, so the two cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, case, func, literal, select

from data import column_counts, column_pages, row_counts, search
from data.filters import Filter
from data.metrics.counts import STANDING, WAITING
from data.metrics.registry import METRICS, definition_of
from data.queries import open_in
from data.rollups import NOT_DUE
from data.schema import incident

PARTS: Final = ("all", "hit", "miss")  # of a rate: whom it asks, and those it counts and does not
COLUMNS: Final = (
    "id", "reported_at", "reported_precision", "received_at", "township_code", "village_code", "grid_code", "category_code",
    "state_code", "urgency_code", "channel_code", "reporter_kind_code", "handler_code", "holder_code", "due_at", "resolved_at",
    "closed_at", "report_text", "is_restricted", "lon", "lat",
)  # fmt: skip
NEWEST_FIRST: Final = [("reported_at", True)]
CHUNK: Final = 2_000


@dataclass(frozen=True)
class Behind:
    """Which incidents: those a filter asks for that count in a metric, by a definition; of a rate, one of `PARTS`.

    By D2 a rate may count a case that it does not ask (reworked, and not due yet): it is a hit, and no part of all.
    """

    asked: Filter
    key: str
    definition_code: str = ""
    part: str = "all"


def terms(key: str, definition_code: str = "", part: str = "all") -> dict[str, int]:
    """How often each count (`data.metrics.counts`) goes into a figure; taken from the metric's formula by asking it.

    A formula of a metric is a sum of counts, some of them taken off. Raises `ValueError` for one that is none.
    """
    metric = METRICS[key]
    definition = definition_of(metric, definition_code)
    whole = metric.denominator if definition is None else definition.count
    taking = {} if definition is None else definition.taking
    asked = () if definition is None else definition.needs
    if metric.numerator is None:
        assert definition is not None
        return _weights(definition.count, asked)
    hit = _weights(metric.numerator, metric.needs)
    hit = {taking.get(name, name): times for name, times in hit.items()}
    if whole is None:
        return hit
    everyone = _weights(whole, asked or metric.needs)
    if part == "hit":
        return hit
    if part == "all":
        return everyone
    left = Counter(everyone)
    left.subtract(hit)
    return {name: times for name, times in left.items() if times}


def _weights(formula: Callable[[Mapping[str, int]], int], names: Sequence[str]) -> dict[str, int]:
    nothing = dict.fromkeys(names, 0)
    found = {name: formula(nothing | {name: 1}) for name in names}
    everything = {name: place * place + 2 for place, name in enumerate(names)}
    if formula(everything) != sum(times * everything[name] for name, times in found.items()):
        raise ValueError(f"this is no sum of {', '.join(names)}")
    return {name: times for name, times in found.items() if times}


def _where(behind: Behind, now: datetime, zone: ZoneInfo) -> tuple[Any, Any]:
    """The condition that a case may count, and how often it does."""
    weights = terms(behind.key, behind.definition_code, behind.part)
    asked = behind.asked
    if set(weights) <= set(STANDING):
        may = and_(open_in(asked.level_code, asked.area_code), *asked.more_conditions())
        return may, _sum([times * row_counts.standing(name, now, zone) for name, times in weights.items()])
    may = and_(asked.condition(), row_counts.within(asked, _instant(behind, weights), zone))
    return may, _sum([times * _counted(name, now) for name, times in weights.items()])


def _instant(behind: Behind, weights: Mapping[str, int]) -> str:
    """The instant by whose day cases count; none for how things stand."""
    instants = row_counts.instants_of(weights)
    if len(instants) > 1:
        raise ValueError(f"{behind.key} asks cases by several days: {', '.join(sorted(instants))}")
    return next(iter(instants), "")


def _sum(parts: Sequence[Any]) -> Any:
    total = parts[0]
    for each in parts[1:]:
        total = total + each
    return total


def _counted(name: str, now: datetime) -> Any:
    if name not in WAITING:
        return row_counts.times(row_counts.MEASURES[name])
    columns, done = incident.c, row_counts.DUTY_OF[name][1]
    waits = and_(columns.ended_at.is_(None), columns[done].is_(None), columns.state_code.not_in(NOT_DUE))
    return case((waits, row_counts.still(name, now)), else_=literal(0))


def totals(conn: Connection, behind: Behind, now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """How many incidents there are, and what they count together: more where a case counts several times."""
    weights = terms(behind.key, behind.definition_code, behind.part)
    _instant(behind, weights)
    found = column_counts.totals(conn, behind.asked, weights, now, zone)
    return totals_of_rows(conn, behind, now, zone) if found is None else found


def totals_of_rows(conn: Connection, behind: Behind, now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """`totals` by the rows themselves."""
    may, times = _where(behind, now, zone)
    found = conn.execute(select(func.count(), func.sum(times)).where(may, times > 0)).one()
    return int(found[0]), int(found[1] or 0)


def page(
    conn: Connection, behind: Behind, now: datetime, zone: ZoneInfo, *, more: Sequence[Any] = (),
    order: Sequence[tuple[str, bool]] = (), first: int = 0, count: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Some of the incidents, `COLUMNS`; newest first unless ordered by (column, is descending), narrowed by more conditions."""
    found: Any
    order = list(order) or NEWEST_FIRST
    hours = None if more else _hours(conn, behind, zone, order, first, count)
    if hours is None and behind.asked.text and order == NEWEST_FIRST and first + count <= search.LOOKED_AT:
        may, times = _where(replace(behind, asked=behind.asked.of(text="")), now, zone)
        found = search.newest(conn, behind.asked.text, [may, times > 0, *more], first + count)[first:]
    else:
        may, times = _where(behind, now, zone)
        conditions = [may, times > 0, *more] if hours is None else [incident.c.id.in_(hours.ids)]
        passed = first if hours is None else first - hours.before
        # Which ones is settled in the index where it can be; only those are looked at whole, however many were passed over.
        chosen = _ordered(select(incident.c.id).where(*conditions), order).offset(passed).limit(count).subquery()
        found = select(chosen.c.id)
    statement = select(*(incident.c[name] for name in COLUMNS)).where(incident.c.id.in_(found))
    return [dict(row) for row in conn.execute(_ordered(statement, order)).mappings()]


def _hours(
    conn: Connection, behind: Behind, zone: ZoneInfo, order: Sequence[tuple[str, bool]], first: int, count: int
) -> column_pages.Hours | None:
    """Among whom to look for a page. The newest are known from an index, where no text is asked for."""
    at, is_descending = order[0]
    if at not in column_pages.ORDERS or (at == NEWEST_FIRST[0][0] and not behind.asked.text):
        return None
    weights = terms(behind.key, behind.definition_code, behind.part)
    return column_pages.around(conn, behind.asked, weights, at, zone, is_descending=is_descending, first=first, count=count)


def narrowed_count(conn: Connection, behind: Behind, now: datetime, zone: ZoneInfo, more: Sequence[Any]) -> int:
    """How many are left under more conditions."""
    may, times = _where(behind, now, zone)
    return int(conn.execute(select(func.count()).where(may, times > 0, *more)).scalar_one())


def every(
    conn: Connection, behind: Behind, now: datetime, zone: ZoneInfo, *, more: Sequence[Any] = (),
    order: Sequence[tuple[str, bool]] = (),
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """All of them in order, a few thousand in memory at a time."""
    statement = _ordered(_select(behind, now, zone, more), order)
    found = conn.execution_options(stream_results=True, yield_per=CHUNK).execute(statement)
    for row in found.mappings():
        yield dict(row)


def _select(behind: Behind, now: datetime, zone: ZoneInfo, more: Sequence[Any]) -> Select[Any]:
    may, times = _where(behind, now, zone)
    return select(*(incident.c[name] for name in COLUMNS)).where(may, times > 0, *more)


def _ordered(statement: Select[Any], order: Sequence[tuple[str, bool]]) -> Select[Any]:
    """By these columns, the empty last; the id decides what is alike, so that pages never share or lose a row."""
    chosen = list(order) or NEWEST_FIRST
    for name, is_descending in chosen:
        column = incident.c[name]
        if column.nullable:
            statement = statement.order_by(column.is_(None))
        statement = statement.order_by(column.desc() if is_descending else column.asc())
    is_descending = chosen[-1][1]
    return statement.order_by(incident.c.id.desc() if is_descending else incident.c.id.asc())
