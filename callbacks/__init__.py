"""Registers every callback; the database opener, the city and the clock are arguments."""

from __future__ import annotations

from dash import Dash

from callbacks import analysis, drill, incident, refresh, section
from dashboard.analysis.answers import Analyst
from dashboard.analysis.sections import Sections
from dashboard.basemap import Basemap
from dashboard.past_replays import AnyTime
from data.city import City
from data.clocks import Clock
from data.pattern_keeper import Keeper


def register_all(
    app: Dash, times: AnyTime, city: City, clock: Clock, keeper: Keeper, basemap: Basemap | None = None, *, is_demo: bool
) -> None:
    """All callbacks of the house, on this app and no other."""
    drill.register(app, times, city, clock, basemap, is_demo=is_demo)
    refresh.register(app, times)
    incident.register(app, times.renderer, clock)
    analysis.register(app, Analyst(times.renderer.engine, city, clock))
    section.register(app, Sections(times.renderer.engine, city, clock, keeper))
