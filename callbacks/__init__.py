"""Registers every callback; the database opener, the city and the clock are arguments."""

from __future__ import annotations

from dash import Dash

from callbacks import drill, refresh
from dashboard.rendering import Renderer
from data.city import City
from data.clocks import Clock


def register_all(app: Dash, renderer: Renderer, city: City, clock: Clock, *, is_demo: bool) -> None:
    """All callbacks of the house, on this app and no other."""
    drill.register(app, city, clock, is_demo=is_demo)
    refresh.register(app, renderer, clock)
