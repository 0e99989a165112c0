"""What has changed since a copy of the incidents was made: rows that count once less and once more, as the feed names them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from data import feed
from data.case_columns import CODES, Columns, columns_of, select_rows
from data.case_files import Copy, places_of
from data.case_table import Snapshot, Table
from data.case_words import Words
from data.schema import incident

IDS_AT_ONCE: Final = 500
KEPT: Final = 8  # states that a transaction may still see
FULL: Final = 20_000  # changed rows beyond which they are slower to count than the copy is to make anew
FULL_SHARE: Final = 100  # or so many of the copy's rows for each of them


class Behind(Exception):
    """A copy cannot be brought to a state from what the feed still has, or not soon."""


class Changes:
    """Rows that count `sign` times beside a table; only ever added to, so that whoever has them goes on with what he has."""

    def __init__(self, like: Table) -> None:
        self.columns: Columns = {name: np.zeros(0, dtype=_wide(name, column)) for name, column in like.columns.items()}
        self.sign, self.size = np.zeros(0, dtype=np.int8), 0

    def add(self, columns: Columns, sign: int) -> int:
        """Rows, each counting so often; gives the place of the first."""
        first, count = self.size, len(columns["pattern"])
        if first + count > len(self.sign):
            room = max(1024, 2 * (first + count))
            self.columns = {name: _longer(column, first, room) for name, column in self.columns.items()}
            self.sign = _longer(self.sign, first, room)
        for name, column in self.columns.items():
            column[first : first + count] = columns[name]
        self.sign[first : first + count] = sign
        self.size += count
        return first

    def rows(self, places: Sequence[int]) -> Columns:
        """Some of the rows."""
        return {name: column[places] for name, column in self.columns.items()}

    def table(self) -> Table:
        """All rows up to now."""
        return Table({name: column[: self.size] for name, column in self.columns.items()}, self.sign[: self.size])


def _wide(name: str, column: Any) -> Any:
    # What is new may have any number.
    return np.int32 if name in (*CODES, "pattern") else column.dtype


def _longer(column: Any, size: int, room: int) -> Any:
    longer = np.zeros(room, dtype=column.dtype)
    longer[:size] = column[:size]
    return longer


class Follower:
    """A copy with its changes, brought from one number of the feed to the next by transactions that see them."""

    def __init__(self, made: Copy, zone: ZoneInfo) -> None:
        self.made, self.zone, self.words = made, zone, Words(made)
        self._past, self._open = Changes(made.past), Changes(made.open)
        self._newest: dict[int, tuple[int | None, int | None]] = {}  # of changed ids: their last row in each, if they have one
        self._lock = threading.Lock()
        self._states = deque([self._state(made.version)], maxlen=KEPT)

    @property
    def is_full(self) -> bool:
        """Whether so much has changed that the copy is better made anew."""
        return self._past.size > max(FULL, self.made.past.size // FULL_SHARE)

    def at(self, conn: Connection, most: int, wait_seconds: float = -1, *, is_newest: bool = False) -> Snapshot | None:
        """The incidents as a transaction sees them; `None` where it sees an older state than those at hand, or others are bringing
        the copy further and do not end in time.

        Raises `Behind` where more than `most` incidents have changed, or the feed has forgotten some. `is_newest` says that nobody
        sees more than this transaction: a feed that is behind the copy is another one.
        """
        head = feed.head(conn)
        seen = self._known(head)
        if seen is not None:
            return seen
        if not self._lock.acquire(timeout=wait_seconds):
            return None
        try:
            seen, version = self._known(head), self._states[-1].version
            if seen is not None:
                return seen
            if head < version:
                if is_newest:
                    raise Behind(f"the feed is at {head}, the copy at {version}")
                return None
            return self._bring(conn, version, head, most)
        finally:
            self._lock.release()

    def _known(self, head: int) -> Snapshot | None:
        return next((each for each in list(self._states) if each.version == head), None)

    def _bring(self, conn: Connection, version: int, head: int, most: int) -> Snapshot:
        count, changed = feed.changed_incidents(conn, version, head)
        if count != head - version:
            raise Behind(f"the feed has {count} of {head - version} changes since {version}")
        if len(changed) > most:
            raise Behind(f"{len(changed)} incidents have changed since {version}")
        ids = sorted(changed)
        rows = [row for part in _parts(ids) for row in conn.execute(select_rows().where(incident.c.id.in_(part)))]
        made = columns_of(rows, self.made.book, self.zone)
        is_open = made.pop("is_open")
        self._take(ids)
        places = range(self._past.add(made, 1), self._past.size)
        opened = _some(made, np.flatnonzero(is_open))
        of_open = dict(zip(opened["id"].tolist(), range(self._open.add(opened, 1), self._open.size), strict=True))
        self._newest |= {each: (place, of_open.get(each)) for each, place in zip(made["id"].tolist(), places, strict=True)}
        state = self._state(head)
        self._states.append(state)
        return state

    def _take(self, ids: Sequence[int]) -> None:
        """Let the rows of these incidents count no more."""
        again = [self._newest[each] for each in ids if each in self._newest]
        fresh = np.array([each for each in ids if each not in self._newest], dtype=np.int64)
        past, opened = self.made.past.columns, self.made.open.columns
        first, by_id = places_of(past["id"], self.made.by_id, fresh), np.argsort(opened["id"], kind="stable")
        taken = self._past.rows([place for place, _ in again if place is not None])
        taken_open = self._open.rows([place for _, place in again if place is not None])
        for changes, columns in (
            (self._past, taken), (self._past, _some(past, first)),
            (self._open, taken_open), (self._open, _some(opened, places_of(opened["id"], by_id, fresh))),
        ):  # fmt: skip
            changes.add(columns, -1)
        self._newest |= dict.fromkeys(ids, (None, None))

    def _state(self, version: int) -> Snapshot:
        made, changes = self.made, (self._past.table(), self._open.table())
        return Snapshot(version, made.book, made.book.times(), made.past, made.open, *changes)


def _some(columns: Mapping[str, Any], places: Any) -> Columns:
    return {name: column[places] for name, column in columns.items()}


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    listed = list(ids)
    for first in range(0, len(listed), IDS_AT_ONCE):
        yield listed[first : first + IDS_AT_ONCE]
