"""Colours and what they mean, and the type sizes of the wall. Never a category's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# The quiet wall: a calm, nearly grey ground; colour only where something is abnormal or new (Okabe-Ito, colour-blind safe).
COLOURS: Final = {
    "ground": "#0d1117",
    "raised": "#151b23",
    "line": "#30363d",
    "text": "#e6edf3",
    "muted": "#9aa4af",
    "new": "#56b4e9",
    "late": "#f57f3a",  # vermilion, lightened to 7:1 on the ground
    "risk": "#e69f00",
    "on-time": "#1fb88a",  # bluish green, lightened likewise
    "ended": "#8b949e",
    "area": "#1c2630",
    "border": "#3d4955",
    "border-strong": "#7d8793",
    "veil": "#0d1117d6",  # the ground, let through a little: behind names and clusters on the map
    # Values of areas on the map: five steps of lightness without a hue of their own, from little to much.
    "step-1": "#1d2733",
    "step-2": "#2f3e4e",
    "step-3": "#45596c",
    "step-4": "#60778d",
    "step-5": "#8099b0",
    "heat": "#cc79a7",  # density of reports; said by nothing else
    "water": "#1d3346",
    "road": "#343b43",
    "rail": "#3f3f4d",
}

# The same names by day, and for eyes or rooms that want more contrast.
LIGHT: Final = {
    "ground": "#f6f8fa",
    "raised": "#e7ecf1",
    "line": "#ccd4dc",
    "text": "#1a2129",
    "muted": "#4a545e",
    "new": "#005686",
    "late": "#8f3500",
    "risk": "#6b4a00",
    "on-time": "#00553f",
    "ended": "#59636e",
    "area": "#e4eaf0",
    "border": "#a9b4be",
    "border-strong": "#68737e",
    "veil": "#f6f8fad6",
    "step-1": "#dfe6ec",
    "step-2": "#c6d2dd",
    "step-3": "#a6b8c8",
    "step-4": "#8199ae",
    "step-5": "#5d7890",
    "heat": "#99416f",
    "water": "#b9cfdf",
    "road": "#c3cad1",
    "rail": "#8f99a3",
}
HIGH_CONTRAST: Final = {
    "ground": "#06090d",
    "raised": "#141b23",
    "line": "#4b5661",
    "text": "#fbfdff",
    "muted": "#d4dce4",
    "new": "#8fd3ff",
    "late": "#ff9c5c",
    "risk": "#ffc53d",
    "on-time": "#54e4b8",
    "ended": "#c3ccd5",
    "area": "#1a242e",
    "border": "#6d7884",
    "border-strong": "#b3bec9",
    "veil": "#06090de0",
    "step-1": "#18212a",
    "step-2": "#2d3d4c",
    "step-3": "#486074",
    "step-4": "#6b89a1",
    "step-5": "#98b8d1",
    "heat": "#eaa6cb",
    "water": "#24475f",
    "road": "#4d5964",
    "rail": "#7d8894",
}
THEMES: Final = {"dark": COLOURS, "light": LIGHT, "high-contrast": HIGH_CONTRAST}
BORDER_COLOURS: Final = ("border-strong", "border", "line")  # of the map's lines, which Leaflet draws with the dark theme's

# In units of 1/1080 of the screen's height; the smallest is 1/60 of it, the largest 1/12.
SIZES: Final = {"small": 18, "body": 20, "label": 22, "title": 24, "figure": 44, "large": 84}

# A state of a mark is always doubled by a shape.
SHAPES: Final = {"late": "▲", "risk": "◆", "on-time": "●", "ended": "○"}


def stylesheet() -> str:
    """tokens.css: the colours of each theme and the sizes as custom properties."""
    sizes = [f"  --size-{name}: calc(var(--u) * {value});" for name, value in SIZES.items()]
    rules = [":root {\n" + "\n".join([*_properties(COLOURS), *sizes]) + "\n}"]
    rules += [f":root[data-theme={name}] {{\n" + "\n".join(_properties(THEMES[name])) + "\n}" for name in THEMES if name != "dark"]
    # Paper is white, whatever the screen is.
    rules.append("@media print {\n:root, :root[data-theme] {\n" + "\n".join(_properties(LIGHT)) + "\n}\n}")
    rules += [f'path[stroke="{COLOURS[name]}"] {{ stroke: var(--{name}); }}' for name in BORDER_COLOURS]
    rules.append(f'path[fill="{COLOURS["area"]}"] {{ fill: var(--area); }}')
    return "/* Made from dashboard/theme.py; a test compares them. */\n" + "\n".join(rules) + "\n"


def _properties(colours: Mapping[str, str]) -> list[str]:
    return [f"  --{name}: {value};" for name, value in colours.items()]
