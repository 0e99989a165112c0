"""The city's own water, roads and railways under the borders: `base` of its city.yaml, and whether it holds together.

Each entry has a `name` (its address: small letters, digits, dashes), a GeoJSON `file` of the folder in WGS84, a `kind`, and
perhaps an `attribution` in zh and en, which the map shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from shapely import GEOSException, box
from shapely.geometry import shape

from data.city_records import City

KINDS: Final = {
    "water": ("Polygon", "MultiPolygon", "LineString", "MultiLineString"),
    "road": ("LineString", "MultiLineString"),
    "rail": ("LineString", "MultiLineString"),
}
LARGEST_BYTES: Final = 8_000_000  # a wall loads all of it


def layers(city: City) -> list[Mapping[str, Any]]:
    """The entries, in the order in which they are drawn."""
    return list(city.settings.get("base") or [])


def file_of(city: City, name: str) -> Path | None:
    """The file of a layer, or `None` when there is none of that name."""
    return next((city.folder / each["file"] for each in layers(city) if each["name"] == name), None)


def sentences(city: City) -> Iterator[str]:
    """Everything about the base that does not fit, in sentences."""
    said = city.settings.get("base") or []
    if not isinstance(said, list):
        yield "city.yaml: base is a list of layers."
        return
    seen: set[str] = set()
    for number, each in enumerate(said, start=1):
        problem = _entry(each, seen)
        if problem:
            yield f"city.yaml: layer {number} of base {problem}."
        else:
            seen.add(each["name"])
            yield from _file(city, each)


def _entry(each: Any, seen: set[str]) -> str | None:
    if not isinstance(each, dict) or not {"name", "file", "kind"} <= each.keys():
        return "needs name, file and kind"
    if not re.fullmatch(r"[a-z0-9-]{1,40}", str(each["name"])):
        return f"is called {each['name']!r}; a name is small letters, digits and dashes"
    if each["name"] in seen:
        return f"is the second called {each['name']}"
    if each["kind"] not in KINDS:
        return f"is a {each['kind']!r}; kind is one of {', '.join(KINDS)}"
    said = each.get("attribution")
    if said is not None and not (isinstance(said, dict) and {"zh", "en"} <= said.keys()):
        return "has an attribution without zh and en"
    return None


def _file(city: City, each: Mapping[str, Any]) -> Iterator[str]:
    path, name = city.folder / str(each["file"]), each["file"]
    if not path.resolve().is_relative_to(city.folder.resolve()):
        yield f"city.yaml: the base file {name} lies outside the city's folder."
        return
    if not path.is_file():
        yield f"city.yaml: the base file {name} is missing."
        return
    if path.stat().st_size > LARGEST_BYTES:
        yield f"{name} has {path.stat().st_size / 1e6:.0f} MB; a wall loads at most {LARGEST_BYTES / 1e6:.0f}. Simplify it."
        return
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        shapes = [shape(feature["geometry"]) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, GEOSException) as error:
        yield f"{name} is no GeoJSON: {error}."
        return
    sides = city.settings["guard_box"]
    guard = box(sides["west"], sides["south"], sides["east"], sides["north"])
    for number, found in enumerate(shapes, start=1):
        if found.geom_type not in KINDS[each["kind"]]:
            yield f"{name}: feature {number} is a {found.geom_type}, which is no {each['kind']}."
        elif not guard.intersects(found):
            yield f"{name}: feature {number} lies outside the guard box; are its coordinates WGS84 degrees?"
