"""Every component id."""

from typing import Final

ADDRESS: Final = "address"
PAGE: Final = "page"
SELECTION: Final = "selection"
PULSE: Final = "pulse"
STARTED: Final = "started"
SHOWN: Final = "shown"

PANEL_TODAY: Final = "panel-today"
PANEL_HOURS: Final = "panel-hours"
PANEL_PIPELINE: Final = "panel-pipeline"
PANEL_DUE: Final = "panel-due"
PANEL_LEDGER: Final = "panel-ledger"
PANEL_TIMELINE: Final = "panel-timeline"

WALL: Final = "wall"
MAP: Final = "map"
MAP_MARKS: Final = "map-marks"
LIST: Final = "live-list"
CLOCK: Final = "clock"
SOURCES: Final = "sources"
PROGRESS: Final = "progress"
