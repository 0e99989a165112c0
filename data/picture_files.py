"""Where pictures lie: a folder of files named by their checksum, each written whole or not at all. Knows no database."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Final

ENDING: Final = ".jpg"
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")


def is_checksum(given: str) -> bool:
    """Whether a word is a SHA-256 in hexadecimal, and so no path to anywhere else."""
    return _CHECKSUM.fullmatch(given) is not None


def file_of(folder: Path, checksum: str) -> Path:
    """The file of a picture, whether it is there or not. Raises `ValueError` for what is no checksum."""
    if not is_checksum(checksum):
        raise ValueError("this is no checksum")
    return folder / checksum[:2] / f"{checksum}{ENDING}"


def keep(folder: Path, body: bytes) -> str:
    """Keep a picture; gives its checksum. The same one twice is one file, and a half-written one is never under its name.

    Raises `OSError` when the disk does not take it.
    """
    checksum = hashlib.sha256(body).hexdigest()
    path = file_of(folder, checksum)
    if path.exists() and path.stat().st_size == len(body):
        return checksum
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    unfinished = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return checksum
