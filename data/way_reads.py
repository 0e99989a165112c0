"""Reads of the ways of the cases that a filter asks for, by the day of their report: from cells where they answer exactly, else
from the rows' own texts (`data.trails`), the newest so many of them. Never writes.

Whatever is counted here can be opened: `of_ways` gives the condition on `incident` that holds for the very cases of a count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, Connection, and_, false, func, or_, select, type_coerce

from data import flows, mining, paths, row_counts
from data.filters import Filter
from data.rollups import day_number
from data.schema import incident
from data.trails import ACTION_OF, activities_of, gaps_of, letters_of

MOST: Final = 20_000  # cases looked at one by one; of more only the newest, and the answer says so
MOST_VARIANTS: Final = 50
MINUTE: Final = 60_000_000  # microseconds


@dataclass(frozen=True)
class Scope:
    """The cases reported in the days of a filter: `case_count` of them, of which the newest `read_count` are looked at one by one,
    down to `oldest` (microseconds, id); `None` when that is all. `more` are further conditions on `incident`.
    """

    asked: Filter
    zone: ZoneInfo
    case_count: int
    read_count: int
    oldest: tuple[int, int] | None = None
    more: tuple[Any, ...] = ()

    @property
    def whole(self) -> Any:
        """The condition that a case is asked for."""
        return and_(self.asked.condition(), row_counts.within(self.asked, "reported_at", self.zone), *self.more)

    @property
    def read(self) -> Any:
        """The condition that a case is looked at."""
        if self.oldest is None:
            return self.whole
        at, number = self.oldest
        reported = number_of("reported_at")
        return and_(self.whole, or_(reported > at, and_(reported == at, incident.c.id >= number)))


@dataclass(frozen=True)
class Ways:
    """What was counted: `rows` of `path` (actions), `letters`, `case_count`, `share`, `median_minutes`, `p90_minutes`, the
    commonest first; `kinds`, how many ways there are; `fit` as `data.flows.conformance`; `is_kept` when it is from cells: of all
    cases, and durations off by less than 15 %.
    """

    rows: list[dict[str, Any]]
    kinds: int
    fit: dict[tuple[str, str], int]
    case_count: int
    read_count: int
    is_kept: bool


def number_of(name: str) -> Any:
    """An instant of `incident` as whole microseconds."""
    return type_coerce(incident.c[name], BigInteger)


def scope(conn: Connection, asked: Filter, zone: ZoneInfo, *more: Any, most: int = MOST) -> Scope:
    """Which cases are meant, and which of them are looked at."""
    every = Scope(asked, zone, 0, 0, more=more)
    count = int(conn.execute(select(func.count()).where(every.whole)).scalar_one())
    oldest = None
    if count > most:
        newest = select(number_of("reported_at"), incident.c.id).where(every.whole)
        at, number = conn.execute(
            newest.order_by(incident.c.reported_at.desc(), incident.c.id.desc()).offset(most - 1).limit(1)
        ).one()
        oldest = (int(at), int(number))
    return Scope(asked, zone, count, min(count, most), oldest, more)


def kept_months(conn: Connection, found: Scope) -> flows.Months | None:
    """The months whose cells hold exactly the cases of a scope; `None` where no cells do."""
    asked = found.asked
    if asked.dimensions or found.more or asked.level_code not in paths.LEVELS or asked.span.first_on.day != 1:
        return None
    months = (day_number(asked.span.first_on), day_number(asked.span.last_on.replace(day=1)))
    # The cells hold all that was asked for and perhaps more: the same number is the same cases.
    return months if sum(flows.conformance(conn, asked.area_code, months).values()) == found.case_count else None


def ways(conn: Connection, found: Scope, months: flows.Months | None) -> Ways:
    """The ways these cases take, and how many keep to the prescribed one."""
    if months is not None:
        return _kept(conn, found, months)
    texts = [text for _, text in _texts(conn, found)]
    told = pd.DataFrame({"letters": [letters_of(text) for text in texts], "minutes": [_minutes(text) for text in texts]})
    by = told.groupby("letters")["minutes"]
    table = pd.DataFrame({"case_count": by.size(), "median_minutes": by.median(), "p90_minutes": by.quantile(0.9)}).reset_index()
    table = table.sort_values(["case_count", "letters"], ascending=[False, True], ignore_index=True)
    table["path"] = [activities_of(letters) for letters in table["letters"]]
    table["share"] = table["case_count"] / max(len(texts), 1)
    commonest: Any = table.head(MOST_VARIANTS)
    return Ways(commonest.to_dict("records"), len(table), mining.conformance(table), found.case_count, len(texts), False)


def _kept(conn: Connection, found: Scope, months: flows.Months) -> Ways:
    code = found.asked.area_code
    known = flows.variants(conn, code, months, MOST_VARIANTS)
    return Ways(known["rows"], flows.variant_count(conn, code, months), flows.conformance(conn, code, months), found.case_count,
                found.case_count, True)  # fmt: skip


def fit_of(letters: str) -> tuple[str, str]:
    """Where a way first leaves the prescribed path, as kind and action; ("", "") where it does not."""
    return mining.fit_of(activities_of(letters))


def follows(conn: Connection, found: Scope, nodes: Sequence[str] = mining.NODES) -> Any:
    """The directly-follows map over some actions (`data.mining.map_edges`) of the cases looked at."""
    return mining.map_edges(steps_of(_texts(conn, found)), nodes)


def steps_of(texts: Sequence[tuple[int, str]]) -> Any:
    """The steps of ways as `data.mining` takes them; instants begin with each case's first step."""
    cases: list[int] = []
    letters: list[str] = []
    gaps: list[int] = []
    firsts: list[int] = []
    for case, text in texts:
        told = gaps_of(text)
        firsts.append(len(cases))
        for letter, gap in told:
            cases.append(case)
            letters.append(letter)
            gaps.append(gap)
    since = np.cumsum(np.array(gaps, np.int64)) if gaps else np.zeros(0, np.int64)
    lengths = np.diff([*firsts, len(cases)])
    begins = np.repeat(since[np.minimum(firsts, max(len(since) - 1, 0))] if len(since) else since, lengths[: len(firsts)])
    names = pd.Series(letters, dtype=object).map(ACTION_OF)
    return pd.DataFrame({"case": np.array(cases, np.int64), "activity": names, "at": since - begins})


def is_edge(letters: str, edge: tuple[str, str, str], nodes: Sequence[str]) -> bool:
    """Whether a way goes along an edge of `follows`: from one node to the next, with this or nothing between them first."""
    start, end, via = edge
    at: str | None = None
    between = ""
    for action in activities_of(letters):
        if action in nodes:
            if (at, action, between) == (start, end, via):
                return True
            at, between = action, ""
        else:
            between = between or action
    return False


def of_ways(conn: Connection, found: Scope, wanted: Callable[[str], bool], *, is_kept: bool) -> Any:
    """The condition that a case's way, in letters, is wanted; of all cases, or only of those looked at."""
    among = found.whole if is_kept else found.read
    known = conn.execute(select(_letters()).where(among).distinct()).scalars()
    chosen = sorted(letters for letters in known if letters and wanted(letters))
    return and_(among, _letters().in_(chosen)) if chosen else false()


def _letters() -> Any:
    column: Any = incident.c.path_text
    for mark in "0123456789-":
        column = func.replace(column, mark, "")
    return column


def _texts(conn: Connection, found: Scope) -> list[tuple[int, str]]:
    """The ways themselves; a case that none is known of yet stands under no way."""
    statement = select(incident.c.id, incident.c.path_text).where(found.read, incident.c.path_text != "")
    return [(number, text) for number, text in conn.execute(statement)]


def _minutes(text: str) -> float:
    return sum(gap for _, gap in gaps_of(text)) / MINUTE
