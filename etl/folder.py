"""A folder that is watched: which of its files have come to rest. Never reads one."""

from __future__ import annotations

from pathlib import Path

from data.errors import SourceError

Stamp = tuple[int, int]


class Folder:
    """Looks again and again; a file is given once it looks the same twice, so that none is read half written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: dict[str, Stamp] = {}
        self._given: dict[str, Stamp] = {}

    def rested(self) -> list[Path]:
        """The files that rest since the last look and were not given as they are now. Raises `SourceError`."""
        try:
            files = {each.name: each for each in self.path.iterdir() if each.is_file() and not each.name.startswith(".")}
            stamps = {name: (each.stat().st_mtime_ns, each.stat().st_size) for name, each in files.items()}
        except FileNotFoundError as error:
            if self.path.is_dir():
                return []
            raise SourceError(f"The folder {self.path} is not there.", file=str(self.path)) from error
        except OSError as error:
            raise SourceError(f"The folder {self.path} cannot be read: {error.strerror}.", file=str(self.path)) from error
        ready = [name for name, stamp in stamps.items() if self._seen.get(name) == stamp != self._given.get(name)]
        self._seen = stamps
        self._given |= {name: stamps[name] for name in ready}
        return [files[name] for name in sorted(ready)]
