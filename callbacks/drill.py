"""Address to selection, selection to page."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashboard import ids, pages
from dashboard.basemap import Basemap
from data.city import City
from data.clocks import Clock
from layouts import analysis, incident, wall


def register(app: Dash, city: City, clock: Clock, basemap: Basemap | None = None, *, is_demo: bool) -> None:
    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.SELECTION, "data"),
        Output(ids.PAGE_KIND, "data"),
        Input(ids.ADDRESS, "pathname"),
        Input(ids.ADDRESS, "search"),
        State(ids.PAGE_KIND, "data"),
    )
    def on_address(path: str, search: str, shown: str | None) -> tuple[Any, Any, Any]:
        if (path or "").startswith("/incident"):
            file = pages.incident_page(city, path, search, basemap, is_demo=is_demo)
            return incident.build(file.look, file.facts, file.selection, file.refusal), no_update, None
        desk = pages.desk_page(city, path, search, is_demo=is_demo)
        if desk is not None:
            # Its slots stay while the address moves within it.
            built = no_update if desk.kind == shown else analysis.build(desk.look, desk.facts)
            return built, no_update, desk.kind
        page = pages.wall_page(city, path, search, clock.now(), basemap, is_demo=is_demo)
        return (wall.build(page.look, page.facts) if page.selection else page.refusal), page.selection or no_update, None
