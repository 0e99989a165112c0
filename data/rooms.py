"""Folders that a process works in for a while: each has one of its own, and what killed ones left goes after a day."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from data.clocks import Clock

OLD_SECONDS: Final = 86_400


def room(parent: Path) -> Path:
    """A new folder below a parent."""
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=parent))


def sweep(parent: Path, *, but: str | None = None) -> None:
    """Take away the folders that nobody has written in for a day, but those whose names begin so; others may do so meanwhile."""
    for each in parent.glob("*"):
        if each.is_dir() and not (but and each.name.startswith(but)) and _seconds_since(each) > OLD_SECONDS:
            shutil.rmtree(each, ignore_errors=True)


def _seconds_since(folder: Path) -> float:
    try:
        return Clock().now().timestamp() - folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0  # it has gone
