"""The big screen: a header over a stage on which every tile stands once.

Which of them a scene shows, and where, is settled in the browser by the shape of the wall. Tiles are passed in; knows no data.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import frame, note
from dashboard.i18n import Look
from dashboard.theme import SHAPES
from layouts import ground

LEGEND = ("late", "risk", "on-time")
_QUIET_MAP = dict.fromkeys(
    ("zoomControl", "attributionControl", "dragging", "scrollWheelZoom", "doubleClickZoom", "boxZoom", "keyboard", "touchZoom"),
    False,
)


def build(look: Look, page: Mapping[str, Any], figures: Mapping[str, Any] = MappingProxyType({})) -> Component:
    """The wall of an area. `page` has `area_name`, `city_name`, `day_words`, `is_demo`, `area_code`, `levels` (of borders, widest
    first), `is_past`, `present_address`, `centre` (lon, lat), `map_note`, `other_address` and `tiles`
    (each `id`, `tile`, `title`, `aside`).
    `figures` are those that are known already, by the tile's id; the others load.
    """
    loading = look.word("state.loading")
    tiles = [
        frame(
            each["id"],
            each["title"],
            body=figures.get(each["id"], note(loading, "loading")),
            aside=each["aside"],
            tile=each["tile"],
        )
        for each in page["tiles"]
    ]
    alert = html.Div(id=ids.ALERT, className="alert")
    stage = html.Div([_map(look, page), *tiles], id=ids.STAGE, className="scene-stage")
    parts = [_header(look, page, figures), alert, stage]
    if page["is_past"]:
        parts += [html.Div(id=ids.PAST, className="past-bar"), _cover(look, page)]
        return html.Div(parts, id=ids.WALL, className="wall is-past", lang=look.language)
    veiled: dict[str, Any] = {"data-veil": "yes"}
    return html.Div(parts, id=ids.WALL, className="wall", lang=look.language, **veiled)


def _cover(look: Look, page: Mapping[str, Any]) -> Component:
    """Over the stage of a replay until it is open, or for good where it cannot be."""
    leave = html.A(look.word("past.leave"), href=page["present_address"], id=ids.PAST_LEAVE)
    return html.Div([html.Div(look.word("past.opening"), id=ids.PAST_COVER), leave], className="past-cover", role="status")


def _header(look: Look, page: Mapping[str, Any], figures: Mapping[str, Any]) -> Component:
    names, centre = [html.Span(page["city_name"], className="city")], [html.Span(look.word("centre"), className="centre")]
    if page["area_name"] != page["city_name"]:
        names.append(html.Span(page["area_name"], className="area"))
        centre = []
    badge = [html.Span(look.word("past"), className="past-badge")] if page["is_past"] else []
    badge += [html.Span(look.word("demo"), className="demo")] if page["is_demo"] else []
    scene = html.Span(
        [html.Span(id=ids.SCENE_NAME, className="scene-words"), html.Span(html.I(id=ids.SCENE_PROGRESS), className="scene-track")],
        className="scene-mark",
    )
    return html.Header(
        [
            html.Div([html.H1(names), *centre, *badge, scene], className="header-names"),
            html.Div(
                [
                    html.Span(id=ids.PROGRESS),
                    html.Span(figures.get(ids.PANEL_LEDGER), id=ids.PANEL_LEDGER),
                    html.Span(id=ids.SOURCES),
                ],
                className="header-state",
            ),
            html.Div(
                [
                    html.A(look.word("language.other"), href=page["other_address"], className="language"),
                    html.Span(page["day_words"], id=ids.DAY, className="day"),
                    html.Span(id=ids.CLOCK, className="clock"),
                ],
                className="header-time",
            ),
        ],
        className="wall-header",
    )


def _map(look: Look, page: Mapping[str, Any]) -> Component:
    lon, lat = page["centre"]
    leaflet = dl.Map(ground.layers(page), id=ids.MAP, center=[lat, lon], zoom=11, className="map", **_QUIET_MAP)
    legend = html.Div(
        [
            *(
                html.Span([html.Span(SHAPES[kind], className=f"shape {kind}"), look.word(f"standing.{kind}")], className="of-marks")
                for kind in LEGEND
            ),
            html.Span(id=ids.MAP_KEY, className="map-key"),
            html.Span(page["map_note"], className="map-note"),
        ],
        className="map-legend",
    )
    inside = [leaflet, html.Canvas(id=ids.MAP_MARKS, className="map-marks"), legend]
    return html.Section(inside, className="panel panel-map")
