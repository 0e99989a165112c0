"""Address to selection, selection to page."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, no_update

from dashboard import ids, pages
from dashboard.basemap import Basemap
from data.city import City
from data.clocks import Clock
from layouts import incident, wall


def register(app: Dash, city: City, clock: Clock, basemap: Basemap | None = None, *, is_demo: bool) -> None:
    @app.callback(
        Output(ids.PAGE, "children"), Output(ids.SELECTION, "data"), Input(ids.ADDRESS, "pathname"), Input(ids.ADDRESS, "search")
    )
    def on_address(path: str, search: str) -> tuple[Any, Any]:
        if (path or "").startswith("/incident"):
            page = pages.incident_page(city, path, search, basemap, is_demo=is_demo)
            return incident.build(page.look, page.facts, page.selection, page.refusal), no_update
        page = pages.wall_page(city, path, search, clock.now(), basemap, is_demo=is_demo)
        return (wall.build(page.look, page.facts), page.selection) if page.selection else (page.refusal, no_update)
