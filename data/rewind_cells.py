"""Which rollup cells a wall of an area asks for on a day, and their values at an instant from rows that stand in two places.

All cells of a county of years are ten million: counting them anew takes minutes, and a wall asks for one in fifty. What it asks
for is declared here; a test watches what every panel reads and fails when it asks for more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, delete

from data import engine as engines
from data.city import City
from data.comparisons import so_far
from data.periods import KINDS, Span
from data.recount import Part, Rows, part_cells
from data.rollups import KEYS, day_number
from data.schema import rollup

RECENT_DAYS: Final = 65  # bands of eight weeks, trends, surges, the stages of five weeks
AROUND: Final = (-1, 0, 1, 2)  # days for which the cells are good: a replay runs past midnight
HANDLED: Final = ("due", "due_handled", "due_on_time")
# By grouping: the measures asked for (nothing said: all); of the recent days, of the periods compared, of both or of all; and
# whether of the areas right below, too.
ASKED: Final[dict[str, tuple[tuple[str, ...], str, bool]]] = {
    "hour": ((), "both", False),
    "day": ((), "both", True),
    "day_category": (("reported",), "recent", False),
    "day_handler": (HANDLED, "compared", False),
    "day_time": ((), "recent", False),
    "month": ((), "all", True),
    "month_handler": (HANDLED, "all", False),
}


def areas_of(city: City, code: str) -> frozenset[str]:
    """An area and those right below it, of all times."""
    return frozenset({code, *(each.area_code for each in city.areas if each.parent_code == code)})


def part(city: City, code: str, on: date) -> Part:
    """The cells that a wall of an area asks for around a day."""
    around = [on + timedelta(days=number) for number in AROUND]
    compared = sorted({day_number(day) for each in around for day in _compared(each)})
    recent = range(day_number(around[0]) - RECENT_DAYS, day_number(around[-1]) + 1)
    days: dict[str, Sequence[int] | None] = {
        "recent": list(recent), "compared": compared, "both": sorted({*recent, *compared}), "all": None
    }  # fmt: skip

    def days_of(grouping: str, measure: str) -> Sequence[int] | None:
        measures, which, _ = ASKED.get(grouping, ((), "", False))
        if not which or (measures and measure not in measures):
            return ()
        # How far back there is anything at all is asked of this one.
        return None if (grouping, measure) == ("day", "reported") else days[which]

    own, below = frozenset({code}), areas_of(city, code)
    return Part(lambda grouping: below if ASKED.get(grouping, ((), "", False))[2] else own, days_of)


def _compared(on: date) -> Iterable[date]:
    """The days of the periods set side by side that no whole month holds."""
    for kind in KINDS:
        for stretch in so_far(kind, on).values():
            first = max(stretch.first_on, stretch.last_on.replace(day=1)) if kind == "quarter" else stretch.first_on
            span = Span(first, stretch.last_on)
            yield from (span.first_on + timedelta(days=number) for number in range(span.day_count))


def count(conn: Connection, rows: Sequence[Rows], changed: Collection[int], city: City, code: str, on: date) -> None:
    """Throw the cells of a scratch database away and count those that a wall of an area asks for around a day.

    `rows` are where the rows stand: a connection, a condition, and whether those `changed` count there or the others.
    """
    conn.execute(delete(rollup))
    for cells in part_cells(rows, changed, city.zone, part(city, code, on)):
        engines.bulk_insert(conn, rollup, (*KEYS, "value"), [(*cell, value) for cell, value in cells.items()])
