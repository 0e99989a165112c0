"""What a copy of the incidents in columns is made of: codes as numbers, the county day and hour of every instant that a count hangs
on, and how often a case counts in each measure. Made from rows as `select_rows` gives them; the measures are those declared in
`data.rollups.COUNTS`. Never reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import BigInteger, Select, func, literal, select, type_coerce

from data.instants import Instant
from data.rollups import COUNTS, QUARTER, hour_of_quarter
from data.row_counts import DUTY_OF
from data.schema import incident
from data.vocabulary import REGION_LEVELS

Columns = dict[str, Any]  # arrays of one length, by name
NO_INSTANT: Final = -(2**63)  # stands for an empty instant
NO_CODE: Final = 0  # the number of an empty code
NO_DAY: Final = 0  # the day of an empty instant
FIRST_DAY, LAST_DAY = 2, 65_533  # county days (1970 to 2149) that are kept apart; what lies beyond stands on the days beside them

CODES: Final = (
    *(f"{level}_code" for level in REGION_LEVELS), "category_code", "channel_code", "handler_code", "state_code",
    "urgency_code", "reporter_kind_code",
)  # fmt: skip
AT: Final = tuple(dict.fromkeys(measure.at for measure in COUNTS))
MEASURES: Final = tuple(measure.code for measure in COUNTS)
EXACT: Final = ("reported_at", "resolved_at")  # instants kept to the microsecond
# Of open cases all that how they stand hangs on is kept to the microsecond.
OPEN_INSTANTS: Final = tuple(dict.fromkeys(("at_risk_at", *(name for duty in DUTY_OF.values() for name in duty))))
_TOLD: Final = [name for each in COUNTS for name in (each.where, each.by, each.weight) if name]
_ALL: Final = dict.fromkeys((*AT, "ended_at", *EXACT, *OPEN_INSTANTS, *_TOLD, "supervise_level"))
INSTANTS: Final = tuple(name for name in _ALL if isinstance(incident.c[name].type, Instant))
NUMBERS: Final = tuple(name for name in _ALL if name not in INSTANTS)
READ: Final = ("id", *CODES, *INSTANTS, *NUMBERS)


def day_of(at: str) -> str:
    """The column of an instant's county day."""
    return f"{at}:day"


def hour_of(at: str) -> str:
    """The column of an instant's hour by the county's clock."""
    return f"{at}:hour"


def select_rows() -> Select[Any]:
    """The incidents with `READ`, instants as microseconds."""
    instants = (func.coalesce(type_coerce(incident.c[name], BigInteger), literal(NO_INSTANT, BigInteger)) for name in INSTANTS)
    return select(incident.c.id, *(incident.c[name] for name in CODES), *instants, *(incident.c[name] for name in NUMBERS))


class Numbers(dict[Any, int]):
    """Numbers for what comes, in the order in which it comes; `names` are what they stand for."""

    def __init__(self, names: Sequence[Any] = ()) -> None:
        super().__init__({name: number for number, name in enumerate(names)})
        self.names: list[Any] = list(names)

    def __missing__(self, name: Any) -> int:
        number = len(self.names)
        self.names.append(name)
        self[name] = number
        return number


class Book:
    """What the numbers of a copy mean: `codes` of each column, and `patterns`: how often a case counts in each of `MEASURES`."""

    def __init__(self, codes: Mapping[str, Sequence[str | None]] | None = None, patterns: Sequence[tuple[int, ...]] = ()) -> None:
        self.codes = {name: Numbers((codes or {}).get(name, (None,))) for name in CODES}
        self.patterns = Numbers(patterns)

    def times(self) -> Any:
        """How often a case of each pattern counts in each measure: whole numbers by pattern and measure."""
        return np.array(self.patterns.names, dtype=np.int64).reshape(len(self.patterns.names), len(MEASURES))


def columns_of(rows: Sequence[Sequence[Any]], book: Book, zone: ZoneInfo) -> Columns:
    """Rows of `select_rows` as columns; the book takes up what is new to it.

    `id`, `CODES`, day and hour of `AT`, `pattern`, the instants in `INSTANTS`, `supervise_level`, and `is_open`.
    """
    told = dict(zip(READ, list(zip(*rows, strict=True)) or [()] * len(READ), strict=True))
    made: Columns = {"id": np.array(told["id"], dtype=np.int64)}
    for name in CODES:
        numbers = book.codes[name]
        made[name] = np.fromiter((numbers[code] for code in told[name]), dtype=np.int32, count=len(rows))
    for name in (*INSTANTS, *NUMBERS):
        made[name] = np.array(told[name], dtype=np.int64)
    for name in AT:
        made[day_of(name)], made[hour_of(name)] = _days_and_hours(made[name], zone, is_deadline=name.endswith("due_at"))
    made["pattern"] = _patterns(made, book)
    made["is_open"] = made["ended_at"] == NO_INSTANT
    return made


def _days_and_hours(at: Any, zone: ZoneInfo, *, is_deadline: bool) -> tuple[Any, Any]:
    """County days and hours; a deadline at midnight belongs to the day that ends."""
    is_known = at != NO_INSTANT
    # Zones differ from UTC by whole quarters of an hour, so a quarter decides the local hour.
    quarters, places = np.unique((at[is_known] - is_deadline) // QUARTER, return_inverse=True)
    hours = np.array([hour_of_quarter(quarter, zone) for quarter in quarters.tolist()], dtype=np.int64)[places]
    days = np.full(len(at), NO_DAY, dtype=np.uint16)
    days[is_known] = np.clip(hours // 24, FIRST_DAY - 1, LAST_DAY + 1)
    of_day = np.zeros(len(at), dtype=np.uint8)
    of_day[is_known] = hours % 24
    return days, of_day


def _patterns(made: Columns, book: Book) -> Any:
    """The number of each case's pattern. Whether the instant itself is known is left to its day."""
    times = [_times(made, measure, book) for measure in COUNTS]
    together = np.zeros(len(made["id"]), dtype=np.int64)
    for measure, each in zip(COUNTS, times, strict=True):
        together = (together << 1) + (each if not measure.weight else each > 0)
    for each in (each for measure, each in zip(COUNTS, times, strict=True) if measure.weight):
        # Numbered again, so that the numbers stay small however often a case counts.
        values, places = np.unique(each, return_inverse=True)
        together = np.unique(together, return_inverse=True)[1] * len(values) + places
    _, firsts, places = np.unique(together, return_index=True, return_inverse=True)
    vectors = zip(*(each[firsts].tolist() for each in times), strict=True)
    return np.array([book.patterns[vector] for vector in vectors], dtype=np.int32)[places]


def _times(made: Columns, measure: Any, book: Book) -> Any:
    counts = np.ones(len(made["id"]), dtype=bool)
    if measure.where:
        counts &= made[measure.where] != (NO_INSTANT if measure.where in INSTANTS else 0)
    if measure.by:
        counts &= (made[measure.by] != NO_INSTANT) & (made[measure.by] <= made[measure.at])
    if measure.states or measure.without:
        numbers = book.codes["state_code"]
        if measure.states:
            counts &= np.isin(made["state_code"], [numbers[state] for state in measure.states])
        if measure.without:
            counts &= ~np.isin(made["state_code"], [numbers[state] for state in measure.without])
    return counts * made[measure.weight] if measure.weight else counts.astype(np.int64)
