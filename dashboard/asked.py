"""What a panel is, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.i18n import Look
from dashboard.selection import Selection
from data.city import City
from data.filters import Filter
from data.periods import Period, Span, county_date

COLUMNS: Final = {"department": "organisation"}  # what a playlist calls otherwise than a filter
FRESH_SECONDS: Final = 150  # figures are asked for anew at least once a minute


def scope_of(selection: Selection, span: Span) -> Filter:
    """The area of a selection on some days, narrowed as its scene is."""
    narrowed: dict[str, Any] = {f"{COLUMNS.get(name, name)}_code": code for name, code in selection.filters}
    return Filter(span, selection.level_code, selection.area_code, **narrowed)


@dataclass(frozen=True)
class Asked:
    """What a panel is asked: where, in which words, and when."""

    selection: Selection
    city: City
    look: Look
    now: datetime
    shows_photographs: bool = False

    def scope(self, span: Span | None = None) -> Filter:
        """The area, narrowed as the scene is; of some days, else of today."""
        return scope_of(self.selection, span or Period("day", county_date(self.now, self.city.zone)).span)


@dataclass(frozen=True)
class Panel:
    """One panel: `read` asks the database, `draw` makes the picture; `follows` are the fields of the selection it depends on.

    `pace_seconds` says how old its figures may be while new changes come in; zero follows every change.
    `freshness_seconds` says from which age on the wall calls them stale: more than the pace and the minute between two questions.
    """

    key: str
    question: str
    read: Callable[[Connection, Asked], Any]
    draw: Callable[[Any, Asked], list[Any]]
    follows: tuple[str, ...]
    page: str = "wall"
    pace_seconds: int = 0
    freshness_seconds: int = FRESH_SECONDS
    metrics: tuple[str, ...] = ()  # whose values it shows, by key in the registry

    @property
    def tile(self) -> str:
        """What scenes call it."""
        return self.key.removeprefix("panel-")
