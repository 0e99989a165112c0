"""An invented wall for tests of the director: three scenes of 40, 30 and 20 seconds, always on."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboard.director import Alarm
from data.clocks import Calendar
from data.playlists import Entry, Programme

START = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"), ((time(8, 30), time(17)),))
ENTRIES = tuple(Entry(scene, timedelta(seconds=dwell)) for scene, dwell in (("overview", 40), ("flow", 30), ("forces", 20)))
PROGRAMME = Programme(ENTRIES, CALENDAR)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def alarm(number: int, reported: float = 0, rank: int = 0) -> Alarm:
    return Alarm(rank, after(reported), number)
