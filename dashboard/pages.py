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
from dashboard.incident_panels import INCIDENT_PANELS
from dashboard.panels import PANELS
from dashboard.selection import Selection, from_address, incident_of, to_address
from data import base_layers
from data.city import Area, City
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
    facts = {
        "area_name": look.name(area.name),
        "area_code": area.area_code,
        "day_words": "" if selection.at else day_words(city, look, now),  # a replay tells its own
        "is_past": bool(selection.at),
        "present_address": to_address(city, replace(selection, at="", speed="", incident_id=None)),
        **_ground(city, look, area, basemap),
        "is_demo": is_demo,
        "tiles": _tiles(look),
        "other_address": to_address(city, replace(selection, language=other)),
    }
    return Page(look, facts, selection.to_store())


def incident_page(city: City, path: str, search: str, basemap: Basemap | None = None, *, is_demo: bool) -> Page:
    """The page of one incident; an address without a number is refused in a sentence. Whether there is one is not known here."""
    language = language_of(parse_qs((search or "").removeprefix("?")).get("lang", [None])[0])
    look, other = Look(language, city.zone), LANGUAGES[1 - LANGUAGES.index(language)]
    asked, number = incident_of(path)
    area = city.area(city.code)
    facts = {
        **_ground(city, look, area, basemap),
        "is_demo": is_demo,
        "panels": [{"id": panel.key, "title": look.word(f"incident.panel.{panel.key.removeprefix('incident-')}")}
                   for panel in INCIDENT_PANELS],
        "other_address": path + ("" if other == LANGUAGES[0] else f"?lang={other}"),
        "wall_address": to_address(city, Selection(city.code, area.level_code, language)),
    }  # fmt: skip
    if number is None:
        return Page(look, facts, None, note(look.word("error.bad_incident", id=asked), "failed"))
    return Page(look, facts, Selection(city.code, area.level_code, language, number).to_store())


def _ground(city: City, look: Look, area: Area, basemap: Basemap | None) -> dict[str, Any]:
    """Which city it is, and what its map shows before anything happens."""
    return {
        "city_name": look.name(city.name),
        "area_code": area.area_code,
        "levels": [level for level in BORDERS[area.level_code] if level in city.settings["boundaries"]],
        "centre": (area.lon or 0, area.lat or 0),
        "map_note": _map_note(city, look, "zh" if look.language == LANGUAGES[0] else "en", basemap),
        "base": base_layers.layers(city),
        "basemap": basemap and {"lowest": basemap.lowest, "highest": basemap.highest},
    }


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
