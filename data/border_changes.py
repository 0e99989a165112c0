"""Where a comparison crosses a change of borders: areas that began or ended, or have another border, between its days. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from data.city_records import City
from data.periods import Span
from data.vocabulary import REGION_LEVELS


@dataclass(frozen=True)
class BorderChange:
    """A day from which areas of a level within another are others: codes that began that day, and that had ended before it."""

    on: date
    level_code: str
    begun: tuple[str, ...]
    ended: tuple[str, ...]


def between(city: City, area_code: str, *spans: Span) -> list[BorderChange]:
    """Changes of the area and of all below it after the first of these days and until the last, by day and level.

    What is the same under another name or parent from a day on has begun and ended that day, and counts as a change.
    """
    first_on, last_on = min(each.first_on for each in spans), max(each.last_on for each in spans)
    days: dict[tuple[date, str], tuple[list[str], list[str]]] = {}
    for code, level, on, has_begun in _turns(city, area_code):
        if first_on < on <= last_on:
            days.setdefault((on, level), ([], []))[0 if has_begun else 1].append(code)
    order = list(REGION_LEVELS)
    found = sorted(days.items(), key=lambda each: (each[0][0], order.index(each[0][1])))
    return [BorderChange(on, level, tuple(sorted(begun)), tuple(sorted(ended))) for (on, level), (begun, ended) in found]


def _turns(city: City, area_code: str) -> Iterator[tuple[str, str, date, bool]]:
    """Every day on which a row of an area within begins, or is the first day without it."""
    within = {area_code}
    for level in REGION_LEVELS:
        within |= {each.area_code for each in city.areas if each.level_code == level and each.parent_code in within}
    for each in city.areas:
        if each.area_code in within:
            yield each.area_code, each.level_code, each.valid_from_on, True
            if each.valid_to_on is not None:
                yield each.area_code, each.level_code, each.valid_to_on + timedelta(days=1), False
