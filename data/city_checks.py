"""Does a city hold together? One sentence for every list that does not fit another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise, product
from string import Formatter
from typing import Any, Final

from shapely import GEOSException, box, covers, prepare
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from data import base_layers
from data.city_records import Area, City
from data.clocks import LIMIT_TYPES, Limit
from data.metrics.registry import DEFINITIONS, SUBJECTS, USES
from data.vocabulary import ACTIONS, CHANNELS, REGION_LEVELS

OVERLAY: Final = "zone"  # an area that lies over the others and divides nothing
ANSWER_PLACES: Final = {
    "settled": {"number", "done"}, "void": {"number", "done"}, "feedback": {"number", "remark"},
    "done": {"remark"}, "why": {"remark"}, "stop": set[str](),
}  # fmt: skip
LONGEST_ANSWER: Final = 200  # characters; WeChat takes 2,048 bytes with the remark in it
_SIDES: Final = ("west", "south", "east", "north")
_MARGIN: Final = 1e-3  # degrees, about 100 m: borders of different makers never agree to the metre
NIGHTLY: Final = re.compile(r"(([01]\d|2[0-3]):[0-5]\d)?")
_LISTS = {"channel": CHANNELS, "action": ACTIONS}


def shape_sentences(settings: dict[str, Any]) -> Iterator[str]:
    """What of city.yaml cannot be used at all: everything else leans on these."""
    if not isinstance(settings["code"], str):
        yield f"city.yaml: code {settings['code']!r} is read as a number; write it in quotes."
    for name in ("name", "map_note", "map_attribution"):
        if not isinstance(settings[name], dict) or not {"zh", "en"} <= settings[name].keys():
            yield f"city.yaml: {name} needs zh and en."
    if list(settings["levels"]) != [level for level in REGION_LEVELS if level in settings["levels"]]:
        yield f"city.yaml: levels are some of {', '.join(REGION_LEVELS)}, in this order."
    sides = settings["guard_box"]
    if not isinstance(sides, dict) or not all(isinstance(sides.get(side), int | float) for side in _SIDES):
        yield "city.yaml: guard_box needs west, south, east and north in degrees."
    elif sides["west"] >= sides["east"] or sides["south"] >= sides["north"]:
        yield "city.yaml: guard_box is turned round."
    if not NIGHTLY.fullmatch(str(settings.get("nightly_reload", ""))):
        yield 'city.yaml: nightly_reload is a time such as "03:40" in quotes, or empty.'
    for level, spec in settings["boundaries"].items():
        if level not in settings["levels"] or "file" not in spec:
            yield f"city.yaml: the boundaries of {level} need a file and one of the city's levels."
    said = settings.get("acknowledge_within")
    try:
        if said is not None:
            Limit(float(said["value"]), said["type_code"])
    except (TypeError, KeyError, ValueError):
        yield f"city.yaml: acknowledge_within needs a value above zero and a type_code, one of {', '.join(LIMIT_TYPES)}."


def sentences(city: City) -> Iterator[str]:
    """Everything about a city that does not fit, in sentences."""
    yield from _areas(city)
    yield from _organisations(city)
    yield from _categories(city)
    yield from _limits(city)
    yield from _spellings(city)
    yield from _boundaries(city)
    yield from _answers(city)
    yield from _definitions(city)
    yield from base_layers.sentences(city)


def _areas(city: City) -> Iterator[str]:
    by_code: dict[str, list[tuple[object, object]]] = {}
    codes = {each.area_code for each in city.areas}
    if city.code not in codes:
        yield f"areas.csv: the county {city.code} itself is missing."
    for each in city.areas:
        by_code.setdefault(each.area_code, []).append((each.valid_from_on, each.valid_to_on))
        yield from _parent(city, each, codes)
        if each.level_code in ("village", "grid") and not each.area_code.startswith(each.parent_code or "?"):
            yield f"areas.csv: the code of {each.area_code} {each.name.zh} does not begin with its parent's, {each.parent_code}."
        if each.valid_to_on is not None and each.valid_to_on < each.valid_from_on:
            yield f"areas.csv: {each.area_code} {each.name.zh} ends before it begins."
        if each.lon is not None and each.lat is not None and not _is_in_box(city, each.lon, each.lat):
            yield f"areas.csv: {each.area_code} {each.name.zh} lies at {each.lon}, {each.lat}, outside the guard box."
    for code, spans in by_code.items():
        for (first, last), (next_first, _) in pairwise(sorted(spans, key=lambda span: str(span[0]))):
            if last is None or str(next_first) <= str(last):
                yield f"areas.csv: {code} holds twice from {next_first} on (it already holds from {first})."


def _parent(city: City, area: Area, codes: set[str]) -> Iterator[str]:
    """The parent stands one of the city's levels higher and is in force as long as the area is."""
    said = f"areas.csv: {area.area_code} {area.name.zh}"
    if area.level_code == "county":
        if area.parent_code:
            yield f"{said} is a county and has a parent, {area.parent_code}."
        return
    if area.parent_code is None or area.parent_code not in codes:
        yield f"{said} has an unknown parent {area.parent_code!r}."
        return
    higher = city.levels[: city.levels.index(area.level_code)] if area.level_code in city.levels else city.levels[:1]
    if area.level_code not in (*city.levels, OVERLAY):
        yield f"{said} is a {area.level_code}, which is none of this city's levels."
    if city.area(area.parent_code).level_code not in higher:
        yield f"{said} has {area.parent_code} as its parent, which does not stand higher."
    for on in (area.valid_from_on, area.valid_to_on):
        if on is not None and not any(each.is_valid(on) for each in city.areas_of(area.parent_code)):
            yield f"{said} is in force on {on}, its parent {area.parent_code} is not."


def _is_in_box(city: City, lon: float, lat: float) -> bool:
    box = city.settings["guard_box"]
    return bool(box["west"] <= lon <= box["east"] and box["south"] <= lat <= box["north"])


def _organisations(city: City) -> Iterator[str]:
    codes = {each.area_code for each in city.areas}
    if city.center_code not in city.organisations:
        yield f"organisations.csv: the centre {city.center_code!r} is missing."
    for each in city.organisations.values():
        if each.area_code not in codes:
            yield f"organisations.csv: {each.organisation_code} belongs to an unknown area {each.area_code!r}."


def _categories(city: City) -> Iterator[str]:
    for each in city.categories.values():
        if each.parent_code is not None and each.parent_code not in city.categories:
            yield f"categories.csv: {each.category_code} {each.name.zh} has no parent {each.parent_code}."
        if each.department_code is not None and each.department_code not in city.organisations:
            yield f"categories.csv: {each.category_code} {each.name.zh} goes to an unknown department {each.department_code!r}."
    other = city.settings.get("other_category")
    if other not in city.categories:
        yield f"city.yaml: other_category {other!r} is not in categories.csv."


def _limits(city: City) -> Iterator[str]:
    seen = set()
    for rule in city.limits:
        key = (rule.category_code, rule.condition_code, rule.kind_code)
        if key in seen:
            yield f"limits.csv: two limits to {rule.kind_code} for {rule.category_code} {rule.condition_code}.".replace(" .", ".")
        seen.add(key)
        if rule.category_code != "*" and rule.category_code not in city.categories:
            yield f"limits.csv: a limit for an unknown category {rule.category_code!r}."
    for each in city.categories.values():
        if each.level == 3 and city.limits and city.limit_rule("finish", each.category_code) is None:
            yield f"limits.csv: {each.category_code} {each.name.zh} has no limit to finish."


def _spellings(city: City) -> Iterator[str]:
    known: dict[str, object] = {**_LISTS, "organisation": city.organisations, "category": city.categories}
    known["area"] = {each.area_code for each in city.areas}
    for (source, list_name), words in city.spellings.items():
        accepted = known.get(list_name)
        if accepted is None:
            yield f"spellings/{source}.csv: there is no list {list_name!r}."
            continue
        for word, code in words.items():
            if code not in accepted:  # type: ignore[operator]
                yield f"spellings/{source}.csv: {list_name} {word!r} means {code!r}, which is on no list."


def _answers(city: City) -> Iterator[str]:
    """The words to reporters can be filled in, and are no longer than WeChat takes."""
    for kind, words in (city.settings.get("answers") or {}).items():
        if kind not in ANSWER_PLACES:
            yield f"city.yaml: answers knows no {kind!r}; it has {', '.join(ANSWER_PLACES)}."
            continue
        try:
            places = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
        except (ValueError, TypeError) as error:
            yield f"city.yaml: the answer {kind} cannot be read: {error}."
            continue
        if wrong := places - ANSWER_PLACES[kind]:
            yield f"city.yaml: the answer {kind} has an unknown place {min(wrong)!r}."
        if len(words) > LONGEST_ANSWER:
            yield f"city.yaml: the answer {kind} has {len(words)} characters; it has at most {LONGEST_ANSWER}."


def _definitions(city: City) -> Iterator[str]:
    """Every subject has one definition for every use, from some day on for good, without a gap."""
    for each in city.definitions:
        said = f"definitions.yaml: {each.subject} for {each.use}"
        if each.subject not in SUBJECTS or each.use not in USES:
            yield f"{said}: there is {', '.join(SUBJECTS)}, each for {', '.join(USES)}."
        elif each.code not in DEFINITIONS or each.subject not in DEFINITIONS[each.code].subjects:
            fitting = [code for code, known in DEFINITIONS.items() if each.subject in known.subjects]
            yield f"{said} is one of {', '.join(fitting)}, not {each.code!r}."
        if each.valid_to_on is not None and each.valid_to_on < each.valid_from_on:
            yield f"{said}: {each.code} ends before it begins."
    for subject, use in product(SUBJECTS, USES):
        said = f"definitions.yaml: {subject} for {use}"
        spans = sorted(
            ((each.valid_from_on, each.valid_to_on) for each in city.definitions if (each.subject, each.use) == (subject, use)),
            key=lambda span: span[0],
        )
        if not spans or spans[-1][1] is not None:
            yield f"{said} has no definition that holds {'for good' if spans else 'at all'}."
        for (first, last), (next_first, _) in pairwise(spans):
            if last is None or next_first <= last:
                yield f"{said} has two definitions from {next_first} on (one already holds from {first})."
            elif next_first > last + timedelta(days=1):
                yield f"{said} has none from {last + timedelta(days=1)} until {next_first}."


def _boundaries(city: City) -> Iterator[str]:
    county: BaseGeometry | None = None
    for level, spec in city.settings["boundaries"].items():
        path = city.folder / spec["file"]
        if not path.exists():
            yield f"city.yaml: the boundaries of {level}, {spec['file']}, are missing."
            continue
        name, prefix = spec.get("code_property", "area_code"), spec.get("code_prefix", "")
        try:
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
            shapes = [(prefix + str(each["properties"].get(name)), shape(each["geometry"])) for each in features]
        except (ValueError, KeyError, TypeError, AttributeError, GEOSException) as error:
            yield f"{spec['file']} is no GeoJSON: {error}."
            continue
        known = {each.area_code for each in city.areas if each.level_code == level}
        for code in sorted(known - {code for code, _ in shapes}):
            yield f"{spec['file']}: no boundary for {code} {city.area(code).name.zh}."
        shapes = [(code, border) for code, border in shapes if code in known]
        if level == "county" and shapes:
            county = shapes[0][1]
        yield from _borders(city, spec["file"], shapes, county)


def _borders(city: City, file: str, shapes: list[tuple[str, BaseGeometry]], county: BaseGeometry | None) -> Iterator[str]:
    guard = _area_of(city.settings["guard_box"])
    within = guard if county is None else county.buffer(_MARGIN)
    prepare(within)
    borders = [border for _, border in shapes]
    for (code, border), is_inside in zip(shapes, covers(within, borders) if borders else (), strict=True):
        said = f"{file}: the border of {code} {city.area(code).name.zh}"
        if border.is_empty:
            yield f"{said} is empty."
        elif not is_inside or not guard.covers(border):
            yield f"{said} lies outside the {'guard box' if county is None or border is county else 'county'}."


def _area_of(sides: dict[str, float]) -> BaseGeometry:
    return box(sides["west"], sides["south"], sides["east"], sides["north"])
