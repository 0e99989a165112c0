"""What a page needs to know of the city before any figure is read: names, borders, the day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from dashboard import ids
from dashboard.analysis import page
from dashboard.analysis.view import is_address
from dashboard.basemap import Basemap
from dashboard.components import note
from dashboard.i18n import LANGUAGES, Look, language_of
from dashboard.panels import PANELS
from dashboard.selection import from_address, to_address
from data import base_layers
from data.city import City
from data.errors import CalendarUnpublished, UnknownCode
from data.periods import county_date

BORDERS = {"county": ("county", "village", "township"), "township": ("township", "grid", "village"), "village": ("village", "grid"),
           "grid": ("grid",)}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page ready to be laid out: its `facts`, or a `refusal` to show instead."""

    look: Look
    facts: dict[str, Any]
    selection: dict[str, Any] | None
    refusal: Any = None
    kind: str = ""  # of pages that stay while their address changes


def desk_page(city: City, path: str, search: str, *, is_demo: bool) -> Page | None:
    """The page of an analyst's address, before anything is counted; `None` for any other."""
    if not is_address(path):
        return None
    look = Look(language_of(parse_qs((search or "").removeprefix("?")).get("lang", [None])[0]), city.zone)
    return Page(look, page.facts(city, look, is_demo=is_demo), None, kind=f"analysis {look.language}")


def wall_page(city: City, path: str, search: str, now: datetime, basemap: Basemap | None = None, *, is_demo: bool) -> Page:
    """The wall of an address; an unknown area is refused in a sentence."""
    try:
        selection = from_address(city, path, search)
    except UnknownCode as error:
        look = Look(language_of("en" if "lang=en" in (search or "") else None), city.zone)
        return Page(look, {}, None, note(look.word("error.unknown_code", code=str(error.facts["code"])), "failed"))
    look = Look(selection.language, city.zone)
    area = city.area(selection.area_code)
    other = LANGUAGES[1 - LANGUAGES.index(selection.language)]
    language_key = "zh" if selection.language == LANGUAGES[0] else "en"
    said = city.settings
    facts = {
        "city_name": look.name(city.name),
        "area_name": look.name(area.name),
        "area_code": area.area_code,
        "day_words": day_words(city, look, now),
        "is_demo": is_demo,
        "levels": [level for level in BORDERS[area.level_code] if level in said["boundaries"]],
        "centre": (area.lon or 0, area.lat or 0),
        "map_note": _map_note(city, look, language_key, basemap),
        "base": base_layers.layers(city),
        "basemap": basemap and {"lowest": basemap.lowest, "highest": basemap.highest},
        "tiles": _tiles(look),
        "other_address": to_address(city, replace(selection, language=other)),
    }
    return Page(look, facts, selection.to_store())


def _map_note(city: City, look: Look, language_key: str, basemap: Basemap | None) -> str:
    """That borders are schematic, and whose the borders, the base map and the city's own layers are."""
    sources = [city.settings["map_attribution"][language_key]]
    if basemap is not None:
        sources.append(look.word("map.base", source=basemap.source or look.word("map.tianditu")))
    sources += [each["attribution"][language_key] for each in base_layers.layers(city) if each.get("attribution")]
    told = look.word("comma").join(dict.fromkeys(each for each in sources if each))
    return look.word("map.schematic", note=city.settings["map_note"][language_key], attribution=told)


def _tiles(look: Look) -> list[dict[str, str]]:
    """Every tile a scene may show, each once on the page: its `id`, `tile`, `title` and the quiet remark beside it."""
    known = [(ids.LIST, "list"), *((panel.key, panel.tile) for panel in PANELS if panel.key != ids.PANEL_LEDGER)]
    return [
        {"id": key, "tile": tile, "title": look.word(f"panel.{tile}"), "aside": look.maybe(f"aside.{tile}")} for key, tile in known
    ]


def day_words(city: City, look: Look, now: datetime) -> str:
    """The date, the weekday and whether it is a working day."""
    on = county_date(now, city.zone)
    try:
        kind = "day.working" if city.calendar.is_working_day(on) else "day.off"
    except CalendarUnpublished:
        kind = "day.unpublished"
    return f"{on.isoformat()} {look.word(f'weekday.{on.weekday()}')} {look.word(kind)}"
