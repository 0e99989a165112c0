"""What a panel is, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.i18n import Look
from dashboard.selection import Selection
from data.city import City


@dataclass(frozen=True)
class Asked:
    """What a panel is asked: where, in which words, and when."""

    selection: Selection
    city: City
    look: Look
    now: datetime


@dataclass(frozen=True)
class Panel:
    """One panel: `read` asks the database, `draw` makes the picture; `follows` are the fields of the selection it depends on.

    One with `every_minutes` is read so often, whatever happens meanwhile: its figures are of weeks, and not cheap.
    """

    key: str
    question: str
    read: Callable[[Connection, Asked], Any]
    draw: Callable[[Any, Asked], list[Any]]
    follows: tuple[str, ...]
    page: str = "wall"
    every_minutes: int = 0  # 0: with every change, and every minute
