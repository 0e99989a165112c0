"""Marks of the pictures of the flow, as they stand in an address: which of the reported cases each opens to. Never draws.

variant~rtdaekc                     the cases of one way, by its letters (`data.trails`)
fit~skipped~dispatch                those that first leave the prescribed path so; `fit~~` those that keep to it
edge~accept~resolve~return          those that go from one step to the next with this (or nothing) between them first
bounce~water~housing                those that one gave back and that went to the other next
part~department~water               those of one part of a dimension
limits~finish~A.01~~would~late      those that stand so under a rule, as it was or as it would be; no category: under any
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, false

from data import bounces, mining, way_reads, way_times, what_if
from data.city import City
from data.clocks import Limit
from data.errors import UnknownCode
from data.filters import Filter, under
from data.schema import incident
from data.vocabulary import ACTIONS
from data.what_if import Key, Moves

BETWEEN: Final = "~"
SIZES: Final = {"variant": 1, "fit": 2, "edge": 3, "bounce": 2, "part": 2, "limits": 5}
KINDS_OF_FIT: Final = ("", "again", "skipped", "unforeseen", "unfinished")
_LETTERS: Final = re.compile(r"[a-z]{1,400}\+?")
_MOST_MOVED: Final = 40
_LONGEST: Final = 1_000.0  # hours or days of a limit


def mark(kind: str, *parts: str) -> str:
    """A mark as an address has it."""
    return BETWEEN.join((kind, *parts))


def checked(city: City, written: str) -> str:
    """The mark of an address. Raises `UnknownCode` for one that is none."""
    kind, *parts = written.split(BETWEEN)
    if SIZES.get(kind) != len(parts) or not _is_known(city, kind, parts):
        raise UnknownCode(f"There is no mark {written!r}.", list="mark", code=written)
    return written


def _is_known(city: City, kind: str, parts: list[str]) -> bool:
    if kind == "variant":
        return _LETTERS.fullmatch(parts[0]) is not None
    if kind == "fit":
        return parts[0] in KINDS_OF_FIT and (parts[1] in ACTIONS or parts == ["", ""])
    if kind == "edge":
        return all(each in ACTIONS for each in parts[:2]) and (not parts[2] or parts[2] in ACTIONS)
    if kind == "part":
        return parts[0] in way_times.WAYS
    if kind == "limits":
        return parts[0] in what_if.KINDS and parts[3] in ("was", "would") and parts[4] in what_if.STANDINGS
    return True


def limits_of(city: City, written: str) -> dict[Key, float]:
    """The limits that an address moves, by rule. Raises `UnknownCode` for a rule or a value that is none."""
    known = {what_if.key_of(rule): rule.limit for rule in city.limits}
    found: dict[Key, float] = {}
    for each in written.split(",")[:_MOST_MOVED] if written else ():
        kind, category, condition, value = (each.split(BETWEEN) + [""] * 4)[:4]
        key = (kind, category, condition)
        try:
            number = float(value)
            if key not in known or number > _LONGEST:
                raise ValueError(each)
            Limit(number, known[key].type_code)
        except ValueError as error:
            raise UnknownCode(f"There is no limit {each!r}.", list="limit", code=each) from error
        if number != known[key].value:
            found[key] = number
    return found


def limits_text(moves: Moves) -> str:
    """Moved limits as an address has them."""
    return ",".join(BETWEEN.join((*key, f"{value:g}")) for key, value in sorted(moves.items()))


def condition(conn: Connection, city: City, asked: Filter, view_mark: str, moves: Mapping[Key, float], now: datetime) -> Any:
    """The condition on `incident` that a case asked for is one of a mark's."""
    kind, *parts = view_mark.split(BETWEEN)
    if kind == "bounce":
        found = bounces.returned(conn, asked, city.zone)
        ids = [each for one in bounces.passes(conn, found) if [one.from_code, one.to_code] == parts for each in one.incident_ids]
        return incident.c.id.in_(ids) if ids else false()
    scope = way_reads.scope(conn, asked, city.zone)
    if kind == "limits":
        return _judged(conn, city, scope, parts, moves, now)
    if kind == "part":
        return and_(scope.read, _part(asked, *parts))
    if kind == "edge":
        edge, nodes = (parts[0], parts[1], parts[2]), mining.NODES
        return way_reads.of_ways(conn, scope, lambda letters: way_reads.is_edge(letters, edge, nodes), is_kept=False)
    is_kept = way_reads.kept_months(conn, scope) is not None
    if kind == "variant":
        return way_reads.of_ways(conn, scope, lambda letters: letters == parts[0], is_kept=is_kept)
    return way_reads.of_ways(conn, scope, lambda letters: way_reads.fit_of(letters) == (parts[0], parts[1]), is_kept=is_kept)


def _judged(conn: Connection, city: City, scope: way_reads.Scope, parts: list[str], moves: Moves, now: datetime) -> Any:
    kind, category, filed, when, stands = parts
    ids: list[int] = []
    for each in what_if.judged(conn, city, scope, moves, now):
        rule = what_if.key_of(each.rule)
        if rule == (kind, category, filed) or (not category and rule[0] == kind):
            ids += getattr(each, when)[stands]
    return incident.c.id.in_(ids) if ids else false()


def _part(asked: Filter, way: str, code: str) -> Any:
    if way == "category":
        column = incident.c.category_code
        return column == code if code == asked.category_code else under(column, code)
    name = {"department": "handler_code", "channel": "channel_code"}.get(way)
    column = incident.c[name] if name else incident.c[f"{way_times.level_below(asked)}_code"]
    return column == code if code else column.is_(None)
