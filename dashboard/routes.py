"""The routes of the screen that stand still: borders as GeoJSON, the names the browser shows, and what time it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from fastapi import APIRouter, Response

from dashboard.i18n import LANGUAGES, Look, words
from dashboard.panels import FIRST_TILES, PANELS
from data.city import City
from data.clocks import Clock
from data.errors import UnknownCode
from data.instants import to_microseconds
from data.periods import county_date
from data.regions import Regions
from data.vocabulary import CHANNELS, STATES, URGENCIES


def router(city: City, regions: Regions, clock: Clock) -> APIRouter:
    """`/geo/<area>/<level>.geojson`, `/names/<language>.json` and `/now`."""
    routes = APIRouter()
    told: dict[str, bytes] = {}

    @routes.get("/now")
    async def now() -> Response:
        """The server's time and how far a rehearsal is ahead of its machine, in milliseconds."""
        said = {"now": to_microseconds(clock.now()) / 1000, "ahead": round(clock.ahead.total_seconds() * 1000)}
        return Response(orjson.dumps(said), media_type="application/json", headers={"cache-control": "no-store"})

    @routes.get("/geo/{area_code}/{level_code}.geojson")
    def borders(area_code: str, level_code: str, on: date | None = None) -> Response:
        """As they are today, or were on a day."""
        try:
            city.area(area_code)
        except UnknownCode as error:
            return Response(orjson.dumps({"error": error.key, "message": error.message}), 404, media_type="application/json")
        found = regions.geojson(level_code, on or county_date(clock.now(), city.zone), within=area_code)
        return Response(orjson.dumps(found), media_type="application/geo+json", headers={"cache-control": "max-age=3600"})

    @routes.get("/names/{language}.json")
    def names(language: str) -> Response:
        if language not in LANGUAGES:
            return Response(status_code=404)
        if language not in told:
            told[language] = orjson.dumps(_names(city, language))
        return Response(told[language], media_type="application/json")

    return routes


def _names(city: City, language: str) -> dict[str, Any]:
    """What a page needs to say in a language what it hears in codes."""
    look = Look(language, city.zone)
    return {
        "words": words(language),
        "areas": {each.area_code: look.name(each.name) for each in city.areas if each.level_code in ("township", "village")},
        "categories": {code: look.name(each.name) for code, each in city.categories.items()},
        "organisations": {code: look.name(each.name) for code, each in city.organisations.items()},
        "channels": {code: look.name(each) for code, each in CHANNELS.items()},
        "urgencies": {code: look.name(each) for code, each in URGENCIES.items()},
        "narrowed": ["list", "map", *(panel.tile for panel in PANELS if "filters" in panel.follows)],
        "states": {code: look.name(each) for code, each in STATES.items()},
        "sources": {
            code: said["name"]["zh" if language == "zh-CN" else "en"] for code, said in city.sources.items() if "name" in said
        },
        "first_tiles": FIRST_TILES,
        "freshness_minutes": city.settings.get("freshness_minutes", {}),
        "freshness_seconds": {panel.tile: panel.freshness_seconds for panel in PANELS},
        "nightly_reload": city.settings.get("nightly_reload", ""),
        "zone": city.zone.key,
    }
