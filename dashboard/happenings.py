"""What of the change feed concerns the directors: commands, kept states, and incidents of the highest urgency. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from dashboard import director_record
from dashboard.director import COMMANDS, Alarm, Command, State
from data.feed import Entry
from data.instants import from_microseconds, to_microseconds
from data.playlists import ANY

KIND: Final = "director"
KEPT: Final = "state"  # the command of an entry that keeps a whole state
LEVELS: Final = ("county", "township", "village", "grid")
Key = tuple[str, str]  # screen, area
Row = tuple[int, datetime, str, str]  # number, committed at, kind, content as JSON
log = logging.getLogger("shouwang.directing")


@dataclass(frozen=True)
class Happening:
    """One change, read: a command, an alarm, or a state with when somebody last asked for its wall; else only an incident's words.

    `screen` and `areas` say which walls it concerns; no areas are all.
    """

    id: int
    at: datetime
    screen: str = ANY
    areas: frozenset[str] = frozenset()
    command: Command | None = None
    alarm: Alarm | None = None
    received_at: datetime | None = None
    state: State | None = None
    asked_at: datetime | None = None
    incident: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """The one wall of a kept state."""
        return self.screen, next(iter(self.areas))

    def concerns(self, key: Key) -> bool:
        return self.screen in (ANY, key[0]) and (not self.areas or key[1] in self.areas)

    def is_new(self, newest: timedelta) -> bool:
        """Whether an incident has just been received: one out of an old file interrupts nobody."""
        return self.received_at is not None and self.at - self.received_at <= newest


def read(rows: Sequence[Row]) -> Iterator[Happening]:
    """What of these changes concerns any wall, in order; what cannot be understood is told to the log and left out."""
    for change_id, at, kind, content in rows:
        if kind in (KIND, "incident"):
            try:
                yield (_of_director if kind == KIND else _of_incident)(change_id, at, orjson.loads(content))
            except (KeyError, TypeError, ValueError, IndexError):
                log.warning("change %s says nothing a wall could follow", change_id, exc_info=True)


def _of_director(change_id: int, at: datetime, said: dict[str, Any]) -> Happening:
    areas = frozenset() if said["area"] == ANY else frozenset({said["area"]})
    if said["command"] == KEPT:
        state, asked_at = director_record.read(said["state"]), from_microseconds(said["asked"])
        return Happening(change_id, at, said["screen"], areas, state=state, asked_at=asked_at)
    command = Command(said["command"], said.get("scene"), said.get("incident"), said.get("name", ""))
    return Happening(change_id, at, said["screen"], areas, command)


def _of_incident(change_id: int, at: datetime, said: dict[str, Any]) -> Happening:
    if not said.get("alarm"):
        return Happening(change_id, at, incident=said)
    # As a wall decides which incidents are its own; each has a county at least.
    areas = frozenset(said[level] for level in LEVELS if said[level])
    alarm = Alarm(0, from_microseconds(said["at"] * 1000), said["id"])
    return Happening(change_id, at, areas=areas, alarm=alarm, received_at=from_microseconds(said["received"] * 1000), incident=said)


def entry_of(key: Key, command: Command) -> Entry:
    """A command for the feed; either part of the key may be `*`."""
    said = {"scene": command.scene, "incident": command.incident_id, "name": command.name}
    given = {name: each for name, each in said.items() if each}
    return Entry(KIND, {"screen": key[0], "area": key[1], "command": command.kind} | given)


def entry_of_state(key: Key, state: State, asked_at: datetime) -> Entry:
    """A kept state for the feed."""
    kept = {"state": director_record.written(state), "asked": to_microseconds(asked_at)}
    return Entry(KIND, {"screen": key[0], "area": key[1], "command": KEPT} | kept)


def commands_of(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The commands that somebody gave, the newest first, with the milliseconds at which each was."""
    said = [(at, orjson.loads(content)) for _, at, kind, content in rows if kind == KIND]
    return [each | {"at": to_microseconds(at) // 1000} for at, each in reversed(said) if each.get("command") in COMMANDS]
