"""Does a city hold together? One sentence for every list that does not fit another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

from data.city_records import City
from data.vocabulary import ACTIONS, CHANNELS

_LISTS = {"channel": CHANNELS, "action": ACTIONS}


def sentences(city: City) -> Iterator[str]:
    """Everything about a city that does not fit, in sentences."""
    yield from _areas(city)
    yield from _organisations(city)
    yield from _categories(city)
    yield from _limits(city)
    yield from _spellings(city)
    yield from _boundaries(city)


def _areas(city: City) -> Iterator[str]:
    by_code: dict[str, list[tuple[object, object]]] = {}
    codes = {each.area_code for each in city.areas}
    if city.code not in codes:
        yield f"areas.csv: the county {city.code} itself is missing."
    for each in city.areas:
        by_code.setdefault(each.area_code, []).append((each.valid_from_on, each.valid_to_on))
        if each.level_code != "county" and each.parent_code not in codes:
            yield f"areas.csv: {each.area_code} {each.name.zh} has an unknown parent {each.parent_code!r}."
        if each.level_code in ("village", "grid") and not each.area_code.startswith(each.parent_code or "?"):
            yield f"areas.csv: the code of {each.area_code} {each.name.zh} does not begin with its parent's, {each.parent_code}."
        if each.valid_to_on is not None and each.valid_to_on < each.valid_from_on:
            yield f"areas.csv: {each.area_code} {each.name.zh} ends before it begins."
    for code, spans in by_code.items():
        for (first, last), (next_first, _) in pairwise(sorted(spans, key=lambda span: str(span[0]))):
            if last is None or str(next_first) <= str(last):
                yield f"areas.csv: {code} holds twice from {next_first} on (it already holds from {first})."


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
    for rule in city.limits:
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


def _boundaries(city: City) -> Iterator[str]:
    for level, spec in city.settings["boundaries"].items():
        path = city.folder / spec["file"]
        if not path.exists():
            yield f"city.yaml: the boundaries of {level}, {spec['file']}, are missing."
            continue
        try:
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
        except (ValueError, KeyError, UnicodeDecodeError) as error:
            yield f"{spec['file']} is no GeoJSON: {error}."
            continue
        name = spec.get("code_property", "area_code")
        found = {spec.get("code_prefix", "") + str(feature["properties"].get(name)) for feature in features}
        missing = {each.area_code for each in city.areas if each.level_code == level} - found
        for code in sorted(missing):
            yield f"{spec['file']}: no boundary for {code} {city.area(code).name.zh}."
