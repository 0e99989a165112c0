"""A city is a folder: `load` reads it, `check` says in sentences what is wrong with it. Never guesses a default."""

from __future__ import annotations

from pathlib import Path

from data.city_files import Folder
from data.city_records import Area, Category, City, LimitRule, Organisation
from data.errors import CityError
from data.playlist_files import problems_of

__all__ = ["Area", "Category", "City", "LimitRule", "Organisation", "check", "load"]


def load(folder: Path) -> City:
    """The city of a folder. Raises `CityError` with every problem as a sentence."""
    files = Folder(folder)
    city = files.read()
    if files.problems or city is None:
        raise CityError(
            f"The city folder {folder.name} does not hold together: " + " ".join(files.problems),
            remedy="Run `python -m etl.run check-city` on it.",
            problems=files.problems,
        )
    return city


def check(folder: Path) -> list[str]:
    """What is wrong with a city folder, one sentence each; empty when it holds together."""
    files = Folder(folder)
    city = files.read()
    return files.problems or (problems_of(city) if city else [])
