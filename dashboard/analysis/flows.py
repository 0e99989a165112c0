"""The section of the flow: what it reads for a view, and its pictures. All of the cases reported in the view's days so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

import pandas as pd
from dash.development.base_component import Component
from sqlalchemy import Connection

from dashboard import components_flow, components_ways
from dashboard.analysis import marks, sentences
from dashboard.analysis.view import METRIC, View, file_address
from dashboard.figures import chain, follows, scale, variants, ways
from dashboard.i18n import Look
from data import bounces, comparisons, trails, way_reads, way_times, what_if
from data.bounces import Bounces
from data.city import City
from data.filters import Filter
from data.periods import county_date
from data.way_reads import Scope, Ways
from data.what_if import Judged

Opens = Callable[..., str]
Keep = Callable[[str, Callable[[], Any]], Any]  # what is remembered by name, or made
ENDINGS: Final = ("csv", "xlsx")
PARTS: Final = ("scope", "ways", "edges", "bounces", "times", "judged")


def _made(name: str, make: Callable[[], Any]) -> Any:
    """Nothing is remembered."""
    return make()


@dataclass(frozen=True)
class Found:
    """What the section shows of one view. A part is read when it is asked for first, in the transaction that it was made in."""

    conn: Connection
    city: City
    view: View
    now: datetime
    keep: Keep = _made

    @cached_property
    def asked(self) -> Filter:
        return asked_of(self.city, self.view, self.now)

    @cached_property
    def scope(self) -> Scope:
        return self.keep("scope", lambda: way_reads.scope(self.conn, self.asked, self.city.zone))

    @cached_property
    def ways(self) -> Ways:
        return self.keep("ways", lambda: way_reads.ways(self.conn, self.scope, way_reads.kept_months(self.conn, self.scope)))

    @cached_property
    def edges(self) -> Any:
        return self.keep("edges", lambda: way_reads.follows(self.conn, self.scope))

    @cached_property
    def bounces(self) -> Bounces:
        return self.keep("bounces", lambda: bounces.bounces(self.conn, bounces.returned(self.conn, self.asked, self.city.zone)))

    @cached_property
    def times(self) -> list[dict[str, Any]]:
        by, stage = self.view.by, self.view.stage
        return self.keep(f"times {by} {stage}", lambda: way_times.by_dimension(self.conn, self.scope, by, stage, self.now))

    @cached_property
    def judged(self) -> list[Judged]:
        moves = marks.limits_of(self.city, self.view.limits)
        return self.keep(f"limits {self.view.limits}", lambda: what_if.judged(self.conn, self.city, self.scope, moves, self.now))


class Drawn(NamedTuple):
    """One picture: of how many cases it is (`aside`), what is drawn, and the same as a table where it has one."""

    name: str
    title: str
    aside: Any
    body: Sequence[Component]
    table: Component | None


def asked_of(city: City, view: View, now: datetime) -> Filter:
    """What a view asks for, of its days so far."""
    on = county_date(now, city.zone)
    return view.filter(city, on).of(span=comparisons.alike(view.span(on), on)["now"])


def read(conn: Connection, city: City, view: View, now: datetime, keep: Keep = _made) -> Found:
    """Everything of one view, in one transaction."""
    found = Found(conn, city, view, now, keep)
    for part in PARTS:
        getattr(found, part)
    return found


def draw(found: Found, city: City, look: Look, view: View, now: datetime) -> list[Component]:
    """The pictures, or one sentence where nothing was reported."""
    if not found.scope.case_count:
        return components_ways.nothing(look)
    go = sentences.goer(city, view)

    def opens(kind: str, *parts: str) -> str:
        return go(opened=METRIC, mark=marks.mark(kind, *parts))

    drawn = [
        _variants(found, look, opens),
        _conformance(found, look, opens),
        _follows(found, look, opens),
        _passes(found, city, look, opens),
        _worst(found, city, look, now),
        _times(found, city, look, view, opens),
        _limits(found, city, look, view, opens),
    ]
    return [components_ways.panel(*each, _files(each, city, look, view), look) for each in drawn]


def _files(drawn: Drawn, city: City, look: Look, view: View) -> Component:
    links = [(ending.upper(), file_address(city, view, f"flow-{drawn.name}", ending)) for ending in ENDINGS]
    return components_ways.files(links, look)


def of_cases(found: Found, look: Look, *, is_kept: bool = False) -> str:
    """Of how many cases the pictures are, in words."""
    return ways.scope(found.scope.case_count, found.scope.read_count, look, is_kept=is_kept)


def _variants(found: Found, look: Look, opens: Opens) -> Drawn:
    known, scope = found.ways, of_cases(found, look, is_kept=found.ways.is_kept)
    paths = pd.DataFrame(known.rows, columns=["path", "letters", "case_count", "share", "median_minutes", "p90_minutes"])
    told = {"paths": paths, "conformance": known.fit, "case_count": known.case_count, "read_count": known.read_count,
            "scope": " ", "kinds": known.kinds}  # fmt: skip
    drawn = variants.variants(told, look, lambda row: opens("variant", row.letters))
    arrow, none = look.word("arrow"), look.word("figure.none")
    rows = [
        (arrow.join(sentences.actions(look, row["path"])), (f"{row['case_count']:,}", opens("variant", row["letters"])),
         look.word("percent", number=f"{100 * row['share']:.1f}"),
         *(none if row[name] is None else scale.long(row[name], look) for name in ("median_minutes", "p90_minutes")),
         sentences.fit(look, way_reads.fit_of(row["letters"])))
        for row in known.rows
    ]  # fmt: skip
    head = [look.word(f"ways.head.{name}") for name in ("path", "cases", "share", "median", "p90", "fit")]
    title = look.word("ways.variants")
    body = components_flow.variants(drawn, look, 0)
    return Drawn("variants", title, scope, body, components_ways.table(head, rows, title))


def _conformance(found: Found, look: Look, opens: Opens) -> Drawn:
    drawn = ways.conformance(found.ways.fit, look, lambda kind, activity: opens("fit", kind, activity))
    rows = [(row["name"], (row["count"], row["href"]), row["share"]) for row in drawn["rows"]]
    head = [look.word(f"ways.head.{name}") for name in ("deviation", "cases", "share")]
    title = look.word("ways.conformance")
    body = components_ways.conformance(drawn, ways.MOST_DEVIATIONS)
    aside = look.word("ways.conformance.about")
    return Drawn("conformance", title, aside, body, components_ways.table(head, rows, title))


def _follows(found: Found, look: Look, opens: Opens) -> Drawn:
    told = {"edges": found.edges, "read_count": found.scope.read_count}
    drawn = follows.follows(told, look, lambda edge: opens("edge", edge.activity, edge.next_activity, edge.via))
    rows = [
        (*sentences.edge(look, edge.activity, edge.next_activity, edge.via),
         (f"{edge.count:,}", opens("edge", edge.activity, edge.next_activity, edge.via)), scale.long(edge.median_minutes, look))
        for edge in found.edges.itertuples(name="Edge")
    ]  # fmt: skip
    head = [look.word(f"ways.head.{name}") for name in ("from", "to", "via", "times", "median")]
    title = look.word("ways.follows")
    body = components_flow.follows(drawn, look, 0)
    return Drawn("follows", title, of_cases(found, look), body, components_ways.table(head, rows, title))


def _passes(found: Found, city: City, look: Look, opens: Opens) -> Drawn:
    known, title = found.bounces, look.word("ways.bounces")
    scope = look.word("ways.bounced", count=f"{known.case_count:,}", read=f"{known.read_count:,}")
    if not known.case_count:
        return Drawn("bounces", title, "", components_ways.nothing_back(look), None)
    drawn = ways.passes(known.passes, look, lambda code: sentences.who(city, look, code), lambda *codes: opens("bounce", *codes))
    rows = [(row["giver"], row["receiver"], (row["count"], row["href"]), row["cases"]) for row in drawn]
    head = [look.word(f"ways.head.{name}") for name in ("giver", "receiver", "times", "cases")]
    body = components_ways.passes(drawn, ways.MOST_PASSES)
    return Drawn("bounces", title, scope, body, components_ways.table(head, rows, title))


def _worst(found: Found, city: City, look: Look, now: datetime) -> Drawn:
    body: list[Component] = []
    for row in found.bounces.worst:
        links = [(hand.organisation_code or None, hand.from_at, hand.to_at) for hand in trails.hands_of(row, now)]
        drawn = chain.bounce(row, links, look.word("ways.returned", count=row["return_count"]), city, look)
        body += components_flow.bounce(drawn | {"href": sentences.incident_address(row["id"], look)}, look)
    title = look.word("ways.worst")
    return Drawn("worst", title, look.word("ways.worst.about"), body or components_ways.nothing_back(look), None)


def _times(found: Found, city: City, look: Look, view: View, opens: Opens) -> Drawn:
    go = sentences.goer(city, view)
    field = "area_code" if view.by == "area" else view.by
    drawn = ways.stage_times(
        found.times,
        look,
        lambda code: sentences.part_of(city, look, view.by, code),
        lambda code: go(**{field: code}),
        lambda code: opens("part", view.by, code),
    )
    rows = [
        (
            (row["name"], row["filter"]),
            row["median"],
            row["p90"],
            row["done"],
            row["kept"],
            row["late"],
            (row["count"], row["href"]),
        )
        for row in drawn["rows"]
    ]
    head = [look.word(f"ways.head.{name}") for name in ("part", "median", "p90", "done", "kept", "late", "cases")]
    dimensions = [_choice(look.word(f"analysis.by.{way}"), go(by=way), way == view.by) for way in way_times.WAYS]
    stages = [_choice(sentences.stage(look, name), go(stage=name), name == view.stage) for name in way_times.STAGES]
    title = look.word("ways.times_by")
    choosers = [components_ways.choices(look.word("ways.by"), dimensions), components_ways.choices(look.word("ways.stage"), stages)]
    body = [*choosers, *components_ways.stage_times(drawn, ways.MOST_PARTS, look)]
    return Drawn("times", title, of_cases(found, look), body, components_ways.table(head, rows, title))


def _choice(name: str, href: str, is_chosen: bool) -> dict[str, Any]:
    return {"name": name, "href": href, "is_chosen": is_chosen}


def _limits(found: Found, city: City, look: Look, view: View, opens: Opens) -> Drawn:
    moves = marks.limits_of(city, view.limits)
    told: list[dict[str, Any]] = []
    for kind in what_if.KINDS:
        bound = [each for each in found.judged if each.rule.kind_code == kind]
        if bound:
            was, would = what_if.totals(bound, kind)
            name = look.word("what_if.all", kind=look.word(f"what_if.{kind}"))
            whole = {"kind": kind, "rule": ("", ""), "key": kind, "name": name, "value": None, "moved": None, "unit": "", "step": 1}
            told.append({**whole, "was": was, "would": would})
            shown = bound[: ways.MOST_RULES]
            shown += [each for each in bound[ways.MOST_RULES :] if what_if.key_of(each.rule) in moves]
            told += [_rule(each, city, look, moves) for each in shown]
    drawn = ways.what_if(told, look, lambda row, when, standing: opens("limits", row["kind"], *row["rule"], when, standing))
    aside = [of_cases(found, look), " · ", look.word("what_if.about")]
    body = components_ways.what_if(drawn, look)
    if view.limits:
        body = [components_ways.reset(look.word("what_if.reset"), sentences.goer(city, view)(limits="")), *body]
    return Drawn("limits", look.word("ways.limits"), aside, body, None)


def _rule(judged: Judged, city: City, look: Look, moves: Mapping[Any, float]) -> dict[str, Any]:
    rule, key = judged.rule, what_if.key_of(judged.rule)
    counts = {name: {each: len(ids) for each, ids in getattr(judged, name).items()} for name in ("was", "would")}
    return {
        "kind": rule.kind_code, "rule": (rule.category_code, rule.condition_code), "key": marks.BETWEEN.join(key),
        "name": sentences.limit_of(city, look, rule.category_code, rule.condition_code), "value": rule.limit.value,
        "moved": moves.get(key), "unit": look.word(f"what_if.{rule.limit.type_code}"),
        "step": 1 if rule.limit.type_code.endswith("days") else 0.5, **counts,
    }  # fmt: skip
