"""A change or a selection to panels."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from callbacks.news import outputs
from dashboard import ids
from dashboard.panels import PANELS
from dashboard.past_replays import AnyTime
from dashboard.selection import Selection


def register(app: Dash, times: AnyTime) -> None:
    app.clientside_callback(ClientsideFunction("shouwang", "start"), Output(ids.STARTED, "data"), Input(ids.SELECTION, "data"))
    app.clientside_callback(ClientsideFunction("shouwang", "confirm"), Output(ids.CONFIRMED, "data"), Input(ids.SHOWN, "data"))

    @app.callback(
        *(Output(panel.key, "children") for panel in PANELS),
        Output(ids.SHOWN, "data"),
        Input(ids.SELECTION, "data"),
        Input(ids.PULSE, "data"),
        State(ids.SHOWN, "data"),
        prevent_initial_call=True,  # there are no panels before there is a page
    )
    async def on_change(stored: dict[str, Any] | None, pulse: dict[str, Any] | None, shown: dict[str, Any] | None) -> Any:
        if stored is None:
            return [no_update] * (len(PANELS) + 1)
        # A fresh page shows what it came with, whatever the one before it showed.
        standing = stored.get("shown") if ctx.triggered_id == ids.SELECTION else shown
        known = standing["digests"] if standing else {}
        panels, rendered = await asyncio.to_thread(times.answer, Selection.from_store(stored), pulse or {})
        return outputs(PANELS, panels, rendered, known, (pulse or {}).get("filters"))
