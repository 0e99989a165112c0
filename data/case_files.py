"""A copy of the incidents in columns as files: one plain array a column, mapped into memory by who reads them. Never a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from data.case_columns import AT, CODES, EXACT, Book, Columns, columns_of, day_of, hour_of
from data.case_table import Table

NOTE: Final = "copy.json"  # written last: without it there is no copy
PAST: Final = ("id", *CODES, "pattern", *EXACT, *map(day_of, AT), *map(hour_of, AT))


class Damaged(Exception):
    """A folder holds no whole copy."""


@dataclass(frozen=True)
class Copy:
    """All incidents at one number of the feed, in the order of `reported_at`; `by_id` has their places in the order of their ids.
    `mark` says what it hangs on (`data.case_keeping`).

    `open` has those that are open, with all columns of `data.case_columns.columns_of`.
    """

    version: int
    mark: str | None
    written_at: float  # seconds since 1970
    book: Book
    past: Table
    open: Table
    by_id: Any

    @property
    def size_bytes(self) -> int:
        """What its columns take."""
        columns = (*self.past.columns.values(), *self.open.columns.values(), self.by_id)
        return sum(int(each.nbytes) for each in columns)


def places_of(ids: Any, by_id: Any, wanted: Any) -> Any:
    """Where wanted ids stand among ids, whose places in their order are `by_id`; of those that are there."""
    if not len(ids):
        return np.zeros(0, dtype=np.int64)
    found = by_id[np.minimum(np.searchsorted(ids, wanted, sorter=by_id), len(ids) - 1)]
    return found[ids[found] == wanted]


class Writer:
    """Takes rows up a few at a time, then writes them."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone, self.book = zone, Book()
        self._past: dict[str, list[Any]] = {name: [] for name in PAST}
        self._open: list[Columns] = []
        self.size = 0

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Rows of `data.case_columns.select_rows`."""
        made = columns_of(rows, self.book, self.zone)
        for name in PAST:
            # Two bytes hold nearly every code and pattern, and ten million rows of them have to be held.
            is_small = name in (*CODES, "pattern") and made[name].max(initial=0) < 2**16
            self._past[name].append(made[name].astype(np.uint16) if is_small else made[name])
        is_open = made.pop("is_open")
        self._open.append({name: column[is_open] for name, column in made.items()})
        self.size += len(rows)

    def write(self, folder: Path, version: int, mark: str | None, rest: Callable[[], None] = lambda: None) -> None:
        """All of it; a column is in memory once more while it is written. `rest` is called after each."""
        order = np.argsort(self._joined("reported_at"), kind="stable")
        names = sorted(self._open[0]) if self._open else []
        opened = {name: np.concatenate([each[name] for each in self._open]) for name in names}
        by_report = np.argsort(opened["reported_at"], kind="stable")
        codes, renumbered = _in_order(self.book)
        for name in PAST:
            column = _narrowed(self._joined(name), renumbered.get(name))
            del self._past[name]
            np.save(folder / f"past-{name}.npy", column[order])
            if name == "id":
                np.save(folder / "by-id.npy", np.argsort(column[order], kind="stable").astype(np.int32))
            rest()
        for name in names:
            np.save(folder / f"open-{name}.npy", _narrowed(opened[name], renumbered.get(name))[by_report])
        note = {"version": version, "mark": mark, "codes": codes, "patterns": self.book.patterns.names, "open": names}
        (folder / NOTE).write_bytes(orjson.dumps(note | {"sums": _sums(folder)}))

    def _joined(self, name: str) -> Any:
        return np.concatenate(self._past[name])


def _in_order(book: Book) -> tuple[dict[str, list[str | None]], dict[str, Any]]:
    """The codes of each column in their order, so that those below one stand together; and the new number of each number."""
    codes, renumbered = {}, {}
    for name, numbers in book.codes.items():
        ordered = [None, *sorted(each for each in numbers.names if each is not None)]
        place = {code: number for number, code in enumerate(ordered)}
        codes[name] = ordered
        renumbered[name] = np.array([place[code] for code in numbers.names])
    return codes, renumbered


def _narrowed(column: Any, renumbered: Any) -> Any:
    """Codes by their new numbers, in as few bytes as hold them all."""
    return column if renumbered is None else renumbered.astype(np.min_scalar_type(len(renumbered)))[column]


def opened(folder: Path, *, is_checked: bool = False) -> Copy:
    """The copy of a folder, mapped: the folder may go meanwhile. `is_checked` reads all of it first, and compares it with what was
    written. Raises `Damaged` where it is not a whole one."""
    try:
        note = orjson.loads((folder / NOTE).read_bytes())
        if is_checked and note["sums"] != _sums(folder):
            raise Damaged(f"{folder.name} is not as it was written")
        return _mapped(folder, note)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{folder.name}: {error}") from error


def _sums(folder: Path) -> dict[str, int]:
    """A checksum of each column's file."""
    return {each.name: crc32(each.read_bytes()) for each in sorted(folder.glob("*.npy"))}


def _mapped(folder: Path, note: Mapping[str, Any]) -> Copy:
    past = {name: np.load(folder / f"past-{name}.npy", mmap_mode="r") for name in PAST}
    waiting = {name: np.load(folder / f"open-{name}.npy") for name in note["open"]}
    by_id = np.load(folder / "by-id.npy", mmap_mode="r")
    book = Book(note["codes"], [tuple(each) for each in note["patterns"]])
    tables = Table(_plain(past), is_settled=True), Table(waiting, is_settled=True)
    written_at = (folder / NOTE).stat().st_mtime
    return Copy(note["version"], note["mark"], written_at, book, *tables, np.asarray(by_id))


def _plain(columns: Columns) -> Columns:
    # An array of the same memory: the mapped kind asks itself anew what it is at every step.
    return {name: np.asarray(column) for name, column in columns.items()}
