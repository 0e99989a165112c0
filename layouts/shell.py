"""What is on every page: the address, the page's slot and the stores. Knows no data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard import i18n, ids
from layouts import front


def create(server: Any, home: str, level: str) -> Dash:
    """The page on an ASGI server, without callbacks yet; `home` is the area of a wall whose address names none,
    `level` its level."""
    assets = Path(i18n.__file__).parent / "assets"
    server.add_middleware(front.Keeping)
    screen = Dash(
        __name__,
        server=server,
        backend="fastapi",
        assets_folder=str(assets),
        index_string=front.page(assets / "modules", home, level),
        assets_path_ignore=["^modules$"],
        assets_ignore="^remote",  # of a page that is none of Dash's
        title=i18n.words(i18n.LANGUAGES[0])["title"],
        update_title="",
        suppress_callback_exceptions=True,  # panels come with their page
    )
    screen.layout = build()
    return screen


def make_ready(screen: Dash) -> None:
    """Once all callbacks are there: what Dash does at the first request to a route of its own only."""
    screen._setup_server()  # a page asked for before that would come without its assets


def build() -> Component:
    return html.Div(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dcc.Store(id=ids.SELECTION),
            dcc.Store(id=ids.PULSE),
            dcc.Store(id=ids.STARTED),
            dcc.Store(id=ids.SHOWN),
            dcc.Store(id=ids.CONFIRMED),
            dcc.Store(id=ids.PAGE_KIND),
            dcc.Store(id=ids.ANSWER),
            dcc.Store(id=ids.DRAWN),
            dcc.Store(id=ids.SECTION_SHOWN),
            dcc.Store(id=ids.SECTION_PULSE),
            dcc.Store(id=ids.SECTION_DRAWN),
            dcc.Store(id=ids.LIMITS_MOVED),
            html.Main(id=ids.PAGE),
        ]
    )
