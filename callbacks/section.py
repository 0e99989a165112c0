"""What is opened below the analysis page: made once the page itself has been drawn."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from dashboard import ids
from dashboard.analysis.sections import Sections
from dashboard.analysis.view import is_address


def register(app: Dash, sections: Sections) -> None:
    app.clientside_callback(
        ClientsideFunction("shouwang", "section"), Output(ids.SECTION_DRAWN, "data"), Input(ids.SECTION, "children")
    )
    app.clientside_callback(
        ClientsideFunction("shouwang", "limits"),
        Output(ids.LIMITS_MOVED, "data"),
        Input({"type": ids.LIMIT, "rule": ALL, "at": ALL}, "value"),
        State({"type": ids.LIMIT, "rule": ALL, "at": ALL}, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.SECTION, "children"),
        Output(ids.SECTION_SHOWN, "data"),
        Input(ids.DRAWN, "data"),
        Input(ids.SECTION_PULSE, "data"),
        State(ids.ADDRESS, "pathname"),
        State(ids.ADDRESS, "search"),
        State(ids.SECTION_SHOWN, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.SECTION, "aria-busy"), "true", "false")],
    )
    async def on_drawn(drawn: Any, pulse: Any, path: str, search: str, known: str | None) -> tuple[Any, Any]:
        if not is_address(path):
            return no_update, no_update
        found = await asyncio.to_thread(sections.shown, path, search, known or "")
        return (no_update, no_update) if found is None else (found.children, found.key)
