"""Panels of patterns: a section for each kind, its rows as a table that a screen reader walks. Never a callback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.components import note
from dashboard.figures import patterns
from dashboard.i18n import Look
from data.city import City
from data.patterns.record import Found

COLUMNS: Final = ("what", "evidence", "certainty", "track")
Row = Mapping[str, Any]
Leads = Callable[[Row], str]


def patterns_panel(found: Found, look: Look, city: City, leads: Leads = lambda row: "") -> list[Component]:
    """All kinds of pattern of an area, in their order, with how far the search is while one runs; `leads` gives the address of
    the incidents behind one.
    """
    return [*_standing(found, look), *(_section(each, look, leads) for each in patterns.sections(found, city, look))]


def _standing(found: Found, look: Look) -> list[Component]:
    if found.share is not None:
        return [note(look.word("pattern.searching", share=f"{100 * found.share:.0f}"), "loading")]
    if found.as_of is not None:
        return [html.P(look.word("pattern.as_of", time=look.moment(found.as_of)), className="pattern-as-of")]
    return []


def _section(section: Row, look: Look, leads: Leads) -> Component:
    body: list[Component]
    if section["state"] == "found":
        columns = html.Tr([html.Th(look.word(f"pattern.column.{name}"), scope="col") for name in COLUMNS])
        body = [
            html.Table(
                [
                    html.Caption(look.word("pattern.right", right=section["right"])),
                    html.Thead(columns),
                    html.Tbody([_row(row, leads(row)) for row in section["rows"]]),
                ],
                className="pattern-rows",
            )
        ]
    else:
        body = [note(look.word(f"pattern.{section['state']}"), "empty" if section["state"] == "empty" else section["state"])]
    if section["left_out"]:
        body.append(html.P(section["left_out"], className="foot"))
    head = html.Header([html.H3(section["title"]), html.Span(section["method"], className="aside")], className="pattern-head")
    return html.Section([head, *body], className=f"pattern pattern-{section['kind']}")


def _row(row: Row, href: str) -> Component:
    first, *others = (row[name] for name in COLUMNS)
    first = html.A(first, href=href) if href else first
    return html.Tr([html.Th(first, scope="row"), *(html.Td(each) for each in others)])
