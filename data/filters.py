"""What is being asked about: days, area, organisation, category, channel; as a condition and as a sentence. Never reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_

from data.city_records import City
from data.periods import Period, Span
from data.schema import incident
from data.vocabulary import CHANNELS, SCOPE_WORDS, Word

BETWEEN: Final = " · "


@dataclass(frozen=True)
class Filter:
    """Which cases are asked for, and of which county days. Empty: all of them.

    `organisation_code` is the department that handles a case: the last one it was dispatched to (`incident.handler_code`),
    also after it gave the case back. `category_code` holds what its code begins, `A.01` all of `A.01.*`.
    """

    span: Span
    level_code: str
    area_code: str
    organisation_code: str = ""
    category_code: str = ""
    channel_code: str = ""

    def of(self, **changed: Any) -> Filter:
        """The same with other fields."""
        return replace(self, **changed)

    @property
    def dimensions(self) -> frozenset[str]:
        """Which of organisation, category and channel are asked for."""
        asked = {"organisation": self.organisation_code, "category": self.category_code, "channel": self.channel_code}
        return frozenset(name for name, code in asked.items() if code)

    def condition(self) -> ColumnElement[bool]:
        """On `incident`, all but the days: those hang on what is counted, and choose the index."""
        area: Any = incident.c[f"{self.level_code}_code"]
        # A county is nearly all there is. Without statistics SQLite takes its index all the same, unless it cannot.
        area = func.coalesce(area, "") if self.level_code == "county" else area
        return and_(area == self.area_code, *self.more_conditions())

    def more_conditions(self) -> list[ColumnElement[bool]]:
        """On `incident`, all but the days and the area."""
        conditions: list[ColumnElement[bool]] = []
        if self.organisation_code:
            conditions.append(incident.c.handler_code == self.organisation_code)
        if self.category_code:
            conditions.append(under(incident.c.category_code, self.category_code))
        if self.channel_code:
            conditions.append(incident.c.channel_code == self.channel_code)
        return conditions

    def sentence(self, city: City, language: str) -> str:
        """What is asked, in Chinese (`zh`, `zh-CN`) or English. Raises `UnknownCode` for codes the city does not have."""
        parts = [period_sentence(self.span, language), _said(city.area(self.area_code).name, language)]
        if self.organisation_code:
            parts.append(_filled("organisation", language, city.organisation(self.organisation_code).name))
        if self.category_code:
            parts.append(_filled("category", language, city.category(self.category_code).name))
        if self.channel_code:
            parts.append(_filled("channel", language, CHANNELS[self.channel_code]))
        return BETWEEN.join(parts)


def under(column: Any, code: str) -> ColumnElement[bool]:
    """The condition that a category code is this one or one below it."""
    # Not LIKE: on SQLite it takes a for A.
    below = func.substr(column, 1, len(code) + 1) == f"{code}."
    return or_(column == code, below)


def period_sentence(span: Span, language: str) -> str:
    """The days in words: a week by its ISO number, a month, a quarter, or from day to day."""
    period = span.period
    if period is None:
        word = SCOPE_WORDS["between"]
        return _said(word, language).format(first=span.first_on.isoformat(), last=span.last_on.isoformat())
    return _said(SCOPE_WORDS[period.kind], language).format(**_parts(period))


def _parts(period: Period) -> dict[str, Any]:
    year, week, _ = period.first_on.isocalendar()
    if period.kind != "week":
        year = period.first_on.year
    return {"year": year, "week": week, "month": period.first_on.month, "quarter": (period.first_on.month + 2) // 3,
            "day": period.first_on.isoformat()}  # fmt: skip


def _filled(key: str, language: str, name: Word) -> str:
    return _said(SCOPE_WORDS[key], language).format(name=_said(name, language))


def _said(word: Word, language: str) -> str:
    return word.zh if language.startswith("zh") else word.en
