"""The pictures of the flow as tables of numbers, for files: whole, where a picture shows the first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from dashboard.analysis import marks, sentences
from dashboard.analysis.flows import Found
from dashboard.analysis.view import View
from dashboard.figures import flow, ways
from dashboard.figures.durations import LEAST
from dashboard.i18n import Look
from data import trails, way_reads, what_if
from data.city import City
from data.lateness import JUDGED

Told = tuple[list[str], list[list[Any]]]  # head and rows; what has no number is `None`
VARIANTS: Final = "flow-variants"  # the one whose durations may be from cells


def told(kind: str, found: Found, city: City, look: Look, view: View, now: datetime) -> tuple[str, Told]:
    """The title and the table of a kind (`KINDS`). Durations are minutes, shares from 0 to 1."""
    return look.word(TITLES[kind]), _TABLES[kind](found, city, look, view, now)


def _head(look: Look, *names: str) -> list[str]:
    return [look.word(f"ways.head.{name}") for name in names]


def _minutes(look: Look) -> list[str]:
    return [look.word(f"ways.minutes.{name}") for name in ("median", "p90")]


def _variants(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    arrow = look.word("arrow")
    rows = [
        [arrow.join(sentences.actions(look, row["path"])), row["case_count"], row["share"], row["median_minutes"],
         row["p90_minutes"], sentences.fit(look, way_reads.fit_of(row["letters"]))]
        for row in found.ways.rows
    ]  # fmt: skip
    return [*_head(look, "path", "cases", "share"), *_minutes(look), *_head(look, "fit")], rows


def _conformance(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    whole = sum(found.ways.fit.values())
    rows = [
        [sentences.fit(look, key), look.word(f"ways.{ways.GROUPS.get(key[0], 'deviates')}"), count, count / whole]
        for key, count in found.ways.fit.items()
    ]
    return _head(look, "deviation", "fit", "cases", "share"), rows


def _follows(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    edges = found.edges.itertuples(name="Edge")
    rows = [[*sentences.edge(look, each.activity, each.next_activity, each.via), each.count, each.median_minutes] for each in edges]
    return [*_head(look, "from", "to", "via", "times"), _minutes(look)[0]], rows


def _bounces(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    rows = [
        [sentences.who(city, look, each.from_code),
         sentences.who(city, look, each.to_code) if each.to_code else look.word("mark.nobody_next"),
         each.times, len(each.incident_ids)]
        for each in found.bounces.passes
    ]  # fmt: skip
    return _head(look, "giver", "receiver", "times", "cases"), rows


def _worst(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    """A row for each hand that a case went through, in order."""
    rows = [
        [flow.number(row), row["return_count"], place, sentences.who(city, look, hand.organisation_code or ""),
         hand.from_at.astimezone(city.zone).isoformat(timespec="minutes"), (hand.to_at - hand.from_at) / timedelta(minutes=1)]
        for row in found.bounces.worst
        for place, hand in enumerate(trails.hands_of(row, now), start=1)
    ]  # fmt: skip
    names = ("number", "returned", "place", "holder", "since", "minutes")
    return [look.word(f"ways.hands.{name}") for name in names], rows


def _times(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    rows = [
        [row["code"], sentences.part_of(city, look, view.by, row["code"]), row["median_minutes"],
         row["p90_minutes"] if row["count"] >= LEAST else None, row["count"], *(row[name] for name in JUDGED), row["cases"]]
        for row in found.times
    ]  # fmt: skip
    standing = [look.word(f"what_if.{name}") for name in JUDGED]
    return [
        look.word("analysis.code"),
        *_head(look, "part"),
        *_minutes(look),
        *_head(look, "done"),
        *standing,
        *_head(look, "cases"),
    ], rows


def _limits(found: Found, city: City, look: Look, view: View, now: datetime) -> Told:
    moves = marks.limits_of(city, view.limits)
    rows = [list(_limit(each, city, look, moves.get(what_if.key_of(each.rule)))) for each in found.judged]
    head = [look.word(f"what_if.head.{name}") for name in ("limit", "value")]
    standing = [look.word(f"what_if.{name}") for name in JUDGED]
    would = [look.word("what_if.would", standing=name) for name in standing]
    return [look.word("what_if.of"), *head, look.word("what_if.unit"), look.word("what_if.moved"), *standing, *would], rows


def _limit(judged: what_if.Judged, city: City, look: Look, moved: float | None) -> Iterator[Any]:
    rule = judged.rule
    yield look.word("what_if.kind", kind=look.word(f"what_if.{rule.kind_code}"))
    yield sentences.limit_of(city, look, rule.category_code, rule.condition_code)
    yield from (rule.limit.value, look.word(f"what_if.{rule.limit.type_code}"), moved)
    yield from (len(judged.was[name]) for name in JUDGED)
    yield from (len(judged.would[name]) for name in JUDGED)


_TABLES: Final[dict[str, Callable[[Found, City, Look, View, datetime], Told]]] = {
    VARIANTS: _variants, "flow-conformance": _conformance, "flow-follows": _follows, "flow-bounces": _bounces,
    "flow-worst": _worst, "flow-times": _times, "flow-limits": _limits,
}  # fmt: skip
KINDS: Final = tuple(_TABLES)
TITLES: Final = {kind: f"ways.{kind.removeprefix('flow-')}" for kind in KINDS} | {"flow-times": "ways.times_by"}
