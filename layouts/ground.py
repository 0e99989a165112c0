"""What every map stands on: borders, and under them tiles and the city's own water, roads and railways. Knows no data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_leaflet as dl
from dash.development.base_component import Component

WEIGHTS = {"county": 2.0, "township": 1.4, "village": 0.7, "grid": 0.5, "water": 1.2, "road": 1.0, "rail": 1.0}
BASE_DEPTH = 350  # Leaflet's tiles are at 200, its borders at 400


def layers(page: Mapping[str, Any]) -> list[Component]:
    """The layers of a page with `area_code`, `levels` (of borders, widest first), `base` and `basemap`."""
    borders = [_borders(page["area_code"], level, is_widest=place == 0) for place, level in enumerate(page["levels"])]
    return [*_base(page), *borders]


def _borders(area_code: str, level: str, *, is_widest: bool) -> Component:
    """The borders of a level; colours come from the page's styles by the class, so that a theme may change them."""
    shown = f"border-{level} is-widest" if is_widest else f"border-{level}"
    style = {"className": shown, "weight": WEIGHTS[level], "fillOpacity": 0.55 if is_widest else 0}
    return dl.GeoJSON(url=f"/geo/{area_code}/{level}.geojson", id=f"borders-{level}", interactive=False, style=style)


def _base(page: Mapping[str, Any]) -> list[Component]:
    """What lies under the borders: tiles, where there are any, and the city's own water, roads and railways."""
    tiles = page["basemap"]
    found = [] if tiles is None else [
        dl.TileLayer(url="/tiles/{z}/{x}/{y}", attribution="", minNativeZoom=tiles["lowest"], maxNativeZoom=tiles["highest"])
    ]  # fmt: skip
    lines: list[Component] = []
    for each in page["base"]:
        style = {
            "className": f"base-{each['kind']}",
            "weight": WEIGHTS[each["kind"]],
            "fillOpacity": 0.8,
            "fill": each["kind"] == "water",
        }
        lines.append(dl.GeoJSON(url=f"/base/{each['name']}.geojson", id=f"base-{each['name']}", interactive=False, style=style))
    # A pane of its own: which file comes first must not decide what lies on top.
    return [*found, dl.Pane(lines, name="base", style={"zIndex": BASE_DEPTH})] if lines else found
