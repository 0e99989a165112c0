"""Does a playlist hold together? One sentence for every entry that does not, naming the playlist and the entry's number."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import time
from typing import Any, Final

from data.city_records import City
from data.playlists import DAYS, HOURS, SCENES, WEEKDAYS, Entry
from data.vocabulary import CHANNELS, STATES, URGENCIES

SHORTEST_DWELL, LONGEST_DWELL = 5, 3600  # seconds
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
KEYS: Final = ("scene", "dwell_seconds", "area", "filters", "hours", "days")


def known_words(where: str, said: Mapping[Any, Any], known: Sequence[str]) -> Iterator[str]:
    """A misspelt key is told: silently left out, nobody would find it."""
    for name in said:
        if name not in known:
            yield f"{where}: there is no {name!r}; it has {', '.join(known)}."


def sentences_of(city: City, name: Any, entries: Any) -> Iterator[str]:
    """What is wrong with a playlist."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"playlist {name}: a name is made of a to z, 0 to 9, - and _, at most 32 of them."
    if not isinstance(entries, list) or not entries:
        yield f"playlist {name}: it needs at least one entry."
        return
    for number, said in enumerate(entries, start=1):
        where = f"playlist {name}, entry {number}"
        if not isinstance(said, dict):
            yield f"{where}: an entry has a scene and its dwell_seconds."
            continue
        yield from _entry(city, where, said)


def _entry(city: City, where: str, said: dict[Any, Any]) -> Iterator[str]:
    yield from known_words(where, said, KEYS)
    if said.get("scene") not in SCENES:
        yield f"{where}: there is no scene {said.get('scene')!r}; there are {', '.join(SCENES)}."
    dwell = said.get("dwell_seconds")
    if not isinstance(dwell, int | float) or isinstance(dwell, bool) or not SHORTEST_DWELL <= dwell <= LONGEST_DWELL:
        yield f"{where}: dwell_seconds is a number from {SHORTEST_DWELL} to {LONGEST_DWELL}, not {dwell!r}."
    area = said.get("area")
    if area is not None and not (isinstance(area, str) and city.areas_of(area)):
        yield f"{where}: there is no area {area!r}; codes are written in quotes."
    for each in listed(said.get("days")):
        if each not in DAYS:
            yield f"{where}: there is no day {each!r}; there are {', '.join(DAYS)}."
    for each in listed(said.get("hours")):
        if not isinstance(each, str) or not HOURS.fullmatch(each):
            yield f'{where}: hours are written as a list of times such as "08:30-17:00", not {each!r}.'
        elif each[:5] == each[6:]:
            yield f"{where}: the hours {each} are none at all."
    yield from _filters(city, where, said.get("filters"))


def listed(said: Any) -> list[Any]:
    """One word alone is a list of it; nothing said is none."""
    if said is None:
        return []
    return said if isinstance(said, list) else [said]


def filter_codes(city: City) -> dict[str, Container[str]]:
    """What a scene may be narrowed by, and to which codes."""
    return {"category": city.categories, "channel": CHANNELS, "department": city.organisations, "state": STATES,
            "urgency": URGENCIES}  # fmt: skip


def _filters(city: City, where: str, said: Any) -> Iterator[str]:
    known = filter_codes(city)
    if said is None:
        return
    if not isinstance(said, dict):
        yield f"{where}: filters are names with a code each."
        return
    yield from known_words(f"{where}, filters", said, tuple(known))
    for name, code in said.items():
        if name in known and not (isinstance(code, str) and code in known[name]):
            yield (
                f"{where}: there is no {name} {code!r}; a filter has one code."
                if isinstance(code, list)
                else f"{where}: there is no {name} {code!r}."
            )


def gaps(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    """The first hour of a week at which a playlist shows nothing: a wall is never blank."""
    times = sorted({time(), *(end for each in entries for span in each.hours for end in span)})
    for weekday in WEEKDAYS:
        for kind in ("working", "off"):
            on = [each for each in entries if not each.days or {weekday, kind} & set(each.days)]
            for clock in times:
                if not any(each.is_hour(clock) for each in on):
                    yield f"playlist {name}: it shows nothing on a {kind} {weekday} at {clock:%H:%M}."
                    return
