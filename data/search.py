"""Search in the words of reports: any part of any length, as a condition beside others. Never writes an incident.

The words are those of the report and of its address, scrubbed as they are kept. A report whose content is not shown is found by
no word: what cannot be read must not be guessed by searching either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from data import engine_words, filters
from data.filters import LONGEST
from data.grams import folded, words_of
from data.schema import incident

Row = Mapping[str, Any]
LONGEST_COMMON: Final = 2  # characters of a word that may stand in one report of forty
LOOKED_AT: Final = 2000  # of the newest reports, before the index is asked
READ_AT_ONCE: Final = 200
FEW: Final = 20_000  # reports that PostgreSQL asks the index about one by one


def searchable(row: Row) -> str:
    """The text in which an incident is looked for; empty where its content is not shown."""
    return "" if row["is_restricted"] else f"{row['report_text']} {row['address_text']}"


def keep(conn: Connection, changes: Sequence[tuple[Row | None, Row]]) -> None:
    """Keep the words of changed incidents, (as it was or `None`, as it is to be); in the transaction that writes the rows."""
    texts = [(new["id"], "" if old is None else searchable(old), searchable(new)) for old, new in changes]
    changed = [each for each in texts if each[1] != each[2]]
    if changed:
        engine_words.index_words(conn, changed)


def condition(asked: str) -> ColumnElement[bool]:
    """On `incident`: its words contain each part between spaces of what is asked, whatever signs that has; all do when nothing is
    asked. Width and case make no difference.
    """
    return filters.has_text(asked)


def is_found(row: Row, asked: str) -> bool:
    """Whether `condition` finds an incident: the same, of a row that is at hand."""
    text, words = folded(searchable(row)), words_of(asked)
    return len(asked) <= LONGEST and all(word in text for word in words) if words else True


def newest(conn: Connection, asked: str, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
    """The ids of the newest reports that are found and meet the other conditions on `incident`, newest first.

    What is common is soon met among the newest. A short word that is not may still be common elsewhere: few reports that meet the
    other conditions are looked at one by one, and of many those that the index finds. SQLite reads its index once either way.
    """
    words = words_of(asked)
    if len(asked) > LONGEST and words:
        return []
    meeting = select(incident.c.id).where(*conditions)
    ordered = meeting.order_by(incident.c.reported_at.desc(), incident.c.id.desc())
    looked_at = conn.execute(ordered.limit(LOOKED_AT)).scalars().all()
    met = found_among(conn, looked_at, asked, limit)
    if len(met) == limit or len(looked_at) < LOOKED_AT:
        return met
    if conditions and all(len(word) <= LONGEST_COMMON for word in words) and _are_few(conn, meeting):
        return list(conn.execute(ordered.where(condition(asked)).limit(limit)).scalars())
    # Materialized: PostgreSQL takes a rare Chinese word for a common one, and would look at report after report for it.
    few = [each.cte().prefix_with("MATERIALIZED") for each in engine_words.with_words(conn.dialect.name, words)]
    met_by_index = ordered.where(*(incident.c.id.in_(select(*each.c)) for each in few))
    return list(conn.execute(met_by_index.limit(limit)).scalars())


def _are_few(conn: Connection, meeting: Select[tuple[int]]) -> bool:
    counted = select(func.count()).select_from(meeting.limit(FEW + 1).subquery())
    return int(conn.execute(counted).scalar_one()) <= FEW


def found_ids(conn: Connection, asked: str, most: int) -> list[int] | None:
    """The ids of all reports that are found, in any order, at most so many; `None` where nothing is asked, or more than the index
    can be asked at once.
    """
    words = words_of(asked)
    if not 0 < len(words) <= engine_words.AT_ONCE or len(asked) > LONGEST:
        return None
    (found,) = engine_words.with_words(conn.dialect.name, words)
    return list(conn.execute(found.limit(most)).scalars())


def found_among(conn: Connection, ids: Sequence[int], asked: str, limit: int | None = None) -> list[int]:
    """Those of some incidents that are found, the first of them, in their order: read by parts, as the first hundred mostly do."""
    texts = select(incident.c.id, incident.c.is_restricted, incident.c.report_text, incident.c.address_text)
    met: list[int] = []
    for first in range(0, len(ids), READ_AT_ONCE):
        part = ids[first : first + READ_AT_ONCE]
        rows = {row["id"]: dict(row) for row in conn.execute(texts.where(incident.c.id.in_(part))).mappings()}
        met += [key for key in part if key in rows and is_found(rows[key], asked)]
        if limit is not None and len(met) >= limit:
            break
    return met[:limit]
