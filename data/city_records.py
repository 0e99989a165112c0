"""What a city is made of: areas, organisations, categories, limits, and the city that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.clocks import Calendar, Limit
from data.errors import UnknownCode
from data.lifecycle import Rules
from data.periods import EPOCH_ON, midnight
from data.vocabulary import REGION_LEVELS, Word

DEFAULT = "*"


@dataclass(frozen=True)
class Area:
    """One area of one level for as long as its code and name hold; `valid_to_on` is included, empty while in force."""

    area_code: str
    level_code: str
    kind_code: str
    parent_code: str | None
    name: Word
    valid_from_on: date
    valid_to_on: date | None
    lon: float | None
    lat: float | None

    def is_valid(self, on: date) -> bool:
        return self.valid_from_on <= on and (self.valid_to_on is None or on <= self.valid_to_on)


@dataclass(frozen=True)
class Organisation:
    organisation_code: str
    kind_code: str
    area_code: str
    name: Word


@dataclass(frozen=True)
class Category:
    """One kind of incident; `level` 1 to 3, a child's code begins with its parent's code and a dot."""

    category_code: str
    parent_code: str | None
    level: int
    name: Word
    department_code: str | None
    urgency_code: str
    is_restricted: bool
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class LimitRule:
    """A limit for a category (or `*`) under a filing condition; `kind_code` accept or finish, with where it comes from."""

    category_code: str
    condition_code: str
    kind_code: str
    limit: Limit
    source: str


@dataclass(frozen=True)
class DefinitionInForce:
    """Which definition (`data.metrics.definitions`) of a subject holds for a use, from which day to which (included)."""

    subject: str
    use: str
    code: str
    valid_from_on: date
    valid_to_on: date | None
    source: str

    def is_valid(self, on: date) -> bool:
        return self.valid_from_on <= on and (self.valid_to_on is None or on <= self.valid_to_on)


@dataclass(frozen=True)
class City:
    """Everything particular to one city."""

    folder: Path
    code: str
    name: Word
    zone: ZoneInfo
    levels: tuple[str, ...]
    areas: tuple[Area, ...]
    organisations: Mapping[str, Organisation]
    categories: Mapping[str, Category]
    limits: tuple[LimitRule, ...]
    calendar: Calendar
    sources: Mapping[str, Mapping[str, Any]]
    spellings: Mapping[tuple[str, str], Mapping[str, str]]
    settings: Mapping[str, Any]
    definitions: tuple[DefinitionInForce, ...] = ()

    @cached_property
    def _areas_by_code(self) -> dict[str, list[Area]]:
        found: dict[str, list[Area]] = {}
        for each in self.areas:
            found.setdefault(each.area_code, []).append(each)
        return found

    @cached_property
    def _limits_by_key(self) -> dict[tuple[str, str, str], LimitRule]:
        return {(rule.kind_code, rule.category_code, rule.condition_code): rule for rule in self.limits}

    def area(self, code: str, on: date | None = None) -> Area:
        """The area of a code, as of a day or as last known. Raises `UnknownCode`."""
        rows = self._areas_by_code.get(code, [])
        valid = rows if on is None else [each for each in rows if each.is_valid(on)]
        if not valid:
            raise UnknownCode(f"{self.name.en} has no area {code!r}{f' on {on}' if on else ''}.", list="area", code=code)
        return max(valid, key=lambda each: each.valid_from_on)

    def areas_of(self, code: str) -> list[Area]:
        """All rows of a code, of all times."""
        return self._areas_by_code.get(code, [])

    @cached_property
    def _within_known(self) -> dict[str, dict[str, str]]:
        return {}

    def codes_within(self, code: str, level_code: str) -> list[str]:
        """The codes of a level below an area, of all times; its own when it is of that level. Remembered. Raises `UnknownCode`."""
        if code not in self._within_known:
            found = {code: self.area(code).level_code}
            for level in REGION_LEVELS:
                for each in self.areas:
                    if each.level_code == level and each.parent_code in found:
                        found[each.area_code] = level
            self._within_known[code] = found
        return [each for each, level in self._within_known[code].items() if level == level_code]

    def areas_on(self, on: date, level_code: str | None = None) -> list[Area]:
        """The areas in force on a day, perhaps of one level."""
        return [each for each in self.areas if each.is_valid(on) and level_code in (None, each.level_code)]

    def organisation(self, code: str) -> Organisation:
        """Raises `UnknownCode`."""
        if code not in self.organisations:
            raise UnknownCode(f"{self.name.en} has no organisation {code!r}.", list="organisation", code=code)
        return self.organisations[code]

    def category(self, code: str) -> Category:
        """Raises `UnknownCode`."""
        if code not in self.categories:
            raise UnknownCode(f"{self.name.en} has no category {code!r}.", list="category", code=code)
        return self.categories[code]

    def definition_in_force(self, subject: str, use: str, on: date) -> str:
        """The code of the definition that holds for a use (`data.metrics.registry.USES`) on a county day.

        Raises `UnknownCode` when none does.
        """
        for each in self.definitions:
            if (each.subject, each.use) == (subject, use) and each.is_valid(on):
                return each.code
        raise UnknownCode(f"{self.name.en} has no definition of {subject} for {use} on {on}.", list="definition", code=subject)

    def limit_rule(self, kind_code: str, category_code: str, condition_code: str = "") -> LimitRule | None:
        """The nearest rule: this category under this condition, then without it, then its parents', then the default."""
        at: str | None = category_code
        while at:
            for condition in dict.fromkeys((condition_code, "")):
                rule = self._limits_by_key.get((kind_code, at, condition))
                if rule is not None:
                    return rule
            at = at.rpartition(".")[0]
        return self._limits_by_key.get((kind_code, DEFAULT, ""))

    @cached_property
    def _limits_found(self) -> dict[tuple[str, str, str], Limit | None]:
        return {}

    def limit_for(self, kind_code: str, category_code: str, condition_code: str = "") -> Limit | None:
        """The limit of `limit_rule`, remembered: a million replays ask a few hundred times."""
        key = (kind_code, category_code, condition_code)
        if key not in self._limits_found:
            rule = self.limit_rule(*key)
            self._limits_found[key] = None if rule is None else rule.limit
        return self._limits_found[key]

    def town_room_of(self, township_code: str | None) -> str:
        """Who holds a fresh report of a township: its command room, or the centre where there is none."""
        code = f"{self.settings.get('town_room_prefix', '')}{township_code}"
        return code if code in self.organisations else self.center_code

    @property
    def center_code(self) -> str:
        return str(self.settings["center_organisation"])

    def spelling(self, source: str, list_name: str, word: str) -> str:
        """Our code for a source's word. Raises `UnknownCode`: an unknown word is never guessed."""
        words = self.spellings.get((source, list_name), {})
        if word not in words:
            raise UnknownCode(f"{source} says {list_name} {word!r}, which has no code.", list=list_name, code=word)
        return words[word]

    @cached_property
    def rules(self) -> Rules:
        """What this city adds to the flow."""
        said = self.settings.get("acknowledge_within")
        return Rules(
            calendar=self.calendar,
            limit_for=self.limit_for,
            town_room_of=self.town_room_of,
            center_code=self.center_code,
            kind_of=self._kind_of if self.settings.get("roles_checked") else lambda code: "",
            at_risk_share=float(self.settings["at_risk_share"]),
            is_department=lambda code: code in self.organisations and self.organisations[code].kind_code == "department",
            acknowledge=Limit(float(said["value"]), said["type_code"]) if said else None,
            ends_at=self.ends_at,
        )

    @cached_property
    def _ends_known(self) -> dict[str, datetime | None]:
        return {}

    def ends_at(self, organisation_code: str | None) -> datetime | None:
        """From when on an organisation is not in force: with the last day of its area; one nobody knows never was."""
        code = organisation_code or ""
        if code not in self._ends_known:
            known = self.organisations.get(code)
            last_on = [each.valid_to_on for each in self.areas_of(known.area_code)] if known else []
            lasting = known is not None and (not last_on or None in last_on)
            days = [each for each in last_on if each is not None]
            end = midnight(max(days) + timedelta(days=1), self.zone) if days else midnight(EPOCH_ON, self.zone)
            self._ends_known[code] = None if lasting else end
        return self._ends_known[code]

    def _kind_of(self, organisation_code: str | None) -> str:
        found = self.organisations.get(organisation_code or "")
        return found.kind_code if found else ""
