"""Colours and what they mean, and the type sizes of the wall. Never a category's name."""

from __future__ import annotations

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

# In units of 1/1080 of the screen's height; the smallest is 1/60 of it, the largest 1/12.
SIZES: Final = {"small": 18, "body": 20, "label": 22, "title": 24, "figure": 44, "large": 84}

# A state of a mark is always doubled by a shape.
SHAPES: Final = {"late": "▲", "risk": "◆", "on-time": "●", "ended": "○"}


def stylesheet() -> str:
    """tokens.css: the colours and sizes as custom properties."""
    lines = [f"  --{name}: {value};" for name, value in COLOURS.items()]
    lines += [f"  --size-{name}: calc(var(--u) * {value});" for name, value in SIZES.items()]
    return "/* Made from dashboard/theme.py; a test compares them. */\n:root {\n" + "\n".join(lines) + "\n}\n"
