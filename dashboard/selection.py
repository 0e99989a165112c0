"""What is being looked at: an area, perhaps one incident, in a language; and its address. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from dashboard.i18n import LANGUAGES, language_of
from data.city import City
from data.playlist_checks import filter_codes

LONGEST = 40  # characters of what an address says of the past


@dataclass(frozen=True)
class Selection:
    """An area with its level, the chosen incident if one is, the language of the page, and the past if it is of the past."""

    area_code: str
    level_code: str
    language: str = LANGUAGES[0]
    incident_id: int | None = None
    at: str = ""  # an instant of the past, as the address writes it, and how fast it is replayed
    speed: str = ""
    filters: tuple[tuple[str, str], ...] = ()  # what the scene is narrowed to, as a playlist writes it

    def narrowed(self, city: City, said: Any) -> Selection:
        """The same narrowed as a page says, with codes the city knows; what is no such thing narrows nothing."""
        known, asked = filter_codes(city), said.items() if isinstance(said, dict) else ()
        pairs = ((name, code) for name, code in asked if name in known and isinstance(code, str) and code in known[name])
        return replace(self, filters=tuple(sorted(pairs)))

    def to_store(self) -> dict[str, Any]:
        return {"area": self.area_code, "level": self.level_code, "language": self.language, "incident": self.incident_id,
                "at": self.at, "speed": self.speed}  # fmt: skip

    @classmethod
    def from_store(cls, stored: dict[str, Any]) -> Selection:
        return cls(
            stored["area"], stored["level"], stored["language"], stored["incident"], stored.get("at", ""), stored.get("speed", "")
        )


def from_address(city: City, path: str, search: str) -> Selection:
    """The selection of an address such as `/wall/330483100?lang=en&incident=7`. Raises `UnknownCode` for a code the city lacks."""
    found = re.fullmatch(r"/wall/([^/]+)/?", path or "")
    area = city.area(found[1] if found else city.code)
    asked = parse_qs((search or "").removeprefix("?"))
    chosen = asked.get("incident", [""])[0]
    is_number = chosen.isascii() and chosen.isdigit() and len(chosen) < 18
    at, speed = (asked.get(name, [""])[0][:LONGEST] for name in ("at", "speed"))
    number = int(chosen) if is_number else None
    return Selection(area.area_code, area.level_code, language_of(asked.get("lang", [None])[0]), number, at, speed)


def incident_of(path: str) -> tuple[str, int | None]:
    """What an address such as `/incident/7` or `/incident/20261124-000007` asks for, and the id it names; `None` for no number."""
    asked = unquote((path or "").removeprefix("/incident").strip("/"))[:40]
    found = re.fullmatch(r"(?:\d{8}-)?(\d{1,17})", asked, re.ASCII)
    return asked, int(found[1]) if found else None


def to_address(city: City, selection: Selection) -> str:
    """The address that leads back to a selection."""
    path = "/wall" if selection.area_code == city.code else f"/wall/{selection.area_code}"
    asked: dict[str, object] = {}
    if selection.language != LANGUAGES[0]:
        asked["lang"] = selection.language
    if selection.incident_id is not None:
        asked["incident"] = selection.incident_id
    asked |= {name: said for name, said in (("at", selection.at), ("speed", selection.speed)) if said}
    return f"{path}?{urlencode(asked)}" if asked else path
