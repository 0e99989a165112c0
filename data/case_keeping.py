"""Copies of the incidents in columns that stay on disk over a start: who made one may be gone, and the next need not make it anew.

A kept copy is taken up only where it is whole and nothing that it hangs on is another: the product that made it, the county's
clock, and the database, which still has the very change of the feed that the copy was made at. A database that was brought back
from the day before and went on from there counts on, but has another change under that number.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data.schema import change
from data.settings import ROOT

KEPT: Final = "kept-"


def mark(conn: Connection, version: int, zone: ZoneInfo, product: str) -> str | None:
    """What a copy made at a number of the feed hangs on; `None` where the feed has no such change (any more)."""
    found = conn.execute(select(change).where(change.c.id == version)).one_or_none()
    if found is None:
        return None
    return hashlib.sha256("\0".join([product, zone.key, *(str(each) for each in found)]).encode()).hexdigest()


def keep(made: Path) -> None:
    """Let the copy of a folder be the one that stays, instead of those before it. Whoever has mapped those goes on with them.

    Raises `OSError` where the disk does not take it.
    """
    for each in made.iterdir():
        _on_disk(each)
    made.rename(made.with_name(KEPT + made.name))
    _on_disk(made.parent)
    for each in kept(made.parent):
        if each.name != KEPT + made.name:
            shutil.rmtree(each, ignore_errors=True)


def kept(folder: Path) -> Iterator[Path]:
    """The copies that stayed."""
    yield from sorted(folder.glob(f"{KEPT}*"))


def _on_disk(path: Path) -> None:
    # A file that is there in name only, after the power went, would be read as zeros.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def product() -> str:
    """All that says what stands in a column: everything that reads the database, and the versions of what it is read with."""
    files = [*sorted((ROOT / "data").rglob("*.py")), ROOT / "requirements.txt"]
    told = hashlib.sha256()
    for each in files:
        told.update(each.relative_to(ROOT).as_posix().encode() + b"\0" + each.read_bytes() + b"\0")
    return told.hexdigest()
