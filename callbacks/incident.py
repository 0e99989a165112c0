"""The page of one incident: its number or a change of it to panels."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from callbacks.news import outputs
from dashboard import ids
from dashboard.incident_panels import INCIDENT_PANELS
from dashboard.rendering import Renderer
from dashboard.selection import Selection
from data.clocks import Clock


def register(app: Dash, renderer: Renderer, clock: Clock) -> None:
    app.clientside_callback(
        ClientsideFunction("shouwang", "incident"), Output(ids.INCIDENT_STARTED, "data"), Input(ids.INCIDENT_SHOWN, "data")
    )

    @app.callback(
        *(Output(panel.key, "children") for panel in INCIDENT_PANELS),
        Output(ids.INCIDENT_SHOWN, "data"),
        Input(ids.INCIDENT, "data"),
        Input(ids.INCIDENT_PULSE, "data"),
        State(ids.INCIDENT_SHOWN, "data"),
    )
    async def on_incident(stored: dict[str, Any] | None, _: Any, shown: dict[str, Any] | None) -> Any:
        if stored is None:
            return [no_update] * (len(INCIDENT_PANELS) + 1)
        known = shown["digests"] if shown and ctx.triggered_id == ids.INCIDENT_PULSE else {}
        selection = Selection.from_store(stored)
        rendered = await asyncio.to_thread(renderer.render_all, selection, clock.now(), INCIDENT_PANELS)
        return outputs(INCIDENT_PANELS, INCIDENT_PANELS, rendered, known)
