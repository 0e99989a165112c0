"""What a wall shows and when: scenes with their dwell, hours and days, the screens that show them. Never reads a file.

A city's own are in `playlists.yaml` of its folder (`data.playlist_files` reads them); without that file `DEFAULT` holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from data.city_records import City
from data.clocks import Calendar
from data.errors import CalendarUnpublished, UnknownCode
from data.vocabulary import Word

SCENES: Final = ("overview", "flow", "analysis", "assessment", "command", "forces")
THEMES: Final = ("dark", "light", "high-contrast")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS: Final = ("working", "off", *WEEKDAYS)
HOURS: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
ANY: Final = "*"
DEFAULT_SCREEN: Final = "default"
CHOSEN_DWELL: Final = timedelta(seconds=60)  # of a scene that is chosen though its playlist does not have it

# The documented playlist of a city folder without `playlists.yaml`: dwell of 20 to 40 s a page (DOMAIN 8).
DEFAULT: Final[dict[str, Any]] = {
    "playlists": {
        "all": [
            {"scene": "overview", "dwell_seconds": 40},
            {"scene": "flow", "dwell_seconds": 30},
            {"scene": "analysis", "dwell_seconds": 30},
            {"scene": "assessment", "dwell_seconds": 30},
            {"scene": "forces", "dwell_seconds": 20},
        ]
    },
    "screens": {DEFAULT_SCREEN: {"playlist": "all"}},
}

Filters = tuple[tuple[str, str], ...]  # one code each


@dataclass(frozen=True)
class Entry:
    """One line of a playlist; without an area it is of the wall's own, without hours and days it is always on.

    `hours` are local times (from, to), `to` excluded and before `from` when they run over midnight; `days` are any of `DAYS`.
    """

    scene: str
    dwell: timedelta
    area_code: str | None = None
    filters: Filters = ()
    hours: tuple[tuple[time, time], ...] = ()
    days: tuple[str, ...] = ()

    def is_on(self, at: datetime, calendar: Calendar) -> bool:
        """Whether its hours and days hold at an instant; the days are those of the local date."""
        local = at.astimezone(calendar.zone)
        return self.is_hour(local.time()) and (not self.days or bool(days_of(local.date(), calendar) & set(self.days)))

    def is_hour(self, clock: time) -> bool:
        if not self.hours:
            return True
        return any(begin <= clock < end if begin < end else clock >= begin or clock < end for begin, end in self.hours)


def hours_of(said: str) -> tuple[time, time]:
    """The local times of hours as written, such as 08:30-17:00; 24:00 is midnight."""
    begin, end = said.split("-")
    return time.fromisoformat(begin), time() if end == "24:00" else time.fromisoformat(end)


def days_of(on: date, calendar: Calendar) -> set[str]:
    """Which of `DAYS` a date is. Where nobody has published the year, Monday to Friday are working days."""
    try:
        is_working = calendar.is_working_day(on)
    except CalendarUnpublished:
        is_working = on.weekday() < 5
    return {WEEKDAYS[on.weekday()], "working" if is_working else "off"}


@dataclass(frozen=True)
class Rules:
    """How incidents of the highest urgency interrupt: for how long one is shown, and when they are a flood (DOMAIN 8)."""

    show: timedelta = timedelta(seconds=45)
    least: timedelta = timedelta(seconds=10)  # that an acknowledged one stays when others wait
    newest: timedelta = timedelta(minutes=5)  # one received longer ago interrupts nobody
    flood_above: int = 10
    flood_window: timedelta = timedelta(minutes=10)
    flood_over_below: int = 5


@dataclass(frozen=True)
class Screen:
    """A physical wall: how people call it, which playlist it shows for which area, how it is built, whether it may sound.

    `playlists` is by area code, level or `*`; `seams` are shares of its width and height where panels of a spliced wall meet.
    """

    title: Word  # its code is the name in the address
    playlists: Mapping[str, str]
    theme: str = THEMES[0]
    has_sound: bool = False
    area_code: str | None = None
    columns: tuple[float, ...] = ()
    rows: tuple[float, ...] = ()

    def playlist_of(self, area_code: str, level_code: str) -> str:
        """That of the area, of its level, of any; an overlay such as a zone has a level of its own and takes the first."""
        return next((self.playlists[each] for each in (area_code, level_code, ANY) if each in self.playlists), self._any)

    @property
    def _any(self) -> str:
        return next(iter(self.playlists.values()))


@dataclass(frozen=True)
class Programme:
    """What one wall turns through: the lines of its playlist, the city's calendar and rules."""

    entries: tuple[Entry, ...]
    calendar: Calendar
    rules: Rules = field(default_factory=Rules)

    def first(self, at: datetime) -> int:
        """The place of the first line that is on, or of the first."""
        return next((place for place, each in enumerate(self.entries) if each.is_on(at, self.calendar)), 0)

    def after(self, place: int, at: datetime) -> int:
        """The place of the next line that is on after this one, going round."""
        count = len(self.entries)
        turn = ((place + step) % count for step in range(1, count + 1))
        return next((each for each in turn if self.entries[each].is_on(at, self.calendar)), (place + 1) % count)

    def place_of(self, scene: str, at: datetime) -> int | None:
        """The place of a scene's line, one that is on before one that is not; `None` when it has none."""
        places = [place for place, each in enumerate(self.entries) if each.scene == scene]
        return next((each for each in places if self.entries[each].is_on(at, self.calendar)), places[0] if places else None)


@dataclass(frozen=True)
class Playlists:
    """All screens and playlists of a city."""

    screens: Mapping[str, Screen]
    lists: Mapping[str, tuple[Entry, ...]]
    rules: Rules = field(default_factory=Rules)

    def screen(self, name: str) -> Screen:
        """Raises `UnknownCode`."""
        if name not in self.screens:
            raise UnknownCode(
                f"There is no screen {name!r}.", remedy=f"There are: {', '.join(self.screens)}.", list="screen", code=name
            )
        return self.screens[name]

    def programme(self, city: City, screen_name: str, area_code: str) -> Programme:
        """What a screen shows of an area; a screen that is gone from the file is the default one. Raises `UnknownCode`."""
        screen = self.screens.get(screen_name) or self.screens[DEFAULT_SCREEN]
        name = screen.playlist_of(area_code, city.area(area_code).level_code)
        return Programme(self.lists[name], city.calendar, self.rules)
