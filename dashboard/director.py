"""Which scene a wall shows now: its playlist, interruptions, queue and the remote. Pure: state and instant in, state out.

A state is that of the last thing that happened; `advance` says what it has become since. Where the clock was looked at in between
changes nothing: `advance(advance(state, a), b) == advance(state, b)`. So every process that folds the same happenings in the same
order has the same state, however often it looks.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from data.playlists import CHOSEN_DWELL, Entry, Programme, Rules

COMMANDS: Final = ("hold", "skip", "pin", "choose", "resume", "acknowledge")
NOTHING: Final = timedelta()


@dataclass(frozen=True, order=True)
class Alarm:
    """An incident that interrupts; sorted by urgency (0 is the highest), then by when it was reported."""

    rank: int
    reported_at: datetime
    incident_id: int


@dataclass(frozen=True)
class Command:
    """What somebody at a remote wants; `incident_id` says which interruption is acknowledged."""

    kind: str
    scene: str | None = None
    incident_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Interruption:
    """What is shown instead of the scene; a group lists all of its alarms at once."""

    alarms: tuple[Alarm, ...]
    since_at: datetime
    until_at: datetime
    is_group: bool = False
    acknowledged_by: str = ""


@dataclass(frozen=True)
class State:
    """One wall at one instant. `left` is what remains of the scene's dwell; it runs down only while the scene turns and shows.

    `recent` are the newest alarms, the latest last, as many as tell whether there is a flood; `flood_since_at` is set while
    there is one. In a flood nothing waits: what comes joins the group that is shown, or begins one.
    """

    at: datetime
    place: int
    entry: Entry
    entered_at: datetime
    left: timedelta
    is_held: bool = False
    pinned: Entry | None = None
    kept_by: str = ""  # who held or pinned it
    shown: Interruption | None = None
    queue: tuple[Alarm, ...] = ()
    recent: tuple[tuple[datetime, int], ...] = ()
    flood_since_at: datetime | None = None

    @property
    def visible(self) -> Entry:
        """The scene to be seen when nothing interrupts."""
        return self.pinned or self.entry

    @property
    def is_turning(self) -> bool:
        return not self.is_held and self.pinned is None and self.shown is None

    @property
    def until_at(self) -> datetime | None:
        """When the scene makes room for the next; `None` while that is not known."""
        return self.at + self.left if self.is_turning else None


def begin(programme: Programme, at: datetime) -> State:
    """A wall that starts now."""
    place = programme.first(at)
    return State(at, place, programme.entries[place], at, programme.entries[place].dwell)


def advance(state: State, programme: Programme, now: datetime) -> State:
    """The state at a later instant; at an earlier one it is as it was."""
    while (moment := _next_moment(state, programme.rules)) is not None and moment <= now:
        state = _turned(_passed(state, moment), programme)
    return _passed(state, now)


def _next_moment(state: State, rules: Rules) -> datetime | None:
    moments = [state.shown.until_at if state.shown else state.until_at, _flood_over_at(state, rules)]
    return min((each for each in moments if each is not None), default=None)


def _flood_over_at(state: State, rules: Rules) -> datetime | None:
    """When so few alarms are within the window that the flood is over: once the one that makes it enough has left it."""
    if state.flood_since_at is None:
        return None
    return max(state.at, state.recent[-min(rules.flood_over_below, len(state.recent))][0] + rules.flood_window)


def _passed(state: State, to: datetime) -> State:
    if to <= state.at:
        return state
    return replace(state, at=to, left=state.left - (to - state.at) if state.is_turning else state.left)


def _turned(state: State, programme: Programme) -> State:
    """What happens at this very instant, one thing at a time."""
    flood_over_at = _flood_over_at(state, programme.rules)
    if flood_over_at is not None and flood_over_at <= state.at:
        return replace(state, flood_since_at=None)
    if state.shown is not None:
        return _after_interruption(state, programme.rules)
    return _entered(state, programme.after(place_in(state, programme), state.at), programme)


def _after_interruption(state: State, rules: Rules) -> State:
    if not state.queue:
        return replace(state, shown=None)
    return replace(state, shown=_shown((state.queue[0],), state.at, rules), queue=state.queue[1:])


def place_in(state: State, programme: Programme) -> int:
    """Where the wall is in a playlist that may have been edited meanwhile."""
    entries = programme.entries
    if state.place < len(entries) and entries[state.place] == state.entry:
        return state.place
    return entries.index(state.entry) if state.entry in entries else min(state.place, len(entries) - 1)


def _entered(state: State, place: int, programme: Programme) -> State:
    entry = programme.entries[place]
    return replace(state, place=place, entry=entry, entered_at=state.at, left=entry.dwell)


def _shown(alarms: Iterable[Alarm], at: datetime, rules: Rules, *, is_group: bool = False) -> Interruption:
    return Interruption(tuple(sorted(alarms)), at, at + rules.show, is_group)


def interrupt(state: State, programme: Programme, alarm: Alarm, at: datetime) -> State:
    """An incident of the highest urgency has come in. One that is shown, waits or has just been is not taken twice."""
    state, rules = advance(state, programme, at), programme.rules
    if _is_known(state, alarm):
        return state
    recent = [each for each in state.recent if each[0] > state.at - rules.flood_window]
    recent = [*recent, (state.at, alarm.incident_id)][-(rules.flood_above + 1) :]
    state = replace(state, recent=tuple(recent))
    if state.flood_since_at is None and len(recent) > rules.flood_above:
        unread = state.shown.alarms if state.shown and not state.shown.acknowledged_by else ()
        gathered = (*unread, *state.queue, alarm)
        shown = _shown(gathered, state.at, rules, is_group=True)
        return replace(state, shown=shown, queue=(), flood_since_at=state.at)
    if state.shown is None:
        return replace(state, shown=_shown((alarm,), state.at, rules, is_group=state.flood_since_at is not None))
    if state.flood_since_at is not None:
        return replace(state, shown=replace(state.shown, alarms=_with(state.shown.alarms, alarm)))
    return replace(state, queue=_with(state.queue, alarm))


def _is_known(state: State, alarm: Alarm) -> bool:
    shown = state.shown.alarms if state.shown else ()
    return alarm in shown or alarm in state.queue or any(each == alarm.incident_id for _, each in state.recent)


def _with(alarms: tuple[Alarm, ...], alarm: Alarm) -> tuple[Alarm, ...]:
    ordered = list(alarms)
    insort(ordered, alarm)
    return tuple(ordered)


def command(state: State, programme: Programme, said: Command, at: datetime) -> State:
    """What somebody wants has come in; what makes no sense any more changes nothing.

    Holding and pinning keep the scene, interruptions still come. Skipping and choosing change the scene beneath an interruption:
    only an acknowledgement, by name, ends one. Chosen, a scene has its whole dwell and the wall goes on from there.
    """
    state = advance(state, programme, at)
    match said.kind:
        case "hold":
            return replace(state, is_held=True, kept_by=said.name)
        case "resume":
            return replace(state, is_held=False, pinned=None, kept_by="")
        case "pin":
            pinned = _entry_of(programme, said.scene, state.at) if said.scene else state.visible
            return replace(state, pinned=pinned, kept_by=said.name)
        case "skip":
            return _entered(replace(state, pinned=None), programme.after(place_in(state, programme), state.at), programme)
        case "choose":
            return _chosen(state, programme, said.scene or "")
        case "acknowledge":
            return _acknowledged(state, programme.rules, said)
    return state


def _entry_of(programme: Programme, scene: str, at: datetime) -> Entry:
    place = programme.place_of(scene, at)
    return Entry(scene, CHOSEN_DWELL) if place is None else programme.entries[place]


def _chosen(state: State, programme: Programme, scene: str) -> State:
    state = replace(state, pinned=None)
    place = programme.place_of(scene, state.at)
    if place is not None:
        return _entered(state, place, programme)
    entry = _entry_of(programme, scene, state.at)
    return replace(state, place=place_in(state, programme), entry=entry, entered_at=state.at, left=entry.dwell)


def _acknowledged(state: State, rules: Rules, said: Command) -> State:
    shown = state.shown
    if shown is None or shown.acknowledged_by or all(said.incident_id != each.incident_id for each in shown.alarms):
        return state
    # When others wait, the room still gets its time to read this one.
    until = max(state.at, min(shown.until_at, shown.since_at + rules.least)) if state.queue else state.at
    return replace(state, shown=replace(shown, acknowledged_by=said.name, until_at=until))
