"""What the analyst's page knows before anything is counted: names, what can be chosen, its words."""

from __future__ import annotations

from typing import Any

from dashboard.analysis import rows
from dashboard.analysis.drawing import PANELS
from dashboard.analysis.view import COMPARED, RUNNING
from dashboard.i18n import LANGUAGES, Look, words
from data.city import City
from data.filters import NAMED
from data.metrics.registry import METRICS
from data.vocabulary import CHANNELS


def facts(city: City, look: Look, *, is_demo: bool) -> dict[str, Any]:
    """What `layouts.analysis.build` asks for."""
    return {
        "city_name": look.name(city.name),
        "is_demo": is_demo,
        "panels": PANELS,
        "columns": list(zip(rows.COLUMNS, rows.heads(look), strict=True)),
    }


def choices(city: City, language: str) -> dict[str, Any]:
    """What the bar of filters offers, each as pairs of code and name, and the words the page's scripts say."""
    look = Look(language, city.zone)
    departments = [each for each in city.organisations.values() if each.kind_code != "village"]
    areas = [each for each in city.areas if each.level_code in ("township", "village")]
    return {
        "words": {
            key: said for key, said in words(language).items() if key.startswith(("analysis.", "language.", "figure.", "title"))
        },
        "city": city.code,
        "wall": "/wall" if language == LANGUAGES[0] else f"/wall?lang={language}",
        "areas": [[each.area_code, look.name(each.name), each.level_code] for each in _newest(areas)],
        "choices": {
            "period": [[name, look.word(f"analysis.running.{name}")] for name in RUNNING],
            "compare": [[name, look.word(f"analysis.compare.{name}")] for name in COMPARED],
            "metric": [[key, look.name(each.words)] for key, each in METRICS.items()],
            "category": [[code, look.name(each.name), each.level] for code, each in sorted(city.categories.items())],
            "channel": [[code, look.name(each)] for code, each in CHANNELS.items()],
            "department": [[each.organisation_code, look.name(each.name)] for each in departments],
            **{name: [[code, look.name(each)] for code, each in said.items()] for name, said in NAMED.items()},
        },
    }


def _newest(areas: list[Any]) -> list[Any]:
    """Each code once, as last known, in order of code."""
    found = {each.area_code: each for each in sorted(areas, key=lambda each: each.valid_from_on)}
    return [found[code] for code in sorted(found)]
