"""An address of the analysis to its answer, and to the rows behind an opened figure."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashboard import ids
from dashboard.analysis.answers import Analyst
from dashboard.analysis.door import Door
from dashboard.analysis.view import is_address


def register(app: Dash, analyst: Analyst) -> None:
    app.server.add_middleware(Door, analyst=analyst)
    app.clientside_callback(ClientsideFunction("shouwang", "draw"), Output(ids.DRAWN, "data"), Input(ids.ANSWER, "data"))

    @app.callback(Output(ids.ANSWER, "data"), Input(ids.ADDRESS, "pathname"), Input(ids.ADDRESS, "search"))
    async def on_view(path: str, search: str) -> Any:
        if not is_address(path):
            return no_update
        return await analyst.asked(path, search)

    @app.callback(
        Output(ids.ROWS, "getRowsResponse"),
        Input(ids.ROWS, "getRowsRequest"),
        State(ids.ADDRESS, "pathname"),
        State(ids.ADDRESS, "search"),
    )
    async def on_rows(request: dict[str, Any] | None, path: str, search: str) -> Any:
        if request is None:
            return no_update
        return await asyncio.to_thread(analyst.page_of_rows, path, search, request)
