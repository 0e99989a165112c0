"""Address to selection, selection to page."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from dash import Dash, Input, Output, State, no_update

from dashboard import ids, pages
from dashboard.basemap import Basemap
from dashboard.panels import asked_for
from dashboard.past_replays import AnyTime
from dashboard.rendering import shown
from dashboard.selection import Selection
from data.city import City
from data.clocks import Clock
from layouts import analysis, incident, wall

PATIENCE_SECONDS: Final = 0.5  # a page does not wait longer for its first figures: they follow


def register(app: Dash, times: AnyTime, city: City, clock: Clock, basemap: Basemap | None = None, *, is_demo: bool) -> None:
    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.SELECTION, "data"),
        Output(ids.PAGE_KIND, "data"),
        Input(ids.ADDRESS, "pathname"),
        Input(ids.ADDRESS, "search"),
        State(ids.PAGE_KIND, "data"),
    )
    async def on_address(path: str, search: str, kind: str | None) -> tuple[Any, Any, Any]:
        if (path or "").startswith("/incident"):
            file = pages.incident_page(city, path, search, basemap, is_demo=is_demo)
            return incident.build(file.look, file.facts, file.selection, file.refusal), no_update, None
        desk = pages.desk_page(city, path, search, is_demo=is_demo)
        if desk is not None:
            # Its slots stay while the address moves within it.
            built = no_update if desk.kind == kind else analysis.build(desk.look, desk.facts)
            return built, no_update, desk.kind
        page = pages.wall_page(city, path, search, clock.now(), basemap, is_demo=is_demo)
        return (*await _wall(times, page), None)


async def _wall(times: AnyTime, page: pages.Page) -> tuple[Any, Any]:
    """A wall and its selection, with what it shows from the beginning; or why there is none."""
    if page.selection is None:
        return page.refusal, no_update
    figures, known = await first(times, page.selection)
    return wall.build(page.look, page.facts, figures), {**page.selection, "shown": known}


async def first(times: AnyTime, stored: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The figures a wall begins with and what it shows with them; none where they take long."""
    try:
        rendered = await asyncio.wait_for(asyncio.to_thread(times.first, Selection.from_store(stored)), PATIENCE_SECONDS)
    except TimeoutError:
        rendered = {}
    return {key: each.children for key, each in rendered.items()}, shown(asked_for(None), rendered, {}) if rendered else None
