"""One incident on a desk or on paper: its head, its flow on the left, its place and what is like it on the right. Knows no data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_leaflet as dl
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import note
from dashboard.i18n import Look
from layouts import ground

BESIDE = (ids.INCIDENT_SPOT, ids.INCIDENT_ALIKE, ids.INCIDENT_NEAR, ids.INCIDENT_MEDIA, ids.INCIDENT_ECHO)


def build(look: Look, page: Mapping[str, Any], selection: Mapping[str, Any] | None, refusal: Any = None) -> Component:
    """The page of an incident, or of an address that names none. `page` has `city_name`, `is_demo`, `panels` (each `id`, `title`),
    `other_address`, `wall_address`, and what `layouts.ground` asks for.
    """
    if selection is None:
        refused = html.Div([refusal, html.A(look.word("incident.to_wall"), href=page["wall_address"], className="action")])
        return html.Div([_header(look, page), html.Div(refused, className="incident-unknown")], **_frame(look))
    titles = {each["id"]: each["title"] for each in page["panels"]}
    panels = {key: _panel(look, page, key, title) for key, title in titles.items() if key != ids.INCIDENT_HEAD}
    head = html.Section(note(look.word("state.loading"), "loading"), id=ids.INCIDENT_HEAD, className="panel panel-incident-head")
    left = [panel for key, panel in panels.items() if key not in BESIDE]
    columns = html.Div(
        [html.Div(left, className="incident-main"), html.Div([panels[key] for key in BESIDE], className="incident-beside")],
        className="incident-columns",
    )
    stores = [
        dcc.Store(id=ids.INCIDENT, data=dict(selection)),
        dcc.Store(id=ids.INCIDENT_PULSE),
        dcc.Store(id=ids.INCIDENT_SHOWN),
        dcc.Store(id=ids.INCIDENT_STARTED),
    ]
    return html.Div([*stores, _header(look, page), head, columns], **_frame(look))


def _frame(look: Look) -> dict[str, Any]:
    return {"id": ids.INCIDENT_PAGE, "className": "incident-page", "lang": look.language}


def _header(look: Look, page: Mapping[str, Any]) -> Component:
    badge = [html.Span(look.word("demo"), className="demo")] if page["is_demo"] else []
    return html.Header(
        [
            html.A([page["city_name"], " · ", look.word("centre")], href=page["wall_address"], className="incident-home"),
            html.Span(look.word("incident.page"), className="quiet"),
            *badge,
            html.Span(id=ids.INCIDENT_LINK, className="incident-standing", role="status"),
            html.Span(id=ids.INCIDENT_AS_OF, className="quiet"),
            html.Button(look.word("incident.print"), id=ids.INCIDENT_PRINT, className="action", type="button"),
            html.A(look.word("language.other"), href=page["other_address"], className="language"),
        ],
        className="incident-header",
    )


def _panel(look: Look, page: Mapping[str, Any], key: str, title: str) -> Component:
    above = [_map(page), html.P(page["map_note"], className="map-note")] if key == ids.INCIDENT_SPOT else []
    body = html.Div(note(look.word("state.loading"), "loading"), id=key, className="panel-body")
    inside = [html.Header(html.H2(title), className="panel-head"), *above[:1], body, *above[1:]]
    named: dict[str, Any] = {"aria-label": title}
    return html.Section(inside, className=f"panel panel-{key}", **named)


def _map(page: Mapping[str, Any]) -> Component:
    lon, lat = page["centre"]
    leaflet = dl.Map(
        ground.layers(page), center=[lat, lon], zoom=11, className="map", attributionControl=False, scrollWheelZoom=False
    )
    return html.Div(leaflet, className="incident-map")
