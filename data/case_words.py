"""The part of a copy in columns whose words hold what is asked: a smaller table, found by the index of words once, and brought
along with what changes since."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from cachetools import LRUCache
from sqlalchemy import Connection

from data import search
from data.case_files import Copy, places_of
from data.case_table import KEPT_BYTES, Snapshot, Table
from data.filters import LONGEST
from data.grams import words_of

MOST: Final = 16  # texts that are kept
# Found rows of all of them: forty bytes each once a page was drawn of them, ninety where everything was asked; what their tables
# remember beside that is `KEPT_BYTES` in all.
KEPT_ROWS: Final = 4_000_000
WAIT_SECONDS: Final = 2.0  # for others who ask the index; the rows can be asked too


class Chosen(Mapping[str, Any]):
    """Some rows of columns, of each column when it is first asked for."""

    def __init__(self, columns: Mapping[str, Any], places: Any) -> None:
        self._columns, self._places, self._made = columns, places, dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._columns[name][self._places]
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@dataclass(frozen=True)
class Found:
    """What a transaction found: ids in order, how many changes had been looked at, and that part of what it saw."""

    ids: Any
    change_count: int
    seen: Snapshot


class Words:
    """What is found in one copy; safe to ask from several threads."""

    def __init__(self, made: Copy) -> None:
        self.made = made
        self._kept: LRUCache[tuple[str, ...], Found] = LRUCache(KEPT_ROWS, lambda found: max(len(found.ids), KEPT_ROWS // MOST))
        self._common = set[tuple[str, ...]]()  # what more rows have than are kept: nobody asks the index again
        self._lock = threading.Lock()

    def narrowed(self, conn: Connection, seen: Snapshot, text: str) -> Snapshot | None:
        """Those incidents of a snapshot, seen in this transaction, that `data.search.condition` finds. `None` for a state older
        than one that was asked about, or where more are found than are kept."""
        words = words_of(text)
        if not words:
            return seen
        if len(text) > LONGEST or words in self._common or not self._lock.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            found = self._kept.get(words)
            if found is not None and seen.version < found.seen.version:
                return None
            if found is None:
                found = self._sought(conn, seen, text)
            elif seen.version > found.seen.version:
                found = self._brought(conn, seen, text, found)
            if found is None or len(found.ids) >= KEPT_ROWS:
                self._kept.pop(words, None)
                self._common.add(words)
                return None
            self._kept[words] = found
        finally:
            self._lock.release()
        return found.seen

    def _sought(self, conn: Connection, seen: Snapshot, text: str) -> Found | None:
        listed = search.found_ids(conn, text, KEPT_ROWS)
        if listed is None:
            return None
        return self._of(seen, np.sort(np.array(listed, dtype=np.int64)))

    def _brought(self, conn: Connection, seen: Snapshot, text: str, found: Found) -> Found:
        changed = np.unique(seen.past_changes.columns["id"][found.change_count :])
        now = np.array(search.found_among(conn, changed.tolist(), text), dtype=np.int64)
        before = changed[_holds(found.ids, changed)]
        ids = np.union1d(np.setdiff1d(found.ids, before), now)
        # A case of the copy whose words changed: its row there and the one that takes it back must both be found, or neither.
        turned = np.setxor1d(before, now)
        if len(self._places(turned)):
            return self._of(seen, ids)
        return self._beside(seen, ids, found.seen.past, found.seen.open)

    def _of(self, seen: Snapshot, ids: Any) -> Found:
        chosen = Chosen(self.made.past.columns, np.sort(self._places(ids)))
        past = Table(chosen, is_settled=True, kept_bytes=KEPT_BYTES // MOST)
        return self._beside(seen, ids, past, _some(seen.open, ids))

    def _beside(self, seen: Snapshot, ids: Any, past: Table, opened: Table) -> Found:
        """The rows of the copy with those that have changed since."""
        changes = (_some(table, ids) for table in (seen.past_changes, seen.open_changes))
        return Found(ids, seen.past_changes.size, Snapshot(seen.version, seen.book, seen.times, past, opened, *changes))

    def _places(self, ids: Any) -> Any:
        return places_of(self.made.past.columns["id"], self.made.by_id, ids)


def _some(table: Table, ids: Any) -> Table:
    places = np.flatnonzero(_holds(ids, table.columns["id"]))
    return Table(Chosen(table.columns, places), None if table.sign is None else table.sign[places])


def _holds(ids: Any, asked: Any) -> Any:
    """Which of some ids are among ids in order."""
    if not len(ids):
        return np.zeros(len(asked), dtype=bool)
    return ids[np.minimum(np.searchsorted(ids, asked), len(ids) - 1)] == asked
