"""A change or a selection to panels."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, no_update

from dashboard import ids
from dashboard.panels import PANELS, Renderer
from dashboard.selection import Selection
from data.clocks import Clock


def register(app: Dash, renderer: Renderer, clock: Clock) -> None:
    app.clientside_callback(ClientsideFunction("shouwang", "start"), Output(ids.STARTED, "data"), Input(ids.SELECTION, "data"))

    @app.callback(*(Output(panel.key, "children") for panel in PANELS), Input(ids.SELECTION, "data"), Input(ids.PULSE, "data"))
    async def on_change(stored: dict[str, Any] | None, pulse: dict[str, Any] | None) -> Any:
        if stored is None:
            return [no_update] * len(PANELS)
        selection = Selection.from_store(stored)
        now = clock.now()
        return await asyncio.to_thread(lambda: [renderer.render(panel, selection, now) for panel in PANELS])
