"""What is on every page: the address, the page's slot and the stores. Knows no data."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids


def build() -> Component:
    return html.Div(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dcc.Store(id=ids.SELECTION),
            dcc.Store(id=ids.PULSE),
            dcc.Store(id=ids.STARTED),
            html.Main(id=ids.PAGE),
        ]
    )
