"""A wall's state as JSON: whole and exact for the feed, and as its walls and remotes are told it. Pure.

Instants and durations are whole microseconds in the feed; walls and remotes are told milliseconds, as browsers count.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any, Final

from dashboard.director import Alarm, Interruption, State, place_in
from data.feed import milliseconds
from data.instants import from_microseconds, to_microseconds
from data.playlists import Entry, Programme, Screen

MOST_LISTED: Final = 50  # of a group or a queue; `count` and `waiting` say how many there are
MOST_DETAILED: Final = 12  # whose words and place are told with them
MICROSECOND: Final = timedelta(microseconds=1)
MILLISECOND: Final = timedelta(milliseconds=1)


def written(state: State) -> dict[str, Any]:
    """The whole state; `read` gives it back."""
    return {
        "at": to_microseconds(state.at),
        "place": state.place,
        "entry": _entry(state.entry),
        "entered_at": to_microseconds(state.entered_at),
        "left": state.left // MICROSECOND,
        "is_held": state.is_held,
        "pinned": state.pinned and _entry(state.pinned),
        "kept_by": state.kept_by,
        "shown": state.shown and _interruption(state.shown),
        "queue": [_alarm(each) for each in state.queue],
        "recent": [[to_microseconds(at), number] for at, number in state.recent],
        "flood_since_at": state.flood_since_at and to_microseconds(state.flood_since_at),
    }


def read(said: Mapping[str, Any]) -> State:
    """The state of `written`."""
    return State(
        at=from_microseconds(said["at"]),
        place=said["place"],
        entry=_entry_of(said["entry"]),
        entered_at=from_microseconds(said["entered_at"]),
        left=said["left"] * MICROSECOND,
        is_held=said["is_held"],
        pinned=said["pinned"] and _entry_of(said["pinned"]),
        kept_by=said["kept_by"],
        shown=said["shown"] and _interruption_of(said["shown"]),
        queue=tuple(_alarm_of(each) for each in said["queue"]),
        recent=tuple((from_microseconds(at), number) for at, number in said["recent"]),
        flood_since_at=said["flood_since_at"] and from_microseconds(said["flood_since_at"]),
    )


def _entry(entry: Entry) -> dict[str, Any]:
    hours = [[begin.isoformat("minutes"), end.isoformat("minutes")] for begin, end in entry.hours]
    return {"scene": entry.scene, "dwell": entry.dwell // MICROSECOND, "area": entry.area_code, "filters": entry.filters,
            "hours": hours, "days": entry.days}  # fmt: skip


def _entry_of(said: Mapping[str, Any]) -> Entry:
    return Entry(
        scene=said["scene"],
        dwell=said["dwell"] * MICROSECOND,
        area_code=said["area"],
        filters=tuple((name, code) for name, code in said["filters"]),
        hours=tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in said["hours"]),
        days=tuple(said["days"]),
    )


def _alarm(alarm: Alarm) -> list[int]:
    return [alarm.rank, to_microseconds(alarm.reported_at), alarm.incident_id]


def _alarm_of(said: list[int]) -> Alarm:
    return Alarm(said[0], from_microseconds(said[1]), said[2])


def _interruption(shown: Interruption) -> dict[str, Any]:
    return {
        "alarms": [_alarm(each) for each in shown.alarms],
        "since_at": to_microseconds(shown.since_at),
        "until_at": to_microseconds(shown.until_at),
        "is_group": shown.is_group,
        "acknowledged_by": shown.acknowledged_by,
    }


def _interruption_of(said: Mapping[str, Any]) -> Interruption:
    alarms = tuple(_alarm_of(each) for each in said["alarms"])
    since_at, until_at = from_microseconds(said["since_at"]), from_microseconds(said["until_at"])
    return Interruption(alarms, since_at, until_at, said["is_group"], said["acknowledged_by"])


def incidents_of(state: State) -> list[int]:
    """The incidents that interrupt: those shown, then those that wait."""
    return [each.incident_id for each in (*(state.shown.alarms if state.shown else ()), *state.queue)]


def detailed(state: State) -> list[int]:
    """The incidents whose words and place are told with a state."""
    return incidents_of(state)[:MOST_DETAILED]


def told(screen: Screen, state: State, programme: Programme, incidents: Mapping[int, Any]) -> dict[str, Any]:
    """The whole state of a wall for its browsers; never a difference:

    scene with its scene_area and filters; entry (from 1) of how many; entered, until (null while it is not known,
    then left), dwell; held, pinned, kept_by; next, and next_entry to be made ready; interruption, flood; incidents by id as the
    feed tells them; how the screen is: sound, theme, seams.
    """
    visible, until, place = state.visible, state.until_at, place_in(state, programme)
    following = programme.entries[programme.after(place, until or state.at)]
    return {
        **_scene(visible),
        "entry": place + 1,
        "of": len(programme.entries),
        "entered": milliseconds(state.entered_at),
        "until": milliseconds(until),
        "left": None if until else state.left // MILLISECOND,
        "dwell": visible.dwell // MILLISECOND,
        "held": state.is_held,
        "pinned": state.pinned.scene if state.pinned else None,
        "kept_by": state.kept_by,
        "next": following.scene,
        "next_entry": _scene(following),
        "interruption": _told_interruption(state),
        "flood": milliseconds(state.flood_since_at),
        "incidents": {str(each): incidents[each] for each in detailed(state) if each in incidents},
        "sound": screen.has_sound,
        "theme": screen.theme,
        "seams": {"columns": screen.columns, "rows": screen.rows},
    }


def _scene(entry: Entry) -> dict[str, Any]:
    return {"scene": entry.scene, "scene_area": entry.area_code, "filters": dict(entry.filters)}


def _told_interruption(state: State) -> dict[str, Any] | None:
    shown = state.shown
    if shown is None:
        return None
    ids = [each.incident_id for each in shown.alarms]
    return {
        "incident": ids[0],
        "since": milliseconds(shown.since_at),
        "until": milliseconds(shown.until_at),
        "acknowledged": shown.acknowledged_by or None,
        "group": ids[:MOST_LISTED] if shown.is_group else None,
        "count": len(ids),
        "queue": [each.incident_id for each in state.queue[:MOST_LISTED]],
        "waiting": len(state.queue),
    }
