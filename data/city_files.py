"""Reads the files of a city folder, row by row, and collects a sentence for everything that does not fit."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date, time
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from data import city_yaml
from data.city_checks import OVERLAY, sentences, shape_sentences
from data.city_records import Area, Category, City, DefinitionInForce, LimitRule, Organisation
from data.clocks import HOLIDAYS, Calendar, Limit
from data.vocabulary import REGION_LEVELS, URGENCIES, Word

LIMIT_WORDS: Final = (
    ("紧急工作时", "urgent_hours"),
    ("工作时", "working_hours"),
    ("工作日", "working_days"),
    ("自然日", "natural_days"),
)
DEMO: Final = "demo.yaml"  # only a city that is invented has one
LIMIT_KINDS: Final = ("triage", "dispatch", "accept", "finish", "check")
NEEDED: Final = (
    "code", "name", "time_zone", "office_hours", "center_organisation", "levels", "boundaries", "guard_box",
    "map_note", "map_attribution", "other_category",
)  # fmt: skip


class Folder:
    """A city folder being read; `problems` grows with every sentence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []

    def read(self) -> City | None:
        """The city, or `None` when not even its beginnings could be read."""
        settings = self._yaml("city.yaml")
        if self.problems:
            return None
        self.problems.extend(f"city.yaml: {name} is missing." for name in NEEDED if name not in settings)
        if self.problems:
            return None
        self.problems.extend(shape_sentences(settings))
        if self.problems:
            return None
        areas = tuple(self._areas())
        organisations = self._once("organisations.csv", self._organisations(), "organisation_code")
        categories = self._once("categories.csv", self._categories(), "category_code")
        limits = tuple(self._limits())
        calendar = self._calendar(settings)
        sources = self._yaml("sources.yaml")
        if (self.folder / DEMO).exists():
            self._yaml(DEMO)
        definitions = tuple(self._definitions())
        if calendar is None:
            return None
        city = City(
            folder=self.folder,
            code=str(settings["code"]),
            name=Word(str(settings["code"]), settings["name"]["zh"], settings["name"]["en"]),
            zone=calendar.zone,
            levels=tuple(settings["levels"]),
            areas=areas,
            organisations=organisations,
            categories=categories,
            limits=limits,
            calendar=calendar,
            sources=sources,
            spellings=self._spellings(),
            settings=settings,
            definitions=definitions,
        )
        self.problems.extend(sentences(city))
        return city

    def _once(self, name: str, rows: Iterator[Any], column: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each in rows:
            code = getattr(each, column)
            if code in found:
                self.problems.append(f"{name}: {code} stands twice, as {found[code].name.zh} and as {each.name.zh}.")
            found[code] = each
        return found

    def _yaml(self, name: str) -> dict[str, Any]:
        try:
            found = city_yaml.read(self.folder / name) or {}
            if isinstance(found, dict):
                return found
            self.problems.append(f"{name} holds no names with values.")
        except FileNotFoundError:
            self.problems.append(f"{name} is missing.")
        except city_yaml.RepeatedName as error:
            self.problems.append(f"{name} {error}.")
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.problems.append(f"{name} cannot be read: {error}.")
        return {}

    def _rows(self, name: str, build: Callable[[dict[str, str]], Any]) -> Iterator[Any]:
        path = self.folder / name
        if not path.exists():
            self.problems.append(f"{name} is missing.")
            return
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{name} is not in UTF-8; save it again as CSV UTF-8.")
            return
        with StringIO(text, newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=1):
                if None in row or None in row.values():
                    self.problems.append(f"{name} row {number}: it has more or fewer columns than the first line names.")
                    continue
                try:
                    yield build(row)
                except (KeyError, ValueError, TypeError, AttributeError) as error:
                    self.problems.append(f"{name} row {number}: {_said(error)}.")

    def _areas(self) -> Iterator[Any]:
        return self._rows(
            "areas.csv",
            lambda row: Area(
                area_code=_needed(row, "area_code"),
                level_code=_one_of(row, "level_code", (*REGION_LEVELS, OVERLAY)),
                kind_code=_needed(row, "kind_code"),
                parent_code=row["parent_code"] or None,
                name=Word(row["area_code"], _needed(row, "name_zh"), _needed(row, "name_en")),
                valid_from_on=date.fromisoformat(row["valid_from_on"]),
                valid_to_on=date.fromisoformat(row["valid_to_on"]) if row["valid_to_on"] else None,
                lon=float(row["lon"]) if row["lon"] else None,
                lat=float(row["lat"]) if row["lat"] else None,
            ),
        )

    def _organisations(self) -> Iterator[Any]:
        return self._rows(
            "organisations.csv",
            lambda row: Organisation(
                organisation_code=_needed(row, "organisation_code"),
                kind_code=_needed(row, "kind_code"),
                area_code=_needed(row, "area_code"),
                name=Word(row["organisation_code"], _needed(row, "name_zh"), _needed(row, "name_en")),
            ),
        )

    def _categories(self) -> Iterator[Any]:
        return self._rows(
            "categories.csv",
            lambda row: Category(
                category_code=_needed(row, "category_code"),
                parent_code=row["category_code"].rpartition(".")[0] or None,
                level=row["category_code"].count(".") + 1,
                name=Word(row["category_code"], _needed(row, "name_zh"), _needed(row, "name_en")),
                department_code=row["department_code"] or None,
                urgency_code=_one_of(row, "urgency_code", URGENCIES) if row["urgency_code"] else "normal",
                is_restricted=row["is_restricted"] == "1",
                keywords=tuple(word for word in row["keywords"].split("|") if word),
            ),
        )

    def _limits(self) -> Iterator[Any]:
        return self._rows(
            "limits.csv",
            lambda row: LimitRule(
                category_code=_needed(row, "category_code"),
                condition_code=row["condition_code"],
                kind_code=_one_of(row, "kind_code", LIMIT_KINDS),
                limit=_limit(row),
                source=_needed(row, "source"),
            ),
        )

    def _definitions(self) -> Iterator[DefinitionInForce]:
        for subject, uses in self._yaml("definitions.yaml").items():
            for use, spans in uses.items() if isinstance(uses, dict) else [("", None)]:
                for number, span in enumerate(spans if isinstance(spans, list) else [None], start=1):
                    said = f"definitions.yaml: {subject} {use} {number}"
                    try:
                        yield DefinitionInForce(subject, use, str(span["code"]), *_days(span), _needed(span, "source"))
                    except KeyError as error:
                        self.problems.append(f"{said}: {error} is missing.")
                    except (TypeError, ValueError) as error:
                        self.problems.append(f"{said} is no code with the days it holds: {error}.")

    def _calendar(self, settings: dict[str, Any]) -> Calendar | None:
        try:
            hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in settings["office_hours"])
            if not hours or any(begin >= end for begin, end in hours) or any(a[1] > b[0] for a, b in pairwise(hours)):
                self.problems.append("city.yaml: office_hours are not one after another, each from an earlier to a later time.")
            own_days = {date.fromisoformat(str(on)): bool(works) for on, works in (settings.get("own_days") or {}).items()}
            holidays = settings.get("holidays", "china")
            if holidays not in HOLIDAYS:
                self.problems.append(f"city.yaml: holidays is one of {', '.join(HOLIDAYS)}, not {holidays!r}.")
            return Calendar(ZoneInfo(settings["time_zone"]), hours, own_days, holidays)
        except (ValueError, TypeError, ZoneInfoNotFoundError) as error:
            self.problems.append(f"city.yaml: the calendar cannot be read: {_said(error)}.")
            return None

    def _spellings(self) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for path in sorted((self.folder / "spellings").glob("*.csv")):
            for row in self._rows(f"spellings/{path.name}", lambda row: (row["list"], row["word"], _needed(row, "code"))):
                words = found.setdefault((path.stem, row[0]), {})
                if words.setdefault(row[1], row[2]) != row[2]:
                    self.problems.append(f"spellings/{path.name}: {row[0]} {row[1]!r} has two codes.")
        return found


def _needed(row: dict[str, str], name: str) -> str:
    if not row[name]:
        raise ValueError(f"{name} is empty")
    return row[name]


def _days(span: dict[str, Any]) -> tuple[date, date | None]:
    first, last = span["valid_from_on"], span.get("valid_to_on")
    if not isinstance(first, date) or not isinstance(last, date | None):
        raise ValueError("a day is written 2026-11-24")
    return first, last


def _one_of(row: dict[str, str], name: str, accepted: Any) -> str:
    if row[name] not in accepted:
        raise ValueError(f"{name} is one of {', '.join(accepted)}, not {row[name]!r}")
    return row[name]


def _limit(row: dict[str, str]) -> Limit:
    limit = Limit(float(row["value"]), row["type_code"])
    written = re.fullmatch(r"([\d.]+)\s*(\D+)", row["text"]) if row["text"] else None
    if written:
        # A text 2紧急工作时 stored as working hours once stopped a clock overnight (DOMAIN 1.4).
        said = next((code for word, code in LIMIT_WORDS if written[2] == word), None)
        if said != limit.type_code or float(written[1]) != limit.value:
            raise ValueError(f"the text {row['text']!r} does not say {row['value']} {row['type_code']}")
    return limit


def _said(error: Exception) -> str:
    return f"the column {error} is missing" if isinstance(error, KeyError) else str(error)
